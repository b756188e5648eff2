//! Labels, variables, pipelines, runners, snippets, wikis, and what a bare id names.

use serde_json::json;

use crate::support::{Forge, git_ok};

#[tokio::test]
async fn records_are_made_changed_and_removed_by_role() {
    let forge = Forge::start().await;
    let label = json!({ "name": "bug", "color": "#ff0000" });
    forge.post("gus", "/projects/20/labels", label.clone()).await.expect(403);
    forge.post("dev", "/projects/20/labels", label.clone()).await.expect(201);
    forge.post("dev", "/projects/20/labels", label).await.expect(409);
    let renamed =
        forge.put("dev", "/projects/20/labels/bug", json!({ "new_name": "defect" })).await.expect(200);
    assert_eq!(renamed.body["name"], "defect");
    forge.delete("dev", "/projects/20/labels/defect").await.expect(204);
    assert_eq!(
        forge.get("dev", "/projects/20/labels/defect").await.expect(404).body["message"],
        "404 Label Not Found"
    );
    forge.get("dev", "/projects/20/variables").await.expect(403);
    let variable = json!({ "key": "A", "value": "1" });
    forge.post("maria", "/projects/20/variables", variable).await.expect(201);
    assert_eq!(forge.get("maria", "/projects/20/variables/A").await.expect(200).body["value"], "1");
    let milestone = forge.post("dev", "/groups/11/milestones", json!({ "title": "1.0" })).await.expect(201);
    assert_eq!(milestone.body["group_id"], 11);
    forge.post("dev", "/projects/20/releases", json!({ "tag_name": "v1" })).await.expect(201);
    forge.post("maria", "/projects/20/hooks", json!({ "url": "http://example.com" })).await.expect(201);
}

#[tokio::test]
async fn pipelines_and_jobs_are_seeded_and_can_be_driven() {
    let forge = Forge::start().await;
    let pipelines = forge.get("dev", "/projects/20/pipelines").await.expect(200);
    let jobs = forge
        .get("dev", &format!("/projects/20/pipelines/{}/jobs", pipelines.body[0]["id"]))
        .await
        .expect(200);
    assert_eq!(jobs.all("status"), ["success", "failed", "manual"]);
    let (failed, manual) = (jobs.body[1]["id"].clone(), jobs.body[2]["id"].clone());
    assert!(
        forge
            .get("dev", &format!("/projects/20/jobs/{failed}/trace"))
            .await
            .expect(200)
            .text
            .contains("failed")
    );
    forge.post("gus", &format!("/projects/20/jobs/{failed}/retry"), json!({})).await.expect(403);
    let retried =
        forge.post("dev", &format!("/projects/20/jobs/{failed}/retry"), json!({})).await.expect(201);
    assert_ne!(retried.body["id"], failed);
    forge.post("dev", &format!("/projects/20/jobs/{manual}/play"), json!({})).await.expect(200);
    let made = forge.post("dev", "/projects/20/pipeline", json!({ "ref": "main" })).await.expect(201);
    assert_eq!(made.body["sha"].as_str().unwrap().len(), 40);
    forge.get("dev", &format!("/projects/21/pipelines/{}", made.body["id"])).await.expect(404);
}

#[tokio::test]
async fn bare_ids_lead_to_their_project_or_group() {
    let forge = Forge::start().await;
    assert_eq!(forge.get("dev", "/vulnerabilities/1").await.expect(200).body["project"]["id"], 20);
    forge.get("dev", "/vulnerabilities/3").await.expect(404);
    assert_eq!(forge.get("dev", "/registry/repositories/2").await.expect(200).body["project_id"], 22);
    for kind in ["packages/maven", "packages/npm", "container"] {
        let path = format!("/virtual_registries/{kind}/registries/1");
        assert_eq!(forge.get("maria", &path).await.expect(200).body["group_id"], 10);
    }
    assert_eq!(forge.get("maria", "/runners/1").await.expect(200).body["projects"][0]["id"], 20);
    assert_eq!(forge.get("maria", "/runners/2").await.expect(200).body["groups"][0]["id"], 10);
    forge.get("maria", "/runners/3").await.expect(403);
    assert_eq!(forge.get("root", "/runners/all").await.expect(200).all("id"), [1, 5, 4, 2, 3]);
    let packages = forge.get("dev", "/groups/acme/packages?package_name=%40acme%2Fweb").await.expect(200);
    assert_eq!(packages.all("project_id"), [20]);
}

#[tokio::test]
async fn wikis_and_snippets_live_in_repositories() {
    let forge = Forge::start().await;
    let page = json!({ "title": "Set up", "content": "do it" });
    forge.post("gus", "/projects/20/wikis", page.clone()).await.expect(403);
    assert_eq!(forge.post("dev", "/projects/20/wikis", page).await.expect(201).body["slug"], "Set-up");
    assert_eq!(forge.get("gus", "/projects/20/wikis").await.expect(200).all("slug"), ["Set-up", "home"]);
    let home = tempfile::TempDir::new().unwrap();
    git_ok(home.path(), &["clone", "-q", &forge.git_url("gus", "acme/web.wiki"), "wiki"]).await;
    assert_eq!(std::fs::read_to_string(home.path().join("wiki/Set-up.md")).unwrap(), "do it");
    let snippet = json!({ "title": "s", "file_name": "s.txt", "content": "snip" });
    let made = forge.post("dev", "/snippets", snippet.clone()).await.expect(201);
    let id = &made.body["id"];
    assert_eq!(forge.get("dev", &format!("/snippets/{id}/raw")).await.expect(200).text, "snip");
    forge.get("maria", &format!("/snippets/{id}")).await.expect(404);
    git_ok(home.path(), &["clone", "-q", &forge.git_url("dev", &format!("snippets/{id}")), "snippet"]).await;
    let made = forge.post("dev", "/projects/20/snippets", snippet).await.expect(201);
    let path = format!("acme/web/snippets/{}", made.body["id"]);
    git_ok(home.path(), &["clone", "-q", &forge.git_url("gus", &path), "other"]).await;
    assert_eq!(std::fs::read_to_string(home.path().join("other/s.txt")).unwrap(), "snip");
}
