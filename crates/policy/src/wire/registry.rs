//! JSON of the OCI distribution API (error codes: distribution-spec, "Error Codes").

use serde::Serialize;

use super::answer::Answer;
use super::detail::Detail;
use super::{Refusal, to_json};

#[derive(Serialize)]
struct Body<'a> {
    errors: [Error<'a>; 1],
    narrowgate: &'a Detail<'a>,
}

#[derive(Serialize)]
struct Error<'a> {
    code: &'static str,
    message: &'a str,
}

pub(super) fn render(answer: &Answer, detail: &Detail<'_>) -> Refusal {
    let code = match answer.status() {
        401 => "UNAUTHORIZED",
        404 => "NAME_UNKNOWN",
        400 => "UNSUPPORTED",
        _ => "DENIED",
    };
    let message = answer.message();
    Refusal {
        status: answer.status(),
        content_type: "application/json",
        www_authenticate: None,
        body: to_json(&Body { errors: [Error { code, message: &message }], narrowgate: detail }),
    }
}
