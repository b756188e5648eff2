//! What a reported text is, and what becomes of it.

use narrowgate_secret::{PlainToken, TokenDigest};
use narrowgate_store::audit::AuditEvent;
use narrowgate_store::tokens::{Revocation, RevocationReason, Token};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::own::problem::Problem;
use crate::own::record::digest_prefix;
use crate::own::state::{OwnState, Peer};
use crate::own::tokens;

/// What GitLab's own tokens start with.
const NATIVE: [&str; 16] = [
    "glpat-",
    "gloas-",
    "gldt-",
    "glrt-",
    "glrtr-",
    "glcbt-",
    "glptt-",
    "glft-",
    "glimt-",
    "glagent-",
    "glwt-",
    "glsoat-",
    "glffct-",
    "GR1348941",
    "_gitlab_session=",
    "gitlab+deploy-token-",
];

/// What became of a reported text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = LeakOutcome)]
pub(super) enum Outcome {
    /// It was a usable token of Narrowgate's, and is revoked now.
    Revoked,
    /// It is a token of Narrowgate's that could not be used any more.
    Inactive,
    /// It has the form of one of GitLab's own tokens: revoke it there.
    Native,
    /// It is no token that Narrowgate knows.
    Unknown,
}

/// One text that was found.
pub(super) struct Finding<'f> {
    pub(super) text: &'f str,
    pub(super) url: Option<&'f str>,
    pub(super) source: Option<&'f str>,
}

/// Finds out what a text is, and revokes it if it is a token.
pub(super) async fn examine(
    state: &OwnState,
    peer: &Peer,
    finding: &Finding<'_>,
) -> Result<Outcome, Problem> {
    if finding.text.is_empty() || finding.text.len() > 1024 {
        return Ok(Outcome::Unknown);
    }
    if let Ok(plain) = PlainToken::parse(finding.text, &state.api.config.prefixes) {
        return match state.store().tokens().find_by_digest(&plain.digest()).await? {
            Some(token) => revoke(state, peer, finding, &token).await,
            None => Ok(Outcome::Unknown),
        };
    }
    if NATIVE.iter().any(|prefix| finding.text.starts_with(prefix)) {
        tracing::warn!(
            digest = digest_prefix(&TokenDigest::of(finding.text)),
            "A leaked token of GitLab's was reported"
        );
        return Ok(Outcome::Native);
    }
    Ok(Outcome::Unknown)
}

async fn revoke(
    state: &OwnState,
    peer: &Peer,
    finding: &Finding<'_>,
    token: &Token,
) -> Result<Outcome, Problem> {
    let now = state.now();
    let was_active = tokens::is_active(token, now);
    let why = Revocation { at: now, reason: RevocationReason::Leaked };
    let revoked = state.store().tokens().revoke(token.id, why).await?;
    if !revoked {
        return Ok(Outcome::Inactive);
    }
    let event = AuditEvent {
        connection: Some(token.connection),
        token: Some(token.id),
        digest_prefix: Some(digest_prefix(&token.digest)),
        address: Some(peer.address),
        request_id: Some(peer.request_id.clone()),
        details: details(finding, token),
        ..AuditEvent::new(token.tenant, now, "token.leaked")
    };
    // It is revoked, which is what counts: a log that fails must not have the scanner try again.
    if let Err(error) = state.store().audit().append(&[event]).await {
        let error = &error as &dyn std::error::Error;
        tracing::error!(token.id = token.id.0, error, "The audit log could not be written");
    }
    tracing::warn!(token.id = token.id.0, "A leaked token was reported and revoked");
    Ok(if was_active { Outcome::Revoked } else { Outcome::Inactive })
}

/// Where it was found, without the token itself, which scanners may put into URLs.
fn details(finding: &Finding<'_>, token: &Token) -> Value {
    let clean = |text: &str| text.replace(finding.text, "[token]").chars().take(1000).collect::<String>();
    json!({
        "name": token.name,
        "owner_id": token.user_id,
        "url": finding.url.map(clean),
        "source": finding.source.map(clean),
    })
}
