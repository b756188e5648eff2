//! The `gitlab` crate makes and ends tokens of every kind, through the gate, as the administrator.
//!
//! `NARROWGATE_URL` and `NARROWGATE_TOKEN` say where and as whom; `NARROWGATE_JOB_TOKEN` is a running job's. Prints one line a
//! step; fails with the first that is wrong.

mod endpoint;
mod impersonation;
mod jobs;
mod personal;
mod resources;

use chrono::{Days, NaiveDate, Utc};
use gitlab::Gitlab;
use gitlab::api::{ApiError, Endpoint, Query};
use serde_json::Value;

type Failure = ApiError<gitlab::RestError>;

/// Where the gate is, without a scheme.
fn host() -> String {
    let url = std::env::var("NARROWGATE_URL").expect("NARROWGATE_URL is set");
    url.strip_prefix("http://").expect("the gate is plain HTTP").to_owned()
}

/// Whoever holds the token. The crate asks for `/user` first.
fn holder(token: &str) -> Gitlab {
    Gitlab::new_insecure(host(), token).expect("the token works")
}

/// Asks for JSON.
fn ask(client: &Gitlab, endpoint: &impl Endpoint) -> Value {
    endpoint.query(client).unwrap_or_else(|error: Failure| panic!("{}: {error}", endpoint.endpoint()))
}

/// Asks for something that has no answer.
fn tell(client: &Gitlab, endpoint: impl Endpoint) {
    let path = endpoint.endpoint().into_owned();
    gitlab::api::ignore(endpoint).query(client).unwrap_or_else(|error: Failure| panic!("{path}: {error}"));
}

/// Asks for what must be refused with the status.
fn refused(status: u16, client: &Gitlab, endpoint: &impl Endpoint) {
    let path = endpoint.endpoint();
    let answer: Result<Value, Failure> = endpoint.query(client);
    match answer {
        Ok(answer) => panic!("{path}: {status} expected, got {answer}"),
        Err(
            ApiError::GitlabWithStatus { status: got, .. }
            | ApiError::GitlabUnrecognizedWithStatus { status: got, .. }
            | ApiError::GitlabObjectWithStatus { status: got, .. },
        ) => assert_eq!(got.as_u16(), status, "{path}"),
        Err(error) => panic!("{path}: {error}"),
    }
}

fn id(token: &Value) -> u64 {
    token["id"].as_u64().expect("a token has an id")
}

fn text(token: &Value) -> &str {
    token["token"].as_str().expect("a new token has a text")
}

fn ids(tokens: &Value) -> Vec<u64> {
    tokens.as_array().expect("a list").iter().map(id).collect()
}

/// A day on which nothing has expired yet.
fn future() -> NaiveDate {
    Utc::now().date_naive() + Days::new(60)
}

fn main() {
    let root = holder(&std::env::var("NARROWGATE_TOKEN").expect("NARROWGATE_TOKEN is set"));
    let steps: [(&str, fn(&Gitlab)); 6] = [
        ("personal", personal::personal),
        ("project", resources::project),
        ("group", resources::group),
        ("impersonation", impersonation::impersonation),
        ("sudo", impersonation::sudo),
        ("job", jobs::job),
    ];
    for (name, step) in steps {
        step(&root);
        println!("{name}");
    }
    println!("done");
}
