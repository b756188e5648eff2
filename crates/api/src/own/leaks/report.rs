//! `POST /api/narrowgate/v1/leaks`

use axum::extract::State;
use axum::{Extension, Json};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use narrowgate_secret::TokenDigest;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::examine::{Finding, Outcome, examine};
use crate::own::input::Body;
use crate::own::problem::Problem;
use crate::own::state::{OwnState, Peer};

const MOST_ITEMS: usize = 500;

/// A token that was found, as GitHub's secret scanning reports it (`url`) or GitLab's (`location`). Further fields are
/// passed over.
#[derive(Deserialize, ToSchema)]
#[schema(as = Leak)]
pub(in crate::own) struct LeakBody {
    /// The text that was found.
    token: String,
    /// What the scanner takes it for.
    #[serde(rename = "type", default)]
    kind: Option<String>,
    /// Where it was found.
    #[serde(alias = "location", default)]
    url: Option<String>,
    /// In what it was found.
    #[serde(default)]
    source: Option<String>,
}

/// What a reported text is, as GitHub expects it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LeakAnswer)]
pub(in crate::own) struct AnswerView {
    /// SHA-256 of the text, in base 64.
    token_hash: String,
    /// What the scanner took it for.
    token_type: String,
    /// `true_positive` for tokens, also for those of GitLab's own, which only GitLab can tell from made-up ones.
    label: &'static str,
    /// What became of it.
    outcome: Outcome,
}

/// Takes reports of leaked tokens from scanners. Narrowgate's own tokens are revoked at once: to know a token's text is proof
/// enough. The answer does not repeat any text.
#[utoipa::path(
    post,
    path = "/api/narrowgate/v1/leaks",
    operation_id = "reportLeaks",
    tag = "leaks",
    security(()),
    request_body = Vec<LeakBody>,
    responses((status = 200, description = "What became of each, in the order of the report", body = Vec<AnswerView>))
)]
pub(in crate::own) async fn handle(
    State(state): State<OwnState>,
    Extension(peer): Extension<Peer>,
    Body(items): Body<Vec<LeakBody>>,
) -> Result<Json<Vec<AnswerView>>, Problem> {
    state.limiter.admit(peer.address, state.now()).map_err(Problem::too_many)?;
    if items.len() > MOST_ITEMS {
        return Err(Problem::invalid(format!("a report holds at most {MOST_ITEMS} tokens")));
    }
    let mut answers = Vec::with_capacity(items.len());
    for item in &items {
        let text = item.token.trim();
        let finding = Finding { text, url: item.url.as_deref(), source: item.source.as_deref() };
        let outcome = examine(&state, &peer, &finding).await?;
        answers.push(AnswerView {
            // Of the text as it was sent, so that the scanner finds it again.
            token_hash: BASE64_STANDARD.encode(TokenDigest::of(&item.token).as_bytes()),
            token_type: item.kind.clone().unwrap_or_default(),
            label: if outcome == Outcome::Unknown { "false_positive" } else { "true_positive" },
            outcome,
        });
    }
    Ok(Json(answers))
}
