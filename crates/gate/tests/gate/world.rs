//! A gate in front of the small instance, with a connection and tokens.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use narrowgate_gate::{Gate, GateConfig};
use narrowgate_gitlab::{Client, ClientConfig, Directory, DirectoryConfig, InstanceUrl};
use narrowgate_secret::{KeyRing, PlainToken, Prefixes, mint};
use narrowgate_store::audit::{AuditEvent, AuditFilter};
use narrowgate_store::connections::{Credential, NewConnection, credential_context};
use narrowgate_store::time::{ManualClock, Timestamp};
use narrowgate_store::tokens::{GrantAccess, NewToken, StoredGrant, Token, TokenKind, TokenPrivileges};
use narrowgate_store::{ConnectionId, Page, Store, TenantId};
use rand::SeedableRng;
use rand::rngs::StdRng;
use secrecy::SecretString;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use crate::upstream::Upstream;

/// The connection's credential.
pub(crate) const CREDENTIAL: &str = "glpat-upstream-credential";

pub(crate) struct World {
    pub(crate) upstream: Upstream,
    pub(crate) store: Store,
    pub(crate) gate: Gate,
    pub(crate) address: SocketAddr,
    connection: ConnectionId,
    random: StdRng,
    _stop: oneshot::Sender<()>,
}

/// An answer, read to the end of the connection.
#[derive(Debug)]
pub(crate) struct Answer(pub(crate) String);

impl Answer {
    pub(crate) fn status(&self) -> u16 {
        self.0.get(9..12).and_then(|digits| digits.parse().ok()).unwrap_or(0)
    }

    pub(crate) fn has(&self, text: &str) -> bool {
        self.0.to_ascii_lowercase().contains(&text.to_ascii_lowercase())
    }
}

impl World {
    pub(crate) async fn start() -> Self {
        Self::with(|_| {}).await
    }

    pub(crate) async fn with(configure: impl FnOnce(&mut GateConfig)) -> Self {
        let upstream = Upstream::start().await;
        Self::between(upstream.address, upstream, configure).await
    }

    /// Before another instance than the small one.
    pub(crate) async fn before(instance: SocketAddr, configure: impl FnOnce(&mut GateConfig)) -> Self {
        Self::between(instance, Upstream::start().await, configure).await
    }

    async fn between(
        instance: SocketAddr,
        upstream: Upstream,
        configure: impl FnOnce(&mut GateConfig),
    ) -> Self {
        let instance = InstanceUrl::parse(&format!("http://{instance}")).unwrap();
        let mut config = GateConfig::new(instance.clone());
        config.timeouts.head = Duration::from_secs(2);
        configure(&mut config);
        let clock = Arc::new(ManualClock::new(Timestamp::parse("2026-06-24").unwrap()));
        let store = Store::in_memory(Arc::clone(&clock) as _).await.unwrap();
        let mut random = StdRng::seed_from_u64(1);
        let keys = Arc::new(KeyRing::generate(&mut random).unwrap());
        let connection = connect(&store, &keys, &instance, &mut random).await;
        let client = Client::new(instance, &ClientConfig::default()).unwrap();
        let directory = Directory::new(client, &DirectoryConfig::default());
        let gate = Gate::builder(config, store.clone(), keys, directory).build().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = gate.clone();
        tokio::spawn(async move { serving.serve(listener, async { drop(stopped.await) }).await });
        Self { upstream, store, gate, address, connection, random, _stop: stop }
    }

    /// A token with permissions on project 20.
    pub(crate) async fn on_web(&mut self, permissions: &[&str]) -> (PlainToken, Token) {
        let grant = StoredGrant {
            access: GrantAccess::SelectedMemberships,
            project_id: Some(20),
            group_id: None,
            permissions: permissions.iter().map(|name| (*name).to_owned()).collect(),
        };
        self.token(TokenPrivileges::FineGrained(vec![grant])).await
    }

    pub(crate) async fn legacy(&mut self, scope: &str) -> (PlainToken, Token) {
        self.token(TokenPrivileges::Legacy(vec![scope.to_owned()])).await
    }

    async fn token(&mut self, privileges: TokenPrivileges) -> (PlainToken, Token) {
        self.add(TokenKind::Personal, privileges, |_| {}).await
    }

    /// A token of any kind; `change` has the last word.
    pub(crate) async fn add(
        &mut self,
        kind: TokenKind,
        privileges: TokenPrivileges,
        change: impl FnOnce(&mut NewToken),
    ) -> (PlainToken, Token) {
        let prefixes = Prefixes::default();
        let prefix = if kind == TokenKind::Job { prefixes.job() } else { prefixes.personal() };
        let plain = mint(prefix, &mut self.random);
        let connection = self.store.connections().lookup(self.connection).await.unwrap().unwrap();
        let mut new = NewToken::new(&connection, kind, plain.digest(), "test", privileges);
        change(&mut new);
        let token = self.store.tokens().add(&new).await.unwrap();
        (plain, token)
    }

    /// What the audit log holds, oldest first.
    pub(crate) async fn audited(&self) -> Vec<AuditEvent> {
        tokio::time::sleep(Duration::from_millis(800)).await;
        let filter = AuditFilter::all(TenantId::DEFAULT);
        let listed = self.store.audit().list(&filter, Page::ALL).await.unwrap();
        let mut events: Vec<AuditEvent> = listed.items.into_iter().map(|recorded| recorded.event).collect();
        events.reverse();
        events
    }

    /// Sends bytes as they are.
    pub(crate) async fn raw(&self, bytes: &str) -> Answer {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(bytes.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        let read = tokio::time::timeout(Duration::from_secs(10), stream.read_to_end(&mut answer));
        // A connection that is reset after its answer has still answered.
        let _ = read.await.unwrap();
        Answer(String::from_utf8_lossy(&answer).into_owned())
    }

    /// `line` is the method and target; `more` are further header lines, each with its CRLF.
    pub(crate) async fn ask(&self, line: &str, token: &PlainToken, more: &str, body: &str) -> Answer {
        let length =
            if body.is_empty() { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
        self.raw(&format!(
            "{line} HTTP/1.1\r\nHost: gate.example\r\nConnection: close\r\nPRIVATE-TOKEN: {}\r\n{length}{more}\r\n{body}",
            token.expose()
        ))
        .await
    }
}

async fn connect(store: &Store, keys: &KeyRing, instance: &InstanceUrl, random: &mut StdRng) -> ConnectionId {
    let context = credential_context(TenantId::DEFAULT, instance.as_str(), 2);
    let sealed = keys.seal(&SecretString::from(CREDENTIAL), &context, random).unwrap();
    let new = NewConnection {
        tenant: TenantId::DEFAULT,
        instance_url: instance.as_str().to_owned(),
        user_id: 2,
        username: "maria".to_owned(),
        administrator: false,
        credential: Credential { sealed, scopes: vec!["api".to_owned()], expires_at: None },
    };
    store.connections().add(&new).await.unwrap().id
}
