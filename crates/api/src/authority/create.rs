//! Makes a token.

use std::sync::Arc;

use narrowgate_catalog::Scope;
use narrowgate_secret::PlainToken;
use narrowgate_store::connections::Connection;
use narrowgate_store::time::Date;
use narrowgate_store::tokens::{NewToken, Token, TokenKind, TokenPrivileges};

use super::actor::Actor;
use super::audit;
use super::error::AuthorityError;
use super::grants::{self, RequestedGrant};
use super::{escalation, lifetime};
use crate::state::ApiState;

const LONGEST_TEXT: usize = 255;

/// What is wanted.
#[derive(Clone, Debug)]
pub struct NewPersonalToken {
    /// Whom the token acts as.
    pub owner: Arc<Connection>,
    /// The name that its owner sees.
    pub name: String,
    /// What its owner notes.
    pub description: Option<String>,
    /// The first day on which it no longer works; the default lifetime if absent.
    pub expires_at: Option<Date>,
    /// What it may do.
    pub privileges: Requested,
}

/// What a token shall be able to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Requested {
    /// Legacy scopes, by name. Every scope is taken: GitLab takes two on the path for oneself, because it makes the
    /// others elsewhere; Narrowgate has no elsewhere.
    Legacy(Vec<String>),
    /// Grants.
    FineGrained(Vec<RequestedGrant>),
}

/// A new token and, this one time, its text.
#[derive(Debug)]
pub struct Created {
    /// As stored.
    pub token: Token,
    /// Its text.
    pub plain: PlainToken,
}

/// Makes a token for `new.owner`.
///
/// # Errors
/// Values that break a rule, grants that exceed the actor's, places that the owner is no member of, and failures of the
/// store or the instance.
pub async fn create(
    state: &ApiState,
    actor: Actor<'_>,
    new: &NewPersonalToken,
) -> Result<Created, AuthorityError> {
    check_owner(actor, &new.owner)?;
    check_texts(new)?;
    let expires_at = lifetime::expiry(state, new.expires_at, state.config.default_lifetime_days)?;
    let privileges = resolve(state, &new.owner, &new.privileges).await?;
    if let Some(caller) = actor.caller() {
        escalation::check(state, caller, &new.owner, &privileges).await?;
    }
    let plain = state.mint();
    let row = NewToken {
        tenant: new.owner.tenant,
        connection: new.owner.id,
        kind: TokenKind::Personal,
        digest: plain.digest(),
        name: new.name.clone(),
        description: new.description.clone(),
        user_id: new.owner.user_id,
        privileges,
        expires_at: Some(expires_at),
    };
    let token = state.store.tokens().add(&row).await?;
    record(state, actor, &token).await?;
    Ok(Created { token, plain })
}

fn check_owner(actor: Actor<'_>, owner: &Connection) -> Result<(), AuthorityError> {
    let permitted = match actor {
        Actor::Operator { tenant } => tenant == owner.tenant,
        Actor::Caller(caller) => caller.may_act_for(owner),
    };
    if permitted { Ok(()) } else { Err(AuthorityError::AdministratorsOnly) }
}

fn check_texts(new: &NewPersonalToken) -> Result<(), AuthorityError> {
    if new.name.trim().is_empty() {
        return Err(AuthorityError::invalid("name", "can't be blank"));
    }
    let too_long = |text: &str| text.chars().count() > LONGEST_TEXT;
    let field = if too_long(&new.name) {
        "name"
    } else if new.description.as_deref().is_some_and(too_long) {
        "description"
    } else {
        return Ok(());
    };
    Err(AuthorityError::invalid(field, format!("is too long (maximum is {LONGEST_TEXT} characters)")))
}

async fn resolve(
    state: &ApiState,
    owner: &Connection,
    requested: &Requested,
) -> Result<TokenPrivileges, AuthorityError> {
    match requested {
        Requested::FineGrained(wanted) => {
            Ok(TokenPrivileges::FineGrained(grants::resolve(state, owner, wanted).await?))
        }
        Requested::Legacy(names) => {
            let known = |name: &String| Scope::parse(name).is_some_and(|scope| is_available(scope, owner));
            if names.is_empty() || !names.iter().all(known) {
                return Err(AuthorityError::invalid("scopes", "can only contain available scopes"));
            }
            let mut scopes: Vec<String> = Vec::with_capacity(names.len());
            for name in names {
                if !scopes.contains(name) {
                    scopes.push(name.clone());
                }
            }
            Ok(TokenPrivileges::Legacy(scopes))
        }
    }
}

/// As on GitLab, the scopes of administrators are for administrators.
fn is_available(scope: Scope, owner: &Connection) -> bool {
    !matches!(scope, Scope::Sudo | Scope::AdminMode) || owner.administrator
}

/// A token that nobody knows of must not stay usable.
async fn record(state: &ApiState, actor: Actor<'_>, token: &Token) -> Result<(), AuthorityError> {
    let details = audit::describe(actor, token);
    if let Err(error) = audit::record(state, actor, "token.created", token, details).await {
        state.store.tokens().revoke(token.id, state.store.now()).await?;
        return Err(error.into());
    }
    Ok(())
}
