//! The data plane: a reverse proxy that holds every request to its token's grants.
//!
//! `go` and `ways` show the way of a request as a list of steps, each a file of that name: receive, credential,
//! authenticate, classify, locate, decide, forward, filter, record.

mod answer;
mod authenticate;
mod body;
mod builder;
mod classify;
mod config;
mod core;
mod credential;
mod decide;
mod explain;
mod filter;
mod forward;
mod graphql;
mod health;
mod local;
mod locate;
mod push;
mod receive;
mod record;
mod refusal;
mod rules;
mod serve;
mod sudo;
mod ways;

pub use builder::{BuildError, Gate, GateBuilder, WeakGate};
pub use config::{ForeignTokens, GateConfig, GraphqlConfig, Limits, Timeouts, TlsFiles};
pub use explain::{
    Document, ExplainError, ExplainedField, ExplainedNeed, ExplainedPlace, ExplainedUser, Explanation,
    GraphqlExplanation, GraphqlWay, Sender,
};
pub use local::{Caller, GraphqlOwner, Local, LocalFuture, NoLocal, Peer};

use http::{Request, Response};
use hyper::body::Incoming;

use crate::body::ResponseBody;
use crate::core::Core;
use crate::record::Exchange;
use crate::refusal::Refusal;
use crate::serve::Client;

/// Answers one request, whatever happens on its way.
async fn handle(core: &Core, client: &Client, request: Request<Incoming>) -> Response<ResponseBody> {
    let mut exchange = Exchange::begin(core, client.address);
    let outcome = go(core, client, request, &mut exchange).await;
    record::finish(core, &exchange, outcome)
}

/// The steps that every request goes through; [`ways`] has those that depend on what it asks for.
async fn go(
    core: &Core,
    client: &Client,
    request: Request<Incoming>,
    exchange: &mut Exchange,
) -> Result<Response<ResponseBody>, Refusal> {
    exchange.surface = classify::surface(request.uri().path());
    let mut received = receive::check(request, client, &core.config)?;
    exchange.method = Some(received.method);
    let trusted = &core.config.trusted_proxies;
    exchange.address = receive::origin::address(client.address, &received.head.headers, trusted);
    if let Some(answer) = health::answer(core, &received) {
        return Ok(answer);
    }
    let presented = credential::take(core, &mut received).await?;
    let bearer = authenticate::bearer(core, presented, exchange).await?;
    let uri = received.head.uri.clone();
    let path = classify::readable(uri.path());
    let route = classify::route(core.catalog, received.method, &received.head, &path);
    authenticate::alive(core, exchange, &bearer, route.as_ref().ok()).await?;
    let bearer = authenticate::jobs::recognise(core, route.as_ref().ok(), bearer, exchange).await?;
    ways::take(core, client, bearer, route, received, exchange).await
}
