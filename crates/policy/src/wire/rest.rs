//! JSON, as GitLab's REST API answers.

use narrowgate_catalog::Scope;
use serde::Serialize;

use super::answer::{Answer, INSUFFICIENT_SCOPE};
use super::detail::Detail;
use super::{Refusal, to_json};

#[derive(Serialize)]
#[serde(untagged)]
enum Body<'a> {
    Error {
        error: &'a str,
        error_description: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        scope: Option<String>,
        narrowgate: &'a Detail<'a>,
    },
    Message {
        message: String,
        narrowgate: &'a Detail<'a>,
    },
}

pub(super) fn render(answer: &Answer, detail: &Detail<'_>) -> Refusal {
    let error =
        |error, error_description, scope| Body::Error { error, error_description, scope, narrowgate: detail };
    let body = match answer {
        Answer::InvalidToken { text, .. } => error("invalid_token", text, None),
        Answer::InsufficientGranularScope(text) => error("insufficient_granular_scope", text, None),
        Answer::InsufficientScope(scopes) => {
            let scopes: Vec<&str> = scopes.iter().map(Scope::as_str).collect();
            error("insufficient_scope", INSUFFICIENT_SCOPE, Some(scopes.join(" ")))
        }
        Answer::Unauthorized | Answer::BadRequest(_) | Answer::Forbidden(_) | Answer::NotFound => {
            Body::Message { message: answer.message().into_owned(), narrowgate: detail }
        }
    };
    let www_authenticate = match answer {
        Answer::InvalidToken { challenge, .. } => Some(*challenge),
        _ => None,
    };
    Refusal {
        status: answer.status(),
        content_type: "application/json",
        www_authenticate,
        body: to_json(&body),
    }
}
