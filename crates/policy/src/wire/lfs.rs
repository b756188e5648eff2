//! JSON of the LFS API; `git-lfs` shows `message`.

use serde::Serialize;

use super::answer::Answer;
use super::detail::Detail;
use super::git::{ACCESS_DENIED, BASIC_CHALLENGE};
use super::{Refusal, to_json};

#[derive(Serialize)]
struct Body<'a> {
    message: &'a str,
    narrowgate: &'a Detail<'a>,
}

pub(super) fn render(answer: &Answer, detail: &Detail<'_>) -> Refusal {
    let message = match answer {
        Answer::Unauthorized | Answer::InvalidToken { .. } => ACCESS_DENIED.into(),
        Answer::NotFound => "Not found.".into(),
        other => other.message(),
    };
    Refusal {
        status: answer.status(),
        content_type: "application/vnd.git-lfs+json",
        www_authenticate: (answer.status() == 401).then_some(BASIC_CHALLENGE),
        body: to_json(&Body { message: &message, narrowgate: detail }),
    }
}
