//! The behaviour cases of crates/policy/tests/cases.toml, through the gate.

use std::collections::BTreeMap;
use std::path::Path;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use narrowgate_store::TokenId;
use narrowgate_store::time::Date;
use narrowgate_store::tokens::{GrantAccess, StoredGrant, TokenPrivileges};
use narrowgate_tests::{Bearer, Reply, Stock, TestGate, stock};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct File {
    case: Vec<Case>,
}

#[derive(Clone, Deserialize)]
struct Case {
    about: String,
    owner: String,
    grants: Option<Vec<Grant>>,
    scopes: Option<Vec<String>>,
    state: Option<String>,
    request: String,
    body: Option<Value>,
    #[serde(default)]
    enforced: Vec<u64>,
    #[serde(default)]
    public_reads: bool,
    expect: String,
    status: Option<u16>,
    says: Option<String>,
}

#[derive(Clone, Deserialize)]
struct Grant {
    access: Option<String>,
    #[serde(default)]
    projects: Vec<u64>,
    #[serde(default)]
    groups: Vec<u64>,
    permissions: Vec<String>,
}

impl Grant {
    fn stored(&self) -> Vec<StoredGrant> {
        if let Some(access) = &self.access {
            let access = GrantAccess::parse(access).expect("the access has one of GitLab's names");
            return vec![stock::plain(access, &self.permissions)];
        }
        let projects = self.projects.iter().map(|id| stock::on_project(*id, &self.permissions));
        projects.chain(self.groups.iter().map(|id| stock::on_group(*id, &self.permissions))).collect()
    }
}

impl Case {
    fn privileges(&self) -> TokenPrivileges {
        if let Some(scopes) = &self.scopes {
            // Nor is one without any scope; this one opens none of the cases' requests.
            let nothing = || vec!["k8s_proxy".to_owned()];
            return TokenPrivileges::Legacy(if scopes.is_empty() { nothing() } else { scopes.clone() });
        }
        let grants: Vec<_> = self.grants.iter().flatten().flat_map(Grant::stored).collect();
        // A token without any grant is not stored: one that grants nothing is as good.
        let nothing = || vec![stock::plain(GrantAccess::PersonalProjects, &[])];
        TokenPrivileges::FineGrained(if grants.is_empty() { nothing() } else { grants })
    }

    /// Puts the token into the database; gives its id and its text.
    async fn stock(&self, database: &mut Stock) -> (TokenId, String) {
        let state = self.state.as_deref();
        let expiry = (state == Some("expired")).then(|| Date::parse("2020-01-31").expect("a date"));
        let (id, text) = database.add(&self.owner, self.privileges(), expiry).await;
        if state == Some("revoked") {
            database.revoke(id).await;
        }
        (id, text)
    }

    async fn send(&self, bearer: &Bearer) -> Reply {
        let words: Vec<_> = self.request.split(' ').collect();
        match words[..] {
            ["git", service, project] => {
                let service = if service == "push" { "git-receive-pack" } else { "git-upload-pack" };
                let target = format!("/{project}.git/info/refs?service={service}");
                let call = bearer.call("GET", "").at_root(&target).without_token();
                call.header("authorization", &basic(bearer)).send().await
            }
            ["lfs", operation, project] => {
                let kind = "application/vnd.git-lfs+json";
                let target = format!("/{project}.git/info/lfs/objects/batch");
                let call = bearer.call("POST", "").at_root(&target).without_token().header("accept", kind);
                let body = json!({"operation": operation, "objects": []}).to_string();
                call.header("authorization", &basic(bearer)).body(kind, body).send().await
            }
            [method, path] => {
                let call = bearer.call(method, path);
                match &self.body {
                    Some(body) => call.json(body).send().await,
                    None => call.send().await,
                }
            }
            _ => panic!("`{}` is no request", self.request),
        }
    }

    /// What `explain` says of the same request; nothing where the request's body would have to tell.
    async fn explain(&self, administrator: &Bearer, token: TokenId) -> Option<Reply> {
        let words: Vec<_> = self.request.split(' ').collect();
        let asked = match words[..] {
            ["git", service, project] => {
                let service = if service == "push" { "git-receive-pack" } else { "git-upload-pack" };
                json!({"method": "GET", "path": format!("/{project}.git/info/refs?service={service}")})
            }
            [method, path] if self.body.is_none() => json!({"method": method, "path": path}),
            _ => return None,
        };
        let explain = administrator.own("POST", &format!("/tokens/{}/explain", token.0));
        Some(explain.json(&asked).send().await.assert_status(200))
    }

    fn judge_explained(&self, reply: &Reply) -> Option<String> {
        let explained = reply.json();
        let passes = matches!(self.expect.as_str(), "allow" | "public" | "owner_blocked");
        let as_expected = explained["allowed"] == passes && (passes || explained["reason"] == self.expect);
        (!as_expected).then(|| format!("{}: expected {}, explained as {explained}", self.about, self.expect))
    }

    fn judge(&self, reply: &Reply) -> Option<String> {
        let text = reply.text();
        let reason = if reply.header("content-type").starts_with("text/plain") {
            text.split("\nnarrowgate: ")
                .nth(1)
                .and_then(|rest| rest.split(',').next())
                .unwrap_or_default()
                .to_owned()
        } else {
            reply.reason()
        };
        // Who is blocked, the instance knows: it says so itself.
        let passes = matches!(self.expect.as_str(), "allow" | "public" | "owner_blocked");
        let expected = if passes { "" } else { &self.expect };
        let as_expected = reason == expected
            && self.status.is_none_or(|status| status == reply.status)
            && self.says.as_ref().is_none_or(|says| text.contains(says) || reply.asked.starts_with("HEAD"));
        (!as_expected).then(|| {
            format!(
                "{}: expected {} {:?}, got `{reason}`: {}",
                self.about,
                self.expect,
                self.status,
                reply.summary()
            )
        })
    }
}

fn basic(bearer: &Bearer) -> String {
    format!("Basic {}", BASE64_STANDARD.encode(format!("oauth2:{}", bearer.text())))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_gate_decides_and_explains_as_the_engine_does() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/policy/tests/cases.toml");
    let text = std::fs::read_to_string(path).expect("the cases can be read");
    let file: File = toml::from_str(&text).expect("the cases are well formed");
    // One gate for each setting that the cases ask for.
    let mut groups: BTreeMap<(Vec<u64>, bool), Vec<Case>> = BTreeMap::new();
    for case in file.case {
        groups.entry((case.enforced.clone(), case.public_reads)).or_default().push(case);
    }
    let mut wrong = Vec::new();
    let mut count = 0;
    for ((enforced, public_reads), cases) in &groups {
        count += cases.len();
        wrong.extend(play(enforced, *public_reads, cases).await);
    }
    println!("{count} cases before {} gates", groups.len());
    assert!(wrong.is_empty(), "{} faults\n{}", wrong.len(), wrong.join("\n"));
}

async fn play(enforced: &[u64], public_reads: bool, cases: &[Case]) -> Vec<String> {
    let mut builder = TestGate::builder().argument(&format!("--public-reads={public_reads}"));
    if !enforced.is_empty() {
        let ids: Vec<_> = enforced.iter().map(ToString::to_string).collect();
        builder = builder.argument(&format!("--enforced-groups={}", ids.join(",")));
    }
    let mut texts = Vec::new();
    let stocking = async |folder: &Path| {
        let mut database = Stock::open(folder).await;
        for case in cases {
            texts.push(case.stock(&mut database).await);
        }
    };
    let gate = builder.start_with(stocking).await;
    let mut wrong = Vec::new();
    let administrator = gate.root().native();
    for (case, (id, text)) in cases.iter().zip(&texts) {
        let blocked = case.state.as_deref() == Some("owner_blocked");
        if blocked {
            gate.sandbox().block_user(&case.owner);
        }
        let reply = case.send(&gate.holder_of(text)).await;
        wrong.extend(case.judge(&reply));
        let explained = case.explain(&administrator, *id).await;
        wrong.extend(explained.and_then(|reply| case.judge_explained(&reply)));
        if blocked {
            gate.sandbox().unblock_user(&case.owner);
        }
    }
    wrong
}
