//! Makes a token that acts as a person.

use std::sync::Arc;

use narrowgate_store::connections::Connection;
use narrowgate_store::tokens::{Conditions, NewToken, TokenKind, TokenPrivileges};

use super::actor::Actor;
use super::error::AuthorityError;
use super::escalation::Wanted;
use super::grants::{self, RequestedGrant};
use super::issue::{Created, issue};
use super::lifetime::{Bounds, Expiry};
use super::{escalation, policy, scopes, texts};
use crate::caller::Caller;
use crate::state::ApiState;

/// What is wanted.
#[derive(Clone, Debug)]
pub struct NewPersonalToken {
    /// Whom the token acts as.
    pub owner: Arc<Connection>,
    /// The name that its owner sees.
    pub name: String,
    /// What its owner notes.
    pub description: Option<String>,
    /// The first day on which it no longer works.
    pub expires_at: Expiry,
    /// What it may do.
    pub privileges: Requested,
    /// What it demands of requests; what its maker's token demands if absent.
    pub conditions: Option<Conditions>,
    /// Whether it may act as another user: for fine-grained tokens of administrators.
    pub sudo: bool,
}

impl NewPersonalToken {
    /// A token with the usual lifetime and without a description.
    #[must_use]
    pub fn new(owner: Arc<Connection>, name: impl Into<String>, privileges: Requested) -> Self {
        Self {
            owner,
            name: name.into(),
            description: None,
            expires_at: Expiry::Default,
            privileges,
            conditions: None,
            sudo: false,
        }
    }
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

/// Makes a token for `new.owner`.
///
/// # Errors
/// Values that break a rule or the policy, grants that exceed the actor's, places that the owner is no member of, and
/// failures of the store or the instance.
pub async fn create(
    state: &ApiState,
    actor: Actor<'_>,
    new: &NewPersonalToken,
) -> Result<Created, AuthorityError> {
    check_owner(actor, &new.owner)?;
    create_as(state, actor, new, false).await
}

/// Makes a token by which an administrator acts as `new.owner`.
///
/// # Errors
/// As [`create`]; `AdministratorsOnly` for everybody else.
pub async fn create_impersonation(
    state: &ApiState,
    actor: Actor<'_>,
    new: &NewPersonalToken,
) -> Result<Created, AuthorityError> {
    if actor.caller().is_some_and(|caller| !caller.is_administrator()) {
        return Err(AuthorityError::AdministratorsOnly);
    }
    check_owner(actor, &new.owner)?;
    create_as(state, actor, new, true).await
}

/// Makes the token, once it is clear that the actor may act for its owner.
pub(super) async fn create_as(
    state: &ApiState,
    actor: Actor<'_>,
    new: &NewPersonalToken,
    impersonation: bool,
) -> Result<Created, AuthorityError> {
    let owner = &new.owner;
    texts::check(&new.name, new.description.as_deref())?;
    let policy = policy::effective(state, owner, None).await?;
    let bounds = Bounds::of_new(state, &policy);
    let expires_at = bounds.expiry(state.store.now().date(), new.expires_at, None)?;
    let privileges = resolve(state, owner, &new.privileges).await?;
    policy::check_kind(state, &policy, &privileges)?;
    if impersonation {
        policy::check_impersonation(&policy)?;
    }
    check_sudo(owner, new.sudo, &privileges)?;
    let conditions = escalation::conditions(actor, new.conditions.as_ref());
    if let Some(caller) = actor.caller() {
        let wanted = Wanted { privileges: &privileges, conditions: &conditions, sudo: new.sudo };
        escalation::check(state, caller, owner, &wanted).await?;
    }
    let plain = state.mint();
    let row = NewToken {
        description: new.description.clone(),
        expires_at,
        impersonation,
        created_by: actor.caller().map(Caller::user_id),
        conditions,
        sudo: new.sudo,
        ..NewToken::new(owner, TokenKind::Personal, plain.digest(), &new.name, privileges)
    };
    issue(state, actor, plain, &row).await
}

fn check_owner(actor: Actor<'_>, owner: &Connection) -> Result<(), AuthorityError> {
    let permitted = match actor {
        Actor::Operator { tenant } => tenant == owner.tenant,
        Actor::Caller(caller) => caller.may_act_for(owner),
    };
    if permitted { Ok(()) } else { Err(AuthorityError::AdministratorsOnly) }
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
            let names = scopes::resolve(names, |scope| scopes::suits_person(scope, owner))?;
            Ok(TokenPrivileges::Legacy(names))
        }
    }
}

/// The capability to act as others is what the scope `sudo` is to legacy tokens.
pub(crate) fn check_sudo(
    owner: &Connection,
    sudo: bool,
    privileges: &TokenPrivileges,
) -> Result<(), AuthorityError> {
    match privileges {
        _ if !sudo => Ok(()),
        TokenPrivileges::FineGrained(_) if owner.administrator => Ok(()),
        TokenPrivileges::FineGrained(_) => {
            Err(AuthorityError::invalid("sudo", "is for tokens of administrators only"))
        }
        TokenPrivileges::Legacy(_) | TokenPrivileges::Job => {
            Err(AuthorityError::invalid("sudo", "is for fine-grained tokens; add the scope `sudo`"))
        }
    }
}
