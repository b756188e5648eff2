//! `PATCH /api/narrowgate/v1/tokens/{id}`

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::{Extension, Json};
use http::StatusCode;
use narrowgate_policy::RefPattern;
use narrowgate_store::TokenId;
use narrowgate_store::connections::Connection;
use narrowgate_store::time::Timestamp;
use narrowgate_store::tokens::{
    Conditions, Edit, GrantAccess, NewGrants, StoredGrant, Token, TokenKind, TokenPrivileges,
};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use super::view::{ConditionsView, GrantView, is_active};
use super::{TokenView, narrower};
use crate::authority::RequestedGrant;
use crate::authority::rules::{self, Wanted};
use crate::caller::Caller;
use crate::own::input::{Body, number};
use crate::own::problem::Problem;
use crate::own::state::OwnState;
use crate::own::{access, record};

const MOST_ADDRESSES: usize = 100;
const MOST_PATTERNS: usize = 100;

/// What is to be changed; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TokenEdit)]
pub(in crate::own) struct EditBody {
    /// All grants, as when making a token.
    granular_scopes: Option<Vec<GrantInput>>,
    /// All conditions.
    conditions: Option<ConditionsInput>,
    /// Whether it may act as another user.
    sudo: Option<bool>,
    /// The revision that the edit starts from; refused if the token was edited since.
    revision: Option<i64>,
}

/// A grant, as when making a token.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewGrant)]
pub(in crate::own) struct GrantInput {
    /// Where.
    access: AccessName,
    /// Names of permissions.
    permissions: Vec<String>,
    /// Projects, for selected memberships.
    #[serde(default)]
    project_ids: Vec<u32>,
    /// Groups, for selected memberships.
    #[serde(default)]
    group_ids: Vec<u32>,
}

/// What a grant reaches.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Access)]
pub(in crate::own) enum AccessName {
    PersonalProjects,
    AllMemberships,
    SelectedMemberships,
    User,
    Instance,
}

/// Conditions; what is absent does not restrict.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewConditions)]
pub(in crate::own) struct ConditionsInput {
    /// From when on it works.
    #[schema(value_type = Option<String>, format = DateTime)]
    not_before: Option<String>,
    /// Address ranges that it may be used from, such as `192.0.2.0/24`.
    #[serde(default)]
    addresses: Vec<String>,
    /// Patterns of refs that it may push to, such as `refs/heads/feature/*`.
    #[serde(default)]
    push_refs: Vec<String>,
}

/// Edits the grants and conditions of a fine-grained token. What only takes away is always possible. What adds needs a
/// caller that holds all of the wanted reach: a token with as much, or the owner's own GitLab token, which is a fresh
/// sign-in.
#[utoipa::path(
    patch,
    path = "/api/narrowgate/v1/tokens/{id}",
    operation_id = "editToken",
    tag = "tokens",
    params(("id" = i64, Path, description = "The token", minimum = 1)),
    request_body = EditBody,
    responses((status = 200, description = "The token as it is now", body = TokenView))
)]
pub(in crate::own) async fn handle(
    State(state): State<OwnState>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    Body(body): Body<EditBody>,
) -> Result<Json<TokenView>, Problem> {
    let token = access::token(&state, &caller, TokenId(number(&id, "id")?)).await?;
    let TokenPrivileges::FineGrained(current) = &token.privileges else {
        return Err(Problem::invalid("a token with scopes has no grants to edit: make a fine-grained one"));
    };
    if !is_active(&token, state.now()) {
        return Err(Problem::conflict("the token is revoked or expired"));
    }
    if body.revision.is_some_and(|revision| revision != token.revision) {
        return Err(edited_meanwhile());
    }
    let owner = state.store().connections().lookup(token.connection).await?;
    let owner = owner.ok_or_else(|| Problem::conflict("the token's connection is gone"))?;
    let wanted = wanted(&state, &owner, &token, current, &body).await?;
    permit(&state, &caller, &owner, &token, &wanted).await?;
    let edited = replace(&state, &token, &wanted).await?;
    let details = json!({ "before": describe(current, &token.conditions, token.sudo),
        "after": describe(&wanted.grants, &wanted.conditions, wanted.sudo) });
    let event = record::about(&state, &caller, "token.updated", &edited, details);
    record::append(&state, &[event]).await?;
    Ok(Json(TokenView::of(&edited, state.now())))
}

fn describe(grants: &[StoredGrant], conditions: &Conditions, sudo: bool) -> serde_json::Value {
    let grants: Vec<_> = grants.iter().map(GrantView::of).collect();
    json!({ "granular_scopes": grants, "conditions": ConditionsView::of(conditions), "sudo": sudo })
}

async fn wanted(
    state: &OwnState,
    owner: &Connection,
    token: &Token,
    current: &[StoredGrant],
    body: &EditBody,
) -> Result<NewGrants, Problem> {
    let grants = match &body.granular_scopes {
        None => current.to_vec(),
        Some(entries) => {
            let requested: Vec<_> = entries.iter().map(GrantInput::requested).collect();
            rules::resolve(&state.api, owner, &requested).await?
        }
    };
    let conditions = match &body.conditions {
        None => token.conditions.clone(),
        Some(input) => input.read()?,
    };
    Ok(NewGrants { grants, conditions, sudo: body.sudo.unwrap_or(token.sudo) })
}

/// Checks that the edit only takes away, or that the caller holds all that is wanted. The two don't add up: what the token
/// could and what the caller can would together make more than either.
async fn permit(
    state: &OwnState,
    caller: &Caller,
    owner: &Connection,
    token: &Token,
    wanted: &NewGrants,
) -> Result<(), Problem> {
    let now = state.now();
    let privileges = TokenPrivileges::FineGrained(wanted.grants.clone());
    // The token itself, as if it were the caller.
    let itself = Caller {
        token: Some(Arc::new(token.clone())),
        connection: Arc::new(owner.clone()),
        ..caller.clone()
    };
    let takes_away = narrower::conditions(&wanted.conditions, &token.conditions, now)
        && wanted.sudo <= token.sudo
        && rules::check_privileges(&state.api, &itself, owner, &privileges).await.is_ok();
    if takes_away {
        return Ok(());
    }
    if token.kind != TokenKind::Personal {
        return Err(Problem::forbidden("a token of a project or group can only be narrowed: make a new one"));
    }
    let all = Wanted { privileges: &privileges, conditions: &wanted.conditions, sudo: wanted.sudo };
    rules::check(&state.api, caller, owner, &all).await?;
    rules::check_sudo(owner, wanted.sudo, &privileges)?;
    match &caller.token {
        Some(own) if !narrower::conditions(&wanted.conditions, &own.conditions, now) => Err(widens()),
        _ => Ok(()),
    }
}

fn widens() -> Problem {
    let detail = "the edit would make the conditions wider than the caller's own: use the owner's GitLab token instead";
    Problem::new(StatusCode::FORBIDDEN, "escalation", detail)
}

async fn replace(state: &OwnState, token: &Token, wanted: &NewGrants) -> Result<Token, Problem> {
    match state.store().tokens().replace_grants(token.id, token.revision, wanted, state.now()).await? {
        Edit::Edited(token) => Ok(*token),
        Edit::Stale => Err(edited_meanwhile()),
        Edit::NotEditable => Err(Problem::conflict("the token is revoked")),
    }
}

fn edited_meanwhile() -> Problem {
    Problem::conflict("the token was edited meanwhile: read it again")
}

impl GrantInput {
    fn requested(&self) -> RequestedGrant {
        RequestedGrant {
            access: self.access.access(),
            permissions: self.permissions.clone(),
            project_ids: self.project_ids.iter().copied().map(u64::from).collect(),
            group_ids: self.group_ids.iter().copied().map(u64::from).collect(),
        }
    }
}

impl AccessName {
    const fn access(self) -> GrantAccess {
        match self {
            Self::PersonalProjects => GrantAccess::PersonalProjects,
            Self::AllMemberships => GrantAccess::AllMemberships,
            Self::SelectedMemberships => GrantAccess::SelectedMemberships,
            Self::User => GrantAccess::User,
            Self::Instance => GrantAccess::Instance,
        }
    }
}

impl ConditionsInput {
    fn read(&self) -> Result<Conditions, Problem> {
        if self.addresses.len() > MOST_ADDRESSES || self.push_refs.len() > MOST_PATTERNS {
            return Err(Problem::invalid("too many address ranges or patterns"));
        }
        let not_before = self.not_before.as_deref().map(Timestamp::parse).transpose();
        let not_before = not_before.map_err(|error| Problem::invalid(format!("not_before: {error}")))?;
        let addresses: Result<_, Problem> = self.addresses.iter().map(|text| address(text)).collect();
        for pattern in &self.push_refs {
            RefPattern::parse(pattern).map_err(|error| Problem::invalid(error.to_string()))?;
        }
        Ok(Conditions { not_before, addresses: addresses?, push_refs: self.push_refs.clone() })
    }
}

/// A range, or one address.
fn address(text: &str) -> Result<ipnet::IpNet, Problem> {
    let range =
        text.parse::<ipnet::IpNet>().or_else(|_| text.parse::<std::net::IpAddr>().map(ipnet::IpNet::from));
    range.map_err(|_| Problem::invalid(format!("`{text}` is no range of addresses")))
}
