use secrecy::ExposeSecret as _;
use serde_json::Value;

use crate::support::{connect, connected};

const CREATE: [&str; 8] = [
    "token",
    "create",
    "--name=triage",
    "--user=maria",
    "--project=acme/web",
    "--group=acme/platform",
    "--permission=read_work_item",
    "--permission=download_code",
];

#[tokio::test(flavor = "multi_thread")]
async fn token_goes_through_its_life() {
    let (_sandbox, place) = connected().await;
    let created = place.run(&CREATE);
    let token = created.done().trim_end();
    assert!(token.starts_with("ngpat-") && !token.contains(char::is_whitespace), "{created}");

    let listed = place.run(&["token", "list", "--format", "json"]);
    let listed: Vec<Value> = serde_json::from_str(listed.done()).unwrap();
    let id = listed[0]["id"].to_string();
    assert_eq!(listed[0]["granular_scopes"].as_array().unwrap().len(), 2);

    let rotated = place.run(&["token", "rotate", &id]);
    assert_ne!(rotated.done().trim_end(), token);
    assert!(place.run(&["token", "show", &id]).done().contains("state        revoked"));

    let active = place.run(&["token", "list", "--state", "active"]);
    let successor = active.done().split('\t').next().unwrap().to_owned();
    assert_eq!(place.run(&["token", "revoke", &successor]).code, Some(0));
    assert_eq!(place.run(&["token", "list", "--state", "active"]).done(), "");
    for run in [active, place.run(&["token", "show", &successor])] {
        assert!(!run.to_string().contains("ngpat-"), "{run}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn legacy_token_takes_scopes_and_no_places() {
    let (_sandbox, place) = connected().await;
    let create = ["token", "create", "--name=old", "--scope=read_api", "--expires-at=2999-01-01"];
    assert_eq!(place.run(&create).code, Some(1), "beyond the longest lifetime");
    let created = place.run(&["token", "create", "--name=old", "--scope=read_api", "--format=json"]);
    let created: Value = serde_json::from_str(created.done()).unwrap();
    assert_eq!(
        (&created["granular"], &created["scopes"][0]),
        (&Value::Bool(false), &Value::from("read_api"))
    );
    let placed = place.run(&["token", "create", "--name=old", "--scope=read_api", "--project=acme/web"]);
    assert_eq!(placed.code, Some(1), "{placed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_say_what_to_do_next() {
    let (sandbox, place) = connected().await;
    connect(&sandbox, &place, "gus").done();
    let runs: Vec<String> = [
        &["token", "create", "--name=x", "--user=maria"][..],
        &["token", "create", "--name=x", "--user=maria", "--permission=read_job"],
        &["token", "create", "--name=x", "--user=maria", "--permission=read_jobs", "--project=acme/web"],
        &["token", "create", "--name=x", "--user=maria", "--permission=read_job", "--project=root/vault"],
        &["token", "create", "--name=x", "--user=dev", "--permission=read_job", "--project=acme/web"],
        &["token", "create", "--name=x", "--permission=read_job", "--project=acme/web"],
        &["token", "show", "99"],
        &["token", "revoke", "99"],
    ]
    .iter()
    .map(|arguments| format!("$ narrowgate {}\n{}", arguments.join(" "), place.run(arguments)))
    .collect();
    insta::assert_snapshot!(runs.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn connecting_again_replaces_the_credential() {
    let (sandbox, place) = connected().await;
    let again = connect(&sandbox, &place, "maria");
    assert!(again.done().starts_with("connection  1\n"), "{again}");
    let narrow = sandbox.mint_native("maria", &["read_api"]).unwrap();
    let weaker = place.feed(narrow.expose_secret(), &["connect", "--format", "json"]);
    assert!(weaker.stderr.contains("without `api`"), "{weaker}");
    assert!(!weaker.to_string().contains(narrow.expose_secret()));
    let wrong = place.feed("glpat-wrong", &["connect"]);
    assert_eq!(wrong.code, Some(1));
    assert!(wrong.stderr.contains("hint: "), "{wrong}");
    assert!(!wrong.stderr.contains("glpat-wrong"), "{wrong}");
}

#[tokio::test(flavor = "multi_thread")]
async fn key_file_is_private_and_is_not_made_anew_for_reading() {
    use std::os::unix::fs::PermissionsExt as _;
    let (_sandbox, place) = connected().await;
    let key = place.path().join("narrowgate.key");
    assert_eq!(std::fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
    std::fs::remove_file(&key).unwrap();
    assert_eq!(place.run(&["token", "list"]).code, Some(1));
    assert!(!key.exists());
}
