//! What a group lists of the groups above it takes a grant there.

use narrowgate_tests::TestGate;
use narrowgate_tests::grant::group;
use narrowgate_tests::world::{ACME, PLATFORM};
use serde_json::json;

use super::sandbox;

const DOCUMENT: &str = r#"query($path: ID!) { group(fullPath: $path) {
    contacts { nodes { id } }
    organizations { nodes { id } }
    all: iterationCadences { nodes { id } }
    own: iterationCadences(includeAncestorGroups: false) { nodes { id } }
} }"#;

const PERMISSIONS: [&str; 4] = ["read_group", "read_crm_contact", "read_crm_organization", "read_work_item"];

#[tokio::test(flavor = "multi_thread")]
async fn a_subgroups_token_sees_nothing_of_the_group_above() {
    let gate = TestGate::builder().sandbox(sandbox().await).start().await;
    for (granted, path, shown) in [
        (PLATFORM, "acme/platform", [0, 0, 2, 3]),
        (ACME, "acme/platform", [3, 3, 3, 3]),
        (ACME, "acme", [3, 3, 3, 3]),
    ] {
        let token = gate.maintainer().token(&[group(granted, &PERMISSIONS)]).await;
        let reply = token.graphql(DOCUMENT, json!({"path": path})).await.assert_status(200);
        let answer = reply.json();
        let lists = ["contacts", "organizations", "all", "own"].map(|list| &answer["data"]["group"][list]);
        let counts = lists.map(|list| list["nodes"].as_array().map_or(0, Vec::len));
        assert_eq!(counts, shown, "{granted} {path}: {}", reply.summary());
        let withheld = &answer["extensions"]["narrowgate"]["withheld"];
        let withheld = withheld.as_array().into_iter().flatten().filter_map(|entry| entry["count"].as_u64());
        let missing = shown.iter().map(|count| 3 - *count as u64).sum::<u64>();
        assert_eq!(withheld.sum::<u64>(), missing, "{granted} {path}: {}", reply.summary());
    }
}
