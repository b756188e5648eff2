//! Everything at trace level, and no secret in any of it.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use narrowgate_tests::grant::{project, user};
use narrowgate_tests::{Bearer, Fault, FaultyInstance, GitClient, LoginBy, TestGate, start_sandbox, world};
use serde_json::json;

/// What must not be found anywhere, with a name that may.
struct Secret {
    name: String,
    text: String,
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_the_gate_writes_holds_a_secret() {
    let sandbox = start_sandbox().await;
    let instance = FaultyInstance::before(sandbox.base_url()).await;
    let builder = TestGate::builder().sandbox(sandbox).instance(&instance.url());
    let builder = builder
        .argument("--log=trace")
        .argument("--response-timeout-s=2")
        .environment("RUST_BACKTRACE", "full");
    let mut gate = builder.start().await;
    let mut secrets: Vec<Secret> = ["root", "maria", "dev", "gus"]
        .iter()
        .zip([gate.root(), gate.maintainer(), gate.developer(), gate.guest()])
        .map(|(name, person)| secret(&format!("the credential of {name}"), person.native().text()))
        .collect();

    let all = ["read_work_item", "create_work_item", "download_code", "push_code", "create_variable"];
    let manage = [
        "create_personal_access_token",
        "read_personal_access_token",
        "rotate_personal_access_token",
        "revoke_personal_access_token",
    ];
    let fine = gate.developer().token(&[project(world::WEB, &all), user(&manage)]).await;
    let legacy = gate.maintainer().legacy(&["api"]).await;
    secrets.push(secret("the fine-grained token", fine.text()));
    secrets.push(secret("the legacy token", legacy.text()));

    carry_in_every_way(&gate, &fine, &legacy).await;
    let rotated = fine.post("/personal_access_tokens/self/rotate", &json!({})).await.assert_ok().json();
    let successor = gate.holder_of(rotated["token"].as_str().expect("shown once"));
    secrets.push(secret("the rotated token", successor.text()));
    provoke_errors(&gate, &instance, &successor).await;
    gate.process().terminate().await;

    assert_absent(&gate.output(), "the output", &secrets);
    for entry in std::fs::read_dir(gate.folder()).expect("the folder can be read") {
        let path = entry.expect("an entry").path();
        let bytes = std::fs::read(&path).expect("the file can be read");
        assert_absent(&String::from_utf8_lossy(&bytes), &path.display().to_string(), &secrets);
    }
    assert!(gate.output().contains("TRACE"), "the log is not at trace level");
    assert!(!gate.output().contains("panicked"), "{}", gate.output());
}

fn secret(name: &str, text: &str) -> Secret {
    Secret { name: name.to_owned(), text: text.to_owned() }
}

/// The token by every carrier, in requests that succeed and that fail.
async fn carry_in_every_way(gate: &TestGate, fine: &Bearer, legacy: &Bearer) {
    let url = format!("{}/acme/web.git", gate.url());
    for login in [LoginBy::Header, LoginBy::Helper] {
        let git = GitClient::of(fine, login);
        let name = format!("{login:?}");
        git.clone(&url, &name).await.assert_ok();
        git.commit(&name, "secret.txt", b"x").await;
        git.run(&git.path(&name), &["push", "--quiet", "origin", &format!("HEAD:refs/heads/{name}")])
            .await
            .assert_ok();
    }
    for bearer in [fine, legacy] {
        let text = bearer.text();
        for path in
            ["/projects/20/issues", "/projects/22/jobs", "/projects/34", "/no/such", "/projects/20/../22"]
        {
            bearer.get(path).await;
            bearer.call("GET", &format!("{path}?private_token={text}")).without_token().send().await;
            bearer.call("GET", &format!("{path}?access_token={text}&x=%zz")).without_token().send().await;
            bearer
                .call("GET", path)
                .without_token()
                .header("authorization", &format!("Bearer {text}"))
                .send()
                .await;
            let basic = BASE64_STANDARD.encode(format!("x:{text}"));
            bearer
                .call("GET", path)
                .without_token()
                .header("authorization", &format!("Basic {basic}"))
                .send()
                .await;
            bearer.call("GET", path).without_token().header("job-token", text).send().await;
            bearer.over_http2().get(path).await;
        }
        let batch =
            json!({"operation": "upload", "objects": [{"oid": "0".repeat(64), "size": 1}]}).to_string();
        let lfs = bearer.call("POST", "").at_root("/acme/web.git/info/lfs/objects/batch");
        lfs.body("application/vnd.git-lfs+json", batch).send().await;
        let graphql = bearer.call("POST", "").at_root("/api/graphql");
        graphql.json(&json!({"query": format!("{{ a(b: \"{text}\") }}")})).send().await;
        let form = format!("title=a&private_token={text}");
        bearer
            .call("POST", "/projects/20/issues")
            .body("application/x-www-form-urlencoded", form)
            .send()
            .await;
        bearer.post("/projects/20/issues", &json!({"title": "a", "private_token": text})).await;
        bearer.get(&format!("/projects/{text}/issues")).await;
        bearer.get(&format!("/projects/20/issues/{text}/..")).await;
    }
}

/// Faults of the instance, and of the client.
async fn provoke_errors(gate: &TestGate, instance: &FaultyInstance, bearer: &Bearer) {
    let faults = [
        Fault::Drop,
        Fault::BadJson,
        Fault::OtherJson,
        Fault::BreakBody,
        Fault::Status(500),
        Fault::Status(401),
        Fault::Hang,
    ];
    for fault in faults {
        instance.break_only("/issues", fault);
        bearer.call("GET", "/projects/20/issues").try_send().await.ok();
        instance.break_only("/projects/2", fault);
        bearer.call("GET", "/projects/22/issues").try_send().await.ok();
        instance.heal();
    }
    let cut = format!(
        "POST /api/v4/projects/20/issues HTTP/1.1\r\nHost: a\r\nPRIVATE-TOKEN: {}\r\nContent-Length: 50\r\n\r\n",
        bearer.text()
    );
    narrowgate_tests::raw::exchange(gate.address(), cut.as_bytes(), std::time::Duration::from_millis(200))
        .await;
    instance.shut_down();
    bearer.get("/projects/20/issues").await;
}

/// Looks for each secret: whole, without its prefix, and as base64 puts it at each of the three offsets.
fn assert_absent(text: &str, place: &str, secrets: &[Secret]) {
    for Secret { name, text: secret } in secrets {
        let body = &secret["ngpat-".len()..];
        assert!(!text.contains(body), "{name} is in {place}: {}", around(text, body));
        for offset in 0..3 {
            let padded = BASE64_STANDARD.encode(format!("{}{secret}", "x".repeat(offset)));
            let inner = &padded[8..padded.len() - 8];
            assert!(!text.contains(inner), "{name} is in {place}, in base64: {}", around(text, inner));
        }
        let bytes = format!("{:?}", secret.as_bytes());
        assert!(!text.contains(bytes.trim_matches(['[', ']'])), "{name} is in {place}, as a list of bytes");
    }
}

/// The start of the line that holds the find, without the find.
fn around(text: &str, find: &str) -> String {
    let line = text.lines().find(|line| line.contains(find)).unwrap_or_default();
    line.split(find)
        .next()
        .unwrap_or_default()
        .chars()
        .rev()
        .take(200)
        .collect::<Vec<_>>()
        .iter()
        .rev()
        .collect()
}
