//! Makes a token that acts as a project's or group's bot.

use std::sync::Arc;

use narrowgate_catalog::Role;
use narrowgate_store::bots::{Bot, NewBot};
use narrowgate_store::connections::Connection;
use narrowgate_store::tokens::{Conditions, NewToken, Resource, TokenPrivileges};

use super::actor::Actor;
use super::create::Requested;
use super::error::AuthorityError;
use super::escalation::Wanted;
use super::issue::{Created, issue};
use super::lifetime::{Bounds, Expiry};
use super::resource::{Place, ResourceKind};
use super::{confine, escalation, policy, scopes, texts};
use crate::caller::Caller;
use crate::state::ApiState;

/// What is wanted.
#[derive(Clone, Debug)]
pub struct NewResourceToken {
    /// Through whose connection the token acts.
    pub creator: Arc<Connection>,
    /// The project or group, in the creator's eyes.
    pub place: Place,
    /// The name of the token and its bot.
    pub name: String,
    /// What its maker notes.
    pub description: Option<String>,
    /// The first day on which it no longer works.
    pub expires_at: Expiry,
    /// What it may do.
    pub privileges: Requested,
    /// The bot's role.
    pub access_level: Role,
    /// What it demands of requests; what its maker's token demands if absent.
    pub conditions: Option<Conditions>,
}

/// Makes a bot and its token.
///
/// # Errors
/// `Unfit` where the actor may not make such a token, values that break a rule or the policy, grants that exceed the
/// actor's or leave the project or group, and failures of the store or the instance.
pub async fn create_for_resource(
    state: &ApiState,
    actor: Actor<'_>,
    new: &NewResourceToken,
) -> Result<Created, AuthorityError> {
    check_maker(actor, new)?;
    texts::check(&new.name, new.description.as_deref())?;
    let policy = policy::effective(state, &new.creator, new.place.root_group()).await?;
    let bounds = Bounds::of_new(state, &policy);
    let expires_at = bounds.expiry(state.store.now().date(), new.expires_at, None)?;
    let privileges = resolve(state, new).await?;
    policy::check_kind(state, &policy, &privileges)?;
    let conditions = escalation::conditions(actor, new.conditions.as_ref());
    if let Some(caller) = actor.caller() {
        let wanted = Wanted { privileges: &privileges, conditions: &conditions, sudo: false };
        escalation::check(state, caller, &new.creator, &wanted).await?;
    }
    let bot = add_bot(state, new).await?;
    let plain = state.mint();
    let kind = new.place.kind().token_kind();
    let row = NewToken {
        description: new.description.clone(),
        user_id: bot.id.0,
        expires_at,
        access_level: Some(bot.access_level),
        resource: Some(bot.resource),
        created_by: actor.caller().map(Caller::user_id),
        conditions,
        ..NewToken::new(&new.creator, kind, plain.digest(), &new.name, privileges)
    };
    issue(state, actor, plain, &row).await
}

fn check_maker(actor: Actor<'_>, new: &NewResourceToken) -> Result<(), AuthorityError> {
    let kind = new.place.kind();
    let role = match actor {
        Actor::Operator { tenant } if tenant == new.creator.tenant => new.place.role,
        Actor::Caller(caller) if caller.may_act_for(&new.creator) && caller.manages(&new.place) => {
            caller.role_at(&new.place)
        }
        _ => {
            let kind = kind.as_str();
            let text = format!("User does not have permission to create {kind} access token");
            return Err(AuthorityError::unfit(text));
        }
    };
    if role.is_some_and(|role| new.access_level <= role) || actor.caller().is_none() {
        return Ok(());
    }
    let is_ownership = kind == ResourceKind::Project && new.access_level == Role::Owner;
    Err(AuthorityError::unfit(if is_ownership {
        "Could not provision owner access to project access token"
    } else {
        "Access level of the token can't be greater the access level of the user who created the token"
    }))
}

async fn resolve(state: &ApiState, new: &NewResourceToken) -> Result<TokenPrivileges, AuthorityError> {
    match &new.privileges {
        Requested::Legacy(names) => Ok(TokenPrivileges::Legacy(scopes::resolve(names, scopes::suits_bot)?)),
        Requested::FineGrained(wanted) => {
            let grants = confine::resolve(state, &new.creator, &new.place, wanted).await?;
            Ok(TokenPrivileges::FineGrained(grants))
        }
    }
}

async fn add_bot(state: &ApiState, new: &NewResourceToken) -> Result<Bot, AuthorityError> {
    let (Resource::Project(id) | Resource::Group(id)) = new.place.resource;
    let bot = NewBot {
        tenant: new.creator.tenant,
        connection: new.creator.id,
        resource: new.place.resource,
        username: format!("{}_{id}_bot_{}", new.place.kind().as_str(), state.random_hex()),
        name: new.name.clone(),
        access_level: new.access_level.access_level(),
    };
    Ok(state.store.bots().add(&bot).await?)
}
