//! Plain text, which `git` shows line by line after `remote:`.

use super::Refusal;
use super::answer::Answer;
use super::detail::Detail;

/// Makes `git` ask for a user name and password.
pub(super) const BASIC_CHALLENGE: &str = "Basic realm=\"GitLab\"";

/// GitLab's text for every credential that is no good.
pub(super) const ACCESS_DENIED: &str = "HTTP Basic: Access denied. If a password was provided for Git authentication, \
    the password was incorrect or you're required to use a token instead of a password. If a token was provided, it \
    was either incorrect, expired, or improperly scoped.";

/// GitLab's text for a repository that the user may not know of.
const NOT_FOUND: &str =
    "The project you were looking for could not be found or you don't have permission to view it.";

pub(super) fn render(answer: &Answer, detail: &Detail<'_>) -> Refusal {
    let said = match answer {
        Answer::Unauthorized | Answer::InvalidToken { .. } => ACCESS_DENIED.into(),
        Answer::NotFound => NOT_FOUND.into(),
        other => other.message(),
    };
    let hint = detail.hint.as_deref().map(|hint| format!(" {hint}")).unwrap_or_default();
    Refusal {
        status: answer.status(),
        content_type: "text/plain; charset=utf-8",
        www_authenticate: (answer.status() == 401).then_some(BASIC_CHALLENGE),
        body: format!("{said}\nnarrowgate: {}, request {}.{hint}\n", detail.reason, detail.request_id),
    }
}
