//! `GET /api/narrowgate/v1/tokens`

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use axum::extract::State;
use axum::{Extension, Json};
use narrowgate_catalog::{Catalog, Permission, Role, Scope};
use narrowgate_gitlab::{ProjectFacts, Reference};
use narrowgate_store::ConnectionId;
use narrowgate_store::connections::Connection;
use narrowgate_store::time::{Date, Timestamp};
use narrowgate_store::tokens::{
    Cursor, GrantAccess, Reaching, Sort, SortKey, State as TokenState, Token, TokenFilter, TokenKind,
    TokenPrivileges,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::TokenView;
use crate::caller::Caller;
use crate::own::input::Query;
use crate::own::problem::Problem;
use crate::own::state::OwnState;
use crate::own::{access, places};

const DEFAULT_LIMIT: u32 = 50;
const LARGEST_LIMIT: u32 = 200;
/// How many pages of candidates are looked through for one page of answers.
const MOST_ROUNDS: usize = 20;

/// Which tokens to list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::own) struct ListQuery {
    /// With this permission in a grant, or with a scope that includes it.
    permission: Option<String>,
    /// Reaching this project, by number or path.
    project: Option<String>,
    /// Reaching this group, by number or path.
    group: Option<String>,
    /// Acting as this user.
    user_id: Option<u32>,
    /// Of this kind.
    kind: Option<KindName>,
    /// Usable, or not.
    state: Option<StateName>,
    /// Neither made nor used since that day.
    #[param(value_type = Option<String>, format = Date)]
    unused_since: Option<String>,
    /// With this in the name.
    search: Option<String>,
    /// How many at most.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// Where the list goes on: `next` of the page before.
    cursor: Option<String>,
}

/// The kinds of token.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TokenKind)]
pub(in crate::own) enum KindName {
    Personal,
    Project,
    Group,
    Job,
}

/// Whether a token can be used.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TokenState)]
pub(in crate::own) enum StateName {
    Active,
    Inactive,
}

/// A page of tokens.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TokenList)]
pub(in crate::own) struct TokenList {
    /// The tokens, newest first.
    tokens: Vec<TokenView>,
    /// The cursor of the next page, if there may be one.
    next: Option<String>,
}

/// Lists tokens: one's own; for administrators, all of the instance. With `permission` and `project` it answers which
/// tokens can, say, push to `acme/web`: by their grants, by their owner's memberships, and by the role that the permission
/// asks for.
#[utoipa::path(
    get,
    path = "/api/narrowgate/v1/tokens",
    operation_id = "listTokens",
    tag = "tokens",
    params(ListQuery),
    responses((status = 200, description = "A page of tokens", body = TokenList))
)]
pub(in crate::own) async fn handle(
    State(state): State<OwnState>,
    Extension(caller): Extension<Caller>,
    Query(query): Query<ListQuery>,
) -> Result<Json<TokenList>, Problem> {
    access::person(&caller)?;
    let mut search = Search::read(&state, &caller, &query).await?;
    let limit = query.limit.unwrap_or(DEFAULT_LIMIT).clamp(1, LARGEST_LIMIT);
    let (found, next) = search.page(limit as usize).await?;
    let now = state.now();
    let tokens = found.iter().map(|token| TokenView::of(token, now)).collect();
    Ok(Json(TokenList { tokens, next: next.map(|cursor| cursor.to_string()) }))
}

/// What a list is narrowed down by, and what was learnt on the way.
struct Search<'s> {
    state: &'s OwnState,
    filter: TokenFilter,
    target: Option<Target>,
    permission: Option<&'static Permission>,
    owners: HashMap<ConnectionId, Option<Arc<Connection>>>,
    roles: HashMap<ConnectionId, Option<Role>>,
}

/// What is to be reached.
enum Target {
    Project(Arc<ProjectFacts>),
    Group(u64),
}

impl<'s> Search<'s> {
    async fn read(state: &'s OwnState, caller: &Caller, query: &ListQuery) -> Result<Self, Problem> {
        let catalog = state.api.catalog;
        let permission = match &query.permission {
            None => None,
            Some(name) => {
                let known = catalog.permission(name);
                Some(known.ok_or_else(|| Problem::unreadable(format!("there is no permission `{name}`")))?)
            }
        };
        let (target, reaching) = target(state, &caller.connection, query).await?;
        let filter = TokenFilter {
            permission: query.permission.clone(),
            or_scopes: if permission.is_some() || reaching.is_some() {
                scopes(catalog, permission)
            } else {
                Vec::new()
            },
            reaching,
            ..filter(state, caller, query)?
        };
        Ok(Self { state, filter, target, permission, owners: HashMap::new(), roles: HashMap::new() })
    }

    /// Reads on until the page is full or the list ends.
    async fn page(&mut self, limit: usize) -> Result<(Vec<Token>, Option<Cursor>), Problem> {
        let mut found = Vec::with_capacity(limit);
        let batch = u32::try_from(limit).unwrap_or(LARGEST_LIMIT);
        for _ in 0..MOST_ROUNDS {
            let candidates = self.state.store().tokens().list_after(&self.filter, batch).await?;
            let is_last = candidates.len() < limit;
            for token in candidates {
                self.filter.after = Some(Cursor::after(&token, self.filter.sort));
                if self.reaches(&token).await? {
                    found.push(token);
                    if found.len() == limit {
                        return Ok((found, self.filter.after.clone()));
                    }
                }
            }
            if is_last {
                return Ok((found, None));
            }
        }
        Ok((found, self.filter.after.clone()))
    }

    /// Whether a candidate's owner, too, may reach the target: what the store cannot know.
    async fn reaches(&mut self, token: &Token) -> Result<bool, Problem> {
        let Some(target) = &self.target else { return Ok(true) };
        if matches!((&token.privileges, target), (TokenPrivileges::Job, _)) {
            return Ok(false);
        }
        let personal_only = only_personal(token, self.permission);
        let role = match token.access_level {
            Some(level) => Some(Role::from_access_level(level.into())),
            None => self.owner_role(token.connection, personal_only).await?,
        };
        let needed = self.permission.map_or(Role::NoAccess, |permission| permission.role);
        Ok(role.is_some_and(|held| held >= needed))
    }

    /// The owner's role on the target; none where the owner is no member of it.
    async fn owner_role(&mut self, id: ConnectionId, personal_only: bool) -> Result<Option<Role>, Problem> {
        if !personal_only && let Some(role) = self.roles.get(&id) {
            return Ok(*role);
        }
        let Some(owner) = self.owner(id).await? else { return Ok(None) };
        let containers = &self.state.api.containers;
        let role = match &self.target {
            None => return Ok(None),
            Some(Target::Project(target)) => {
                let seen = containers.project(&owner, &Reference::Id(target.id)).await;
                let seen = unless_refused(seen)?;
                match seen {
                    Some(project) if personal_only && !project.personal => return Ok(None),
                    seen => seen.and_then(|project| project.role),
                }
            }
            Some(Target::Group(_)) if personal_only => return Ok(None),
            Some(Target::Group(id)) => unless_refused(containers.group(&owner, &Reference::Id(*id)).await)?
                .and_then(|group| group.role),
        };
        self.roles.insert(id, role);
        Ok(role)
    }

    async fn owner(&mut self, id: ConnectionId) -> Result<Option<Arc<Connection>>, Problem> {
        if let Some(owner) = self.owners.get(&id) {
            return Ok(owner.clone());
        }
        let owner = self.state.store().connections().lookup(id).await?.map(Arc::new);
        self.owners.insert(id, owner.clone());
        Ok(owner)
    }
}

/// An owner whose credential is refused reaches nothing; that must not hide the others' tokens.
fn unless_refused<T>(
    seen: Result<Option<T>, crate::containers::ContainersError>,
) -> Result<Option<T>, crate::containers::ContainersError> {
    match seen {
        Err(crate::containers::ContainersError::Instance(narrowgate_gitlab::GitlabError::Refused {
            ..
        })) => Ok(None),
        seen => seen,
    }
}

/// Whether the only grants of a token that could matter are on its owner's personal projects.
fn only_personal(token: &Token, permission: Option<&Permission>) -> bool {
    let TokenPrivileges::FineGrained(grants) = &token.privileges else { return false };
    let relevant = |grant: &&narrowgate_store::tokens::StoredGrant| {
        permission.is_none_or(|permission| grant.permissions.contains(&permission.name))
    };
    let reaching = grants.iter().filter(relevant);
    let mut reaching =
        reaching.filter(|grant| !matches!(grant.access, GrantAccess::User | GrantAccess::Instance));
    reaching.all(|grant| grant.access == GrantAccess::PersonalProjects)
}

async fn target(
    state: &OwnState,
    connection: &Connection,
    query: &ListQuery,
) -> Result<(Option<Target>, Option<Reaching>), Problem> {
    match (&query.project, &query.group) {
        (None, None) => Ok((None, None)),
        (Some(_), Some(_)) => Err(Problem::unreadable("give a project or a group, not both")),
        (Some(text), None) => {
            let project = places::project(state, connection, text).await?;
            let reaching = Reaching { project: Some(project.id), groups: project.ancestors.clone() };
            Ok((Some(Target::Project(project)), Some(reaching)))
        }
        (None, Some(text)) => {
            let group = places::group(state, connection, text).await?;
            let groups = std::iter::once(group.id).chain(group.ancestors.iter().copied()).collect();
            Ok((Some(Target::Group(group.id)), Some(Reaching { project: None, groups })))
        }
    }
}

/// The scopes that admit an operation which needs the permission; every scope of the API where none is asked for.
fn scopes(catalog: &Catalog, permission: Option<&Permission>) -> Vec<String> {
    let Some(permission) = permission else {
        return [Scope::Api, Scope::ReadApi].iter().map(ToString::to_string).collect();
    };
    let needing = catalog.operations().filter(|operation| {
        operation.needs().iter().any(|need| need.permission_ids.contains(&permission.id))
    });
    let names: BTreeSet<_> =
        needing.flat_map(|operation| operation.scopes.iter()).map(|scope| scope.to_string()).collect();
    names.into_iter().collect()
}

fn filter(state: &OwnState, caller: &Caller, query: &ListQuery) -> Result<TokenFilter, Problem> {
    let mine = &caller.connection;
    let sort = Sort { key: SortKey::Id, descending: true };
    let now = state.now();
    let after = query.cursor.as_deref().map(|text| Cursor::parse(text, sort)).transpose();
    let user_id = query.user_id.map(u64::from);
    let is_administrator = caller.is_administrator();
    Ok(TokenFilter {
        connection: (!is_administrator).then_some(mine.id),
        instance_url: is_administrator.then(|| mine.instance_url.clone()),
        user_id,
        kind: query.kind.map(KindName::kind),
        state: query.state.map(|state| state.at(now)),
        unused_since: query.unused_since.as_deref().map(midnight).transpose()?,
        search: query.search.clone(),
        sort,
        after: after.map_err(|error| Problem::unreadable(error.to_string()))?,
        ..TokenFilter::all(mine.tenant)
    })
}

fn midnight(text: &str) -> Result<Timestamp, Problem> {
    let day = Date::parse(text).map_err(|error| Problem::unreadable(format!("unused_since: {error}")))?;
    Ok(day.midnight())
}

impl KindName {
    pub(in crate::own) const fn kind(self) -> TokenKind {
        match self {
            Self::Personal => TokenKind::Personal,
            Self::Project => TokenKind::Project,
            Self::Group => TokenKind::Group,
            Self::Job => TokenKind::Job,
        }
    }
}

impl StateName {
    pub(in crate::own) const fn at(self, now: Timestamp) -> TokenState {
        match self {
            Self::Active => TokenState::Active(now),
            Self::Inactive => TokenState::Inactive(now),
        }
    }
}
