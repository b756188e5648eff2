use std::process::Command;

use serde_json::Value;

use crate::support::{Place, connected};

/// WIRE 9's example: made up, but with a valid checksum.
const ROUTABLE: &str = "glpat-AAECAwQFBgcICQoLDA0OD2M6MQpvOjEKdToxYQw.01.131pwlzmm";
/// One of Narrowgate's form, made up likewise.
const OURS: &str = "ngpat-0A1b2C3d4E5f6G7h8I9j0K1l2M32zyZyc";

fn leaky() -> Place {
    let place = Place::new();
    place.write("src/app.yml", &format!("first\n  token: {OURS}\n"));
    place.write("src/ci.sh", &format!("curl -H 'PRIVATE-TOKEN: {ROUTABLE}'\n"));
    place.write("src/.env", "DEPLOY=gldt-A1b2C3d4E5f6G7h8I9j0\n");
    place
}

#[test]
fn findings_name_place_and_kind_but_not_the_token() {
    let place = leaky();
    insta::assert_snapshot!(place.run(&["scan", "src", "--hidden"]), @r"
    exit code: 2
    ----- stdout
    src/.env:1:8: GitLab deploy token gldt-…a9a67c82
    src/app.yml:2:10: Narrowgate access token ngpat-…1b79ef69, checksum valid
    src/ci.sh:1:25: GitLab access token glpat-…a4ffa51d, checksum valid
    ----- stderr
    3 tokens found in 3 texts (172 bytes)
    ");
    insta::assert_snapshot!(place.run(&["scan", "src/app.yml", "--format", "json"]), @r#"
    exit code: 2
    ----- stdout
    {"kind":"narrowgate_access_token","prefix":"ngpat-","digest_prefix":"1b79ef69","checksum":"valid","path":"src/app.yml","line":2,"column":10}
    ----- stderr
    1 token found in 1 text (55 bytes)
    "#);
    let revealed = place.run(&["scan", "src", "--reveal"]);
    assert!(revealed.stdout.contains(OURS) && revealed.stdout.contains(ROUTABLE), "{revealed}");
}

#[test]
fn exit_code_tells_found_from_clean_and_failed() {
    let place = leaky();
    place.write("clean/a.txt", "nothing\n");
    insta::assert_snapshot!(place.run(&["scan", "clean"]), @r"
    exit code: 0
    ----- stderr
    0 tokens found in 1 text (8 bytes)
    ");
    insta::assert_snapshot!(place.run(&["scan", "clean", "missing"]), @r"
    exit code: 1
    ----- stderr
    warning: missing cannot be read: No such file or directory (os error 2)
    0 tokens found in 1 text (8 bytes)
    ");
    assert_eq!(place.run(&["scan", "src", "missing"]).code, Some(2), "found is found");
    assert_eq!(place.feed(OURS, &["scan", "-"]).code, Some(2));
    assert_eq!(place.run(&["scan", "clean", "--history"]).code, Some(1), "no repository");
    assert_eq!(place.run(&["scan", "clean", "--report", "http://gate.example.com"]).code, Some(1));
}

#[test]
fn history_names_the_commit() {
    let place = leaky();
    let git = |arguments: &[&str]| {
        let identity = ["-c", "user.name=Maria", "-c", "user.email=maria@example.com"];
        let status = Command::new("git").args(identity).args(arguments).current_dir(place.path()).status();
        assert!(status.unwrap().success(), "{arguments:?}");
    };
    git(&["init", "-q", "src"]);
    git(&["-C", "src", "add", "app.yml"]);
    git(&["-C", "src", "commit", "-q", "-m", "Configure"]);
    git(&["-C", "src", "rm", "-q", "app.yml"]);
    git(&["-C", "src", "commit", "-q", "-m", "Remove"]);
    let run = place.run(&["scan", "src", "--history", "--format", "json"]);
    let lines: Vec<Value> = run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(run.code, Some(2), "{run}");
    let found = lines.iter().find(|line| line["kind"] == "narrowgate_access_token").unwrap();
    assert_eq!(
        (&found["path"], &found["history"]["path"], &found["line"]),
        (&"src".into(), &"app.yml".into(), &2.into())
    );
    assert_eq!(found["history"]["commit"].as_str().unwrap().len(), 40);
}

#[tokio::test(flavor = "multi_thread")]
async fn found_tokens_are_revoked_and_the_log_says_so() {
    let (_sandbox, place) = connected().await;
    let create = ["token", "create", "--name=ci", "--project=acme/web", "--permission=download_code"];
    let created = place.run(&create);
    let own = created.done().trim_end().to_owned();
    place.write("leak.txt", &format!("{own}\n{OURS}\n"));
    let fates = |run: &crate::support::Run| -> Vec<String> {
        run.stdout.lines().map(|line| line.rsplit(", ").next().unwrap().to_owned()).collect()
    };
    let run = place.run(&["scan", "leak.txt", "--revoke"]);
    assert_eq!(
        (run.code, fates(&run)),
        (Some(2), vec!["revoked now".to_owned(), "not in this database".to_owned()])
    );
    let again = place.run(&["scan", "leak.txt", "--revoke"]);
    assert_eq!(fates(&again)[0], "revoked before");
    assert_eq!(place.run(&["token", "list", "--state", "active"]).done(), "");

    let listed = place.run(&["audit", "list", "--action", "token.leaked", "--format", "json"]);
    let event: Value = serde_json::from_str(listed.done()).unwrap();
    assert_eq!((&event["actor"], &event["details"]["url"]), (&"operator".into(), &"leak.txt:1:1".into()));
    for run in [run, again, listed] {
        assert!(!run.to_string().contains(&own[6..]), "{run}");
    }
}
