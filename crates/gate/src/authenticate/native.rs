//! Native GitLab tokens of connected users, for the operations that Narrowgate answers itself.

use std::sync::Arc;
use std::time::{Duration, Instant};

use narrowgate_catalog::{Scope, ScopeSet};
use narrowgate_gitlab::GitlabError;
use narrowgate_policy::Reason;
use narrowgate_secret::TokenDigest;
use narrowgate_store::TenantId;
use papaya::HashMap;
use secrecy::SecretString;

use super::Link;
use crate::core::Core;
use crate::credential::Foreign;
use crate::refusal::Refusal;

/// For how long the instance's answer about a token is believed.
const LIFE: Duration = Duration::from_secs(10);
/// How many answers are kept.
const MOST: usize = 10_000;

/// What the instance said about a native token.
#[derive(Clone)]
struct Answer {
    at: Instant,
    owner: Option<Owner>,
}

/// The connection of a native token's user, and what the token may do.
#[derive(Clone)]
pub(crate) struct Owner {
    pub(crate) link: Arc<Link>,
    pub(crate) scopes: ScopeSet,
}

/// Answers about native tokens, by digest.
#[derive(Default)]
pub(crate) struct Natives(HashMap<TokenDigest, Answer>);

impl Natives {
    pub(super) fn clear(&self) {
        self.0.pin().clear();
    }
}

/// The connection of a native token's user.
///
/// The token must carry `api`, or `read_api` for a read: else a weak token could make itself a strong one.
///
/// # Errors
///
/// Unknown, if the instance refuses the token, its user has no connection, or it is too weak.
pub(crate) async fn native(core: &Core, foreign: &Foreign, is_read: bool) -> Result<Owner, Refusal> {
    let known =
        core.natives.0.pin().get(&foreign.digest).filter(|answer| answer.at.elapsed() < LIFE).cloned();
    let answer = match known {
        Some(answer) => answer,
        None => ask(core, &foreign.digest, &foreign.text).await?,
    };
    match answer.owner {
        Some(owner) if owner.scopes.contains(Scope::Api) || is_read => Ok(owner),
        Some(_) => Err(Refusal::reason(Reason::KindNotAccepted)),
        None => Err(Refusal::reason(Reason::Unknown)),
    }
}

async fn ask(core: &Core, digest: &TokenDigest, text: &SecretString) -> Result<Answer, Refusal> {
    let owner = owner(core, text).await?;
    let answer = Answer { at: Instant::now(), owner };
    if core.natives.0.len() >= MOST {
        core.natives.clear();
    }
    core.natives.0.pin().insert(*digest, answer.clone());
    Ok(answer)
}

async fn owner(core: &Core, text: &SecretString) -> Result<Option<Owner>, Refusal> {
    let client = core.directory.client();
    let user = match client.current_user(text).await {
        Err(GitlabError::Refused { .. }) => return Ok(None),
        answer => answer?,
    };
    // Without it nobody knows how much the token may do.
    let scopes = match client.token_self(text).await {
        Ok(Some(scopes)) => scopes,
        Ok(None) | Err(GitlabError::Refused { .. }) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let is_granular = scopes.granular;
    let scopes: ScopeSet = scopes.scopes.iter().filter_map(|name| Scope::parse(name)).collect();
    if is_granular || !(scopes.contains(Scope::Api) || scopes.contains(Scope::ReadApi)) {
        return Ok(None);
    }
    let instance = core.config.instance.as_str();
    let generation = core.tokens.generation();
    let found = core.store.connections().find_by_user(TenantId::DEFAULT, instance, user.id).await?;
    let Some(connection) = found else {
        return Ok(None);
    };
    let link = super::link(core, connection.id, generation).await?;
    Ok(link.map(|link| Owner { link, scopes }))
}
