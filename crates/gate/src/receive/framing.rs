//! Watches the bytes of an HTTP/1 connection on their way to hyper.
//!
//! hyper resolves some contradictions silently: of `Transfer-Encoding` and `Content-Length` it keeps one and drops the
//! other, so that a later look at the headers can't find them. This adapter follows heads and bodies by itself, and keeps
//! one verdict for each head. It only ever refuses: it changes no byte, and where it and hyper disagree about where a
//! request begins, the connection is refused.

mod head;
mod tracker;

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use self::tracker::Tracker;
use super::Violation;

/// What the adapter found out, for the service of the same connection.
#[derive(Debug, Default)]
pub(crate) struct Verdicts {
    heads: AtomicU64,
    served: AtomicU64,
    refused: OnceLock<(u64, Violation)>,
    broken: AtomicBool,
    transparent: AtomicBool,
}

impl Verdicts {
    /// The verdict on the next request that hyper handed over.
    ///
    /// # Errors
    ///
    /// What is wrong with its head, or that no such head was seen.
    pub(crate) fn next(&self) -> Result<(), Violation> {
        let index = self.served.fetch_add(1, Ordering::AcqRel);
        match self.refused.get() {
            Some((at, violation)) if *at <= index => Err(*violation),
            _ if index < self.heads.load(Ordering::Acquire) => Ok(()),
            _ => Err(Violation::OutOfSync),
        }
    }

    /// Whether the framing of a body under way is broken: nothing more of it may be used.
    pub(crate) fn is_broken(&self) -> bool {
        self.broken.load(Ordering::Acquire)
    }

    /// What follows on the connection is no HTTP.
    pub(crate) fn stop(&self) {
        self.transparent.store(true, Ordering::Release);
    }

    fn break_off(&self) {
        self.refuse(Violation::InvalidChunk);
        self.broken.store(true, Ordering::Release);
    }

    fn accept(&self) {
        self.heads.fetch_add(1, Ordering::AcqRel);
    }

    fn refuse(&self, violation: Violation) {
        let index = self.heads.load(Ordering::Acquire);
        self.refused.get_or_init(|| (index, violation));
    }
}

/// A client's connection, watched.
#[derive(Debug)]
pub(crate) struct Framed<S> {
    inner: S,
    prefix: Bytes,
    tracker: Tracker,
    verdicts: Arc<Verdicts>,
}

impl<S> Framed<S> {
    /// Watches HTTP/1 on `inner`, of which `prefix` was already read.
    pub(crate) fn new(inner: S, prefix: Bytes, head_bytes: usize) -> Self {
        Self { inner, prefix, tracker: Tracker::new(head_bytes), verdicts: Arc::default() }
    }

    /// Watches nothing: what is spoken on `inner` has no heads of this kind.
    pub(crate) fn transparent(inner: S, prefix: Bytes) -> Self {
        let framed = Self::new(inner, prefix, 0);
        framed.verdicts.transparent.store(true, Ordering::Release);
        framed
    }

    /// Where the verdicts are.
    pub(crate) fn verdicts(&self) -> Arc<Verdicts> {
        Arc::clone(&self.verdicts)
    }

    fn watch(&mut self, bytes: &[u8]) {
        if !self.verdicts.transparent.load(Ordering::Acquire) {
            self.tracker.feed(bytes, &self.verdicts);
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Framed<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buf.filled().len();
        if this.prefix.is_empty() {
            ready!(Pin::new(&mut this.inner).poll_read(cx, buf))?;
        } else {
            let count = this.prefix.len().min(buf.remaining());
            buf.put_slice(this.prefix.get(..count).unwrap_or_default());
            this.prefix.advance(count);
        }
        this.watch(buf.filled().get(before..).unwrap_or_default());
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Framed<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().inner).poll_write(cx, buf)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().inner).poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests;
