//! An instance whose answers aren't what was asked for: the gate refuses them, and nothing of them is shown.

use std::convert::Infallible;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioIo};
use narrowgate_tests::grant::project;
use narrowgate_tests::world::WEB;
use narrowgate_tests::{TestGate, start_sandbox};
use serde_json::{Value, json};
use tokio::net::TcpListener;

const DOCUMENT: &str = r#"{ project(fullPath: "acme/web") { name issues { nodes { title weight } } } }"#;

/// What must never be shown.
const SECRET: &str = "s3cr3t";

/// Answers instead of the sandbox; `{P}` and `{I}` stand for the keys under which the gate asks for the project's id and
/// for the project of each issue.
struct Lie {
    name: &'static str,
    status: u16,
    kind: &'static str,
    body: Vec<u8>,
}

fn lie(name: &'static str, body: &str) -> Lie {
    Lie { name, status: 200, kind: "application/json", body: body.into() }
}

fn issue(inside: &str) -> String {
    format!(
        r#"{{"data":{{"project":{{"name":"web","issues":{{"nodes":[{{{inside}}}]}},"{{P}}":"gid://gitlab/Project/20"}}}}}}"#
    )
}

fn lies() -> Vec<Lie> {
    let honest = r#""title":"s3cr3t","weight":1,"{I}":20"#;
    let mut lies = vec![
        lie("no probe", &issue(r#""title":"s3cr3t","weight":1"#)),
        lie("a probe of null", &issue(r#""title":"s3cr3t","weight":1,"{I}":null"#)),
        lie("a probe of another project", &issue(r#""title":"s3cr3t","weight":1,"{I}":21"#)),
        lie("a probe that is a fraction", &issue(r#""title":"s3cr3t","weight":1,"{I}":20.0"#)),
        lie("a probe that is a list", &issue(r#""title":"s3cr3t","weight":1,"{I}":[20]"#)),
        lie("a probe that is true", &issue(r#""title":"s3cr3t","weight":1,"{I}":true"#)),
        lie("a probe twice", &issue(r#""{I}":21,"title":"s3cr3t","weight":1,"{I}":20"#)),
        lie("a field twice", &issue(r#""title":"a","weight":1,"{I}":20,"title":"s3cr3t""#)),
        lie(
            "a field that nobody asked for",
            &issue(r#""title":"a","weight":1,"{I}":20,"description":"s3cr3t""#),
        ),
        lie("a field missing", &issue(r#""title":"s3cr3t","{I}":20"#)),
        lie("an object for a string", &issue(r#""title":{"a":"s3cr3t"},"weight":1,"{I}":20"#)),
        lie("a list for a number", &issue(r#""title":"a","weight":["s3cr3t"],"{I}":20"#)),
        lie("null that can't be", &issue(r#""title":null,"weight":1,"{I}":20"#)),
        lie("a string for an object", r#"{"data":{"project":"s3cr3t"}}"#),
        lie("a list for an object", r#"{"data":{"project":[{"name":"s3cr3t"}]}}"#),
        lie(
            "an object for a list",
            r#"{"data":{"project":{"name":"s3cr3t","issues":{"nodes":{}},"{P}":"gid://gitlab/Project/20"}}}"#,
        ),
        lie("another root field", r#"{"data":{"group":{"name":"s3cr3t"}}}"#),
        lie("no data", r#"{"s3cr3t":1}"#),
        lie("data twice", r#"{"data":{"project":null},"data":{"project":{"name":"s3cr3t"}}}"#),
        lie("a list", r#"[{"data":{"project":{"name":"s3cr3t"}}}]"#),
        lie("nothing", ""),
        lie("half of it", r#"{"data":{"project":{"name":"s3cr3t"#),
        lie("more behind it", &format!("{} s3cr3t", issue(honest))),
        lie(
            "an error that quotes a probe",
            r#"{"data":{"project":null},"errors":[{"message":"it failed","path":["project","{P}"],"extensions":{"s3cr3t":1}}]}"#,
        ),
        lie("errors that are none", r#"{"data":{"project":null},"errors":"s3cr3t"}"#),
    ];
    let page = Lie { name: "a page", status: 200, kind: "text/html", body: b"<html>s3cr3t</html>".to_vec() };
    let failed =
        Lie { name: "a failure", status: 500, kind: "text/html", body: b"<html>s3cr3t</html>".to_vec() };
    let coded = Lie {
        name: "bytes that are no text",
        body: b"{\"data\":{\"project\":\"s3cr3t\xff\"}}".to_vec(),
        ..lie("", "")
    };
    let huge = format!(r#"{{"data":{{"project":{{"name":"s3cr3t{}"}}}}}}"#, "a".repeat(20 * 1024 * 1024));
    lies.extend([page, failed, coded, lie("more than the gate holds", &huge)]);
    lies
}

/// Before the sandbox: tells the lie to documents that ask for issues, and passes all else on.
async fn liar(upstream: String, lie: Arc<Mutex<Option<Lie>>>) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("a bound socket has an address"));
    let client: Client<_, Full<Bytes>> = Client::builder(TokioExecutor::new()).build_http();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (upstream, lie, client) = (upstream.clone(), Arc::clone(&lie), client.clone());
            let service = service_fn(move |request: Request<Incoming>| {
                let (upstream, lie, client) = (upstream.clone(), Arc::clone(&lie), client.clone());
                async move {
                    let (mut head, body) = request.into_parts();
                    let body =
                        body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
                    if let Some(told) = told(&lie, &head.uri.to_string(), &body) {
                        return Ok::<_, Infallible>(told);
                    }
                    let target = head.uri.path_and_query().map_or("/", |target| target.as_str());
                    head.uri = format!("{upstream}{target}").parse().expect("a URL");
                    let answer = client.request(Request::from_parts(head, Full::new(body))).await;
                    let (head, body) = answer.expect("the sandbox answers").into_parts();
                    let body =
                        body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
                    Ok(Response::from_parts(head, Full::new(body)))
                }
            });
            tokio::spawn(
                hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service),
            );
        }
    });
    url
}

fn told(lie: &Mutex<Option<Lie>>, target: &str, asked: &[u8]) -> Option<Response<Full<Bytes>>> {
    let asked = String::from_utf8_lossy(asked);
    let document: Value = serde_json::from_str(&asked).ok()?;
    let document = document["query"].as_str().filter(|document| document.contains("issues"))?;
    let lie = lie.lock().expect("no holder panics");
    let lie = lie.as_ref().filter(|_| target == "/api/graphql")?;
    let key = |asked: &str| {
        document.split_once(asked).and_then(|(before, _)| before.rsplit(' ').next()).unwrap_or("")
    };
    let body = match std::str::from_utf8(&lie.body) {
        Ok(text) => text.replace("{I}", key(": projectId")).replace("{P}", key(": id")).into(),
        Err(_) => lie.body.clone().into(),
    };
    let answer = Response::builder().status(lie.status).header("content-type", lie.kind);
    Some(answer.body(Full::new(body)).expect("the answer is well formed"))
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_to_other_questions_are_not_shown() {
    let sandbox = start_sandbox().await;
    let lie = Arc::new(Mutex::new(None));
    let url = liar(sandbox.base_url().to_owned(), Arc::clone(&lie)).await;
    let gate = TestGate::builder().sandbox(sandbox).instance(&url).start().await;
    let token = gate.maintainer().token(&[project(WEB, &["read_project", "read_work_item"])]).await;
    let ask = async || {
        token.call("POST", "").at_root("/api/graphql").json(&json!({"query": DOCUMENT})).send().await
    };
    let honest = issue(r#""title":"Hello","weight":1,"{I}":20"#);
    *lie.lock().expect("no holder panics") = Some(self::lie("the truth", &honest));
    let truth = ask().await.assert_status(200).json();
    assert_eq!(
        truth,
        json!({"data": {"project": {"name": "web", "issues": {"nodes": [{"title": "Hello", "weight": 1}]}}}})
    );
    let mut told = String::new();
    for next in lies() {
        let name = next.name;
        *lie.lock().expect("no holder panics") = Some(next);
        let reply = ask().await;
        assert!(!reply.text().contains(SECRET), "{name}: {}", reply.summary());
        let id = reply.header("x-request-id").to_owned();
        let text = if id.is_empty() { reply.text() } else { reply.text().replace(&id, "[id]") };
        writeln!(told, "{name}\n    {} {text}", reply.status).expect("a string takes text");
    }
    insta::assert_snapshot!("graphql_answers", told);
}
