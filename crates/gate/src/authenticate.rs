//! Step 3: whose token it is, from memory where memory can be trusted.

pub(crate) mod follower;
pub(crate) mod jobs;
pub(crate) mod native;
mod prepare;
mod reuse;
pub(crate) mod table;

use std::net::IpAddr;
use std::sync::Arc;

use narrowgate_policy::{Denial, Reason};
use narrowgate_secret::TokenDigest;
use narrowgate_store::ConnectionId;
use narrowgate_store::tokens::Token;

use crate::classify::Route;
use crate::core::Core;
use crate::credential::{Foreign, Presented};
use crate::record::Exchange;
use crate::refusal::Refusal;
use table::Answer;
pub(crate) use table::{Link, Principal, Tokens};

/// Who asks.
#[derive(Clone, Debug)]
pub(crate) enum Bearer {
    /// Nobody in particular.
    Nobody,
    /// The bearer of a Narrowgate token, dead or alive.
    Token(Arc<Principal>),
    /// The bearer of something that Narrowgate did not issue.
    Foreign(Foreign),
}

/// Whose credential it is.
///
/// # Errors
///
/// Unknown tokens, and a store that can't be asked.
pub(crate) async fn bearer(
    core: &Core,
    presented: Presented,
    exchange: &mut Exchange,
) -> Result<Bearer, Refusal> {
    match presented {
        Presented::Nothing => Ok(Bearer::Nobody),
        Presented::Foreign(foreign) => Ok(Bearer::Foreign(foreign)),
        Presented::Ours(digest) => {
            let principal = by_digest(core, &digest).await?;
            exchange.whose(&principal);
            exchange.digest = Some(digest);
            Ok(Bearer::Token(principal))
        }
    }
}

/// The bearer of a digest, dead or alive.
///
/// # Errors
///
/// Unknown tokens, and a store that can't be asked.
pub(crate) async fn by_digest(core: &Core, digest: &TokenDigest) -> Result<Arc<Principal>, Refusal> {
    if core.follower.is_fresh(core.config.max_staleness) {
        if let Some(principal) = core.tokens.get(digest) {
            return Ok(principal);
        }
        if core.tokens.is_unknown(digest) {
            return Err(Refusal::reason(Reason::Unknown));
        }
        return Box::pin(async { Question::about(core, digest).ask().await }).await;
    }
    // Without word from the change log an answer that another began to wait for may be too old.
    Box::pin(load(core, digest)).await
}

/// A part in a question to the store, which concurrent requests of one token share.
struct Question<'q> {
    core: &'q Core,
    digest: &'q TokenDigest,
    generation: u64,
    answer: Answer,
}

impl<'q> Question<'q> {
    fn about(core: &'q Core, digest: &'q TokenDigest) -> Self {
        let generation = core.tokens.generation();
        Self { core, digest, generation, answer: core.tokens.question(digest, generation) }
    }

    /// Whoever is first asks; if its client goes away meanwhile, the next one does.
    async fn ask(&self) -> Result<Arc<Principal>, Refusal> {
        self.answer.get_or_init(|| load(self.core, self.digest)).await.clone()
    }
}

impl Drop for Question<'_> {
    fn drop(&mut self) {
        self.core.tokens.leave(self.digest, self.generation, std::mem::take(&mut self.answer));
    }
}

/// Refuses what is dead, before anything is asked about the request.
///
/// # Errors
///
/// The token was revoked, has expired or does not work yet, its owner is blocked, or it is not to be used from there.
pub(crate) async fn alive(
    core: &Core,
    exchange: &Exchange,
    bearer: &Bearer,
    route: Option<&Route<'_>>,
) -> Result<(), Refusal> {
    let Bearer::Token(principal) = bearer else { return Ok(()) };
    let Some(denial) = barred(core, principal, exchange.address) else { return Ok(()) };
    if denial.reason == Reason::Revoked && route.is_some_and(|route| reuse::is_rotation(route, principal)) {
        Box::pin(reuse::revoke_family(core, principal, exchange)).await?;
    }
    Err(denial.into())
}

/// Why a token is not to be used at all, from there.
pub(crate) fn barred(core: &Core, principal: &Principal, address: IpAddr) -> Option<Denial> {
    let bearer = &principal.bearer;
    let reason = bearer.barred(core.now(), address)?;
    Some(Denial::new(reason).for_class(bearer.class))
}

/// Asks the store. What it says is kept only if nothing changed meanwhile.
async fn load(core: &Core, digest: &TokenDigest) -> Result<Arc<Principal>, Refusal> {
    let generation = core.tokens.generation();
    let Some(token) = core.store.tokens().find_by_digest(digest).await? else {
        core.tokens.keep_unknown(*digest, generation, core.config.limits.unknown_tokens);
        return Err(Refusal::reason(Reason::Unknown));
    };
    let Some(link) = link(core, token.connection, generation).await? else {
        return Err(Refusal::reason(Reason::Unknown));
    };
    let principal = Arc::new(principal(core, &token, link));
    core.tokens.keep(token.id, *digest, &principal, generation, core.config.limits.cached_tokens);
    Ok(principal)
}

fn principal(core: &Core, token: &Token, link: Arc<Link>) -> Principal {
    Principal::new(token, prepare::bearer(token, &link, core.catalog), link)
}

/// The connection with its credential opened; none if it is another instance's.
pub(crate) async fn link(
    core: &Core,
    id: ConnectionId,
    generation: u64,
) -> Result<Option<Arc<Link>>, Refusal> {
    if core.follower.is_fresh(core.config.max_staleness)
        && let Some(link) = core.tokens.link(id)
    {
        return Ok(Some(link));
    }
    let Some(connection) = core.store.connections().lookup(id).await? else {
        return Ok(None);
    };
    if connection.instance_url != core.config.instance.as_str() {
        return Ok(None);
    }
    let link = Arc::new(prepare::link(connection, &core.keys)?);
    core.tokens.keep_link(&link, generation);
    Ok(Some(link))
}
