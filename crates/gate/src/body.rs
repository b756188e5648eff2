//! Bodies on their way through: streamed, watched for silence, never held as a whole unless a step says so.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use tokio::time::{Instant, Sleep};

use crate::classify::scan::Scanner;
use crate::forward::client::Lease;
use crate::receive::Violation;
use crate::receive::framing::Verdicts;

/// What can break a body off.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BodyError {
    /// The other side broke it off.
    #[error("the body broke off")]
    Aborted(#[source] hyper::Error),
    /// Nothing arrived for too long.
    #[error("the body stood still")]
    Idle,
    /// Something in it may not pass.
    #[error("the body was refused: {}", .0.text())]
    Refused(Violation),
}

impl From<BodyError> for Violation {
    fn from(error: BodyError) -> Self {
        match error {
            BodyError::Idle => Self::BodyTimeout,
            BodyError::Aborted(_) => Self::BodyAborted,
            BodyError::Refused(violation) => violation,
        }
    }
}

/// A body that gives up when nothing arrives for `limit`.
#[derive(Debug)]
pub(crate) struct Watched {
    body: Incoming,
    limit: Duration,
    timer: Option<Pin<Box<Sleep>>>,
    waiting: bool,
    pieces: Option<Arc<AtomicU64>>,
    framing: Option<Arc<Verdicts>>,
}

impl Watched {
    pub(crate) fn new(body: Incoming, limit: Duration) -> Self {
        Self { body, limit, timer: None, waiting: false, pieces: None, framing: None }
    }

    /// Also gives up when the framing adapter says that the body can't be trusted.
    pub(crate) fn framed(self, framing: Option<Arc<Verdicts>>) -> Self {
        Self { framing, ..self }
    }

    /// How long the body says it is.
    pub(crate) fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }

    /// The next piece, for a step that reads.
    pub(crate) async fn next(&mut self) -> Option<Result<Bytes, BodyError>> {
        std::future::poll_fn(|cx| self.poll_data(cx)).await
    }

    /// Counts pieces, so that another can see whether the body still moves.
    fn count(&mut self) -> Arc<AtomicU64> {
        Arc::clone(self.pieces.get_or_insert_default())
    }

    /// The next piece. Trailers are dropped: GitLab sends and reads none, and they could carry anything.
    fn poll_data(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, BodyError>>> {
        loop {
            let polled = Pin::new(&mut self.body).poll_frame(cx);
            if self.framing.as_ref().is_some_and(|framing| framing.is_broken()) {
                return Poll::Ready(Some(Err(BodyError::Refused(Violation::InvalidChunk))));
            }
            let Poll::Ready(next) = polled else {
                return self.poll_timer(cx);
            };
            self.waiting = false;
            if let Some(pieces) = &self.pieces {
                pieces.fetch_add(1, Ordering::Relaxed);
            }
            match next {
                None => return Poll::Ready(None),
                Some(Err(error)) => return Poll::Ready(Some(Err(BodyError::Aborted(error)))),
                Some(Ok(frame)) => {
                    if let Ok(data) = frame.into_data() {
                        return Poll::Ready(Some(Ok(data)));
                    }
                }
            }
        }
    }

    /// The timer is made when a body stands still for the first time: short ones never need it.
    fn poll_timer(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, BodyError>>> {
        let limit = self.limit;
        let timer = self.timer.get_or_insert_with(|| Box::pin(tokio::time::sleep(limit)));
        if !std::mem::replace(&mut self.waiting, true) {
            timer.as_mut().reset(Instant::now() + limit);
        }
        ready!(timer.as_mut().poll(cx));
        Poll::Ready(Some(Err(BodyError::Idle)))
    }
}

/// A request's body as it is forwarded.
#[derive(Debug, Default)]
pub(crate) enum RequestBody {
    /// No body.
    #[default]
    Empty,
    /// A body that a step has read.
    Whole(Bytes),
    /// A body that passes through.
    Streamed(Watched),
    /// A body that passes through, looked at on the way.
    Scanned(Watched, Box<Scanner>),
    /// A body whose beginning was read; both pass on.
    Resumed(Bytes, Box<Watched>),
}

impl RequestBody {
    /// A body whose beginning was read, and what is left of it.
    pub(crate) fn resumed(head: Bytes, rest: Option<Watched>) -> Self {
        match rest {
            None => Self::Whole(head),
            Some(rest) => Self::Resumed(head, Box::new(rest)),
        }
    }

    /// How many pieces have passed, for a body that streams.
    pub(crate) fn progress(&mut self) -> Option<Arc<AtomicU64>> {
        match self {
            Self::Empty | Self::Whole(_) => None,
            Self::Streamed(body) | Self::Scanned(body, _) => Some(body.count()),
            Self::Resumed(_, body) => Some(body.count()),
        }
    }
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let next = match self.get_mut() {
            Self::Empty => None,
            Self::Whole(bytes) if bytes.is_empty() => None,
            Self::Whole(bytes) => Some(Ok(std::mem::take(bytes))),
            Self::Streamed(body) => ready!(body.poll_data(cx)),
            Self::Scanned(body, scanner) => scan(ready!(body.poll_data(cx)), scanner),
            Self::Resumed(head, rest) if head.is_empty() => ready!(rest.poll_data(cx)),
            Self::Resumed(head, _) => Some(Ok(std::mem::take(head))),
        };
        Poll::Ready(next.map(|data| data.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Whole(bytes) => bytes.is_empty(),
            Self::Streamed(body) => body.body.is_end_stream(),
            Self::Resumed(head, rest) => head.is_empty() && rest.body.is_end_stream(),
            // The end has to be seen: a scanner may object to it.
            Self::Scanned(..) => false,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Empty => SizeHint::with_exact(0),
            Self::Whole(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Self::Streamed(body) | Self::Scanned(body, _) => body.body.size_hint(),
            Self::Resumed(head, rest) => longer(rest.body.size_hint(), head.len() as u64),
        }
    }
}

fn longer(hint: SizeHint, by: u64) -> SizeHint {
    let mut longer = SizeHint::new();
    longer.set_lower(hint.lower().saturating_add(by));
    if let Some(upper) = hint.upper() {
        longer.set_upper(upper.saturating_add(by));
    }
    longer
}

/// Nothing is passed on before it was looked at.
fn scan(next: Option<Result<Bytes, BodyError>>, scanner: &mut Scanner) -> Option<Result<Bytes, BodyError>> {
    let verdict = match &next {
        Some(Ok(data)) => scanner.feed(data),
        None => scanner.finish(),
        Some(Err(_)) => Ok(()),
    };
    match verdict {
        Ok(()) => next,
        Err(violation) => Some(Err(BodyError::Refused(violation))),
    }
}

/// A response's body as the client gets it.
#[derive(Debug, Default)]
pub(crate) enum ResponseBody {
    /// No body.
    #[default]
    Empty,
    /// A body of the gate's own, or one that a step has rewritten.
    Whole(Bytes),
    /// The instance's body, passing through, and the connection that it comes on.
    Streamed {
        /// The body.
        body: Watched,
        /// Goes back into its pool when the body has ended.
        _lease: Lease,
    },
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        let next = match self.get_mut() {
            Self::Empty => None,
            Self::Whole(bytes) if bytes.is_empty() => None,
            Self::Whole(bytes) => Some(Ok(std::mem::take(bytes))),
            Self::Streamed { body, .. } => ready!(body.poll_data(cx)),
        };
        Poll::Ready(next.map(|data| data.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Empty => true,
            Self::Whole(bytes) => bytes.is_empty(),
            Self::Streamed { body, .. } => body.body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Empty => SizeHint::with_exact(0),
            Self::Whole(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Self::Streamed { body, .. } => body.body.size_hint(),
        }
    }
}

/// Reads a body as a whole.
///
/// # Errors
///
/// [`Violation::BodyTooLarge`] past `limit`, and the ways in which a body can fail to arrive.
pub(crate) async fn read(mut body: Watched, limit: usize) -> Result<Bytes, Violation> {
    if body.size_hint().lower() > limit as u64 {
        return Err(Violation::BodyTooLarge);
    }
    let mut whole = Vec::new();
    while let Some(piece) = body.next().await {
        let piece = piece?;
        if whole.len() + piece.len() > limit {
            return Err(Violation::BodyTooLarge);
        }
        if whole.is_empty() && body.body.is_end_stream() {
            return Ok(piece);
        }
        whole.extend_from_slice(&piece);
    }
    Ok(Bytes::from(whole))
}
