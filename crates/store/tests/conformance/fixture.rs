//! A store with a clock that stands still, and short words for what cases need.

use std::sync::Arc;

use async_trait::async_trait;
use narrowgate_secret::{Sealed, TokenDigest};
use narrowgate_store::connections::{Connection, Credential, NewConnection};
use narrowgate_store::time::{Date, ManualClock, Timestamp};
use narrowgate_store::tokens::{
    GrantAccess, NewToken, Revocation, RevocationReason, Rotation, StoredGrant, Successor, Token, TokenKind,
    TokenPrivileges,
};
use narrowgate_store::{Store, TenantId, TokenId};

/// The instance that connections lead to.
pub(crate) const URL: &str = "https://gitlab.example.com";

/// The database behind the store's back.
#[async_trait]
pub(crate) trait Raw: Send + Sync {
    async fn execute(&self, statement: String) -> Result<(), sqlx::Error>;
}

pub(crate) struct Fixture {
    pub(crate) store: Store,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) raw: Box<dyn Raw>,
}

/// 2026-06-24, 12:00 UTC.
pub(crate) fn clock() -> Arc<ManualClock> {
    Arc::new(ManualClock::new(at("2026-06-24T12:00:00Z")))
}

pub(crate) fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

pub(crate) fn day(text: &str) -> Date {
    Date::parse(text).unwrap()
}

pub(crate) fn credential(key_id: &str) -> Credential {
    Credential {
        sealed: Sealed { key_id: key_id.to_owned(), bytes: vec![1, 2, 3] },
        scopes: vec!["api".to_owned(), "read_user".to_owned()],
        expires_at: Some(at("2027-01-01")),
    }
}

pub(crate) fn new_connection(user_id: u64) -> NewConnection {
    NewConnection {
        tenant: TenantId::DEFAULT,
        instance_url: URL.to_owned(),
        user_id,
        username: format!("user{user_id}"),
        administrator: user_id == 1,
        credential: credential("66687aad"),
    }
}

pub(crate) fn grant(access: GrantAccess, project_id: Option<u64>, group_id: Option<u64>) -> StoredGrant {
    let permissions = vec!["read_job".to_owned(), "run_job".to_owned()];
    StoredGrant { access, project_id, group_id, permissions }
}

pub(crate) fn legacy(scopes: &[&str]) -> TokenPrivileges {
    TokenPrivileges::Legacy(scopes.iter().map(|scope| (*scope).to_owned()).collect())
}

/// A token whose text is its name.
pub(crate) fn new_token(connection: &Connection, name: &str) -> NewToken {
    let privileges = legacy(&["read_api"]);
    NewToken::new(connection, TokenKind::Personal, TokenDigest::of(name), name, privileges)
}

pub(crate) fn successor(text: &str) -> Successor {
    Successor { digest: TokenDigest::of(text), expires_at: Some(day("2026-07-24")) }
}

impl Fixture {
    pub(crate) fn new(store: Store, clock: Arc<ManualClock>, raw: Box<dyn Raw>) -> Self {
        Self { store, clock, raw }
    }

    pub(crate) async fn connect(&self, user_id: u64) -> Connection {
        self.store.connections().add(&new_connection(user_id)).await.unwrap()
    }

    pub(crate) async fn add(&self, new: &NewToken) -> Token {
        self.store.tokens().add(new).await.unwrap()
    }

    /// A legacy token of a user of its own.
    pub(crate) async fn token(&self, name: &str) -> Token {
        let user_id = TokenDigest::of(name).hash_key() >> 1;
        let connection = self.connect(user_id).await;
        self.add(&new_token(&connection, name)).await
    }

    /// Revokes a token because somebody asked for it.
    pub(crate) async fn revoke(&self, id: TokenId) -> bool {
        self.store.tokens().revoke(id, Revocation::asked(self.store.now())).await.unwrap()
    }

    /// Whether and why a token was revoked.
    pub(crate) async fn revocation(&self, id: TokenId) -> Option<RevocationReason> {
        self.read(id).await.revocation.map(|revocation| revocation.reason)
    }

    pub(crate) async fn read(&self, id: TokenId) -> Token {
        self.store.tokens().lookup(id).await.unwrap().unwrap()
    }

    pub(crate) async fn rotate(&self, id: TokenId, text: &str) -> Token {
        match self.store.tokens().rotate(id, &successor(text), self.store.now()).await.unwrap() {
            Rotation::Rotated(token) => *token,
            Rotation::AlreadyRevoked => panic!("token {id} was revoked before"),
        }
    }

    /// A second tenant.
    pub(crate) async fn tenant(&self) -> TenantId {
        let statement = "insert into tenants (id, name, created_at) values (2, 'second', 0)";
        self.raw.execute(statement.to_owned()).await.unwrap();
        TenantId(2)
    }
}
