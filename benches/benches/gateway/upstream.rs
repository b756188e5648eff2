//! An instance that answers at once: the few look-ups that the gate makes, and 204 to everything else.

use std::convert::Infallible;

use anyhow::Result;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode, header};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::net::TcpListener;

use crate::graphql;

/// Serves on a free loopback port, printed on standard output, until the process is ended.
pub(crate) fn run() -> Result<()> {
    tokio::runtime::Runtime::new()?.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        println!("{}", listener.local_addr()?);
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            tokio::spawn(async move {
                auto::Builder::new(TokioExecutor::new())
                    .serve_connection(TokioIo::new(stream), service_fn(answer))
                    .await
            });
        }
    })
}

async fn answer(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    if request.uri().path() == "/api/graphql" {
        let asked =
            request.into_body().collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
        return Ok(json(graphql::answer(&asked)));
    }
    let body = match request.uri().path() {
        "/api/v4/user" => r#"{"id":2,"username":"maria","name":"Maria","state":"active","namespace_id":102}"#,
        "/api/v4/personal_access_tokens/self" => {
            r#"{"id":1,"name":"connection","revoked":false,"active":true,"scopes":["api"],"user_id":2,"expires_at":null}"#
        }
        "/api/v4/version" | "/api/v4/metadata" => r#"{"version":"19.1.1","revision":"0"}"#,
        "/api/v4/projects/20" | "/api/v4/projects/acme%2Fweb" => {
            r#"{"id":20,"path_with_namespace":"acme/web","visibility":"private","namespace":{"id":10,"kind":"group","full_path":"acme","parent_id":null}}"#
        }
        "/api/v4/groups/10" | "/api/v4/groups/acme" => {
            r#"{"id":10,"full_path":"acme","parent_id":null,"visibility":"private"}"#
        }
        "/api/v4/projects/20/members/all/2" | "/api/v4/groups/10/members/all/2" => {
            r#"{"id":2,"username":"maria","access_level":40}"#
        }
        _ => return Ok(empty()),
    };
    Ok(json(Bytes::from_static(body.as_bytes())))
}

fn json(body: Bytes) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(body));
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json"));
    response
}

fn empty() -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::default());
    *response.status_mut() = StatusCode::NO_CONTENT;
    response
}
