//! Starting a sandbox, and the handle to a running one.

use std::net::SocketAddr;

use secrecy::SecretString;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::config::SandboxConfig;
use crate::fault::Fault;
use crate::forge::Forge;
use crate::graphql::{self, GraphqlObject};
use crate::http::iso;
use crate::record::SeenRequest;
use crate::serve;

/// A GitLab-compatible forge, not yet running.
#[derive(Debug)]
pub struct Sandbox;

/// Why a sandbox did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address could not be bound.
    #[error("cannot listen on {address}")]
    Bind {
        /// The address asked for.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// There is no place for the repositories.
    #[error("cannot create a directory for the repositories")]
    Directory(#[source] std::io::Error),
    /// The `git` command is missing or broken.
    #[error("cannot run `git`; is it installed?")]
    Git(#[source] std::io::Error),
    /// The operating system gave no randomness.
    #[error("no randomness from the operating system")]
    Randomness,
}

impl Sandbox {
    /// Starts a forge with the small world: users `root`, `maria`, `dev` and `gus`, groups and projects of `acme`.
    ///
    /// # Errors
    ///
    /// The address is taken, there is no room for repositories, or `git` is not installed.
    pub async fn start(config: SandboxConfig) -> Result<RunningSandbox, StartError> {
        let bind = |source| StartError::Bind { address: config.bind, source };
        let listener = TcpListener::bind(config.bind).await.map_err(bind)?;
        let address = listener.local_addr().map_err(bind)?;
        let forge = Forge::create(&config, &format!("http://{address}")).await?;
        let (stop, stopping) = watch::channel(());
        let server = tokio::spawn(serve::run(listener, forge.clone(), stopping));
        Ok(RunningSandbox { address, base_url: format!("http://{address}"), forge, stop, server })
    }
}

/// A job that runs, and its token.
#[derive(Debug)]
pub struct NativeJob {
    /// Its number.
    pub id: u64,
    /// Its token (`glcbt-…`), good while it runs.
    pub token: SecretString,
}

/// A running forge. It stops when dropped, or in good order by [`RunningSandbox::stop`].
#[derive(Debug)]
pub struct RunningSandbox {
    address: SocketAddr,
    base_url: String,
    forge: Forge,
    stop: watch::Sender<()>,
    server: JoinHandle<()>,
}

impl RunningSandbox {
    /// The URL it listens on, such as `http://127.0.0.1:4321`, without a trailing slash.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The address it listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The names of all users, in order of their ids.
    #[must_use]
    pub fn users(&self) -> Vec<String> {
        self.forge.world().users.values().map(|user| user.username.clone()).collect()
    }

    /// The token with scope `api` that a user of the seeded world has from the start.
    #[must_use]
    pub fn native_token(&self, username: &str) -> Option<SecretString> {
        self.forge.world().first_token(username)
    }

    /// Mints a further token (`glpat-…`) for a user; absent when there is no such user.
    #[must_use]
    pub fn mint_native(&self, username: &str, scopes: &[&str]) -> Option<SecretString> {
        let now = self.forge.now();
        self.forge.world().mint_for(username, scopes, now)
    }

    /// Revokes every native token of a user.
    pub fn revoke_native(&self, username: &str) {
        self.forge.world().revoke_all(username);
    }

    /// Blocks a user: its tokens stop working. Tells whether there is such a user.
    pub fn block_user(&self, username: &str) -> bool {
        self.forge.world().set_user_state(username, "blocked")
    }

    /// Lifts a block. Tells whether there is such a user.
    pub fn unblock_user(&self, username: &str) -> bool {
        self.forge.world().set_user_state(username, "active")
    }

    /// Gives a project another path within its namespace. The old path is free for others at once.
    /// Tells whether there is such a project.
    pub fn rename_project(&self, id: u64, path: &str) -> bool {
        self.forge.world().rename_project(id, path)
    }

    /// Sets a user's direct role in a project by GitLab's access level; 0 takes the membership away.
    /// Tells whether both exist.
    pub fn set_project_role(&self, project: u64, username: &str, access_level: u64) -> bool {
        let now = self.forge.now();
        self.forge.world().set_project_role(project, username, access_level, now)
    }

    /// Starts a job in a project on behalf of a user: it runs until [`RunningSandbox::finish_job`] or until it is cancelled
    /// through the API. None where there is no such project or user.
    #[must_use]
    pub fn start_job(&self, project: u64, username: &str) -> Option<NativeJob> {
        let at = iso(self.forge.now());
        let started = self.forge.world().start_job(project, username, self.forge.url(), &at);
        started.map(|(id, token)| NativeJob { id, token })
    }

    /// Ends a running job, and with it its token. Tells whether it ran.
    pub fn finish_job(&self, project: u64, id: u64) -> bool {
        self.forge.world().finish_job(project, id)
    }

    /// Every request since the start or the last [`RunningSandbox::clear_requests`], oldest first.
    #[must_use]
    pub fn requests(&self) -> Vec<SeenRequest> {
        self.forge.recorder().all()
    }

    /// Forgets the requests seen so far.
    pub fn clear_requests(&self) {
        self.forge.recorder().clear();
    }

    /// Answers a GraphQL request (`query`, `variables`, `operationName`) as `username`, and tells of every object in
    /// the answer what it truly belongs to. Nothing is remembered of it. An unknown user reads as a visitor.
    pub async fn graphql_objects(&self, username: &str, request: &Value) -> (Value, Vec<GraphqlObject>) {
        graphql::answer_traced(&self.forge, username, request).await
    }

    /// Makes the forge misbehave for raw paths that start with `path_prefix`; the fault planted last wins.
    pub fn fault(&self, path_prefix: &str, fault: Fault) {
        self.forge.faults().plant(path_prefix, fault);
    }

    /// Takes all faults away.
    pub fn clear_faults(&self) {
        self.forge.faults().clear();
    }

    /// Stops listening, lets requests in flight finish for a few seconds, and removes the repositories.
    pub async fn stop(self) {
        let Self { stop, server, .. } = self;
        drop(stop);
        // A server task that panicked has stopped as well.
        drop(server.await);
    }
}
