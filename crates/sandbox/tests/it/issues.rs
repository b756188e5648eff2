//! Issues and their notes.

use serde_json::json;

use crate::support::Forge;

#[tokio::test]
async fn what_is_created_is_listed_and_can_be_changed() {
    let forge = Forge::start().await;
    for title in ["First", "Second"] {
        forge
            .post("gus", "/projects/20/issues", json!({ "title": title, "labels": "bug,ui" }))
            .await
            .expect(201);
    }
    let listed = forge.get("dev", "/projects/acme%2Fweb/issues").await.expect(200);
    assert_eq!(listed.all("title"), ["Second", "First"]);
    assert_eq!(listed.body[0]["labels"], json!(["bug", "ui"]));
    let change = json!({ "state_event": "close", "assignee_ids": [3] });
    let closed = forge.put("dev", "/projects/20/issues/1", change).await.expect(200);
    assert_eq!(
        (closed.body["state"].clone(), closed.body["assignee"]["username"].clone()),
        (json!("closed"), json!("dev"))
    );
    assert_eq!(forge.get("dev", "/projects/20/issues?state=opened").await.expect(200).all("iid"), [2]);
    forge.delete("dev", "/projects/20/issues/2").await.expect(403);
    forge.delete("gus", "/projects/20/issues/2").await.expect(204);
    assert_eq!(forge.get("dev", "/groups/acme/issues").await.expect(200).all("iid"), [1]);
    forge.post("gus", "/projects/20/issues", json!({})).await.expect(400);
}

#[tokio::test]
async fn confidential_issues_are_hidden_from_guests() {
    let forge = Forge::start().await;
    forge.post("dev", "/projects/20/issues", json!({ "title": "x", "confidential": true })).await.expect(201);
    forge.get("gus", "/projects/20/issues/1").await.expect(404);
    assert!(forge.get("gus", "/projects/20/issues").await.expect(200).all("iid").is_empty());
    forge.get("maria", "/projects/20/issues/1").await.expect(200);
}

#[tokio::test]
async fn notes_belong_to_their_author() {
    let forge = Forge::start().await;
    forge.post("gus", "/projects/20/issues", json!({ "title": "x" })).await.expect(201);
    let note = forge.post("gus", "/projects/20/issues/1/notes", json!({ "body": "hello" })).await.expect(201);
    let path = format!("/projects/20/issues/1/notes/{}", note.body["id"]);
    forge.put("dev", &path, json!({ "body": "no" })).await.expect(403);
    forge.put("gus", &path, json!({ "body": "bye" })).await.expect(200);
    assert_eq!(forge.get("dev", "/projects/20/issues/1/notes").await.expect(200).all("body"), ["bye"]);
    forge.delete("maria", &path).await.expect(204);
}
