//! Whether the gate lives, and whether it can do its work: for load balancers, without a credential.

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, Response, StatusCode};

use crate::body::ResponseBody;
use crate::core::Core;
use crate::receive::Received;

/// The answer, if it is asked for.
pub(crate) fn answer(core: &Core, received: &Received) -> Option<Response<ResponseBody>> {
    let path = received.head.uri.path().strip_prefix("/-/narrowgate/")?;
    if !received.method.is_read() {
        return None;
    }
    match path {
        "health" => Some(json(StatusCode::OK, r#"{"status":"ok"}"#)),
        "ready" if core.follower.is_fresh(core.config.max_staleness) => {
            Some(json(StatusCode::OK, r#"{"status":"ready"}"#))
        }
        "ready" => Some(json(StatusCode::SERVICE_UNAVAILABLE, r#"{"status":"the store can't be followed"}"#)),
        _ => None,
    }
}

fn json(status: StatusCode, body: &'static str) -> Response<ResponseBody> {
    let mut response = Response::new(ResponseBody::Whole(Bytes::from_static(body.as_bytes())));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
