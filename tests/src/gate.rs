//! A sandbox and a gate before it.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use narrowgate_sandbox::{RunningSandbox, Sandbox, SandboxConfig, SeenRequest};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::bearer::{Bearer, HttpClient, http_client};
use crate::process::{ServeProcess, executable};
use crate::{Finished, Reply, run, world};

/// A sandbox in this process, and `narrowgate serve` before it as a child process; each on a free port of 127.0.0.1.
pub struct TestGate {
    sandbox: RunningSandbox,
    process: ServeProcess,
    folder: TempDir,
    instance: String,
    http: HttpClient,
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
    wrapper: Option<Vec<String>>,
}

impl std::fmt::Debug for TestGate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TestGate").field("process", &self.process).finish_non_exhaustive()
    }
}

/// What a [`TestGate`] is to be.
#[derive(Default)]
pub struct TestGateBuilder {
    sandbox: Option<RunningSandbox>,
    instance: Option<String>,
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
    wrapper: Option<Vec<String>>,
    connect_arguments: Vec<String>,
}

impl std::fmt::Debug for TestGateBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TestGateBuilder").field("arguments", &self.arguments).finish_non_exhaustive()
    }
}

impl TestGateBuilder {
    /// Adds an argument to `narrowgate serve`.
    pub fn argument(mut self, text: &str) -> Self {
        self.arguments.push(text.to_owned());
        self
    }

    /// Adds an argument to `narrowgate connect`.
    pub fn connect_argument(mut self, text: &str) -> Self {
        self.connect_arguments.push(text.to_owned());
        self
    }

    /// Sets a variable in the environment of `narrowgate serve`.
    pub fn environment(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Runs `narrowgate serve` by another program (`prlimit …`), which gets the command line as its last arguments.
    pub fn wrapped_by(mut self, command: &[&str]) -> Self {
        self.wrapper = Some(command.iter().map(ToString::to_string).collect());
        self
    }

    /// Uses a sandbox that runs already.
    pub fn sandbox(mut self, sandbox: RunningSandbox) -> Self {
        self.sandbox = Some(sandbox);
        self
    }

    /// Gives the gate another URL for the instance, such as that of a [`crate::FaultyInstance`] before the sandbox.
    pub fn instance(mut self, url: &str) -> Self {
        self.instance = Some(url.to_owned());
        self
    }

    /// Starts what is not running yet, connects every user, and waits until the gate listens.
    pub async fn start(self) -> TestGate {
        self.start_with(async |_: &Path| {}).await
    }

    /// Like [`Self::start`], with work in the folder of the database (by [`crate::Stock`]) after the users are connected and before the gate starts.
    pub async fn start_with(self, prepare: impl AsyncFnOnce(&Path)) -> TestGate {
        let sandbox = match self.sandbox {
            Some(sandbox) => sandbox,
            None => start_sandbox().await,
        };
        let instance = self.instance.unwrap_or_else(|| sandbox.base_url().to_owned());
        let folder = tempfile::tempdir().expect("a temporary folder");
        for name in world::PEOPLE {
            connect(folder.path(), &instance, &self.connect_arguments, &native(&sandbox, name)).await;
        }
        prepare(folder.path()).await;
        let command =
            serve(folder.path(), &instance, &self.arguments, &self.environment, self.wrapper.as_deref());
        let process = ServeProcess::start(command, folder.path()).await;
        TestGate {
            sandbox,
            process,
            folder,
            instance,
            http: http_client(),
            arguments: self.arguments,
            environment: self.environment,
            wrapper: self.wrapper,
        }
    }
}

fn native(sandbox: &RunningSandbox, name: &str) -> String {
    let token = sandbox.native_token(name).expect("every user of the world has a token");
    token.expose_secret().to_owned()
}

/// Starts a sandbox with its usual world on a free port.
pub async fn start_sandbox() -> RunningSandbox {
    Sandbox::start(SandboxConfig::default()).await.expect("the sandbox starts")
}

/// A `narrowgate` command on the database and keys in `folder`, in an environment of its own.
fn narrowgate(folder: &Path, wrapper: Option<&[String]>, subcommand: &str) -> Command {
    let executable = executable();
    let mut command = match wrapper.and_then(<[String]>::split_first) {
        Some((program, arguments)) => {
            let mut command = Command::new(program);
            command.args(arguments).arg(executable);
            command
        }
        None => Command::new(executable),
    };
    command.env_clear().env("HOME", folder).env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.arg(subcommand);
    command.arg("--database").arg(folder.join("narrowgate.db"));
    command.arg("--key-file").arg(folder.join("narrowgate.key"));
    command
}

async fn connect(folder: &Path, instance: &str, arguments: &[String], credential: &str) {
    let mut command = narrowgate(folder, None, "connect");
    command.args(["--instance", instance]).args(arguments);
    run(&mut command.into(), credential).await.assert_ok();
}

fn serve(
    folder: &Path,
    instance: &str,
    arguments: &[String],
    environment: &[(String, String)],
    wrapper: Option<&[String]>,
) -> Command {
    let mut command = narrowgate(folder, wrapper, "serve");
    command.args(["--instance", instance, "--listen", "127.0.0.1:0"]).args(arguments);
    command.envs(environment.iter().map(|(name, value)| (name, value)));
    command
}

impl TestGate {
    /// Starts a sandbox and a gate before it, with a connection for each of the sandbox's users.
    pub async fn start() -> Self {
        Self::builder().start().await
    }

    /// Says what is to differ from [`Self::start`].
    pub fn builder() -> TestGateBuilder {
        TestGateBuilder::default()
    }

    /// The gate's URL, without a slash at its end.
    pub fn url(&self) -> String {
        self.process.url().to_owned()
    }

    /// Where the gate listens.
    pub fn address(&self) -> SocketAddr {
        self.process.address()
    }

    /// The URL that the gate has for the instance.
    pub fn instance(&self) -> &str {
        &self.instance
    }

    /// The sandbox.
    pub fn sandbox(&self) -> &RunningSandbox {
        &self.sandbox
    }

    /// The gate's process.
    pub fn process(&mut self) -> &mut ServeProcess {
        &mut self.process
    }

    /// The folder of the database, the key file and the gate's output.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// All that the gate has written to stdout and stderr.
    pub fn output(&self) -> String {
        self.process.output()
    }

    /// Ends the gate and starts it again on the same database, on another port.
    pub async fn restart(&mut self) {
        self.process.terminate().await;
        let command = serve(
            self.folder.path(),
            &self.instance,
            &self.arguments,
            &self.environment,
            self.wrapper.as_deref(),
        );
        self.process = ServeProcess::start(command, self.folder.path()).await;
    }

    /// The requests that carry a header `mark`: those that were forwarded, not the gate's own questions.
    pub fn seen_with(&self, mark: &str) -> Vec<SeenRequest> {
        self.sandbox.requests().into_iter().filter(|seen| seen.has_header(mark)).collect()
    }

    /// The administrator.
    pub fn root(&self) -> Person<'_> {
        Person { gate: self, name: "root" }
    }

    /// maria, Maintainer of acme.
    pub fn maintainer(&self) -> Person<'_> {
        Person { gate: self, name: "maria" }
    }

    /// dev, Developer of acme/web and acme/platform, Reporter of acme/api.
    pub fn developer(&self) -> Person<'_> {
        Person { gate: self, name: "dev" }
    }

    /// gus, Guest of acme/web.
    pub fn guest(&self) -> Person<'_> {
        Person { gate: self, name: "gus" }
    }

    /// Somebody without any token.
    pub fn nobody(&self) -> Bearer {
        self.bearer(None, 0)
    }

    /// Whoever holds the token `text`.
    pub fn holder_of(&self, text: &str) -> Bearer {
        self.bearer(Some(text.to_owned()), 0)
    }

    /// Whoever holds the token that `reply` has created or rotated.
    #[track_caller]
    pub fn holder_of_new(&self, reply: &Reply) -> Bearer {
        let token = reply.json();
        let text = token["token"].as_str().unwrap_or_else(|| panic!("no token: {}", reply.summary()));
        self.bearer(Some(text.to_owned()), token["id"].as_u64().expect("a token has an id"))
    }

    /// Runs `narrowgate` with the arguments on the gate's database, while the gate runs.
    pub async fn narrowgate(&self, arguments: &[&str]) -> Finished {
        let mut command = Command::new(executable());
        command
            .env_clear()
            .env("HOME", self.folder())
            .env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.args(arguments);
        command.arg("--database").arg(self.folder().join("narrowgate.db"));
        command.arg("--key-file").arg(self.folder().join("narrowgate.key"));
        run(&mut command.into(), "").await
    }

    fn bearer(&self, text: Option<String>, id: u64) -> Bearer {
        Bearer { base: self.url(), http: self.http.clone(), text, id }
    }
}

/// One of the sandbox's users.
#[derive(Clone, Copy, Debug)]
pub struct Person<'g> {
    gate: &'g TestGate,
    name: &'g str,
}

impl Person<'_> {
    /// The user's own GitLab token: what the connection seals, and what makes Narrowgate tokens.
    pub fn native(&self) -> Bearer {
        self.gate.bearer(Some(native(&self.gate.sandbox, self.name)), 0)
    }

    /// Makes a fine-grained token with the grants of [`crate::grant`].
    pub async fn token(&self, grants: &[Value]) -> Bearer {
        self.create(&json!({ "name": "test", "granular_scopes": grants })).await
    }

    /// Makes a legacy token.
    pub async fn legacy(&self, scopes: &[&str]) -> Bearer {
        self.create(&json!({ "name": "test", "scopes": scopes })).await
    }

    /// Makes a token from the body of `POST /user/personal_access_tokens`.
    pub async fn create(&self, body: &Value) -> Bearer {
        let reply = self.native().post("/user/personal_access_tokens", body).await.assert_status(201);
        self.gate.holder_of_new(&reply)
    }
}
