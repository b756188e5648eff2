//! Tokens put straight into the gate's database, for what its API would refuse or take too long over.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use narrowgate_secret::{Prefixes, mint};
use narrowgate_store::connections::Connection;
use narrowgate_store::time::{Date, SystemClock, Timestamp};
use narrowgate_store::tokens::{GrantAccess, NewToken, Revocation, StoredGrant, TokenKind, TokenPrivileges};
use narrowgate_store::{Store, TenantId, TokenId};
use rand::SeedableRng;
use rand::rngs::StdRng;

/// The database of a gate that is not running yet.
pub struct Stock {
    store: Store,
    connections: BTreeMap<String, Connection>,
    random: StdRng,
}

impl std::fmt::Debug for Stock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stock").finish_non_exhaustive()
    }
}

impl Stock {
    /// Opens the database in a gate's folder, in which every user is connected.
    pub async fn open(folder: &Path) -> Self {
        let path = folder.join("narrowgate.db");
        let url = path.to_str().expect("temporary folders have plain names");
        let store = Store::open(url, Arc::new(SystemClock)).await.expect("the database opens");
        let connections =
            store.connections().list(TenantId::DEFAULT).await.expect("connections can be listed");
        let connections =
            connections.into_iter().map(|connection| (connection.username.clone(), connection)).collect();
        Self { store, connections, random: StdRng::seed_from_u64(7) }
    }

    /// Adds a token of the user `owner`; gives its id and its text.
    pub async fn add(
        &mut self,
        owner: &str,
        privileges: TokenPrivileges,
        expires_at: Option<Date>,
    ) -> (TokenId, String) {
        let connection = &self.connections[owner];
        let token = mint(Prefixes::default().personal(), &mut self.random);
        let new = NewToken {
            expires_at,
            ..NewToken::new(connection, TokenKind::Personal, token.digest(), "stocked", privileges)
        };
        let stored = self.store.tokens().add(&new).await.expect("the token can be added");
        (stored.id, token.expose().to_owned())
    }

    /// Keeps a GraphQL schema for the connection of the user `owner`, as if the instance had described it that long ago.
    pub async fn schema(&self, owner: &str, sdl: &str, age: Duration) {
        let age = i64::try_from(age.as_micros()).expect("an age");
        let fetched_at = Timestamp(self.store.now().0 - age);
        let id = self.connections[owner].id;
        self.store.graphql_schemas().put(id, sdl, fetched_at).await.expect("the schema can be kept");
    }

    /// Revokes a token.
    pub async fn revoke(&self, id: TokenId) {
        self.store
            .tokens()
            .revoke(id, Revocation::asked(self.store.now()))
            .await
            .expect("the token can be revoked");
    }
}

/// A stored grant on a selected project.
pub fn on_project(id: u64, permissions: &[String]) -> StoredGrant {
    StoredGrant { project_id: Some(id), ..plain(GrantAccess::SelectedMemberships, permissions) }
}

/// A stored grant on a selected group.
pub fn on_group(id: u64, permissions: &[String]) -> StoredGrant {
    StoredGrant { group_id: Some(id), ..plain(GrantAccess::SelectedMemberships, permissions) }
}

/// A stored grant that selects nothing.
pub fn plain(access: GrantAccess, permissions: &[String]) -> StoredGrant {
    StoredGrant { access, project_id: None, group_id: None, permissions: permissions.to_vec() }
}
