//! What refusals look like on the wire: status, headers and body, byte for byte.

use insta::assert_snapshot;
use narrowgate_store::time::{Clock, Date, SystemClock};
use narrowgate_store::tokens::{GrantAccess, TokenPrivileges};
use narrowgate_tests::grant::{group, instance, project, user};
use narrowgate_tests::{Reply, Stock, TestGate, stock, world};
use serde_json::{Value, json};

/// A refusal as the client sees it; the request id, new each time, is checked and left out.
fn shown(reply: &Reply) -> String {
    let id = reply.header("x-request-id");
    assert!(id.len() >= 16, "no request id: {}", reply.summary());
    let body = reply.text();
    assert!(body.is_empty() || body.contains(id), "the body names the request: {}", reply.summary());
    let mut lines = vec![format!("{} -> {}", reply.asked, reply.status)];
    for name in [
        "content-type",
        "www-authenticate",
        "cache-control",
        "x-content-type-options",
        "x-frame-options",
        "vary",
    ] {
        if reply.headers.contains_key(name) {
            lines.push(format!("{name}: {}", reply.header(name)));
        }
    }
    lines.push(body);
    lines.join("\n").replace(id, "[request-id]")
}

#[tokio::test(flavor = "multi_thread")]
async fn fine_grained_refusals() {
    let gate = TestGate::start().await;
    let token = gate.developer().token(&[project(world::WEB, &["read_work_item"])]).await;
    let broad =
        gate.developer().token(&[group(world::PLATFORM, &["read_work_item"]), user(&["read_user"])]).await;

    assert_snapshot!("permission_missing", shown(&token.get("/projects/20/jobs").await));
    assert_snapshot!("outside_boundary", shown(&token.get("/projects/21/issues").await));
    assert_snapshot!("group_permission_missing", shown(&broad.get("/groups/11").await));
    assert_snapshot!("user_permission_missing", shown(&broad.get("/user/status").await));
    assert_snapshot!("instance_permission_missing", shown(&broad.get("/application/settings").await));
    assert_snapshot!("hidden_project", shown(&token.get("/projects/34/issues").await));
    assert_snapshot!("missing_project", shown(&token.get("/projects/99/issues").await));
    let page = token.call("GET", "").at_root("/acme/web/-/archive/main/web.zip");
    assert_snapshot!("web_route", shown(&page.send().await));
    assert_snapshot!("not_covered", shown(&token.get("/no/such/endpoint").await));
    assert_snapshot!("ambiguous", shown(&token.get("/projects/20/issues.json").await));
    assert_snapshot!("violation", shown(&token.get("/projects/20/issues?project_id=21").await));
    let graphql =
        token.call("POST", "").at_root("/api/graphql").json(&json!({"query": "{ currentUser { id } }"}));
    assert_snapshot!("graphql", shown(&graphql.send().await));
    let administrator = gate.root().token(&[instance(&["read_work_item"])]).await;
    assert_snapshot!("instance_grant_elsewhere", shown(&administrator.get("/projects/20/issues").await));
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_of_the_credential() {
    let mut expired = String::new();
    let yesterday = Date::parse("2020-01-31").expect("a date");
    assert!(yesterday.midnight() < SystemClock.now());
    let gate = TestGate::builder()
        .start_with(async |folder| {
            let grants = vec![stock::plain(GrantAccess::AllMemberships, &["read_work_item".to_owned()])];
            let privileges = TokenPrivileges::FineGrained(grants);
            expired = Stock::open(folder).await.add("dev", privileges, Some(yesterday)).await.1;
        })
        .await;
    let issues = "/projects/20/issues";
    assert_snapshot!("no_credential", shown(&gate.nobody().get(issues).await));
    assert_snapshot!("malformed", shown(&gate.holder_of("ngpat-nothing").get(issues).await));
    assert_snapshot!("unknown", shown(&gate.holder_of(&stranger(&expired)).get(issues).await));
    assert_snapshot!("expired", shown(&gate.holder_of(&expired).get(issues).await));
    let native = gate.developer().native();
    assert_snapshot!("foreign", shown(&native.get(issues).await));

    let token = gate.developer().token(&[project(world::WEB, &["read_work_item"])]).await;
    let two = token.call("GET", issues).header("authorization", &format!("Bearer {}", native.text()));
    assert_snapshot!("two_credentials", shown(&two.send().await));
    token.delete("/personal_access_tokens/self").await.assert_status(204);
    assert_snapshot!("revoked", shown(&token.get(issues).await));
    let job = gate.developer().token(&[project(world::WEB, &["read_job"])]).await;
    assert_snapshot!("other_credential", shown(&job.get("/job").await));
}

/// A well-formed token that nobody made: another gate's.
fn stranger(known: &str) -> String {
    use narrowgate_secret::{Prefixes, mint};
    use rand::SeedableRng;
    let token = mint(Prefixes::default().personal(), &mut rand::rngs::StdRng::seed_from_u64(99));
    assert_ne!(token.expose(), known);
    token.expose().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_of_kinds_that_are_switched_off() {
    let gate = TestGate::start().await;
    let root = gate.root().native();
    let policy = async |rules: Value| {
        root.own("PUT", "/policies/instance").json(&rules).send().await.assert_status(200);
    };
    let fine = gate.developer().token(&[project(world::WEB, &["read_work_item"])]).await;
    let wish = json!({"name": "support", "scopes": ["read_api"]});
    let support = root.post("/users/3/impersonation_tokens", &wish).await.assert_status(201);
    let support = gate.holder_of_new(&support);
    let issues = "/projects/20/issues";
    for token in [&fine, &support] {
        token.get(issues).await.assert_ok();
    }

    policy(json!({"no_impersonation": true})).await;
    assert_snapshot!("impersonation_disabled", shown(&support.get(issues).await));
    assert_snapshot!(
        "impersonation_not_made",
        shown(&root.post("/users/3/impersonation_tokens", &wish).await)
    );
    fine.get(issues).await.assert_ok();
    policy(json!({"no_fine_grained": true})).await;
    assert_snapshot!("fine_grained_disabled", shown(&fine.get(issues).await));
    let wish = json!({"name": "x", "granular_scopes": [project(world::WEB, &["read_work_item"])]});
    let maria = gate.maintainer().native();
    assert_snapshot!(
        "fine_grained_not_made",
        shown(&maria.post("/user/personal_access_tokens", &wish).await)
    );
    support.get(issues).await.assert_ok();
    let group = root.own("PUT", "/policies/groups/10").json(&json!({"no_impersonation": true}));
    group.send().await.assert_status(422);
    root.own("DELETE", "/policies/instance").send().await.assert_status(204);
    for token in [&fine, &support] {
        token.get(issues).await.assert_ok();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn legacy_refusals() {
    let gate = TestGate::builder().argument("--enforced-groups=10").start().await;
    let reads = gate.developer().legacy(&["read_api"]).await;
    let body = json!({"title": "x"});
    assert_snapshot!("scope_missing", shown(&reads.post("/projects/32/issues", &body).await));
    let profile = gate.developer().legacy(&["read_user"]).await;
    assert_snapshot!("scopes_missing", shown(&profile.get("/projects/32/issues").await));
    assert_snapshot!("fine_grained_required", shown(&reads.get("/projects/20/issues").await));
    let graphql = |query: &Value| reads.call("POST", "").at_root("/api/graphql").json(query);
    graphql(&json!({"query": "{ currentUser { username } }"})).send().await.assert_ok();
    let mutation = json!({"query": "mutation { issueSetConfidential(input: {iid: \"1\"}) { errors } }"});
    assert_snapshot!("graphql_scope_missing", shown(&graphql(&mutation).send().await));
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_of_conditions_roles_and_sudo() {
    let gate = TestGate::start().await;
    let maria = gate.maintainer().native();
    let token = gate.maintainer().token(&[project(world::WEB, &["read_work_item", "create_branch"])]).await;
    let demand = async |conditions: Value| {
        let path = format!("/tokens/{}", token.id());
        let edit = maria.own("PATCH", &path).json(&json!({ "conditions": conditions }));
        edit.send().await.assert_status(200);
    };
    let issues = "/projects/20/issues";
    demand(json!({"addresses": ["192.0.2.0/24"]})).await;
    assert_snapshot!("address_not_allowed", shown(&token.get(issues).await));
    demand(json!({"not_before": "2099-01-01T00:00:00Z"})).await;
    assert_snapshot!("not_yet_valid", shown(&token.get(issues).await));
    demand(json!({"push_refs": ["refs/heads/feature/*"]})).await;
    let branch = "/projects/20/repository/branches?branch=x&ref=main";
    assert_snapshot!("ref_not_allowed", shown(&token.post(branch, &json!({})).await));

    let bot = json!({"name": "bot", "scopes": ["api"], "access_level": 30});
    let bot = maria.post("/projects/20/access_tokens", &bot).await.assert_status(201);
    let bot = gate.holder_of_new(&bot);
    assert_snapshot!("role_too_low", shown(&bot.get("/projects/20/variables").await));
    assert_snapshot!("bot_elsewhere", shown(&bot.get("/projects/22/issues").await));

    let administrator = gate.root().token(&[user(&["read_user"])]).await;
    let sudo = administrator.call("GET", "/user").header("sudo", "dev");
    assert_snapshot!("sudo_not_allowed", shown(&sudo.send().await));
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_of_job_tokens() {
    let gate = TestGate::start().await;
    let maria = gate.maintainer().native();
    let job = maria.own("POST", "/projects/20/job_tokens").json(&json!({"job_id": 7, "user_id": world::DEV}));
    let job = gate.holder_of_new(&job.send().await.assert_status(201));
    let get =
        async |path: &str| job.call("GET", path).without_token().header("job-token", job.text()).send().await;
    assert_snapshot!("not_open_to_jobs", shown(&get("/projects/20/issues").await));
    assert_snapshot!("not_allowlisted", shown(&get("/projects/22/jobs").await));
    let list = json!({"entries": [{"type": "project", "id": world::WEB, "policies": ["READ_RELEASES"]}]});
    maria.own("PUT", "/projects/22/job_token_allowlist").json(&list).send().await.assert_status(200);
    assert_snapshot!("job_policy_missing", shown(&get("/projects/22/jobs").await));
    maria.own("DELETE", "/projects/20/job_tokens/7").send().await.assert_status(204);
    assert_snapshot!("job_ended", shown(&get("/projects/20/jobs").await));
}

#[tokio::test(flavor = "multi_thread")]
async fn git_and_lfs_refusals() {
    let gate = TestGate::start().await;
    let token = gate.developer().token(&[project(world::WEB, &["read_work_item"])]).await;
    let fetch = "/info/refs?service=git-upload-pack";
    let git = |target: &str| token.call("GET", "").at_root(target).without_token();

    assert_snapshot!("git_no_credential", shown(&git(&format!("/acme/web.git{fetch}")).send().await));
    let wrong = git(&format!("/acme/web.git{fetch}")).header("authorization", &basic("ngpat-nothing"));
    assert_snapshot!("git_malformed", shown(&wrong.send().await));
    assert_snapshot!(
        "git_permission_missing",
        shown(&login_and_send(&token, &format!("/acme/web.git{fetch}")).await)
    );
    assert_snapshot!("git_hidden", shown(&login_and_send(&token, &format!("/root/vault.git{fetch}")).await));
    let batch = json!({"operation": "download", "objects": []}).to_string();
    let kind = "application/vnd.git-lfs+json";
    let lfs = token.call("POST", "").at_root("/acme/web.git/info/lfs/objects/batch").without_token();
    let lfs =
        lfs.header("authorization", &basic(token.text())).header("accept", kind).body(kind, batch.clone());
    assert_snapshot!("lfs_permission_missing", shown(&lfs.send().await));
    let lfs = token.call("POST", "").at_root("/acme/web.git/info/lfs/objects/batch").without_token();
    assert_snapshot!("lfs_no_credential", shown(&lfs.header("accept", kind).body(kind, batch).send().await));
}

async fn login_and_send(token: &narrowgate_tests::Bearer, target: &str) -> Reply {
    let call = token.call("GET", "").at_root(target).without_token();
    call.header("authorization", &basic(token.text())).send().await
}

fn basic(token: &str) -> String {
    use base64::Engine;
    format!("Basic {}", base64::prelude::BASE64_STANDARD.encode(format!("oauth2:{token}")))
}

/// A row of tests/refusals.toml.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    case: String,
    snapshot: Option<String>,
    status: Option<u16>,
    body: Option<String>,
    challenge: Option<String>,
    #[serde(default)]
    never: bool,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    refusal: Vec<Row>,
}

/// Snapshots are easily accepted by reflex: these must say what GitLab says, to the letter.
#[test]
fn every_refusal_of_gitlab_has_a_snapshot_that_says_the_same() {
    let table: Table = toml::from_str(include_str!("../refusals.toml")).expect("a table");
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(folder.join("../docs/reference/refusals.md")).expect("a page");
    let impossible = page.split("## What can't occur").nth(1).expect("a chapter");
    for row in &table.refusal {
        let case = &row.case;
        let Some(name) = &row.snapshot else {
            assert!(
                row.never && impossible.contains(&format!("`{case}`")),
                "{case}: neither shown nor explained"
            );
            continue;
        };
        let path = folder.join(format!("e2e/snapshots/e2e__refusals__{name}.snap"));
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{case}: {name}: {error}"));
        let shown = text.splitn(3, "---\n").nth(2).expect("a snapshot has a head");
        let mut lines = shown.lines();
        let (first, last) = (lines.next().expect("a line"), lines.next_back().expect("a body"));
        assert_eq!(
            first.rsplit(' ').next(),
            row.status.map(|status| status.to_string()).as_deref(),
            "{case}"
        );
        let challenge = lines.find_map(|line| line.strip_prefix("www-authenticate: "));
        assert_eq!(challenge, row.challenge.as_deref(), "{case}");
        let (body, _) = last.split_once(",\"narrowgate\":").expect("the body names the request");
        assert_eq!(Some(format!("{body}}}")), row.body, "{case}");
    }
}
