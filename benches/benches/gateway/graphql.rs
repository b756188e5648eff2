//! A question in GraphQL, and what the instance answers to it.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::LazyLock;

use anyhow::{Result, ensure};
use bytes::Bytes;
use narrowgate_graphql_tests::schema;

/// What is asked.
pub(crate) const BODY: &str =
    r#"{"query":"{ project(fullPath: \"acme/web\") { id name issues(first: 3) { nodes { iid title } } } }"}"#;

/// The schema, and to any other document the answer to [`BODY`] with the place of each issue under the key that asks for it.
pub(crate) fn answer(asked: &[u8]) -> Bytes {
    static SCHEMA: LazyLock<Bytes> = LazyLock::new(|| schema::introspection().into());
    let asked = String::from_utf8_lossy(asked);
    if asked.contains("__schema") {
        return SCHEMA.clone();
    }
    let probe = asked.split_once(": projectId").and_then(|(before, _)| before.rsplit(' ').next());
    let place = probe.map_or_else(String::new, |key| format!(r#","{key}":20"#));
    let issue = |iid: u32| format!(r#"{{"iid":"{iid}","title":"Issue {iid}"{place}}}"#);
    let issues = [1, 2, 3].map(issue).join(",");
    let project =
        format!(r#"{{"id":"gid://gitlab/Project/20","name":"web","issues":{{"nodes":[{issues}]}}}}"#);
    format!(r#"{{"data":{{"project":{project}}}}}"#).into()
}

/// Asks a gate once: it learns the schema, and has to show the whole answer.
pub(crate) fn check(address: &str, token: &str) -> Result<()> {
    let mut stream = TcpStream::connect(address)?;
    write!(
        stream,
        "POST /api/graphql HTTP/1.1\r\nHost: {address}\r\nPRIVATE-TOKEN: {token}\r\nConnection: close\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{BODY}",
        BODY.len()
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    ensure!(answer.contains(r#""title":"Issue 3""#), "the gate answers {answer}");
    Ok(())
}
