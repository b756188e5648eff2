//! Whoever holds a token, and the requests they make.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{Method, Request};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};

use crate::Reply;

/// The longest that a test waits for one answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// The HTTP client of the vocabulary: it sends a target as written and follows nothing.
pub(crate) type HttpClient = Client<HttpConnector, Full<Bytes>>;

/// Makes an HTTP client with a pool of its own.
pub(crate) fn http_client() -> HttpClient {
    Client::builder(TokioExecutor::new()).build_http()
}

/// Whoever holds a token (or none) and speaks to the gate with it.
#[derive(Clone)]
pub struct Bearer {
    pub(crate) base: String,
    pub(crate) http: HttpClient,
    pub(crate) text: Option<String>,
    pub(crate) id: u64,
}

impl std::fmt::Debug for Bearer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Bearer({})", self.id)
    }
}

impl Bearer {
    /// The token's full text. Keep it out of arguments and messages.
    #[track_caller]
    pub fn text(&self) -> &str {
        self.text.as_deref().expect("this bearer holds a token")
    }

    /// The token's id; 0 for a native token and for none.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// The same bearer over HTTP/2, on one connection of its own.
    pub fn over_http2(&self) -> Self {
        let http = Client::builder(TokioExecutor::new()).http2_only(true).build_http();
        Self { http, ..self.clone() }
    }

    /// Starts a request to `path` below `/api/v4`; [`Call::at_root`] takes it elsewhere.
    pub fn call(&self, method: &str, path: &str) -> Call<'_> {
        Call {
            bearer: self,
            method: method.to_owned(),
            target: format!("/api/v4{path}"),
            headers: Vec::new(),
            body: Bytes::new(),
            bare: false,
        }
    }

    /// Starts a request to `path` below `/api/narrowgate/v1`, Narrowgate's own API.
    pub fn own(&self, method: &str, path: &str) -> Call<'_> {
        self.call(method, "").at_root(&format!("/api/narrowgate/v1{path}"))
    }

    /// Asks GraphQL.
    pub async fn graphql(&self, document: &str, variables: Value) -> Reply {
        let body = json!({ "query": document, "variables": variables });
        self.call("POST", "").at_root("/api/graphql").json(&body).send().await
    }

    /// `GET` below `/api/v4`.
    pub async fn get(&self, path: &str) -> Reply {
        self.call("GET", path).send().await
    }

    /// `POST` of a JSON body below `/api/v4`.
    pub async fn post(&self, path: &str, body: &Value) -> Reply {
        self.call("POST", path).json(body).send().await
    }

    /// `PUT` of a JSON body below `/api/v4`.
    pub async fn put(&self, path: &str, body: &Value) -> Reply {
        self.call("PUT", path).json(body).send().await
    }

    /// `DELETE` below `/api/v4`.
    pub async fn delete(&self, path: &str) -> Reply {
        self.call("DELETE", path).send().await
    }
}

/// A request in the making.
#[derive(Debug)]
pub struct Call<'b> {
    bearer: &'b Bearer,
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: Bytes,
    bare: bool,
}

impl Call<'_> {
    /// Takes the target as it is, not below `/api/v4`.
    pub fn at_root(mut self, target: &str) -> Self {
        target.clone_into(&mut self.target);
        self
    }

    /// Adds a header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Sends a JSON body.
    pub fn json(self, body: &Value) -> Self {
        self.body("application/json", body.to_string())
    }

    /// Sends a body of the given content type.
    pub fn body(self, content_type: &str, body: impl Into<Bytes>) -> Self {
        self.content(body).header("content-type", content_type)
    }

    /// Sends a body and says nothing of its type.
    pub fn content(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    /// Leaves out the `PRIVATE-TOKEN` header: the test carries the token otherwise.
    pub fn without_token(mut self) -> Self {
        self.bare = true;
        self
    }

    /// Sends the request and waits for the whole answer.
    pub async fn send(self) -> Reply {
        let asked = format!("{} {}", self.method, self.target);
        self.try_send().await.unwrap_or_else(|error| panic!("{asked}: {error}"))
    }

    /// Sends the request; an answer that breaks off is an error's text.
    pub async fn try_send(self) -> Result<Reply, String> {
        let asked = format!("{} {}", self.method, self.target);
        let method = Method::from_bytes(self.method.as_bytes()).expect("the method is a token");
        let mut request =
            Request::builder().method(method).uri(format!("{}{}", self.bearer.base, self.target));
        if let (Some(text), false) = (&self.bearer.text, self.bare) {
            request = request.header("private-token", text);
        }
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let request = request.body(Full::new(self.body)).expect("the request is well formed");
        let exchange = async {
            let answer = self.bearer.http.request(request).await.map_err(|error| format!("{error:?}"))?;
            let (head, body) = answer.into_parts();
            let body =
                body.collect().await.map_err(|error| format!("the body broke off: {error:?}"))?.to_bytes();
            Ok(Reply { asked: asked.clone(), status: head.status.as_u16(), headers: head.headers, body })
        };
        match tokio::time::timeout(PATIENCE, exchange).await {
            Ok(result) => result,
            Err(_) => Err(format!("no answer within {PATIENCE:?}")),
        }
    }
}
