//! What the story is played on: a forge, a gate and a store, in a temporary folder.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, anyhow, ensure};
use narrowgate_sandbox::{RunningSandbox, Sandbox, SandboxConfig};
use narrowgate_secret::KeyRing;
use narrowgate_store::Store;
use narrowgate_store::connections::Connection;
use reqwest::Method;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::reply::Reply;
use crate::connect::{check, client};
use crate::database;
use crate::node::{LifeCycle, Node, configure};
use crate::secrets::keys;
use crate::settings::Settings;

/// A forge, a gate and a store.
pub(super) struct Stage {
    folder: TempDir,
    sandbox: RunningSandbox,
    store: Store,
    keys: Arc<KeyRing>,
    settings: Settings,
    http: reqwest::Client,
    url: String,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<Result<()>>,
}

impl Stage {
    /// Starts everything.
    ///
    /// # Errors
    /// When an address is taken or the temporary folder can't be had.
    pub(super) async fn set(listen: SocketAddr) -> Result<Self> {
        let folder = tempfile::tempdir().context("cannot create a temporary folder")?;
        let sandbox = Sandbox::start(SandboxConfig::default()).await?;
        let settings = Settings {
            instance: Some(sandbox.base_url().to_owned()),
            database: folder.path().join("narrowgate.db"),
            key_file: folder.path().join("narrowgate.key"),
            listen,
            ..Settings::default()
        };
        let keys = Arc::new(keys(&settings)?);
        let store = database::open(&settings).await?;
        let life_cycle = LifeCycle::configure(&settings)?;
        let config = configure(&settings)?;
        let node = Node::bind(config, life_cycle, &settings, store.clone(), Arc::clone(&keys)).await?;
        let url = node.url().to_owned();
        let (stop, stopped) = oneshot::channel();
        let serving = tokio::spawn(node.serve(async move {
            // A sender that is gone asks to stop as well.
            let _ = stopped.await;
        }));
        let http = reqwest::Client::builder().no_proxy().build()?;
        Ok(Self { folder, sandbox, store, keys, settings, http, url, stop, serving })
    }

    /// Stops everything and removes the folder.
    ///
    /// # Errors
    /// When the gate had failed.
    pub(super) async fn clear(self) -> Result<()> {
        drop(self.stop);
        self.serving.await.context("the gate's task failed")??;
        self.sandbox.stop().await;
        Ok(self.folder.close()?)
    }

    /// The gate's URL.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// The instance's own URL, which the story's clients never use.
    pub(super) fn instance(&self) -> &str {
        self.sandbox.base_url()
    }

    /// The temporary folder.
    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The store, for what the API refuses to make: a token that has expired already.
    pub(super) fn store(&self) -> &Store {
        &self.store
    }

    /// The GitLab token of a user of the forge.
    pub(super) fn native(&self, user: &str) -> Result<SecretString> {
        self.sandbox.native_token(user).ok_or_else(|| anyhow!("the sandbox has no user `{user}`"))
    }

    /// Connects a user of the forge.
    pub(super) async fn connect(&self, user: &str) -> Result<Connection> {
        let credential = self.native(user)?;
        let client = client(&self.settings)?;
        let checked = check(&client, &credential).await?;
        checked.store(&self.store, &self.keys, client.instance().as_str(), &credential).await
    }

    /// Opens an issue on the instance itself, so that there is something to read.
    pub(super) async fn open_issue(&self, user: &str, project: &str, title: &str) -> Result<()> {
        let path = format!("/api/v4/projects/{project}/issues");
        let (native, body) = (self.native(user)?, json!({ "title": title }));
        let reply = self.send_to(self.instance(), &native, Method::POST, &path, Some(&body)).await?;
        ensure!(reply.status == 201, "no issue was opened: {} {}", reply.status, reply.why());
        Ok(())
    }

    /// Sends one request through the gate.
    pub(super) async fn send(
        &self,
        token: &SecretString,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Reply> {
        self.send_to(&self.url, token, method, path, body).await
    }

    async fn send_to(
        &self,
        server: &str,
        token: &SecretString,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Reply> {
        let mut request = self.http.request(method, format!("{server}{path}"));
        request = request.header("PRIVATE-TOKEN", token.expose_secret());
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await.with_context(|| format!("{server} does not answer"))?;
        let status = response.status().as_u16();
        let text = response.text().await?;
        Ok(Reply { status, body: serde_json::from_str(&text).unwrap_or(Value::Null) })
    }

    /// Mints a token through the gate's own token API, as the user whose GitLab token is given.
    pub(super) async fn mint(&self, native: &SecretString, path: &str, body: &Value) -> Result<SecretString> {
        let reply = self.send(native, Method::POST, path, Some(body)).await?;
        ensure!(reply.status == 201, "no token was minted: {} {}", reply.status, reply.why());
        let token =
            reply.body.get("token").and_then(Value::as_str).context("the minted token has no text")?;
        Ok(SecretString::from(token))
    }

    /// Mints a fine-grained token of a connected user on acme/web.
    pub(super) async fn mint_narrow(
        &self,
        user: &str,
        name: &str,
        permissions: &[&str],
    ) -> Result<SecretString> {
        let scope = json!({
            "access": "selected_memberships",
            "project_ids": [WEB],
            "permissions": permissions,
        });
        let body = json!({"name": name, "granular_scopes": [scope]});
        self.mint(&self.native(user)?, "/api/v4/user/personal_access_tokens", &body).await
    }
}

/// The id of acme/web in the sandbox's world.
pub(super) const WEB: u64 = 20;
