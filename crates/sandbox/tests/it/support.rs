//! Words for these tests: a forge, requests as a user, and commands that must work or fail.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use narrowgate_sandbox::{GraphqlSchema, RunningSandbox, Sandbox, SandboxConfig};
use reqwest::{Method, Response, StatusCode};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

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
        Self::start_with(SandboxConfig::default()).await
    }

    pub(crate) async fn start_with(config: SandboxConfig) -> Self {
        // Another test of this process may have installed it already.
        drop(rustls::crypto::ring::default_provider().install_default());
        let sandbox = Sandbox::start(config).await.unwrap();
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

    pub(crate) async fn graphql(&self, user: &str, body: Value) -> Answer {
        read(self.request(Method::POST, user, "/api/graphql").json(&body).send().await.unwrap()).await
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

/// GitLab's introspection file, as `cargo xtask` installs it for tests.
pub(crate) fn gitlab_schema_file() -> PathBuf {
    let modules = std::env::var_os("NARROWGATE_TEST_NODE_MODULES").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/test-npm/node_modules"),
        PathBuf::from,
    );
    modules.join("gitlab-graphql-types/graphql.schema.json")
}

/// The schema of that file, read once.
pub(crate) fn gitlab_schema() -> &'static GraphqlSchema {
    static SCHEMA: LazyLock<GraphqlSchema> =
        LazyLock::new(|| GraphqlSchema::read(&gitlab_schema_file()).unwrap());
    &SCHEMA
}

/// Asks for the whole schema as clients do.
pub(crate) async fn introspected(forge: &Forge, user: &str) -> Value {
    let answer = forge.graphql(user, json!({ "query": INTROSPECTION })).await.expect(200);
    assert_eq!(answer.body.get("errors"), None, "{}", answer.text);
    answer.body["data"]["__schema"].clone()
}

/// The query that graphql-js makes with `getIntrospectionQuery()`.
const INTROSPECTION: &str = "query IntrospectionQuery { __schema { queryType { name } mutationType { name }
    subscriptionType { name } types { ...FullType } directives { name description locations args { ...InputValue } } } }
    fragment FullType on __Type { kind name description fields(includeDeprecated: true) { name description
        args { ...InputValue } type { ...TypeRef } isDeprecated deprecationReason } inputFields { ...InputValue }
        interfaces { ...TypeRef } enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
        possibleTypes { ...TypeRef } }
    fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue }
    fragment TypeRef on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name
        ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } } }";

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
