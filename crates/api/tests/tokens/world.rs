//! A world with five users, and words to speak to the API in.
//!
//! Groups acme (10, public) > platform (11, private). Projects acme/web (20), acme/api (21, internal),
//! acme/platform/infra (22), acme/site (23, public), personal projects root/home (30), maria/home (31), root/vault (34).
//! root (1) administers; maria (2) maintains acme; dev (3) develops web and platform and reports on api; gus (4) is a
//! guest of web; olga (6) owns acme. Nobody is called ghost (5): a user without a connection.

use std::collections::HashMap;
use std::fmt;
use std::ops::Deref;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use http::Request;
use narrowgate_api::authority::{self, Actor, Created, NewPersonalToken, Requested, RequestedGrant};
use narrowgate_api::{ApiConfig, ApiState, Caller, Containers, ContainersError, router};
use narrowgate_catalog::{Catalog, Role};
use narrowgate_gitlab::{GitlabError, GroupFacts, ProjectFacts, Reference, Visibility};
use narrowgate_secret::KeyRing;
use narrowgate_store::connections::Connection;
use narrowgate_store::time::{ManualClock, Timestamp};
use narrowgate_store::tokens::{GrantAccess, Token};
use narrowgate_store::{Store, TenantId, TokenId};
use rand::SeedableRng;
use rand::rngs::StdRng;
use serde_json::Value;

use crate::flaky::{Faults, Flaky};
pub(crate) use crate::support::{INSTANCE, Reply};
use crate::support::{People, User};

/// Projects and groups as the users of the world see them.
#[derive(Default)]
pub(crate) struct FakeContainers {
    pub(crate) broken: AtomicBool,
    pub(crate) answers: Mutex<HashMap<String, Value>>,
}

impl FakeContainers {
    fn check(&self) -> Result<(), ContainersError> {
        if self.broken.load(Ordering::SeqCst) { Err(GitlabError::Timeout.into()) } else { Ok(()) }
    }
}

/// Number, path, ancestors, visibility.
const PROJECTS: [(u64, &str, &[u64], Visibility); 7] = [
    (20, "acme/web", &[10], Visibility::Private),
    (21, "acme/api", &[10], Visibility::Internal),
    (22, "acme/platform/infra", &[11, 10], Visibility::Private),
    (23, "acme/site", &[10], Visibility::Public),
    (30, "root/home", &[], Visibility::Private),
    (31, "maria/home", &[], Visibility::Private),
    (34, "root/vault", &[], Visibility::Private),
];

/// A user's role by the numbers of a place and the groups above it.
fn role(user: u64, id: u64, ancestors: &[u64]) -> Option<Role> {
    let within = |group: u64| id == group || ancestors.contains(&group);
    match (user, id) {
        (1, 30 | 34) | (2, 31) => Some(Role::Owner),
        (2, _) if within(10) => Some(Role::Maintainer),
        (6, _) if within(10) => Some(Role::Owner),
        (3, 20) => Some(Role::Developer),
        (3, _) if within(11) => Some(Role::Developer),
        (3, 21) => Some(Role::Reporter),
        (4, 20) => Some(Role::Guest),
        _ => None,
    }
}

#[async_trait]
impl Containers for FakeContainers {
    async fn project(
        &self,
        as_user: &Connection,
        reference: &Reference,
    ) -> Result<Option<Arc<ProjectFacts>>, ContainersError> {
        self.check()?;
        let named = |id: u64, path: &str| match reference {
            Reference::Id(wanted) => *wanted == id,
            Reference::Path(wanted) => wanted == path,
        };
        let Some((id, path, ancestors, visibility)) =
            PROJECTS.into_iter().find(|project| named(project.0, project.1))
        else {
            return Ok(None);
        };
        let role = role(as_user.user_id, id, ancestors);
        let visible = role.is_some() || as_user.administrator || visibility != Visibility::Private;
        Ok(visible.then(|| {
            Arc::new(ProjectFacts {
                id,
                full_path: path.to_owned(),
                ancestors: ancestors.to_vec(),
                role,
                visibility,
                personal: path.split_once('/').is_some_and(|(owner, _)| owner == as_user.username),
            })
        }))
    }

    async fn group(
        &self,
        as_user: &Connection,
        reference: &Reference,
    ) -> Result<Option<Arc<GroupFacts>>, ContainersError> {
        self.check()?;
        let (id, path, ancestors, visibility): (_, _, &[u64], _) = match reference {
            Reference::Id(10) => (10, "acme", &[], Visibility::Public),
            Reference::Path(path) if path == "acme" => (10, "acme", &[], Visibility::Public),
            Reference::Id(11) => (11, "acme/platform", &[10], Visibility::Private),
            _ => return Ok(None),
        };
        let role = role(as_user.user_id, id, ancestors);
        let visible = role.is_some() || as_user.administrator || visibility != Visibility::Private;
        let full_path = path.to_owned();
        let facts = GroupFacts { id, full_path, ancestors: ancestors.to_vec(), role, visibility };
        Ok(visible.then(|| Arc::new(facts)))
    }

    async fn get_json(&self, _: &Connection, path: &str) -> Result<Option<Value>, ContainersError> {
        self.check()?;
        Ok(self.answers.lock().unwrap().get(path).cloned())
    }
}

/// The world and the API over it.
pub(crate) struct World {
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) faults: Arc<Faults>,
    pub(crate) store: Store,
    pub(crate) state: ApiState,
    pub(crate) containers: Arc<FakeContainers>,
    people: People,
    router: Router,
}

impl Reply {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The token's text and the reply without it.
    pub(crate) fn without_token(mut self) -> (String, Self) {
        let token = self.json()["token"].as_str().expect("a token").to_owned();
        assert!(token.starts_with("ngpat-") && token.len() == 39, "{token}");
        self.text = self.text.replace(&token, "[token]");
        (token, self)
    }

    /// For successes whose body holds a token.
    pub(crate) fn redacted(self) -> Self {
        self.without_token().1
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.status)?;
        for name in ["cache-control", "retry-after", "link"] {
            if let Some(value) = self.headers.get(name) {
                write!(f, "\n{name}: {}", value.to_str().unwrap())?;
            }
        }
        write!(f, "\n{}", self.text)
    }
}

impl Deref for World {
    type Target = People;

    fn deref(&self) -> &People {
        &self.people
    }
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(ApiConfig::default()).await
    }

    pub(crate) async fn with(config: ApiConfig) -> Self {
        Self::at("sqlite::memory:", config).await
    }

    /// A world that many can write to at once.
    pub(crate) async fn on_disk(path: &Path) -> Self {
        Self::at(path.to_str().unwrap(), ApiConfig::default()).await
    }

    async fn at(location: &str, config: ApiConfig) -> Self {
        let clock = Arc::new(ManualClock::new(Timestamp::parse("2026-06-24T22:56:00.409Z").unwrap()));
        let faults = Arc::new(Faults::default());
        let inner = Store::open(location, clock.clone()).await.unwrap();
        let store = Store::with_backend(Arc::new(Flaky { inner, faults: faults.clone() }), clock.clone());
        let containers = Arc::new(FakeContainers::default());
        let random = Box::new(StdRng::seed_from_u64(7));
        let state = ApiState::new(store.clone(), Catalog::embedded(), containers.clone(), random, config);
        let mut world = Self {
            router: router(state.clone()),
            people: People::default(),
            clock,
            faults,
            store,
            state,
            containers,
        };
        for (id, name) in [(1, "root"), (2, "maria"), (3, "dev"), (4, "gus"), (6, "olga")] {
            let connection = world.connect(INSTANCE, id, name, id == 1).await;
            world.people.add(name, connection);
        }
        world
    }

    /// Connects one more user, who is told by name from then on.
    pub(crate) async fn join(&mut self, name: &'static str, id: u64) {
        let connection = self.connect(INSTANCE, id, name, false).await;
        self.people.add(name, connection);
    }

    pub(crate) async fn connect(&self, instance: &str, id: u64, name: &str, admin: bool) -> Arc<Connection> {
        let mut random = StdRng::seed_from_u64(id);
        let keys = KeyRing::generate(&mut random).unwrap();
        User { instance, id, name, administrator: admin }.connect(&self.store, &keys, &mut random).await
    }

    /// A token made by the operator.
    pub(crate) async fn token(&self, owner: &str, privileges: Requested) -> Token {
        let created = self.try_token(Actor::Operator { tenant: TenantId::DEFAULT }, owner, privileges).await;
        created.unwrap().token
    }

    pub(crate) async fn try_token(
        &self,
        actor: Actor<'_>,
        owner: &str,
        privileges: Requested,
    ) -> Result<Created, authority::AuthorityError> {
        let new = NewPersonalToken::new(self.connection(owner), "test", privileges);
        authority::create(&self.state, actor, &new).await
    }

    /// The stored token of that number.
    pub(crate) async fn stored(&self, id: i64) -> Token {
        self.store.tokens().lookup(TokenId(id)).await.unwrap().unwrap()
    }

    pub(crate) async fn call(&self, caller: &Caller, method: &str, path: &str, body: &Value) -> Reply {
        let text = if body.is_null() { String::new() } else { body.to_string() };
        self.send(caller, method, path, "application/json", text).await
    }

    pub(crate) async fn get(&self, caller: &Caller, path: &str) -> Reply {
        self.call(caller, "GET", path, &Value::Null).await
    }

    pub(crate) async fn graphql(&self, caller: &Caller, body: &Value) -> Reply {
        self.request(caller, "POST", "/api/graphql", "application/json", body.to_string()).await
    }

    pub(crate) async fn send(
        &self,
        caller: &Caller,
        method: &str,
        path: &str,
        content_type: &str,
        body: String,
    ) -> Reply {
        self.request(caller, method, &format!("/api/v4{path}"), content_type, body).await
    }

    async fn request(
        &self,
        caller: &Caller,
        method: &str,
        path: &str,
        content_type: &str,
        body: String,
    ) -> Reply {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", "gate.example.com")
            .header("content-type", content_type)
            .extension(caller.clone())
            .body(Body::from(body))
            .unwrap();
        Reply::of(&self.router, request).await
    }
}

/// Several replies, each after what was asked.
#[derive(Default)]
pub(crate) struct Script(String);

impl Script {
    pub(crate) fn note(&mut self, title: &str, reply: &Reply) {
        self.0.push_str(&format!("# {title}\n{reply}\n\n"));
    }
}

impl fmt::Display for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

pub(crate) fn legacy(scopes: &[&str]) -> Requested {
    Requested::Legacy(scopes.iter().map(|scope| (*scope).to_owned()).collect())
}

pub(crate) fn grant(access: GrantAccess, permissions: &[&str]) -> RequestedGrant {
    let permissions = permissions.iter().map(|name| (*name).to_owned()).collect();
    RequestedGrant { access, permissions, project_ids: Vec::new(), group_ids: Vec::new() }
}

pub(crate) fn on(projects: &[u64], groups: &[u64], permissions: &[&str]) -> RequestedGrant {
    RequestedGrant {
        project_ids: projects.to_vec(),
        group_ids: groups.to_vec(),
        ..grant(GrantAccess::SelectedMemberships, permissions)
    }
}

pub(crate) fn fine(grants: &[RequestedGrant]) -> Requested {
    Requested::FineGrained(grants.to_vec())
}
