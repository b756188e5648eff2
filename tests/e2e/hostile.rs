//! Every case of tests/hostile.toml over a socket of its own: the exact status, and what the instance saw of it.

use std::collections::BTreeMap;
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use narrowgate_tests::raw::{self, Answer};
use narrowgate_tests::{Bearer, FaultyInstance, Head, TestGate, grant, world};
use serde::Deserialize;
use tokio::io::AsyncWriteExt;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    #[serde(default)]
    line: String,
    #[serde(default)]
    headers: Vec<String>,
    #[serde(default)]
    without: Vec<String>,
    #[serde(default)]
    body: String,
    raw: Option<String>,
    status: u16,
    #[serde(default)]
    then: Vec<u16>,
    detail: Option<String>,
    seen: Option<String>,
    #[serde(default)]
    stripped: Vec<String>,
    #[serde(default)]
    absent: Vec<String>,
}

/// A gate whose every word to the instance is overheard.
struct Scene {
    gate: TestGate,
    witness: FaultyInstance,
    words: BTreeMap<&'static str, String>,
    credential: String,
}

impl Scene {
    async fn start() -> Self {
        let sandbox = narrowgate_tests::start_sandbox().await;
        let witness = FaultyInstance::before(sandbox.base_url()).await;
        let gate = TestGate::builder().sandbox(sandbox).instance(&witness.url()).start().await;
        let token = web_token(&gate).await;
        let other = web_token(&gate).await;
        let credential = gate.maintainer().native().text().to_owned();
        let words = BTreeMap::from([
            ("{basic}", BASE64_STANDARD.encode(format!("oauth2:{}", token.text()))),
            ("{token}", token.text().to_owned()),
            ("{other}", other.text().to_owned()),
            ("{native}", credential.clone()),
            ("{host}", gate.address().to_string()),
        ]);
        Self { gate, witness, words, credential }
    }

    fn fill(&self, text: &str, mark: &str) -> String {
        let filled = self.words.iter().fold(text.to_owned(), |text, (word, value)| text.replace(word, value));
        let filled = filled.replace("{case}", mark);
        let filled = repeat(&filled, "{a:", |count| "a".repeat(count));
        repeat(&filled, "{many:", |count| {
            (0..count).map(|i| format!("X-Note-{i}: a")).collect::<Vec<_>>().join("\r\n")
        })
    }

    fn bytes(&self, case: &Case, mark: &str) -> Vec<u8> {
        if let Some(raw) = &case.raw {
            return self.fill(raw, mark).into_bytes();
        }
        let mut lines = vec![case.line.clone()];
        let usual = ["Host: {host}", "PRIVATE-TOKEN: {token}", "Connection: close", mark];
        let wanted = |line: &&str| !case.without.iter().any(|name| line.starts_with(&format!("{name}:")));
        lines.extend(usual.iter().copied().filter(wanted).map(str::to_owned));
        lines.extend(case.headers.iter().cloned());
        let body = self.fill(&case.body, mark);
        let framed = case
            .headers
            .iter()
            .map(|line| line.to_ascii_lowercase())
            .any(|line| line.starts_with("content-length") || line.starts_with("transfer-encoding"));
        if !body.is_empty() && !framed {
            lines.push(format!("Content-Length: {}", body.len()));
        }
        format!("{}\r\n\r\n{body}", self.fill(&lines.join("\r\n"), mark)).into_bytes()
    }

    /// Plays one case; gives what is wrong about it.
    async fn play(&self, number: usize, case: &Case) -> Vec<String> {
        let mark = format!("X-Case: {number}");
        self.witness.forget();
        let bytes = self.bytes(case, &mark);
        let answer = raw::exchange(self.gate.address(), &bytes, Duration::from_millis(1500)).await;
        let mut faults = answer_faults(case, &answer);
        faults.extend(self.forwarded_faults(case, &self.witness.heads(), number));
        faults
    }

    fn forwarded_faults(&self, case: &Case, heads: &[Head], number: usize) -> Vec<String> {
        let number = number.to_string();
        let (forwarded, asked): (Vec<_>, Vec<_>) =
            heads.iter().partition(|head| head.values("x-case").contains(&number.as_str()));
        let mut faults = Vec::new();
        for head in heads {
            if head.headers.iter().any(|(name, _)| name == "x-smuggled") {
                faults.push(format!("a smuggled request arrived: {}", head.line));
            }
            if !self.is_sent_as_the_connection(head) {
                faults.push(format!("`{}` arrived with another credential than the connection's", head.line));
            }
            if self.leaks(head) {
                faults.push(format!(
                    "a client's token arrived at the instance with `{}`",
                    head.line.split('?').next().unwrap_or_default()
                ));
            }
        }
        faults.extend(
            asked
                .iter()
                .filter(|head| !is_question(&head.line))
                .map(|head| format!("the instance was asked `{}`", head.line)),
        );
        let lines: Vec<_> = forwarded.iter().map(|head| head.line.as_str()).collect();
        if lines != case.seen.iter().map(String::as_str).collect::<Vec<_>>() {
            faults.push(format!("the instance saw {lines:?}, expected {:?}", case.seen));
        }
        for head in forwarded {
            faults.extend(header_faults(case, head));
        }
        faults
    }

    /// Exactly one credential, the connection's, however it is sent.
    fn is_sent_as_the_connection(&self, head: &Head) -> bool {
        let names = ["authorization", "private-token", "job-token", "deploy-token"];
        let values: Vec<_> = names.iter().flat_map(|name| head.values(name)).collect();
        let basic = values.first().and_then(|value| value.strip_prefix("Basic "));
        let decoded = basic.and_then(|pair| BASE64_STANDARD.decode(pair).ok()).unwrap_or_default();
        values.len() == 1
            && (values[0].ends_with(&self.credential) || decoded.ends_with(self.credential.as_bytes()))
    }

    fn leaks(&self, head: &Head) -> bool {
        let secrets = ["{token}", "{other}", "{basic}"].map(|word| self.words[word].as_str());
        let holds = |text: &str| secrets.iter().any(|secret| text.contains(secret));
        holds(&head.line) || head.headers.iter().any(|(_, value)| holds(value))
    }
}

/// A token of maria's as the head of hostile.toml describes it.
async fn web_token(gate: &TestGate) -> Bearer {
    let permissions =
        ["read_work_item", "create_work_item", "read_project", "read_label", "update_label", "download_code"];
    gate.maintainer().token(&[grant::project(world::WEB, &permissions)]).await
}

fn repeat(text: &str, opening: &str, make: impl Fn(usize) -> String) -> String {
    let Some((before, rest)) = text.split_once(opening) else { return text.to_owned() };
    let (count, after) = rest.split_once('}').expect("a count ends with a brace");
    format!("{before}{}{after}", make(count.parse().expect("a count is a number")))
}

fn answer_faults(case: &Case, answer: &Answer) -> Vec<String> {
    let mut faults = Vec::new();
    let expected: Vec<u16> = std::iter::once(case.status).chain(case.then.iter().copied()).collect();
    if answer.statuses() != expected {
        let text = answer.text();
        let last: String = text.lines().last().unwrap_or_default().chars().take(300).collect();
        faults.push(format!("statuses {:?}, expected {expected:?}: {last}", answer.statuses()));
    }
    if let Some(detail) = &case.detail
        && !answer.text().contains(detail.as_str())
    {
        faults.push(format!("no `{detail}` in {}", answer.text().lines().last().unwrap_or_default()));
    }
    faults
}

/// Whether the gate asks such questions for itself: about a project, a group, a user and their memberships.
fn is_question(line: &str) -> bool {
    let Some(path) = line.strip_prefix("GET /api/v4/") else { return false };
    ["projects/", "groups/", "users/", "user", "namespaces/", "personal_access_tokens/self"]
        .iter()
        .any(|start| path.starts_with(start))
        && !path.contains("/issues")
}

fn header_faults(case: &Case, head: &Head) -> Vec<String> {
    let mut faults = Vec::new();
    for name in &case.stripped {
        if !head.values(name).is_empty() {
            faults.push(format!("`{name}` arrived"));
        }
    }
    for text in &case.absent {
        if head.headers.iter().any(|(name, value)| format!("{name}: {value}").contains(text)) {
            faults.push(format!("`{text}` arrived"));
        }
    }
    faults
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_requests_get_nothing() {
    let file: File = toml::from_str(include_str!("../hostile.toml")).expect("hostile.toml is well formed");
    assert!(file.case.len() >= 80, "{} cases", file.case.len());
    let scene = Scene::start().await;
    let mut wrong = Vec::new();
    for (number, case) in file.case.iter().enumerate() {
        let faults = scene.play(number, case).await;
        wrong.extend(faults.into_iter().map(|fault| format!("{}: {fault}", case.name)));
    }
    println!("{} hostile requests", file.case.len());
    assert!(wrong.is_empty(), "{} faults\n{}", wrong.len(), wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_never_ends_is_given_up() {
    let gate = TestGate::builder().argument("--head-timeout-s=2").start().await;
    let mut stream = tokio::net::TcpStream::connect(gate.address()).await.expect("the gate listens");
    stream.write_all(b"GET /api/v4/projects/20/issues HTTP/1.1\r\n").await.expect("the gate reads");
    let drip = async {
        loop {
            tokio::time::sleep(Duration::from_millis(300)).await;
            if stream.write_all(b"X-Slow: a\r\n").await.is_err() {
                break;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(20), drip)
        .await
        .expect("the gate closes a connection that only drips");
}
