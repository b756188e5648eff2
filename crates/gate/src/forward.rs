//! Step 7: sends the request to the instance with the connection's credential, and brings the answer back.
//!
//! Nothing is retried, with one exception: a request of which the instance has seen no byte, because a kept connection
//! was closed before it was written, is sent again on another connection. No redirect is followed.

pub(crate) mod client;
mod failure;
mod lfs;
mod request;
mod rewrite;
mod upgrade;

pub(crate) use request::REQUEST_ID;

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use http::header::AUTHORIZATION;
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body::Body as _;
use hyper::body::Incoming;
use narrowgate_catalog::Surface;

use crate::authenticate::Link;
use crate::body::{ResponseBody, Watched};
use crate::core::Core;
use crate::decide::{Contents, Permitted, SendAs};
use crate::record::Exchange;
use crate::refusal::{Failure, Refusal};
use crate::serve::Client;
use crate::serve::timer::Timer;
use client::{Lease, SendError};

/// How much longer than REST a repository may take until its answer begins: packs are made before they are sent.
const REPOSITORY_PATIENCE: u32 = 5;

/// Sends a permitted request. Without a `link` no credential of a connection is sent.
///
/// # Errors
///
/// What kept the instance from answering, and what in a streaming body may not pass.
pub(crate) async fn forward(
    core: &Core,
    permitted: Permitted,
    link: Option<&Link>,
    client: &Client,
    exchange: &Exchange,
) -> Result<Response<ResponseBody>, Refusal> {
    let Contents { mut head, mut body, surface, send_as, withheld, operation, sudo } =
        permitted.into_contents();
    let is_batch = operation.is_some_and(|operation| lfs::is_batch(operation, &head));
    let own = if is_batch { head.headers.get(AUTHORIZATION).cloned() } else { None };
    let public = rewrite::Public::of(client, &head.headers);
    let is_head = head.method == Method::HEAD;
    let readable = !withheld.is_empty() || is_batch;
    let wish = if readable { None } else { upgrade::take(&mut head, &body, operation) };
    request::prepare(core, &mut head, surface, send_as, operation, link, client, exchange, readable)?;
    if let Some(user) = sudo {
        head.headers.insert(request::SUDO, HeaderValue::from(user));
    }
    let progress = body.progress();
    if wish.is_some() {
        upgrade::ask(&mut head.headers);
    }
    let mut sent = std::pin::pin!(client.pool.request(Request::from_parts(*head, body)));
    let (answer, lease) = in_time(sent.as_mut(), progress, patience(core, surface), &client.timer).await?;
    if answer.status() == StatusCode::SWITCHING_PROTOCOLS {
        return Ok(upgrade::agree(wish, answer, client)?);
    }
    let mut response = receive(core, answer, lease);
    if send_as == SendAs::Connection && failure::is_of_credential(surface, &response) {
        return Err(Failure::CredentialRefused.into());
    }
    rewrite::headers(core, &mut response, &public);
    if is_batch && let Some(link) = link {
        return Box::pin(lfs::batch(core, response, link, own.as_ref(), &public)).await;
    }
    if !withheld.is_empty() && !is_head {
        return Box::pin(crate::filter::withhold(core, response, &withheld)).await;
    }
    Ok(response)
}

fn patience(core: &Core, surface: Surface) -> Duration {
    let patience = core.config.timeouts.response_head;
    match surface {
        Surface::Git | Surface::Lfs | Surface::Registry => patience * REPOSITORY_PATIENCE,
        Surface::Rest | Surface::Scim | Surface::Narrowgate => patience,
    }
}

/// Waits for the head of the answer; the time begins anew as long as the request's body moves.
async fn in_time<T>(
    mut sent: Pin<&mut impl Future<Output = Result<T, SendError>>>,
    progress: Option<Arc<AtomicU64>>,
    patience: Duration,
    timer: &Timer,
) -> Result<T, Refusal> {
    let mut before = 0;
    loop {
        tokio::select! {
            biased;
            answer = sent.as_mut() => return answer.map_err(|error| failure::explain(&error)),
            () = timer.until(Instant::now() + patience) => {}
        }
        let now = progress.as_ref().map_or(before, |pieces| pieces.load(Ordering::Relaxed));
        if now == before {
            return Err(Failure::Slow.into());
        }
        before = now;
    }
}

fn receive(core: &Core, answer: Response<Incoming>, lease: Lease) -> Response<ResponseBody> {
    let idle = core.config.timeouts.body_idle;
    let mut response = answer.map(|body| match body.is_end_stream() {
        true => ResponseBody::Empty,
        false => ResponseBody::Streamed { body: Watched::new(body, idle), _lease: lease },
    });
    crate::credential::strip::response_headers(response.headers_mut());
    response
}
