//! No caller makes a token that may do what the caller may not.

use std::collections::HashMap;

use narrowgate_catalog::{Catalog, PermissionSet, Scope};
use narrowgate_gitlab::Reference;
use narrowgate_policy::escalate::{Carried, EscalationError, Selected, Standing, escalate};
use narrowgate_policy::{Access, Grant};
use narrowgate_policy::{AddressRanges, RefPattern};
use narrowgate_store::connections::Connection;
use narrowgate_store::tokens::{Conditions, GrantAccess, StoredGrant, TokenPrivileges};

use super::actor::{Actor, scope_set};
use super::error::AuthorityError;
use crate::caller::Caller;
use crate::state::ApiState;

type Standings = HashMap<Selected, (Vec<u64>, bool)>;

/// What a new token, or the successor of a rotated one, shall carry.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted<'a> {
    pub(crate) privileges: &'a TokenPrivileges,
    pub(crate) conditions: &'a Conditions,
    pub(crate) sudo: bool,
}

/// The conditions of a new token: those that are asked for, or else its maker's own.
pub(super) fn conditions(actor: Actor<'_>, wanted: Option<&Conditions>) -> Conditions {
    let own = || actor.caller()?.token.as_ref().map(|token| token.conditions.clone());
    wanted.cloned().or_else(own).unwrap_or_default()
}

/// Checks that `caller` may make, or bring about by rotation, a token of `owner` that carries this.
pub(crate) async fn check(
    state: &ApiState,
    caller: &Caller,
    owner: &Connection,
    wanted: &Wanted<'_>,
) -> Result<(), AuthorityError> {
    check_maker(caller)?;
    check_conditions(caller, wanted.conditions)?;
    if wanted.sudo && !has_sudo(caller) {
        return Err(exceeds("A token that cannot act as another user cannot make one that can."));
    }
    check_privileges(state, caller, owner, wanted.privileges).await
}

/// Bots and jobs make no tokens, as on GitLab: what they make would outlive them.
fn check_maker(caller: &Caller) -> Result<(), AuthorityError> {
    if caller.is_person() {
        return Ok(());
    }
    Err(exceeds("You must use a personal access token with this endpoint."))
}

/// What demands something of requests makes nothing that demands less.
fn check_conditions(caller: &Caller, wanted: &Conditions) -> Result<(), AuthorityError> {
    let Some(own) = caller.token.as_ref().map(|token| &token.conditions) else { return Ok(()) };
    if include(own, wanted) {
        return Ok(());
    }
    Err(exceeds("A token with conditions can only create tokens with equal or stricter conditions."))
}

/// Whether conditions admit every address and every ref that others admit.
pub(crate) fn include(held: &Conditions, wanted: &Conditions) -> bool {
    let plain = |stored: &Conditions| narrowgate_policy::Conditions {
        not_before: None,
        addresses: AddressRanges::new(&stored.addresses),
        push_refs: stored.push_refs.iter().map(|text| pattern(text)).collect(),
    };
    plain(held).include(&plain(wanted))
}

/// A pattern that can't be read matches no ref, rather than any.
fn pattern(text: &str) -> RefPattern {
    RefPattern::parse(text).unwrap_or_else(|_| RefPattern::nothing())
}

/// By the capability, or by the scope of a legacy or native token.
fn has_sudo(caller: &Caller) -> bool {
    match caller.scopes() {
        Some(scopes) => scopes.contains(Scope::Sudo),
        None => caller.token.as_ref().is_some_and(|token| token.sudo),
    }
}

fn exceeds(text: &str) -> AuthorityError {
    AuthorityError::Escalation { text: text.to_owned(), missing: Vec::new() }
}

/// Checks the privileges alone.
pub(crate) async fn check_privileges(
    state: &ApiState,
    caller: &Caller,
    owner: &Connection,
    wanted: &TokenPrivileges,
) -> Result<(), AuthorityError> {
    let held = held(state.catalog, caller);
    let carried = match caller.scopes() {
        Some(scopes) => Carried::Legacy(scopes),
        None => Carried::FineGrained(&held),
    };
    let grants = match wanted {
        TokenPrivileges::Legacy(names) => {
            let checked = escalate(carried, Carried::Legacy(scope_set(names)), true, |_| Standing::default());
            return checked.map_err(|error| refusal(state.catalog, &error));
        }
        TokenPrivileges::FineGrained(grants) => known_grants(state.catalog, grants)?,
        TokenPrivileges::Job => return Err(exceeds("Job tokens are made for jobs only.")),
    };
    let standings = standings(state, caller, &grants).await?;
    let standing = |place: Selected| match standings.get(&place) {
        Some((ancestors, member)) => Standing { ancestors, member: *member },
        None => Standing::default(),
    };
    let same_owner = caller.connection.id == owner.id;
    escalate(carried, Carried::FineGrained(&grants), same_owner, standing)
        .map_err(|error| refusal(state.catalog, &error))
}

fn held(catalog: &Catalog, caller: &Caller) -> Vec<Grant> {
    match caller.token.as_ref().map(|token| &token.privileges) {
        Some(TokenPrivileges::FineGrained(grants)) => plain_grants(catalog, grants),
        _ => Vec::new(),
    }
}

/// Stored grants as the policy takes them. A name that the catalogue does not know (any more) grants nothing.
pub(crate) fn plain_grants(catalog: &Catalog, grants: &[StoredGrant]) -> Vec<Grant> {
    grants
        .iter()
        .map(|grant| Grant { access: access(grant), permissions: permissions(catalog, grant) })
        .collect()
}

/// As [`plain_grants`], but a name that the catalogue does not know is refused: it might mean something tomorrow.
fn known_grants(catalog: &Catalog, grants: &[StoredGrant]) -> Result<Vec<Grant>, AuthorityError> {
    let names = grants.iter().flat_map(|grant| &grant.permissions);
    match names.into_iter().find(|name| catalog.permission(name).is_none()) {
        Some(name) => Err(AuthorityError::UnknownPermission { name: name.clone(), nearest: None }),
        None => Ok(plain_grants(catalog, grants)),
    }
}

fn access(grant: &StoredGrant) -> Access {
    match grant.access {
        GrantAccess::PersonalProjects => Access::PersonalProjects,
        GrantAccess::AllMemberships => Access::AllMemberships,
        GrantAccess::SelectedMemberships => Access::SelectedMemberships {
            projects: grant.project_id.into_iter().collect(),
            groups: grant.group_id.into_iter().collect(),
        },
        GrantAccess::User => Access::User,
        GrantAccess::Instance => Access::Instance,
    }
}

fn permissions(catalog: &Catalog, grant: &StoredGrant) -> PermissionSet {
    grant
        .permissions
        .iter()
        .filter_map(|name| catalog.permission(name))
        .map(|permission| permission.id)
        .collect()
}

/// What the selected places are to the caller, who may see less than the owner: then less is covered.
async fn standings(state: &ApiState, caller: &Caller, grants: &[Grant]) -> Result<Standings, AuthorityError> {
    let mut standings = Standings::new();
    if caller.scopes().is_some() {
        return Ok(standings);
    }
    for grant in grants {
        let Access::SelectedMemberships { projects, groups } = &grant.access else { continue };
        for id in projects {
            if let Some(project) = state.containers.project(&caller.connection, &Reference::Id(*id)).await? {
                let facts = (project.ancestors.clone(), project.role.is_some());
                standings.insert(Selected::Project(*id), facts);
            }
        }
        for id in groups {
            if let Some(group) = state.containers.group(&caller.connection, &Reference::Id(*id)).await? {
                standings.insert(Selected::Group(*id), (group.ancestors.clone(), group.role.is_some()));
            }
        }
    }
    Ok(standings)
}

fn refusal(catalog: &Catalog, error: &EscalationError) -> AuthorityError {
    let missing = match error {
        EscalationError::Exceeds { missing, .. } => {
            missing.iter().map(|id| catalog.describe(*id).name.clone()).collect()
        }
        EscalationError::OtherKind | EscalationError::WiderScope { .. } => Vec::new(),
    };
    AuthorityError::Escalation { text: error.to_string(), missing }
}
