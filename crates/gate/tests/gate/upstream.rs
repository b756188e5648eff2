//! An instance small enough to read: it knows one project and tells of each request what arrived.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::net::TcpListener;

/// A request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) target: String,
    pub(crate) headers: http::HeaderMap,
    pub(crate) body: Bytes,
}

impl Seen {
    /// A header's value, or nothing.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

/// The instance.
pub(crate) struct Upstream {
    pub(crate) address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Upstream {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let seen: Arc<Mutex<Vec<Seen>>> = Arc::default();
        let kept = Arc::clone(&seen);
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let seen = Arc::clone(&kept);
                let service = service_fn(move |request| {
                    let seen = Arc::clone(&seen);
                    async move { Ok::<_, Infallible>(answer(address, &seen, request).await) }
                });
                tokio::spawn(
                    hyper::server::conn::http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), service),
                );
            }
        });
        Self { address, seen }
    }

    /// What arrived since the last call, without the gate's own questions.
    pub(crate) fn take(&self) -> Vec<Seen> {
        std::mem::take(&mut *self.seen.lock().unwrap())
    }
}

async fn answer(
    address: SocketAddr,
    seen: &Mutex<Vec<Seen>>,
    request: Request<Incoming>,
) -> Response<Full<Bytes>> {
    let (head, body) = request.into_parts();
    let target = head.uri.to_string();
    if let Some(answer) = question(&target, head.headers.contains_key("x-request-id")) {
        return answer;
    }
    let Ok(body) = body.collect().await else { return json_answer(StatusCode::BAD_REQUEST, "{}") };
    let body = body.to_bytes();
    let authorization = head.headers.get("authorization").map(|value| value.to_str().unwrap().to_owned());
    let arrived = Seen { target: target.clone(), headers: head.headers, body };
    seen.lock().unwrap().push(arrived);
    special(address, &target, authorization.as_deref())
}

/// What the gate asks for itself: those requests carry no `X-Request-Id`.
fn question(target: &str, is_forwarded: bool) -> Option<Response<Full<Bytes>>> {
    if is_forwarded {
        return None;
    }
    let body = match target {
        "/api/v4/projects/20" | "/api/v4/projects/acme%2Fweb" | "/api/v4/projects/acme%2fweb" => json!({
            "id": 20, "path_with_namespace": "acme/web", "visibility": "private",
            "namespace": { "id": 10, "kind": "group", "parent_id": null },
        }),
        "/api/v4/groups/10?with_projects=false" => {
            json!({ "id": 10, "full_path": "acme", "parent_id": null, "visibility": "private" })
        }
        "/api/v4/projects/20/members/all/2" | "/api/v4/groups/10/members/all/2" => {
            json!({ "id": 2, "access_level": 40 })
        }
        // Whoever asks, job 7 runs.
        "/api/v4/job" => json!({ "id": 7, "user": { "id": 2 }, "pipeline": { "project_id": 20 } }),
        _ => return Some(json_answer(StatusCode::NOT_FOUND, r#"{"message":"404 Not found"}"#)),
    };
    Some(json_answer(StatusCode::OK, &body.to_string()))
}

fn special(address: SocketAddr, target: &str, authorization: Option<&str>) -> Response<Full<Bytes>> {
    if target.ends_with("/info/lfs/objects/batch") {
        let href = format!("http://{address}/acme/web.git/gitlab-lfs/objects/abc");
        let elsewhere = "https://storage.example.com/abc";
        let action =
            |href: &str, authorization| json!({ "href": href, "header": { "Authorization": authorization } });
        let body = json!({ "objects": [
            { "oid": "abc", "actions": { "download": action(&href, authorization) } },
            { "oid": "def", "actions": { "download": action(elsewhere, Some("AWS4 signed")) } },
        ] });
        return json_answer(StatusCode::OK, &body.to_string());
    }
    if target == "/api/v4/projects/20" {
        return json_answer(StatusCode::OK, r#"{"id":20,"runners_token":"secret","name":"web"}"#);
    }
    let mut answer = json_answer(StatusCode::OK, "[]");
    let link = format!(
        "<http://{address}{target}&page=2>; rel=\"next\", <https://gitlab.example.com{target}>; rel=\"first\""
    );
    answer.headers_mut().insert("link", link.parse().unwrap());
    answer.headers_mut().insert("set-cookie", "_gitlab_session=x".parse().unwrap());
    answer
}

fn json_answer(status: StatusCode, body: &str) -> Response<Full<Bytes>> {
    let mut answer = Response::new(Full::new(Bytes::from(body.to_owned())));
    *answer.status_mut() = status;
    answer.headers_mut().insert("content-type", "application/json".parse().unwrap());
    answer
}
