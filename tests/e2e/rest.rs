//! REST through the gate: what a token holds, it may do; nothing else.

use narrowgate_tests::grant::{group, memberships, personal, project, user};
use narrowgate_tests::world::{ACME, API, DEV_HOME, GUS_HOME, INFRA, MARIA_HOME, PLATFORM, SITE, VAULT, WEB};
use narrowgate_tests::{Bearer, TestGate};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_token_does_what_its_grant_says_where_it_says() {
    let gate = TestGate::start().await;
    let reader = gate.maintainer().token(&[project(WEB, &["read_work_item"])]).await;

    let issues = reader.get("/projects/20/issues").await.assert_ok();
    assert!(issues.json().is_array(), "{}", issues.summary());
    reader.get("/projects/acme%2Fweb/issues").await.assert_ok();
    reader.get("/projects/acme%2fweb/issues").await.assert_ok();
    reader.call("HEAD", "/projects/20/issues").send().await.assert_ok();

    // Another permission on the same project; a write beside a read.
    reader.get("/projects/20/jobs").await.assert_denied("read_job").assert_reason("permission_missing");
    reader.post("/projects/20/issues", &json!({"title": "no"})).await.assert_denied("create_work_item");
    reader.delete("/projects/20/issues/1").await.assert_denied("delete_work_item");

    // The same permission on other projects that maria maintains.
    for path in ["/projects/21/issues", "/projects/22/issues", "/projects/acme%2Fplatform%2Finfra/issues"] {
        reader.get(path).await.assert_denied("read_work_item").assert_reason("outside_boundary");
    }
    // What maria can't see doesn't exist.
    reader.get("/projects/34/issues").await.assert_hidden();
    reader.get("/projects/root%2Fvault/issues").await.assert_hidden();
    reader.get("/projects/4711/issues").await.assert_hidden();
    // Endpoints that no grant names.
    reader.get("/no/such/endpoint").await.assert_status(403).assert_reason("not_covered");

    let writer = gate.maintainer().token(&[project(WEB, &["create_work_item"])]).await;
    writer.post("/projects/20/issues", &json!({"title": "from a token"})).await.assert_status(201);
    writer.get("/projects/20/issues").await.assert_denied("read_work_item");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_request_never_arrives() {
    let gate = TestGate::start().await;
    let token = gate.maintainer().token(&[project(WEB, &["read_work_item"])]).await;
    for (method, path) in
        [("GET", "/projects/20/jobs"), ("DELETE", "/projects/20/issues/1"), ("GET", "/projects/21/issues")]
    {
        token.call(method, path).header("x-refused", "1").send().await.assert_status(403);
    }
    token.call("GET", "/projects/34/issues").header("x-refused", "1").send().await.assert_hidden();
    gate.holder_of("ngpat-nothing")
        .call("GET", "/projects/20/issues")
        .header("x-refused", "1")
        .send()
        .await
        .assert_status(401);
    assert_eq!(gate.seen_with("x-refused"), []);

    token.call("GET", "/projects/20/issues").header("x-allowed", "1").send().await.assert_ok();
    let seen = gate.seen_with("x-allowed");
    assert_eq!(seen.len(), 1, "{seen:?}");
    assert_eq!(seen[0].user.as_deref(), Some("maria"));
    let owners: Vec<_> = seen[0].credentials.iter().map(|credential| credential.owner.as_deref()).collect();
    assert_eq!(owners, [Some("maria")], "one credential, and the connection's");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_on_a_group_covers_what_is_below_it() {
    let gate = TestGate::start().await;
    let acme = gate.maintainer().token(&[group(ACME, &["read_work_item", "read_group"])]).await;
    for path in [
        "/projects/20/issues",
        "/projects/21/issues",
        "/projects/22/issues",
        "/groups/10",
        "/groups/11",
        "/groups/acme%2Fplatform",
    ] {
        acme.get(path).await.assert_ok();
    }
    acme.get("/projects/31/issues").await.assert_denied("read_work_item").assert_reason("outside_boundary");

    let platform = gate.maintainer().token(&[group(PLATFORM, &["read_work_item", "read_group"])]).await;
    platform.get("/projects/22/issues").await.assert_ok();
    platform.get("/groups/11").await.assert_ok();
    platform.get("/projects/20/issues").await.assert_denied("read_work_item");
    // acme itself is public: that may be read without a grant, and no more than that.
    platform.get("/groups/10/runners").await.assert_denied("read_runner");
}

#[tokio::test(flavor = "multi_thread")]
async fn memberships_and_the_own_namespace() {
    let gate = TestGate::start().await;
    let member = gate.developer().token(&[memberships(&["read_work_item"])]).await;
    for id in [WEB, API, INFRA, DEV_HOME] {
        member.get(&format!("/projects/{id}/issues")).await.assert_ok();
    }
    for id in [VAULT, MARIA_HOME, GUS_HOME] {
        member.get(&format!("/projects/{id}/issues")).await.assert_hidden();
    }

    let own = gate.developer().token(&[personal(&["read_work_item"])]).await;
    own.get("/projects/32/issues").await.assert_ok();
    own.get("/projects/dev%2Fhome/issues").await.assert_ok();
    own.get("/projects/20/issues").await.assert_denied("read_work_item").assert_reason("outside_boundary");

    // gus is no member of acme/api, which is internal: he sees it, and holds nothing there.
    let guest = gate.guest().token(&[memberships(&["read_work_item"])]).await;
    guest.get("/projects/21/issues").await.assert_denied("read_work_item").assert_reason("outside_boundary");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_grant_covers_the_user_alone() {
    let gate = TestGate::start().await;
    let token = gate.developer().token(&[user(&["read_user", "read_preference"])]).await;
    assert_eq!(token.get("/user").await.assert_ok().json()["username"], "dev");
    token.get("/user/preferences").await.assert_ok();
    token.get("/user/status").await.assert_denied("read_status");
    token.get("/projects/20/issues").await.assert_denied("read_work_item");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bare_id_is_located_by_asking_the_instance() {
    let gate = TestGate::start().await;
    // The sandbox keeps each of them in acme/web, acme/platform/infra and root/vault under the ids 1, 2 and 3.
    let permissions = ["read_vulnerability", "read_container_repository", "read_runner"];
    let web = gate.maintainer().token(&[project(WEB, &permissions)]).await;
    for (path, permission) in
        [("/vulnerabilities", "read_vulnerability"), ("/registry/repositories", "read_container_repository")]
    {
        web.get(&format!("{path}/1")).await.assert_ok();
        web.get(&format!("{path}/2")).await.assert_denied(permission).assert_reason("outside_boundary");
        web.get(&format!("{path}/3")).await.assert_hidden();
        web.get(&format!("{path}/4711")).await.assert_hidden();
    }
    let groups = gate.maintainer().token(&[group(ACME, &["read_virtual_registry"])]).await;
    groups.get("/virtual_registries/container/registries/1").await.assert_ok();
    web.get("/virtual_registries/container/registries/1").await.assert_denied("read_virtual_registry");

    // A look-up that nothing answers is not found, whatever the token holds.
    let all = gate.maintainer().token(&[memberships(&["apply_suggestion"])]).await;
    all.call("PUT", "/suggestions/1/apply").send().await.assert_hidden();
}

#[tokio::test(flavor = "multi_thread")]
async fn public_projects_are_read_without_a_grant() {
    let gate = TestGate::start().await;
    let token = gate.developer().token(&[project(WEB, &["read_job"])]).await;
    let path = format!("/projects/{SITE}/repository/branches");
    token.call("GET", &path).header("x-public", "1").send().await.assert_ok();
    // As anybody would: the owner may see more there than the token.
    assert!(gate.seen_with("x-public").iter().all(|request| request.user.is_none()));
    token.post(&path, &json!({"branch": "x", "ref": "main"})).await.assert_denied("create_branch");
    token.get("/projects/20/repository/branches").await.assert_denied("read_branch");

    let strict = TestGate::builder().argument("--public-reads=false").start().await;
    let token = strict.developer().token(&[project(WEB, &["read_job"])]).await;
    token.get(&path).await.assert_denied("read_branch");
}

#[tokio::test(flavor = "multi_thread")]
async fn legacy_tokens_go_by_their_scopes() {
    let gate = TestGate::start().await;
    let reads = gate.maintainer().legacy(&["read_api"]).await;
    for path in ["/projects/20/issues", "/projects/21/jobs", "/projects/22", "/user"] {
        reads.get(path).await.assert_ok();
    }
    let refused = reads.post("/projects/20/issues", &json!({"title": "no"})).await.assert_status(403);
    assert_eq!(refused.json()["error"], "insufficient_scope", "{}", refused.summary());
    reads.get("/projects/34").await.assert_status(404);

    let all = gate.maintainer().legacy(&["api"]).await;
    all.post("/projects/20/issues", &json!({"title": "yes"})).await.assert_status(201);
    let person = gate.maintainer().legacy(&["read_user"]).await;
    person.get("/user").await.assert_ok();
    person.get("/projects/20").await.assert_status(403).assert_reason("scope_missing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_may_take_fine_grained_tokens_only() {
    let gate = TestGate::builder().argument("--enforced-groups=10").start().await;
    let legacy = gate.maintainer().legacy(&["api"]).await;
    legacy
        .get("/projects/20/issues")
        .await
        .assert_denied("read_work_item")
        .assert_reason("fine_grained_required");
    legacy.get("/projects/22/issues").await.assert_denied("read_work_item");
    legacy.get("/projects/31/issues").await.assert_ok();
    let fine = gate.maintainer().token(&[project(WEB, &["read_work_item"])]).await;
    fine.get("/projects/20/issues").await.assert_ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scope_never_lifts_a_role() {
    let gate = TestGate::start().await;
    let permissions =
        ["create_branch", "delete_project", "create_variable", "read_variable", "read_work_item"];
    let guest = gate.guest().token(&[project(WEB, &permissions)]).await;
    guest.get("/projects/20/issues").await.assert_ok();
    // The grant is there, so the gate lets it pass; the instance knows the role.
    for (method, path) in [
        ("POST", "/projects/20/repository/branches?branch=mine&ref=main"),
        ("DELETE", "/projects/20"),
        ("POST", "/projects/20/variables?key=A&value=b"),
        ("GET", "/projects/20/variables"),
    ] {
        let reply = guest.call(method, path).header("x-role", "1").send().await.assert_status(403);
        assert_eq!(reply.reason(), "", "the instance's own answer is passed on: {}", reply.summary());
    }
    assert_eq!(gate.seen_with("x-role").len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_stay_on_the_gate() {
    let gate = TestGate::start().await;
    let token = gate.maintainer().token(&[project(WEB, &["read_work_item", "create_work_item"])]).await;
    for title in ["one", "two", "three"] {
        token.post("/projects/20/issues", &json!({"title": title})).await.assert_status(201);
    }
    let page = token.get("/projects/20/issues?per_page=1&page=1").await.assert_ok();
    let next = next_link(page.header("link")).expect("a second page");
    assert!(next.starts_with(&gate.url()), "{next}");
    assert!(!page.header("link").contains(gate.instance()), "{}", page.header("link"));
    let second = token.call("GET", "").at_root(next.trim_start_matches(&gate.url())).send().await.assert_ok();
    assert_ne!(second.json()[0]["id"], page.json()[0]["id"]);
    assert_eq!(page.header("x-per-page"), "1");

    let over_http2 = token.over_http2();
    let page = over_http2.get("/projects/20/issues?per_page=1").await.assert_ok();
    assert!(page.header("link").contains(&gate.url()), "{}", page.header("link"));
    assert!(
        !page.headers.values().any(|value| value.to_str().is_ok_and(|text| text.contains(gate.instance())))
    );
}

fn next_link(link: &str) -> Option<String> {
    let part = link.split(',').find(|part| part.contains("rel=\"next\""))?;
    Some(part.split('>').next()?.trim().trim_start_matches('<').to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn many_requests_share_one_connection() {
    let gate = TestGate::start().await;
    let token = gate.maintainer().token(&[project(WEB, &["read_work_item"])]).await;
    let shared = token.over_http2();
    let mut requests = tokio::task::JoinSet::new();
    for number in 0..60 {
        let bearer = shared.clone();
        let id = 20 + number % 3;
        requests.spawn(async move { (id, bearer.get(&format!("/projects/{id}/issues")).await) });
    }
    for (id, reply) in requests.join_all().await {
        assert_eq!(reply.status, if id == 20 { 200 } else { 403 }, "{}", reply.summary());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_renamed_project_keeps_its_grant_and_leaves_nothing_at_its_old_path() {
    let gate = TestGate::start().await;
    let api = gate.maintainer().token(&[project(API, &["create_work_item"])]).await;
    api.post("/projects/21/issues", &json!({"title": "of the other project"})).await.assert_status(201);
    let web = gate.maintainer().token(&[project(WEB, &["read_work_item"])]).await;
    web.get("/projects/acme%2Fweb/issues").await.assert_ok();
    assert!(gate.sandbox().rename_project(WEB, "site-old"));
    assert!(gate.sandbox().rename_project(API, "web"));

    // The path now names another project. Until the gate has asked again it may take it for the old one, but what it
    // answers is never the new one's: the grant doesn't follow the text.
    let mut moved = false;
    for _ in 0..80 {
        let reply = web.get("/projects/acme%2Fweb/issues").await;
        assert!(!reply.text().contains("of the other project"), "{}", reply.summary());
        moved = reply.status == 403;
        if moved {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert!(moved, "the gate still takes the path for the old project");
    web.get("/projects/20/issues").await.assert_ok();
    web.get("/projects/acme%2Fsite-old/issues").await.assert_ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_leaves_a_project_no_longer_sees_it() {
    let gate = TestGate::start().await;
    let guest =
        gate.guest().token(&[memberships(&["read_work_item"]), project(WEB, &["read_project"])]).await;
    guest.get("/projects/20/issues").await.assert_ok();
    assert!(gate.sandbox().set_project_role(WEB, "gus", 0));
    assert!(
        eventually(&guest, "/projects/20/issues", 404).await,
        "the gate remembers the membership for too long"
    );
    guest.get("/projects/20").await.assert_status(404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_field_needs_its_own_permission() {
    let gate = TestGate::start().await;
    let plain = gate.maintainer().token(&[project(WEB, &["read_project"])]).await;
    let whole =
        gate.maintainer().token(&[project(WEB, &["read_project", "reset_runner_registration_token"])]).await;
    let elsewhere = gate
        .maintainer()
        .token(&[project(WEB, &["read_project"]), project(API, &["reset_runner_registration_token"])])
        .await;
    let shown = |reply: narrowgate_tests::Reply| reply.json()["runners_token"].is_string();
    assert!(shown(whole.get("/projects/20").await.assert_ok()));
    assert!(!shown(plain.get("/projects/20").await.assert_ok()));
    assert!(!shown(elsewhere.get("/projects/20").await.assert_ok()));
    let shown_by_name = plain.get("/projects/acme%2Fweb").await.assert_ok();
    assert_eq!(shown_by_name.json()["path_with_namespace"], "acme/web");
    assert!(!shown(shown_by_name));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_container_in_a_parameter_is_found_however_it_is_written() {
    let gate = TestGate::start().await;
    // Cloning an issue names a second project: here one that the token does not reach.
    let permissions = ["create_work_item", "update_work_item", "read_work_item"];
    let token = gate.maintainer().token(&[project(WEB, &permissions)]).await;
    let path = "/projects/20/issues/1/clone";
    let form = "application/x-www-form-urlencoded";
    let values = [
        json!(22),
        json!("22"),
        json!(" 22"),
        json!("+22"),
        json!("22 "),
        json!("022"),
        json!(22.0),
        json!([22]),
        json!(["22"]),
        json!({"id": 22}),
        json!("22abc"),
        json!(2.2e1),
        json!("acme/platform/infra"),
    ];
    let mut wrong = Vec::new();
    let mut judge = |what: String, reply: narrowgate_tests::Reply| {
        if !(400..500).contains(&reply.status) || reply.reason().is_empty() {
            wrong.push(format!("{what}: {}", reply.summary()));
        }
    };
    for value in &values {
        let body = json!({"to_project_id": value});
        judge(
            format!("JSON {value}"),
            token.call("POST", path).header("x-second", "1").json(&body).send().await,
        );
    }
    for text in [
        "to_project_id=22",
        "to_project_id=22abc",
        "to_project_id=+22",
        "to_project_id[]=22",
        "to%5Fproject_id=22",
        "to_project_id=20&to_project_id=22",
        "to_project_id=22&to_project_id=20",
    ] {
        judge(
            format!("form {text}"),
            token.call("POST", path).header("x-second", "1").body(form, text).send().await,
        );
        let in_query = format!("{path}?{text}");
        judge(format!("query {text}"), token.call("POST", &in_query).header("x-second", "1").send().await);
        let both = token.call("POST", &in_query).header("x-second", "1").json(&json!({"to_project_id": 20}));
        judge(format!("query {text} beside the body"), both.send().await);
    }
    let multipart =
        "--xyz\r\nContent-Disposition: form-data; name=\"to_project_id\"\r\n\r\n22\r\n--xyz--\r\n";
    let call =
        token.call("POST", path).header("x-second", "1").body("multipart/form-data; boundary=xyz", multipart);
    judge("multipart".to_owned(), call.send().await);
    assert!(wrong.is_empty(), "{} faults\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(gate.seen_with("x-second"), []);

    // The token's own project may be named in each of these ways.
    token.post(path, &json!({"to_project_id": 20})).await.assert_status(201);
    token.call("POST", path).body(form, "to_project_id=20").send().await.assert_status(201);
    token.call("POST", &format!("{path}?to_project_id=20")).send().await.assert_status(201);
}

/// Asks until the status is `status`, for no longer than the directory keeps what it knows.
async fn eventually(bearer: &Bearer, path: &str, status: u16) -> bool {
    for _ in 0..80 {
        if bearer.get(path).await.status == status {
            return true;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    false
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_pass_unchanged_in_both_directions() {
    let gate = TestGate::start().await;
    let permissions = [
        "create_repository",
        "read_repository",
        "update_repository",
        "read_code",
        "download_code",
        "push_code",
    ];
    let token = gate.maintainer().token(&[project(WEB, &permissions)]).await;
    let content: String =
        (0..200_000_u32).map(|i| char::from(b'a' + u8::try_from(i % 26).expect("below 26"))).collect();
    let body = json!({"branch": "main", "commit_message": "add", "content": content});
    token.post("/projects/20/repository/files/big%2Etxt", &body).await.assert_status(201);
    let raw = token.get("/projects/20/repository/files/big%2Etxt/raw?ref=main").await.assert_ok();
    assert_eq!(raw.text(), content);
    let missing = token.get("/projects/20/repository/files/none%2Etxt?ref=main").await.assert_status(404);
    assert_eq!(missing.reason(), "", "the instance's own answer: {}", missing.summary());
}
