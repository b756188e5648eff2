//! A small instance: answers by path and query, and remembers what it was asked.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use narrowgate_gitlab::{Client, ClientConfig, Directory, DirectoryConfig, Identity, InstanceUrl};
use secrecy::SecretString;
use serde_json::{Value, json};

/// What the fake accepts as a credential.
pub(crate) const CREDENTIAL: &str = "glpat-native-credential";

type Asked = Arc<Mutex<Vec<String>>>;
type Replies = Arc<Mutex<HashMap<String, Reply>>>;
/// Texts that a query has, and the data that answers it.
type Answers = Arc<Mutex<Vec<(Vec<String>, Value)>>>;

#[derive(Clone)]
pub(crate) struct Reply {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: String,
    delay: Duration,
}

impl Reply {
    pub(crate) fn new(status: u16, body: impl Into<String>) -> Self {
        Self { status, headers: Vec::new(), body: body.into(), delay: Duration::ZERO }
    }

    pub(crate) fn json(body: &Value) -> Self {
        Self::new(200, body.to_string())
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }
}

/// A running fake; it ends with the test's runtime.
pub(crate) struct Fake {
    pub(crate) url: String,
    asked: Asked,
    replies: Replies,
    answers: Answers,
}

impl Fake {
    pub(crate) async fn start() -> Self {
        let (asked, replies, answers) = (Asked::default(), Replies::default(), Answers::default());
        let state = (asked.clone(), replies.clone(), answers.clone());
        let app = Router::new().fallback(answer).with_state(state);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { url, asked, replies, answers }
    }

    /// An instance with acme (10) > platform (11) > infra (22), a personal project (31) of user 2, and user 2 as a
    /// developer of platform.
    pub(crate) async fn with_world() -> Self {
        let fake = Self::start().await;
        fake.group(10, "acme", None);
        fake.group(11, "acme/platform", Some(10));
        fake.project(22, "acme/platform/infra", &json!({"id": 11, "kind": "group", "parent_id": 10}));
        fake.reply("/projects/31", Reply::json(&json!({
            "id": 31, "path_with_namespace": "maria/home", "visibility": "private",
            "namespace": {"id": 102, "kind": "user", "path": "maria"}, "owner": {"id": 2, "username": "maria"},
        })));
        for path in ["/projects/22/members/all/2", "/groups/11/members/all/2"] {
            fake.reply(path, Reply::json(&json!({"id": 2, "access_level": 30})));
        }
        fake
    }

    pub(crate) fn reply(&self, path: &str, reply: Reply) {
        self.replies.lock().unwrap().insert(path.to_owned(), reply);
    }

    /// Answers queries in GraphQL that have all these texts, unless a later one has them, too.
    pub(crate) fn graphql<const N: usize>(&self, texts: [&str; N], data: Value) {
        self.answers.lock().unwrap().push((texts.map(str::to_owned).to_vec(), data));
    }

    pub(crate) fn forget(&self, path: &str) {
        self.replies.lock().unwrap().remove(path);
    }

    pub(crate) fn group(&self, id: u64, path: &str, parent: Option<u64>) {
        let reply = Reply::json(&json!({
            "id": id, "full_path": path, "parent_id": parent, "visibility": "private",
        }));
        self.reply(&format!("/groups/{}?with_projects=false", path.replace('/', "%2F")), reply.clone());
        self.reply(&format!("/groups/{id}?with_projects=false"), reply);
    }

    pub(crate) fn project(&self, id: u64, path: &str, namespace: &Value) {
        let reply = Reply::json(&json!({
            "id": id, "path_with_namespace": path, "visibility": "internal", "namespace": namespace,
        }));
        self.reply(&format!("/projects/{}", path.replace('/', "%2F")), reply.clone());
        self.reply(&format!("/projects/{id}"), reply);
    }

    /// What was asked since the last call.
    pub(crate) fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }

    pub(crate) fn client(&self) -> Client {
        self.client_with(&ClientConfig::default())
    }

    pub(crate) fn client_with(&self, config: &ClientConfig) -> Client {
        Client::new(InstanceUrl::parse(&self.url).unwrap(), config).unwrap()
    }

    pub(crate) fn directory(&self) -> Directory {
        Directory::new(self.client(), &DirectoryConfig::default())
    }
}

pub(crate) fn credential() -> SecretString {
    SecretString::from(CREDENTIAL)
}

/// User 2.
pub(crate) fn maria() -> Identity {
    Identity { connection: 1, user_id: 2, username: "maria".into(), credential: credential() }
}

async fn answer(
    State((asked, replies, answers)): State<(Asked, Replies, Answers)>,
    request: Request,
) -> Response {
    let target = request.uri().to_string();
    let path = target.strip_prefix("/api/v4").unwrap_or(&target).to_owned();
    asked.lock().unwrap().push(path.clone());
    let authorization = request.headers().get("authorization").and_then(|value| value.to_str().ok());
    if authorization != Some(&format!("Bearer {CREDENTIAL}")) {
        return (StatusCode::UNAUTHORIZED, r#"{"message":"401 Unauthorized"}"#).into_response();
    }
    let reply = replies.lock().unwrap().get(&path).cloned();
    let body = axum::body::to_bytes(request.into_body(), usize::MAX).await.unwrap();
    let query: Value = serde_json::from_slice(&body).unwrap_or_default();
    let query = query["query"].as_str().unwrap_or_default();
    let of_query = |(texts, _): &&(Vec<String>, Value)| texts.iter().all(|text| query.contains(text));
    let data = answers.lock().unwrap().iter().rev().find(of_query).map(|(_, data)| data.clone());
    let data = data.filter(|_| !query.is_empty()).map(|data| Reply::json(&json!({ "data": data })));
    let Some(reply) = reply.or(data) else {
        return (StatusCode::NOT_FOUND, r#"{"message":"404 Not found"}"#).into_response();
    };
    tokio::time::sleep(reply.delay).await;
    let mut response = Response::builder().status(reply.status);
    for (name, value) in reply.headers {
        response = response.header(name, value);
    }
    response.body(Body::from(reply.body)).unwrap()
}
