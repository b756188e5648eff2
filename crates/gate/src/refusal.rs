//! Everything that ends a request without the instance's answer, and how it looks on the wire.

use bytes::Bytes;
use http::header::{
    ALLOW, CACHE_CONTROL, CONNECTION, CONTENT_TYPE, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderValue, Response, StatusCode};
use narrowgate_catalog::{Catalog, Surface};
use narrowgate_gitlab::GitlabError;
use narrowgate_policy::{Denial, Reason, wire};
use narrowgate_store::StoreError;
use serde_json::json;

use crate::body::ResponseBody;
use crate::push::RefusedPush;
use crate::receive::Violation;

/// Why a request got no answer from the instance.
#[derive(Clone, Debug)]
pub(crate) enum Refusal {
    /// The decision, or a reason of the same kind.
    Denied(Box<Denial>),
    /// Two parsers could read the request differently.
    Ambiguous(Violation),
    /// `Sudo`: taking it away would change what the request means.
    Sudo,
    /// A push that touches a ref which it may not touch.
    Push(Box<RefusedPush>),
    /// A Git client left out `.git`: the path it should have asked for.
    Moved(HeaderValue),
    /// The gate or the instance failed.
    Failed(Failure),
}

/// What [`Refusal::Sudo`] says.
pub(crate) const NO_SUDO: &str = "sudo is for REST requests with a token that may act as another user";

/// What failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The instance could not be reached, or broke the connection.
    Unreachable,
    /// The instance was too slow.
    Slow,
    /// The instance's certificate, or another part of TLS.
    Tls,
    /// The instance's answer made no sense where the gate had to read it.
    Unreadable,
    /// The instance refused the connection's own credential.
    CredentialRefused,
    /// The instance limits how often it may be asked.
    RateLimited,
    /// The instance's GraphQL schema could not be read.
    Schema,
    /// The store could not be asked, and the cache is too old to be trusted.
    Store,
    /// The connection's credential can't be opened.
    Sealed,
}

impl Failure {
    /// The word for logs, metrics and `narrowgate.reason`.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Unreachable => "instance_unreachable",
            Self::Slow => "instance_slow",
            Self::Tls => "instance_tls",
            Self::Unreadable => "instance_unreadable",
            Self::CredentialRefused => "connection_refused",
            Self::RateLimited => "instance_rate_limited",
            Self::Schema => "instance_schema",
            Self::Store => "store_unavailable",
            Self::Sealed => "credential_sealed",
        }
    }

    /// What to tell the client.
    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::Unreachable => "the instance can't be reached",
            Self::Slow => "the instance did not answer in time",
            Self::Tls => "the TLS connection to the instance failed",
            Self::Unreadable => "the instance's answer could not be read",
            Self::CredentialRefused => "the instance refused the connection's credential: reconnect it",
            Self::RateLimited => "the instance limits the rate of requests",
            Self::Schema => "the instance's GraphQL schema could not be read",
            Self::Store => "tokens can't be checked at the moment",
            Self::Sealed => "the connection's credential can't be opened: check the gate's key",
        }
    }

    const fn status(self) -> StatusCode {
        match self {
            Self::Unreachable | Self::Tls | Self::Unreadable | Self::Schema | Self::CredentialRefused => {
                StatusCode::BAD_GATEWAY
            }
            Self::Slow => StatusCode::GATEWAY_TIMEOUT,
            Self::RateLimited => StatusCode::TOO_MANY_REQUESTS,
            Self::Store => StatusCode::SERVICE_UNAVAILABLE,
            Self::Sealed => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }
}

impl Refusal {
    /// A denial without further facts.
    pub(crate) fn reason(reason: Reason) -> Self {
        Self::Denied(Box::new(Denial::new(reason)))
    }

    /// The denial, if the decision made it.
    pub(crate) fn denial(&self) -> Option<&Denial> {
        match self {
            Self::Denied(denial) => Some(denial),
            Self::Push(push) => Some(&push.denial),
            Self::Ambiguous(_) | Self::Sudo | Self::Moved(_) | Self::Failed(_) => None,
        }
    }

    /// The word for logs and metrics.
    pub(crate) fn as_str(&self) -> &'static str {
        match self {
            Self::Denied(denial) => denial.reason.as_str(),
            Self::Ambiguous(violation) => violation.as_str(),
            Self::Sudo => Reason::SudoNotAllowed.as_str(),
            Self::Push(push) => push.denial.reason.as_str(),
            Self::Moved(_) => "moved",
            Self::Failed(failure) => failure.as_str(),
        }
    }

    /// The response for the interface that the request came in on.
    pub(crate) fn into_response(
        self,
        surface: Surface,
        catalog: &Catalog,
        request_id: &str,
    ) -> Response<ResponseBody> {
        match self {
            Self::Denied(denial) => denied(&denial, surface, catalog, request_id),
            Self::Ambiguous(violation) => ambiguous(violation, surface, request_id),
            Self::Sudo => plain(
                StatusCode::FORBIDDEN,
                NO_SUDO,
                Reason::SudoNotAllowed.as_str(),
                None,
                surface,
                request_id,
            ),
            Self::Push(push) if push.is_reported => {
                let message = wire::message(&push.denial, catalog);
                push.into_response(&message, request_id)
            }
            Self::Push(push) => denied(&push.denial, surface, catalog, request_id),
            Self::Moved(location) => moved(location),
            Self::Failed(failure) => failed(failure, surface, request_id),
        }
    }
}

impl From<Violation> for Refusal {
    fn from(violation: Violation) -> Self {
        Self::Ambiguous(violation)
    }
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<Denial> for Refusal {
    fn from(denial: Denial) -> Self {
        Self::Denied(Box::new(denial))
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        tracing::error!(error = %error, "the store could not be asked");
        Self::Failed(Failure::Store)
    }
}

impl From<GitlabError> for Refusal {
    fn from(error: GitlabError) -> Self {
        tracing::warn!(error = %error, "a look-up on the instance failed");
        Self::Failed(match error {
            GitlabError::Unreachable { .. } => Failure::Unreachable,
            GitlabError::Timeout => Failure::Slow,
            GitlabError::Tls { .. } => Failure::Tls,
            GitlabError::Refused { .. } => Failure::CredentialRefused,
            GitlabError::RateLimited { .. } => Failure::RateLimited,
            GitlabError::Unexpected { .. } | GitlabError::Malformed { .. } => Failure::Unreadable,
        })
    }
}

fn denied(denial: &Denial, surface: Surface, catalog: &Catalog, request_id: &str) -> Response<ResponseBody> {
    let refusal = wire::render(denial, surface, catalog, request_id);
    let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::FORBIDDEN);
    let mut response = whole(status, refusal.content_type, refusal.body);
    if let Some(challenge) = refusal.www_authenticate {
        response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
    }
    response
}

fn ambiguous(violation: Violation, surface: Surface, request_id: &str) -> Response<ResponseBody> {
    let reason = Reason::Ambiguous.as_str();
    let detail = Some(violation.as_str());
    let mut response = plain(violation.status(), violation.text(), reason, detail, surface, request_id);
    if violation.closes() {
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    if violation == Violation::UnknownMethod {
        response.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD, POST, PUT, PATCH, DELETE"));
    }
    response
}

fn failed(failure: Failure, surface: Surface, request_id: &str) -> Response<ResponseBody> {
    let mut response = plain(failure.status(), failure.text(), failure.as_str(), None, surface, request_id);
    if matches!(failure, Failure::Store | Failure::RateLimited) {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
    }
    response
}

fn moved(location: HeaderValue) -> Response<ResponseBody> {
    let mut response = whole(StatusCode::MOVED_PERMANENTLY, "text/plain; charset=utf-8", String::new());
    response.headers_mut().insert(LOCATION, location);
    response
}

/// A refusal of the gate's own, in the shape that the interface's clients understand.
fn plain(
    status: StatusCode,
    text: &str,
    reason: &str,
    detail: Option<&str>,
    surface: Surface,
    request_id: &str,
) -> Response<ResponseBody> {
    // GitLab writes this one in its own way.
    let title = match status {
        StatusCode::BAD_REQUEST => "Bad request",
        status => status.canonical_reason().unwrap_or("Error"),
    };
    let message = format!("{} {title} - {text}", status.as_u16());
    if surface == Surface::Git {
        let detail = detail.map(|detail| format!(" ({detail})")).unwrap_or_default();
        let body = format!("{message}\nnarrowgate: {reason}{detail}, request {request_id}\n");
        return whole(status, "text/plain; charset=utf-8", body);
    }
    let mut narrowgate = json!({ "reason": reason, "request_id": request_id });
    if let (Some(detail), Some(map)) = (detail, narrowgate.as_object_mut()) {
        map.insert("detail".to_owned(), detail.into());
    }
    let body = json!({ "message": message, "narrowgate": narrowgate }).to_string();
    let content_type = match surface {
        Surface::Lfs => "application/vnd.git-lfs+json",
        _ => "application/json",
    };
    whole(status, content_type, body)
}

fn whole(status: StatusCode, content_type: &'static str, body: String) -> Response<ResponseBody> {
    let mut response = Response::new(ResponseBody::Whole(Bytes::from(body)));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response.headers_mut().insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
