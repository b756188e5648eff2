//! Step 9: last use, metrics, one log line for each request, an audit event for each denial.

mod audit;
mod id;
mod metrics;
mod writer;

use std::net::IpAddr;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use http::Response;
use narrowgate_catalog::{Method, Operation, Surface};
use narrowgate_secret::TokenDigest;
use narrowgate_store::tokens::TokenUse;
use narrowgate_store::{ConnectionId, TenantId, TokenId};

use crate::authenticate::Principal;
use crate::body::ResponseBody;
use crate::core::Core;
use crate::refusal::Refusal;
pub(crate) use audit::{allowed, decided, family_revoked};
pub(crate) use id::{RequestId, RequestIds};
pub(crate) use metrics::Metrics;
pub(crate) use writer::{Recorder, write};

/// How often a token's use is recorded (WIRE 1).
const USE_INTERVAL: Duration = Duration::from_secs(60);

/// What becomes known of a request on its way, to be recorded at its end.
#[derive(Debug)]
pub(crate) struct Exchange {
    started: Instant,
    /// The request's id.
    pub(crate) id: RequestId,
    /// Where it came from.
    pub(crate) address: IpAddr,
    /// The interface.
    pub(crate) surface: Surface,
    /// The method, once it is known to be one.
    pub(crate) method: Option<Method>,
    /// The operation, once it is known.
    pub(crate) operation: Option<&'static Operation>,
    /// What a request in GraphQL asks for, once it is known: `query project currentUser`.
    pub(crate) graphql: Option<Box<str>>,
    /// The token, once it is known.
    pub(crate) token: Option<TokenId>,
    /// The digest of its text.
    pub(crate) digest: Option<TokenDigest>,
    /// The tenant and connection it belongs to.
    pub(crate) connection: Option<(TenantId, ConnectionId, u64)>,
    /// Whom it asks to act as.
    pub(crate) acting_as: Option<String>,
}

impl Exchange {
    pub(crate) fn begin(core: &Core, address: IpAddr) -> Self {
        Self {
            started: Instant::now(),
            id: core.ids.next(),
            address,
            surface: Surface::Rest,
            method: None,
            operation: None,
            graphql: None,
            token: None,
            digest: None,
            connection: None,
            acting_as: None,
        }
    }

    /// Notes whose request it is.
    pub(crate) fn whose(&mut self, principal: &Principal) {
        let connection = &principal.link.connection;
        self.token = principal.token;
        self.connection = Some((connection.tenant, connection.id, connection.user_id));
    }

    fn template(&self) -> &str {
        let of_graphql = self.graphql.as_deref().unwrap_or_default();
        self.operation.map_or(of_graphql, |operation| operation.template.as_str())
    }
}

/// Notes that a token was used, at most once a minute.
pub(crate) fn used(core: &Core, principal: &Principal, address: IpAddr) {
    let Some(token) = principal.token else { return };
    let now = core.store.now();
    let before = principal.recorded_at.load(Ordering::Relaxed);
    let interval = i64::try_from(USE_INTERVAL.as_micros()).unwrap_or(i64::MAX);
    if before != i64::MIN && now.0.saturating_sub(before) < interval {
        return;
    }
    if principal.recorded_at.compare_exchange(before, now.0, Ordering::Relaxed, Ordering::Relaxed).is_ok() {
        core.recorder.used(TokenUse { token, at: now, address: Some(address) });
    }
}

/// Ends the exchange: the answer gets its id, and everything is recorded.
pub(crate) fn finish(
    core: &Core,
    exchange: &Exchange,
    outcome: Result<Response<ResponseBody>, Refusal>,
) -> Response<ResponseBody> {
    let (mut response, reason) = match outcome {
        Ok(response) => (response, None),
        Err(refusal) => {
            let reason = refusal.as_str();
            if let Some(denial) = refusal.denial() {
                audit::denied(core, exchange, denial);
            }
            let id = exchange.id.as_str();
            (refusal.into_response(exchange.surface, core.catalog, &id), Some(reason))
        }
    };
    response.headers_mut().insert(crate::forward::REQUEST_ID, exchange.id.header());
    let duration = exchange.started.elapsed();
    core.metrics().count(exchange.surface, reason, duration);
    log(exchange, &response, reason, duration);
    response
}

fn log(
    exchange: &Exchange,
    response: &Response<ResponseBody>,
    reason: Option<&'static str>,
    duration: Duration,
) {
    if !tracing::enabled!(target: "narrowgate::access", tracing::Level::INFO) {
        return;
    }
    let id = exchange.id.as_str();
    let method = exchange.method.map_or("", Method::as_str);
    let status = response.status().as_u16();
    let token = exchange.token.map(|token| token.0);
    let decision = if reason.is_some() { "refused" } else { "allowed" };
    let duration = u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
    tracing::info!(
        target: "narrowgate::access",
        {
            request.id = %id,
            client.address = %exchange.address,
            http.method = method,
            http.status = status,
            surface = metrics::surface(exchange.surface),
            operation = exchange.template(),
            token.id = token,
            decision,
            reason = reason.unwrap_or_default(),
            duration_us = duration
        },
        "request"
    );
}
