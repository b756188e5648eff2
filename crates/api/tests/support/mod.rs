//! What both suites are told in: connected users, and what they are answered.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use http::{HeaderMap, Request};
use http_body_util::BodyExt;
use narrowgate_api::Caller;
use narrowgate_catalog::{Scope, ScopeSet};
use narrowgate_secret::KeyRing;
use narrowgate_store::connections::{Connection, Credential, NewConnection, credential_context};
use narrowgate_store::tokens::Token;
use narrowgate_store::{Store, TenantId};
use rand::rngs::StdRng;
use secrecy::SecretString;
use serde_json::Value;
use tower::ServiceExt;

pub(crate) const INSTANCE: &str = "https://gitlab.example.com";

/// An answer.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Reply {
    /// The router's answer to a request.
    pub(crate) async fn of(router: &Router, request: Request<Body>) -> Self {
        let (parts, body) = router.clone().oneshot(request).await.unwrap().into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        Self { status: parts.status.as_u16(), headers: parts.headers, text }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }
}

/// Who connects.
pub(crate) struct User<'u> {
    pub(crate) instance: &'u str,
    pub(crate) id: u64,
    pub(crate) name: &'u str,
    pub(crate) administrator: bool,
}

impl User<'_> {
    /// Connects the user with a credential of its own.
    pub(crate) async fn connect(
        &self,
        store: &Store,
        keys: &KeyRing,
        random: &mut StdRng,
    ) -> Arc<Connection> {
        let context = credential_context(TenantId::DEFAULT, self.instance, self.id);
        let sealed = keys.seal(&SecretString::from("native"), &context, random).unwrap();
        let new = NewConnection {
            tenant: TenantId::DEFAULT,
            instance_url: self.instance.to_owned(),
            user_id: self.id,
            username: self.name.to_owned(),
            administrator: self.administrator,
            credential: Credential { sealed, scopes: vec!["api".to_owned()], expires_at: None },
        };
        Arc::new(store.connections().add(&new).await.unwrap())
    }
}

/// Connected users, by name.
#[derive(Default)]
pub(crate) struct People(HashMap<&'static str, Arc<Connection>>);

impl People {
    pub(crate) fn add(&mut self, name: &'static str, connection: Arc<Connection>) {
        self.0.insert(name, connection);
    }

    pub(crate) fn connection(&self, name: &str) -> Arc<Connection> {
        self.0[name].clone()
    }

    /// A connected user with a native token.
    pub(crate) fn user(&self, name: &str) -> Caller {
        caller(self.connection(name), None)
    }

    /// A caller with this token.
    pub(crate) fn bearer(&self, token: &Token) -> Caller {
        let connection = self.0.values().find(|connection| connection.id == token.connection);
        caller(connection.unwrap().clone(), Some(Arc::new(token.clone())))
    }
}

fn caller(connection: Arc<Connection>, token: Option<Arc<Token>>) -> Caller {
    let address = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7));
    // A native token that reads and writes.
    let native_scopes = if token.is_none() { ScopeSet::from_iter([Scope::Api]) } else { ScopeSet::EMPTY };
    Caller { token, native_scopes, connection, address, request_id: "req-1".to_owned() }
}
