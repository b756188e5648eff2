//! `GET /api/narrowgate/v1/tokens/{id}/reach`

use axum::extract::{Path, State};
use axum::{Extension, Json};
use narrowgate_catalog::{Permission, Role};
use narrowgate_gitlab::Reference;
use narrowgate_store::TokenId;
use narrowgate_store::connections::Connection;
use narrowgate_store::tokens::{GrantAccess, StoredGrant, Token, TokenPrivileges};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::caller::Caller;
use crate::own::access;
use crate::own::input::number;
use crate::own::problem::Problem;
use crate::own::state::OwnState;

/// How many projects and how many groups of a wide grant are named.
const MOST_PLACES: usize = 100;

/// What a token reaches.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Reach)]
pub(in crate::own) struct ReachView {
    /// The token.
    token_id: i64,
    /// Its scopes, if it has scopes: they reach whatever its owner can.
    scopes: Option<Vec<String>>,
    /// Its grants, each with the places it reaches.
    grants: Vec<GrantReach>,
}

/// What one grant reaches.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GrantReach)]
pub(in crate::own) struct GrantReach {
    /// Where, as in the grant.
    access: &'static str,
    /// The permissions.
    permissions: Vec<PermissionView>,
    /// The places: for a group and for memberships, what lies in them now, at most a hundred projects and groups.
    places: Vec<PlaceView>,
    /// Whether there are more places than are named.
    truncated: bool,
}

/// A permission of a grant.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = GrantedPermission)]
pub(in crate::own) struct PermissionView {
    /// Its name.
    name: String,
    /// As GitLab shows it: `Job: Read`.
    title: Option<String>,
    /// The least role that it asks for, as GitLab's `access_level`.
    needs_access_level: u8,
}

/// A place that a grant reaches.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Place)]
pub(in crate::own) struct PlaceView {
    /// `project`, `group`, `user` or `instance`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// GitLab's id.
    id: Option<u64>,
    /// The full path; absent where the owner may not see the place (any more).
    full_path: Option<String>,
    /// The role that counts there, as GitLab's `access_level`: the owner's, or the token's own if that is lower.
    access_level: Option<u8>,
    /// The permissions of the grant that have an effect there: those whose role is held.
    effective: Vec<String>,
}

/// Describes what a token reaches: places with their full paths, and which of its permissions have an effect there, given
/// its owner's role.
#[utoipa::path(
    get,
    path = "/api/narrowgate/v1/tokens/{id}/reach",
    operation_id = "describeReach",
    tag = "tokens",
    params(("id" = i64, Path, description = "The token", minimum = 1)),
    responses((status = 200, description = "What the token reaches", body = ReachView))
)]
pub(in crate::own) async fn handle(
    State(state): State<OwnState>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
) -> Result<Json<ReachView>, Problem> {
    let token = access::token(&state, &caller, TokenId(number(&id, "id")?)).await?;
    let owner = state.store().connections().lookup(token.connection).await?;
    let (scopes, stored) = match &token.privileges {
        TokenPrivileges::Legacy(scopes) => (Some(scopes.clone()), &[][..]),
        TokenPrivileges::FineGrained(grants) => (None, grants.as_slice()),
        TokenPrivileges::Job => (None, &[][..]),
    };
    let mut grants = Vec::with_capacity(stored.len());
    if let Some(owner) = owner {
        let describe = Describe { state: &state, owner: &owner, token: &token };
        for grant in stored {
            grants.push(describe.grant(grant).await?);
        }
    }
    Ok(Json(ReachView { token_id: token.id.0, scopes, grants }))
}

struct Describe<'d> {
    state: &'d OwnState,
    owner: &'d Connection,
    token: &'d Token,
}

impl Describe<'_> {
    async fn grant(&self, grant: &StoredGrant) -> Result<GrantReach, Problem> {
        let catalog = self.state.api.catalog;
        let known: Vec<Option<&Permission>> =
            grant.permissions.iter().map(|name| catalog.permission(name)).collect();
        let permissions = grant.permissions.iter().zip(&known);
        let permissions: Vec<_> = permissions.map(|(name, known)| permission(name, *known)).collect();
        let (mut places, truncated) = match (grant.access, grant.project_id, grant.group_id) {
            (GrantAccess::SelectedMemberships, Some(id), _) => (vec![self.project(id).await?], false),
            (GrantAccess::SelectedMemberships, None, Some(id)) => self.group(id).await?,
            (GrantAccess::SelectedMemberships, None, None) => (Vec::new(), false),
            (GrantAccess::PersonalProjects, ..) => {
                let path = format!("/users/{}/projects?simple=true", self.owner.user_id);
                self.projects(&path, Some(Role::Owner)).await?
            }
            (GrantAccess::AllMemberships, ..) => self.memberships().await?,
            (GrantAccess::User, ..) => (vec![self.everywhere("user", Some(self.owner.user_id))], false),
            (GrantAccess::Instance, ..) => (vec![self.everywhere("instance", None)], false),
        };
        for place in &mut places {
            let held = place.access_level;
            let has_effect = |view: &&PermissionView| match place.kind {
                "user" => true,
                "instance" => self.owner.administrator,
                _ => held.is_some_and(|held| held >= view.needs_access_level),
            };
            place.effective = permissions.iter().filter(has_effect).map(|view| view.name.clone()).collect();
        }
        Ok(GrantReach { access: grant.access.as_str(), permissions, places, truncated })
    }

    fn everywhere(&self, kind: &'static str, id: Option<u64>) -> PlaceView {
        let full_path = (kind == "user").then(|| self.owner.username.clone());
        PlaceView { kind, id, full_path, access_level: None, effective: Vec::new() }
    }

    /// The owner's role, or the token's own if that is lower.
    fn level(&self, role: Option<Role>) -> Option<u8> {
        let held = role?.access_level();
        Some(self.token.access_level.map_or(held, |own| own.min(held)))
    }

    async fn project(&self, id: u64) -> Result<PlaceView, Problem> {
        let seen = self.state.api.containers.project(self.owner, &Reference::Id(id)).await?;
        Ok(PlaceView {
            kind: "project",
            id: Some(id),
            full_path: seen.as_ref().map(|project| project.full_path.clone()),
            access_level: self.level(seen.and_then(|project| project.role)),
            effective: Vec::new(),
        })
    }

    /// A group and the projects in it.
    async fn group(&self, id: u64) -> Result<(Vec<PlaceView>, bool), Problem> {
        let seen = self.state.api.containers.group(self.owner, &Reference::Id(id)).await?;
        let role = seen.as_ref().and_then(|group| group.role);
        let place = PlaceView {
            kind: "group",
            id: Some(id),
            full_path: seen.as_ref().map(|group| group.full_path.clone()),
            access_level: self.level(role),
            effective: Vec::new(),
        };
        if seen.is_none() {
            return Ok((vec![place], false));
        }
        let path = format!("/groups/{id}/projects?simple=true&include_subgroups=true");
        let (mut places, truncated) = self.projects(&path, None).await?;
        places.insert(0, place);
        Ok((places, truncated))
    }

    async fn memberships(&self) -> Result<(Vec<PlaceView>, bool), Problem> {
        let (mut places, more_groups) =
            self.listed("/groups?min_access_level=5", "group", "full_path").await?;
        for place in &mut places {
            let Some(id) = place.id else { continue };
            let seen = self.state.api.containers.group(self.owner, &Reference::Id(id)).await?;
            place.access_level = self.level(seen.and_then(|group| group.role));
        }
        let (projects, more) = self.projects("/projects?simple=true&membership=true", None).await?;
        places.extend(projects);
        Ok((places, more || more_groups))
    }

    async fn projects(&self, path: &str, role: Option<Role>) -> Result<(Vec<PlaceView>, bool), Problem> {
        let (mut places, truncated) = self.listed(path, "project", "path_with_namespace").await?;
        for place in &mut places {
            let Some(id) = place.id else { continue };
            place.access_level = match role {
                Some(role) => self.level(Some(role)),
                None => self.project(id).await?.access_level,
            };
        }
        Ok((places, truncated))
    }

    /// The first page of a list of the instance's.
    async fn listed(
        &self,
        path: &str,
        kind: &'static str,
        field: &str,
    ) -> Result<(Vec<PlaceView>, bool), Problem> {
        let path = format!("{path}&per_page={MOST_PLACES}");
        let answer = self.state.api.containers.get_json(self.owner, &path).await?;
        let items = answer.as_ref().and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let place = |item: &Value| PlaceView {
            kind,
            id: item.get("id").and_then(Value::as_u64),
            full_path: item.get(field).and_then(Value::as_str).map(str::to_owned),
            access_level: None,
            effective: Vec::new(),
        };
        Ok((items.iter().take(MOST_PLACES).map(place).collect(), items.len() >= MOST_PLACES))
    }
}

fn permission(name: &str, known: Option<&Permission>) -> PermissionView {
    PermissionView {
        name: name.to_owned(),
        title: known.map(|permission| permission.display().to_string()),
        needs_access_level: known.map_or(0, |permission| permission.role.access_level()),
    }
}
