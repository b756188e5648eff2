//! A connection that has become a tunnel between client and instance.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf, copy_bidirectional};

/// Both ends of a tunnel, once their connections are handed over.
#[derive(Debug)]
pub(crate) struct Tunnel {
    client: OnUpgrade,
    instance: OnUpgrade,
}

impl Tunnel {
    pub(crate) const fn new(client: OnUpgrade, instance: OnUpgrade) -> Self {
        Self { client, instance }
    }

    /// Carries bytes until one end closes or neither has sent anything for `idle`.
    ///
    /// # Errors
    ///
    /// Whatever ended it early.
    pub(super) async fn run(self, idle: Duration) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let (client, instance) = tokio::try_join!(self.client, self.instance)?;
        let moved = AtomicU64::new(0);
        let mut client = Counted { inner: TokioIo::new(client), moved: &moved };
        let mut instance = Counted { inner: TokioIo::new(instance), moved: &moved };
        tokio::select! {
            ended = copy_bidirectional(&mut client, &mut instance) => ended.map(drop).map_err(Into::into),
            () = silence(&moved, idle) => Err("the tunnel stood still".into()),
        }
    }
}

async fn silence(moved: &AtomicU64, idle: Duration) {
    let mut before = None;
    loop {
        let now = moved.load(Ordering::Relaxed);
        if before.replace(now) == Some(now) {
            return;
        }
        tokio::time::sleep(idle).await;
    }
}

/// Counts what is read.
struct Counted<'c> {
    inner: TokioIo<Upgraded>,
    moved: &'c AtomicU64,
}

impl AsyncRead for Counted<'_> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let polled = Pin::new(&mut this.inner).poll_read(cx, buf);
        if polled.is_ready() {
            this.moved.fetch_add(1, Ordering::Relaxed);
        }
        polled
    }
}

impl AsyncWrite for Counted<'_> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().inner).poll_write(cx, buf)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().inner).poll_shutdown(cx)
    }
}
