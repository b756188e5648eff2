//! Hostile requests over HTTP/2: what a translation to HTTP/1 could turn into something else.

use std::time::Duration;

use narrowgate_tests::http2::{self, Outcome};
use narrowgate_tests::{FaultyInstance, TestGate, grant, start_sandbox, world};

const PATIENCE: Duration = Duration::from_secs(5);
const ISSUES: &str = "/api/v4/projects/20/issues";

/// A change to an ordinary request.
enum Change {
    /// None.
    Ordinary,
    /// The pseudo-header has another value.
    Set(&'static str, &'static str),
    /// The pseudo-header is missing.
    Without(&'static str),
    /// Another field behind the usual ones.
    Add(&'static str, &'static str),
    /// Another field before all others.
    First(&'static str, &'static str),
}

use Change::{Add, First, Ordinary, Set, Without};
use Outcome::{Refused, Status};

#[rustfmt::skip]
const CASES: &[(&str, Change, Outcome)] = &[
    ("an ordinary request", Ordinary, Status(200)),
    ("dot-dot leads to another project", Set(":path", "/api/v4/projects/20/../22/issues"), Status(400)),
    ("encoded dots", Set(":path", "/api/v4/projects/20/%2e%2e/22/issues"), Status(400)),
    ("two slashes", Set(":path", "//api/v4/projects/20/issues"), Status(400)),
    ("another project in the query", Set(":path", "/api/v4/projects/20/issues?project_id=22"), Status(400)),
    ("a request line in the path", Set(":path", "/api/v4/projects/20/issues HTTP/1.1\r\nX-Smuggled: yes\r\n\r\nGET /"), Refused),
    ("a space in the path", Set(":path", "/api/v4/projects/20/issues x"), Refused),
    ("a NUL in the path", Set(":path", "/api/v4/projects/20\0/issues"), Refused),
    ("a path without a slash", Set(":path", "api/v4/projects/20/issues"), Refused),
    ("an empty path", Set(":path", ""), Refused),
    ("a whole URL as the path", Set(":path", "http://example.com/api/v4/projects/20/issues"), Refused),
    ("an asterisk as the path", Set(":path", "*"), Status(400)),
    // It is gone before anything is decided: what arrives is what was decided upon.
    ("a fragment in the path", Set(":path", "/api/v4/projects/20/issues#/../22"), Status(200)),
    ("no path", Without(":path"), Refused),
    ("two paths", Add(":path", "/api/v4/projects/22/issues"), Refused),
    ("a request line in the method", Set(":method", "GET /api/v4/projects/22 HTTP/1.1\r\nX-Smuggled: yes\r\n\r\nGET"), Refused),
    ("a space in the method", Set(":method", "GET /api/v4/projects/22"), Refused),
    ("a method in small letters", Set(":method", "get"), Status(405)),
    ("TRACE", Set(":method", "TRACE"), Status(405)),
    ("a tunnel", Set(":method", "CONNECT"), Refused),
    ("no method", Without(":method"), Refused),
    ("two methods", First(":method", "DELETE"), Refused),
    ("an unknown pseudo-header", First(":smuggled", "yes"), Refused),
    ("a pseudo-header behind a header", First("x-note", "one"), Refused),
    ("another host beside the authority", Add("host", "example.com"), Status(400)),
    ("an authority with user information", Set(":authority", "maria@127.0.0.1"), Status(400)),
    ("an authority with line ends", Set(":authority", "a\r\nX-Smuggled: yes"), Refused),
    ("line ends in a value", Add("x-note", "one\r\nX-Smuggled: yes"), Refused),
    ("a line feed in a value", Add("x-note", "one\nX-Smuggled: yes"), Refused),
    ("a NUL in a value", Add("x-note", "one\0two"), Refused),
    ("line ends in a name", Add("x-note: one\r\nx-smuggled", "yes"), Refused),
    ("a colon in a name", Add("x-smuggled: yes", "x"), Refused),
    ("a space in a name", Add("x-smuggled ", "yes"), Refused),
    ("capital letters in a name", Add("X-Smuggled", "yes"), Refused),
    ("an empty name", Add("", "yes"), Refused),
    ("a transfer encoding", Add("transfer-encoding", "chunked"), Refused),
    ("a connection header", Add("connection", "keep-alive"), Refused),
    ("an upgrade", Add("upgrade", "h2c"), Refused),
    ("a length of a body that never comes", Add("content-length", "5"), Refused),
    ("two lengths", Add("content-length", "0, 5"), Refused),
    ("the method is overridden by a header", Add("x-http-method-override", "DELETE"), Status(400)),
    ("two tokens in two headers", Add("authorization", "Bearer glpat-abcdefghijklmnopqrst"), Status(400)),
    ("two tokens in one header", Add("private-token", "glpat-abcdefghijklmnopqrst"), Status(400)),
    ("acting as somebody else", Add("sudo", "root"), Status(403)),
];

#[tokio::test(flavor = "multi_thread")]
async fn hostile_requests_get_nothing_over_http2_either() {
    let sandbox = start_sandbox().await;
    let instance = FaultyInstance::before(sandbox.base_url()).await;
    let gate = TestGate::builder().sandbox(sandbox).instance(&instance.url()).start().await;
    let token = gate.maintainer().token(&[grant::project(world::WEB, &["read_work_item"])]).await;
    let mut wrong = Vec::new();
    for (name, change, expected) in CASES {
        instance.forget();
        let fields = fields(&gate.address().to_string(), token.text(), change);
        let bytes = [http2::preface(), http2::request(1, &fields)].concat();
        let outcome = http2::exchange(gate.address(), &bytes, PATIENCE).await;
        if outcome != *expected {
            wrong.push(format!("{name}: {outcome:?}, expected {expected:?}"));
        }
        let heads = instance.heads();
        let smuggled = heads.iter().any(|head| head.headers.iter().any(|(name, _)| name == "x-smuggled"));
        let forwarded = heads.iter().filter(|head| head.values("x-case") == ["1"]).count();
        if smuggled || forwarded != usize::from(*expected == Status(200)) {
            wrong.push(format!("{name}: {heads:?} arrived"));
        }
    }
    println!("{} requests over HTTP/2", CASES.len());
    assert!(wrong.is_empty(), "{} faults\n{}", wrong.len(), wrong.join("\n"));
}

fn fields(host: &str, token: &str, change: &Change) -> Vec<(String, String)> {
    let usual = [
        (":method", "GET"),
        (":scheme", "http"),
        (":path", ISSUES),
        (":authority", host),
        ("private-token", token),
        ("x-case", "1"),
    ];
    let mut fields: Vec<_> = usual.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    match change {
        Ordinary => {}
        Set(name, value) => fields
            .iter_mut()
            .filter(|(known, _)| known == name)
            .for_each(|field| field.1 = (*value).to_owned()),
        Without(name) => fields.retain(|(known, _)| known != name),
        Add(name, value) => fields.push(((*name).to_owned(), (*value).to_owned())),
        First(name, value) => fields.insert(0, ((*name).to_owned(), (*value).to_owned())),
    }
    fields
}

#[tokio::test(flavor = "multi_thread")]
async fn floods_end_their_own_connection_only() {
    let gate = TestGate::start().await;
    let token = gate.maintainer().token(&[grant::project(world::WEB, &["read_work_item"])]).await;
    let usual = fields(&gate.address().to_string(), token.text(), &Ordinary);

    let endless = [http2::preface(), http2::endless_headers(1, 20_000)].concat();
    assert_eq!(http2::exchange(gate.address(), &endless, PATIENCE).await, Refused, "headers without an end");

    let mut long = usual.clone();
    long.extend((0..40).map(|number| (format!("x-long-{number}"), "a".repeat(4000))));
    let long = [http2::preface(), http2::request(1, &long)].concat();
    let outcome = http2::exchange(gate.address(), &long, PATIENCE).await;
    assert!(matches!(outcome, Status(431) | Refused), "{outcome:?} for a head of 160 kB");

    // Streams that are opened and given up at once (CVE-2023-44487).
    let mut rapid = http2::preface();
    for number in 0..2000 {
        rapid.extend(http2::request(2 * number + 1, &usual));
        rapid.extend(http2::reset(2 * number + 1));
    }
    http2::exchange(gate.address(), &rapid, PATIENCE).await;
    token.get("/projects/20/issues").await.assert_ok();
}
