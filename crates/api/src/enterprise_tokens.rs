//! `POST /groups/:id/manage/personal_access_tokens/:pat_id/rotate`, and the same for tokens of projects and groups
//!
//! GitLab answers with the text of a token of its own, which reaches whatever its owner does and knows no gate.

use crate::wire::Problem;

pub(crate) async fn rotate() -> Problem {
    Problem::native_token()
}
