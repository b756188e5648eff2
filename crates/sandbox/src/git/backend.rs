//! `git http-backend` as a CGI child, streaming both ways.

use std::io;
use std::process::Stdio;

use ::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use futures_util::StreamExt as _;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{ChildStdin, ChildStdout, Command};
use tokio_util::io::ReaderStream;

use super::access::{Repository, Use};
use super::repositories::Repositories;

const CHUNK: usize = 64 * 1024;

/// The longest header block that the backend may send.
const MAX_HEAD: usize = 64 * 1024;

/// Hands a request to `git http-backend`; `below` is the path below the repository, such as `/info/refs`.
pub(super) async fn run(
    repositories: &Repositories,
    on: Repository,
    below: &str,
    permitted: &Use,
    request: Request,
) -> io::Result<Response> {
    let (parts, body) = request.into_parts();
    let mut command = repositories.git.backend();
    command.env("GIT_PROJECT_ROOT", repositories.root());
    command.env("PATH_INFO", format!("/{}{below}", Repositories::relative(on)));
    command.env("REQUEST_METHOD", parts.method.as_str());
    command.env("QUERY_STRING", parts.uri.query().unwrap_or_default());
    add_headers(&mut command, &parts.headers);
    add_user(&mut command, permitted);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn()?;
    let (Some(stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(io::Error::other("`git http-backend` has no pipes"));
    };
    tokio::spawn(feed(body, stdin));
    let mut stdout = BufReader::with_capacity(CHUNK, stdout);
    let (status, headers) = read_head(&mut stdout).await?;
    // The child lives as long as its answer is read: a client that goes away ends it.
    let chunks = ReaderStream::with_capacity(stdout, CHUNK).map(move |chunk| {
        let _alive = &child;
        chunk
    });
    let mut response = Response::new(Body::from_stream(chunks));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    Ok(response)
}

fn add_headers(command: &mut Command, headers: &HeaderMap) {
    let names = [
        (header::CONTENT_TYPE, "CONTENT_TYPE"),
        (header::CONTENT_LENGTH, "CONTENT_LENGTH"),
        (header::CONTENT_ENCODING, "HTTP_CONTENT_ENCODING"),
        (header::ACCEPT_ENCODING, "HTTP_ACCEPT_ENCODING"),
        (header::USER_AGENT, "HTTP_USER_AGENT"),
        (HeaderName::from_static("git-protocol"), "HTTP_GIT_PROTOCOL"),
    ];
    for (name, variable) in names {
        if let Some(value) = headers.get(name).and_then(|value| value.to_str().ok()) {
            command.env(variable, value);
        }
    }
}

fn add_user(command: &mut Command, permitted: &Use) {
    command
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("GATEWAY_INTERFACE", "CGI/1.1")
        .env("REMOTE_ADDR", "127.0.0.1");
    command.env("REMOTE_USER", &permitted.username);
    command.env("GIT_COMMITTER_NAME", &permitted.username);
    command.env("GIT_COMMITTER_EMAIL", format!("{}@example.com", permitted.username));
    if let Some(branch) = &permitted.protected {
        command.env("SANDBOX_PROTECTED", branch);
    }
}

/// Passes the request's body on. A body that breaks off closes the pipe, and git sees that it is incomplete.
async fn feed(body: Body, mut stdin: ChildStdin) {
    let mut chunks = body.into_data_stream();
    while let Some(Ok(chunk)) = chunks.next().await {
        if stdin.write_all(&chunk).await.is_err() {
            return;
        }
    }
}

async fn read_head(stdout: &mut BufReader<ChildStdout>) -> io::Result<(StatusCode, HeaderMap)> {
    let mut status = StatusCode::OK;
    let mut headers = HeaderMap::new();
    let mut read = 0;
    loop {
        let mut line = String::new();
        let bytes = stdout.read_line(&mut line).await?;
        read += bytes;
        let line = line.trim_end();
        if bytes == 0 || read > MAX_HEAD {
            return Err(io::Error::other("`git http-backend` sent no headers"));
        }
        let Some((name, value)) = line.split_once(':') else { return Ok((status, headers)) };
        let value = value.trim();
        if name.eq_ignore_ascii_case("status") {
            status = parse_status(value);
        } else if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_str(value)) {
            headers.append(name, value);
        }
    }
}

fn parse_status(value: &str) -> StatusCode {
    let code = value.split(' ').next().and_then(|code| code.parse().ok());
    code.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
