//! A world with three users, and words to speak to the API in.
//!
//! Group acme (10) > platform (11). Projects acme/web (20), acme/platform/infra (22), maria/home (31). root (1) administers;
//! maria (2) owns acme; dev (3) develops web and is no member of the rest.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr};
use std::ops::Deref;
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use http::Request;
use narrowgate_api::lifecycle::{Mailer, Message, Probe, Probed, SendError, Sender, Worker, WorkerConfig};
use narrowgate_api::own::explain::{
    self, Document, DocumentExplanationView, Explainer, ExplainerError, ExplanationView,
};
use narrowgate_api::own::needs::DocumentNeedsView;
use narrowgate_api::own::{OwnConfig, OwnState, Peer, router};
use narrowgate_api::{ApiConfig, ApiState, Caller, Containers, ContainersError};
use narrowgate_catalog::{Catalog, Role};
use narrowgate_gitlab::{GroupFacts, ProjectFacts, Reference, Visibility};
use narrowgate_secret::{KeyRing, Prefixes, mint};
use narrowgate_store::connections::Connection;
use narrowgate_store::time::{Date, ManualClock, Timestamp};
use narrowgate_store::tokens::{GrantAccess, NewToken, StoredGrant, Token, TokenKind, TokenPrivileges};
use narrowgate_store::{ConnectionId, Store, TokenId};
use rand::SeedableRng;
use rand::rngs::StdRng;
use serde_json::{Value, json};

pub(crate) use crate::support::{INSTANCE, Reply};
use crate::support::{People, User};

/// Projects and groups as the users of the world see them.
pub(crate) struct FakeContainers;

fn role(user: u64, id: u64) -> Option<Role> {
    match (user, id) {
        (2, _) => Some(Role::Owner),
        (3, 20) => Some(Role::Developer),
        _ => None,
    }
}

#[async_trait]
impl Containers for FakeContainers {
    async fn project(
        &self,
        user: &Connection,
        reference: &Reference,
    ) -> Result<Option<Arc<ProjectFacts>>, ContainersError> {
        let projects: [(u64, &str, &[u64]); 3] =
            [(20, "acme/web", &[10]), (22, "acme/platform/infra", &[11, 10]), (31, "maria/home", &[])];
        let found = projects.into_iter().find(|(id, path, _)| match reference {
            Reference::Id(wanted) => wanted == id,
            Reference::Path(wanted) => wanted == path,
        });
        let Some((id, path, ancestors)) = found else { return Ok(None) };
        let role = role(user.user_id, id);
        Ok((role.is_some() || user.administrator).then(|| {
            Arc::new(ProjectFacts {
                id,
                full_path: path.to_owned(),
                ancestors: ancestors.to_vec(),
                role,
                visibility: Visibility::Private,
                personal: id == 31 && user.user_id == 2,
            })
        }))
    }

    async fn group(
        &self,
        user: &Connection,
        reference: &Reference,
    ) -> Result<Option<Arc<GroupFacts>>, ContainersError> {
        let (id, path, ancestors) = match reference {
            Reference::Id(10) => (10, "acme", vec![]),
            Reference::Id(11) => (11, "acme/platform", vec![10]),
            Reference::Path(path) if path == "acme" => (10, "acme", vec![]),
            _ => return Ok(None),
        };
        let (role, visibility) = (role(user.user_id, id), Visibility::Internal);
        Ok(Some(Arc::new(GroupFacts { id, full_path: path.to_owned(), ancestors, role, visibility })))
    }

    async fn get_json(&self, user: &Connection, path: &str) -> Result<Option<Value>, ContainersError> {
        Ok(match path.split('?').next().unwrap() {
            "/user" => Some(json!({ "id": user.user_id, "email": format!("{}@example.com", user.username) })),
            "/groups/10/projects" | "/projects" => {
                Some(json!([{ "id": 20, "path_with_namespace": "acme/web" }]))
            }
            "/groups" => Some(json!([{ "id": 10, "full_path": "acme" }])),
            _ => None,
        })
    }
}

/// Takes messages, and answers as told.
pub(crate) struct FakeSender {
    pub(crate) status: AtomicU16,
    pub(crate) messages: Mutex<Vec<Message>>,
}

#[async_trait]
impl Sender for FakeSender {
    async fn send(&self, message: &Message) -> Result<u16, SendError> {
        self.messages.lock().unwrap().push(message.clone());
        match self.status.load(Ordering::SeqCst) {
            0 => Err(SendError::Timeout),
            status => Ok(status),
        }
    }
}

/// Stands where the gate is asked, and isn't there.
pub(crate) struct NoGate;

#[async_trait]
impl Explainer for NoGate {
    async fn request(
        &self,
        _sender: explain::Sender<'_>,
        _method: &str,
        _target: &str,
    ) -> Result<ExplanationView, ExplainerError> {
        Err(ExplainerError::Nobody)
    }

    async fn document(
        &self,
        _sender: explain::Sender<'_>,
        _document: Document<'_>,
    ) -> Result<DocumentExplanationView, ExplainerError> {
        Err(ExplainerError::Nobody)
    }

    async fn needs(
        &self,
        _connection: ConnectionId,
        _document: Document<'_>,
    ) -> Result<DocumentNeedsView, ExplainerError> {
        Err(ExplainerError::Nobody)
    }
}

/// Says about connections what it was told, by user.
#[derive(Default)]
pub(crate) struct FakeProbe(pub(crate) Mutex<HashMap<u64, Probed>>);

#[async_trait]
impl Probe for FakeProbe {
    async fn probe(&self, connection: &Connection) -> Probed {
        self.0.lock().unwrap().get(&connection.user_id).copied().unwrap_or(Probed::Healthy)
    }
}

/// The world and the API over it.
pub(crate) struct World {
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) store: Store,
    pub(crate) keys: Arc<KeyRing>,
    pub(crate) sender: Arc<FakeSender>,
    pub(crate) probe: Arc<FakeProbe>,
    people: People,
    router: Router,
    random: Mutex<StdRng>,
}

impl Reply {
    /// The body, once the status is as expected.
    pub(crate) fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        if self.text.is_empty() { Value::Null } else { self.json() }
    }

    pub(crate) fn code(&self) -> (u16, String) {
        (self.status, self.json()["code"].as_str().unwrap_or_default().to_owned())
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
        let clock = Arc::new(ManualClock::new(Timestamp::parse("2026-06-24T22:56:00.409Z").unwrap()));
        let store = Store::in_memory(clock.clone()).await.unwrap();
        let mut random = StdRng::seed_from_u64(7);
        let keys = Arc::new(KeyRing::generate(&mut random).unwrap());
        let sender = Arc::new(FakeSender { status: AtomicU16::new(200), messages: Mutex::default() });
        let api = ApiState::new(
            store.clone(),
            Catalog::embedded(),
            Arc::new(FakeContainers),
            Box::new(StdRng::seed_from_u64(8)),
            ApiConfig::default(),
        );
        let state = OwnState::new(api, keys.clone(), sender.clone(), Arc::new(NoGate), OwnConfig::default());
        let mut world = Self {
            router: router(state),
            people: People::default(),
            probe: Arc::default(),
            random: Mutex::new(random),
            clock,
            store,
            keys,
            sender,
        };
        for (id, name) in [(1, "root"), (2, "maria"), (3, "dev")] {
            let user = User { instance: INSTANCE, id, name, administrator: id == 1 };
            let random = world.random.get_mut().unwrap();
            world.people.add(name, user.connect(&world.store, &world.keys, random).await);
        }
        world
    }

    pub(crate) fn worker(&self, mailer: Option<Arc<dyn Mailer>>) -> Worker {
        Worker::new(
            self.store.clone(),
            self.keys.clone(),
            Arc::new(FakeContainers),
            self.probe.clone(),
            self.sender.clone(),
            mailer,
            WorkerConfig::default(),
        )
    }

    /// A token and its text.
    pub(crate) async fn plain_token(
        &self,
        owner: &str,
        change: impl FnOnce(&mut NewToken),
    ) -> (Token, String) {
        let plain = mint(Prefixes::default().personal(), &mut *self.random.lock().unwrap());
        let privileges = TokenPrivileges::Legacy(vec!["read_api".to_owned()]);
        let owner = self.connection(owner);
        let mut new = NewToken::new(&owner, TokenKind::Personal, plain.digest(), "test", privileges);
        new.expires_at = Some(Date::parse("2027-06-24").unwrap());
        change(&mut new);
        (self.store.tokens().add(&new).await.unwrap(), plain.expose().to_owned())
    }

    /// A fine-grained token.
    pub(crate) async fn fine(&self, owner: &str, grants: &[StoredGrant]) -> Token {
        let privileges = TokenPrivileges::FineGrained(grants.to_vec());
        self.plain_token(owner, |new| new.privileges = privileges).await.0
    }

    pub(crate) async fn stored(&self, token: &Token) -> Token {
        self.store.tokens().lookup(TokenId(token.id.0)).await.unwrap().unwrap()
    }

    /// Why a token was revoked.
    pub(crate) async fn fate(&self, token: &Token) -> Option<&'static str> {
        self.stored(token).await.revocation.map(|why| why.reason.as_str())
    }

    pub(crate) async fn call(&self, caller: &Caller, method: &str, path: &str, body: Value) -> Reply {
        let mut request = Request::builder().method(method).uri(format!("/api/narrowgate/v1{path}"));
        if !body.is_null() {
            request = request.header("content-type", "application/json");
        }
        let text = if body.is_null() { String::new() } else { body.to_string() };
        Reply::of(&self.router, request.extension(caller.clone()).body(Body::from(text)).unwrap()).await
    }

    pub(crate) async fn get(&self, caller: &Caller, path: &str) -> Reply {
        self.call(caller, "GET", path, Value::Null).await
    }

    /// Without a credential.
    pub(crate) async fn anybody(&self, method: &str, path: &str, body: Value) -> Reply {
        let peer = Peer { address: IpAddr::V4(Ipv4Addr::new(192, 0, 2, 9)), request_id: "req-2".to_owned() };
        let request = Request::builder().method(method).uri(format!("/api/narrowgate/v1{path}"));
        let request = request.header("content-type", "application/json").extension(peer);
        Reply::of(&self.router, request.body(Body::from(body.to_string())).unwrap()).await
    }
}

pub(crate) fn grant(access: GrantAccess, permissions: &[&str]) -> StoredGrant {
    let permissions = permissions.iter().map(|name| (*name).to_owned()).collect();
    StoredGrant { access, project_id: None, group_id: None, permissions }
}

pub(crate) fn on_project(id: u64, permissions: &[&str]) -> StoredGrant {
    StoredGrant { project_id: Some(id), ..grant(GrantAccess::SelectedMemberships, permissions) }
}

pub(crate) fn on_group(id: u64, permissions: &[&str]) -> StoredGrant {
    StoredGrant { group_id: Some(id), ..grant(GrantAccess::SelectedMemberships, permissions) }
}
