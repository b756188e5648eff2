//! Revoking what was found.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use narrowgate_scan::{Checksum, Finding, Report};
use narrowgate_secret::TokenDigest;
use narrowgate_store::audit::{ActorKind, AuditEvent};
use narrowgate_store::tokens::{Revocation, RevocationReason, Token};
use narrowgate_store::{Store, TenantId};
use serde_json::json;

use crate::database;
use crate::settings::{GateFlags, Settings, StoreFlags};

/// What became of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// It was revoked just now.
    Revoked,
    /// It was revoked before.
    RevokedBefore,
    /// The store has no such token.
    Unknown,
    /// It was reported.
    Reported,
}

impl Fate {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Revoked => "revoked",
            Self::RevokedBefore => "revoked_before",
            Self::Unknown => "unknown",
            Self::Reported => "reported",
        }
    }

    pub(super) const fn sentence(self) -> &'static str {
        match self {
            Self::Revoked => "revoked now",
            Self::RevokedBefore => "revoked before",
            Self::Unknown => "not in this database",
            Self::Reported => "reported",
        }
    }
}

/// What became of the tokens that something was done about.
#[derive(Debug, Default)]
pub(super) struct Fates(BTreeMap<TokenDigest, Fate>);

impl Fates {
    pub(super) fn of(&self, digest: &TokenDigest) -> Option<Fate> {
        self.0.get(digest).copied()
    }

    pub(super) fn set(&mut self, digest: TokenDigest, fate: Fate) {
        self.0.insert(digest, fate);
    }
}

/// Each token of Narrowgate's once, where it was found first.
pub(super) fn ours(report: &Report) -> impl Iterator<Item = &Finding> {
    let mut seen = std::collections::BTreeSet::new();
    report
        .findings
        .iter()
        .filter(|found| found.kind.is_ours() && found.checksum == Checksum::Valid)
        .filter(move |found| seen.insert(found.digest))
}

/// Revokes Narrowgate's tokens among the findings.
///
/// # Errors
/// When the store can't be opened, read or written.
pub(super) async fn revoke(report: &Report, flags: &StoreFlags) -> Result<Fates> {
    let settings = Settings::load(flags, &GateFlags::default())?;
    let store = database::open_existing(&settings).await?;
    let mut fates = Fates::default();
    for found in ours(report) {
        let fate =
            revoke_one(&store, found).await.with_context(|| format!("cannot revoke {}", found.redacted()))?;
        fates.set(found.digest, fate);
    }
    Ok(fates)
}

async fn revoke_one(store: &Store, found: &Finding) -> Result<Fate> {
    let Some(token) = store.tokens().find_by_digest(&found.digest).await? else {
        return Ok(Fate::Unknown);
    };
    // The operator works for one tenant: another's token is none of theirs.
    if token.tenant != TenantId::DEFAULT {
        return Ok(Fate::Unknown);
    }
    let why = Revocation { at: store.now(), reason: RevocationReason::Leaked };
    if !store.tokens().revoke(token.id, why).await? {
        return Ok(Fate::RevokedBefore);
    }
    record(store, &token, found).await?;
    Ok(Fate::Revoked)
}

async fn record(store: &Store, token: &Token, found: &Finding) -> Result<()> {
    let place = format!("{}:{}:{}", found.origin, found.position.line, found.position.column);
    // A file may be named by the token itself.
    let place = place.replace(found.expose(), "[token]");
    let event = AuditEvent {
        actor: ActorKind::Operator,
        connection: Some(token.connection),
        token: Some(token.id),
        digest_prefix: Some(found.digest_prefix()),
        details: json!({
            "name": token.name,
            "owner_id": token.user_id,
            "url": place,
            "source": if found.origin.history.is_some() { "commit" } else { "content" },
        }),
        ..AuditEvent::new(token.tenant, store.now(), "token.leaked")
    };
    Ok(store.audit().append(&[event]).await?)
}
