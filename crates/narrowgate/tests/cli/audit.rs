use serde_json::Value;

use crate::support::{Place, connected};

async fn busy() -> (narrowgate_sandbox::RunningSandbox, Place) {
    let (sandbox, place) = connected().await;
    for days in ["90", "60"] {
        place.run(&["policy", "set", "--maximum-lifetime-days", days]).done();
    }
    (sandbox, place)
}

#[tokio::test(flavor = "multi_thread")]
async fn policy_changes_rule_by_rule_and_is_logged() {
    let (_sandbox, place) = busy().await;
    let set = place.run(&["policy", "set", "--require-expiry", "true"]);
    assert_eq!(set.done(), "{\"maximum_lifetime_days\":60,\"require_expiry\":true}\n");
    let group = ["policy", "set", "--group", "7", "--maximum-lifetime-days", "90", "--no-new-legacy", "true"];
    place.run(&group).done();
    let effective = place.run(&["policy", "show", "--effective", "--group", "7"]);
    assert_eq!(
        effective.done(),
        "{\"maximum_lifetime_days\":60,\"require_expiry\":true,\"no_new_legacy\":true}\n"
    );
    assert_eq!(place.run(&["policy", "show"]).done().lines().count(), 2);
    assert_eq!(
        place.run(&["policy", "set", "--unset", "require_expiry"]).done(),
        "{\"maximum_lifetime_days\":60}\n"
    );
    assert_eq!(place.run(&["policy", "set", "--unset", "nonsense"]).code, Some(1));
    assert_eq!(place.run(&["policy", "set", "--clear"]).done(), "{}\n");
    let listed =
        place.run(&["audit", "list", "--action", "policy.changed", "--limit", "1", "--format", "json"]);
    let event: Value = serde_json::from_str(listed.done()).unwrap();
    assert_eq!(event["details"]["old"]["maximum_lifetime_days"], 60);
    assert_eq!(event["details"]["scope"], "all tokens");
}

#[tokio::test(flavor = "multi_thread")]
async fn log_is_exported_and_verified() {
    let (_sandbox, place) = busy().await;
    let exported = place.run(&["audit", "export"]);
    let events: Vec<Value> =
        exported.done().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let ids: Vec<i64> = events.iter().map(|event| event["id"].as_i64().unwrap()).collect();
    assert!(ids.len() >= 2 && ids.is_sorted(), "{exported}");
    let rest = place.run(&["audit", "export", "--since", &ids[0].to_string()]);
    assert_eq!(rest.done().lines().count(), ids.len() - 1);

    let head = place.run(&["audit", "verify"]);
    let head = head.done().trim_end().to_owned();
    let last = events.last().unwrap();
    assert_eq!(head, format!("{}:{}", last["id"], last["hash"].as_str().unwrap()));
    assert_eq!(place.run(&["audit", "verify", "--head", &head]).code, Some(0));
    let other = format!("{}:{}", last["id"], "ab".repeat(32));
    let broken = place.run(&["audit", "verify", "--head", &other]);
    assert_eq!(broken.code, Some(2), "{broken}");
    assert_eq!(place.run(&["audit", "verify", "--head", "nonsense"]).code, Some(1));
}
