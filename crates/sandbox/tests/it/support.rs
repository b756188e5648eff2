//! Words for these tests: a forge, requests as a user, and commands that must work or fail.

use std::path::Path;
use std::process::{Command, Output};

use narrowgate_sandbox::{RunningSandbox, Sandbox, SandboxConfig};
use reqwest::{Method, Response, StatusCode};
use secrecy::ExposeSecret;
use serde_json::Value;

pub(crate) struct Forge {
    pub(crate) sandbox: RunningSandbox,
    client: reqwest::Client,
}

/// An answer: its status, headers and JSON (null when it is none).
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: Value,
    pub(crate) text: String,
}

impl Forge {
    pub(crate) async fn start() -> Self {
        // Another test of this process may have installed it already.
        drop(rustls::crypto::ring::default_provider().install_default());
        let sandbox = Sandbox::start(SandboxConfig::default()).await.unwrap();
        Self { sandbox, client: reqwest::Client::new() }
    }

    pub(crate) fn token(&self, user: &str) -> String {
        self.sandbox.native_token(user).unwrap().expose_secret().to_owned()
    }

    pub(crate) fn request(&self, method: Method, user: &str, path: &str) -> reqwest::RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", self.sandbox.base_url()));
        if user.is_empty() { request } else { request.header("PRIVATE-TOKEN", self.token(user)) }
    }

    pub(crate) async fn get(&self, user: &str, path: &str) -> Answer {
        read(self.request(Method::GET, user, &format!("/api/v4{path}")).send().await.unwrap()).await
    }

    pub(crate) async fn delete(&self, user: &str, path: &str) -> Answer {
        read(self.request(Method::DELETE, user, &format!("/api/v4{path}")).send().await.unwrap()).await
    }

    pub(crate) async fn post(&self, user: &str, path: &str, body: Value) -> Answer {
        read(self.request(Method::POST, user, &format!("/api/v4{path}")).json(&body).send().await.unwrap())
            .await
    }

    pub(crate) async fn put(&self, user: &str, path: &str, body: Value) -> Answer {
        read(self.request(Method::PUT, user, &format!("/api/v4{path}")).json(&body).send().await.unwrap())
            .await
    }

    /// A URL for Git with the user's token in it.
    pub(crate) fn git_url(&self, user: &str, repository: &str) -> String {
        let address = self.sandbox.address();
        format!("http://oauth2:{}@{address}/{repository}.git", self.token(user))
    }
}

pub(crate) async fn read(response: Response) -> Answer {
    let (status, headers) = (response.status(), response.headers().clone());
    let text = response.text().await.unwrap();
    Answer { status, headers, body: serde_json::from_str(&text).unwrap_or(Value::Null), text }
}

impl Answer {
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The values of one field of a list.
    pub(crate) fn all(&self, field: &str) -> Vec<Value> {
        self.body.as_array().unwrap().iter().map(|item| item[field].clone()).collect()
    }
}

/// Runs `git` without any configuration of the machine's.
pub(crate) async fn git(directory: &Path, args: &[&str]) -> Output {
    let mut command = Command::new("git");
    command.args(args).current_dir(directory).env("HOME", directory).env("GIT_TERMINAL_PROMPT", "0");
    command.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", directory.join("gitconfig"));
    for role in ["AUTHOR", "COMMITTER"] {
        command
            .env(format!("GIT_{role}_NAME"), "Tester")
            .env(format!("GIT_{role}_EMAIL"), "tester@example.com");
    }
    tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
}

/// As [`git`], and it must succeed; its output.
pub(crate) async fn git_ok(directory: &Path, args: &[&str]) -> String {
    let output = git(directory, args).await;
    assert!(output.status.success(), "git {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// As [`git`], and it must fail; what it complained of.
pub(crate) async fn git_fails(directory: &Path, args: &[&str]) -> String {
    let output = git(directory, args).await;
    assert!(!output.status.success(), "git {args:?} succeeded");
    String::from_utf8_lossy(&output.stderr).into_owned()
}
