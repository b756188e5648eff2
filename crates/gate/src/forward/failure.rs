//! What a failed exchange with the instance means.

use std::error::Error;
use std::io;

use http::header::WWW_AUTHENTICATE;
use http::{Response, StatusCode};
use narrowgate_catalog::Surface;

use super::client::SendError;
use crate::body::BodyError;
use crate::receive::Violation;
use crate::refusal::{Failure, Refusal};

/// Turns the client's error into a refusal, and logs it: it is handled here.
pub(super) fn explain(error: &SendError) -> Refusal {
    if let Some(broken) = find::<BodyError>(error) {
        return of_body(broken).into();
    }
    let failure = if find::<rustls::Error>(error).is_some() {
        Failure::Tls
    } else if find::<io::Error>(error).is_some_and(|cause| cause.kind() == io::ErrorKind::TimedOut) {
        Failure::Slow
    } else {
        Failure::Unreachable
    };
    tracing::warn!(
        failure = failure.as_str(),
        connecting = matches!(error, SendError::Connect(_)),
        cause = %innermost(error),
        "the instance could not be asked"
    );
    failure.into()
}

/// Whether the instance refuses the connection's credential, which the client must not take for its own token's end.
///
/// GitLab says 401 for some missing rights too; of a token that is no more it names the error (WIRE 6).
pub(super) fn is_of_credential<B>(surface: Surface, response: &Response<B>) -> bool {
    let named = || {
        let challenges = response.headers().get_all(WWW_AUTHENTICATE).iter();
        challenges.filter_map(|value| value.to_str().ok()).any(|text| text.contains("invalid_token"))
    };
    response.status() == StatusCode::UNAUTHORIZED
        && (matches!(surface, Surface::Git | Surface::Lfs) || named())
}

/// The client's own body ended the exchange.
const fn of_body(error: &BodyError) -> Violation {
    match error {
        BodyError::Refused(violation) => *violation,
        BodyError::Idle => Violation::BodyTimeout,
        BodyError::Aborted(_) => Violation::BodyAborted,
    }
}

/// The first cause of a type, also where an I/O error carries it as payload.
fn find<'e, E: Error + 'static>(error: &'e (dyn Error + 'static)) -> Option<&'e E> {
    let mut next = Some(error);
    while let Some(cause) = next {
        if let Some(found) = cause.downcast_ref::<E>() {
            return Some(found);
        }
        let payload = cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        next = match payload {
            Some(payload) => Some(payload),
            None => cause.source(),
        };
    }
    None
}

fn innermost(error: &(dyn Error + 'static)) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}
