//! The repository through the API, and merge requests over it.

use serde_json::json;

use crate::support::Forge;

#[tokio::test]
async fn files_are_read_and_written_in_the_real_repository() {
    let forge = Forge::start().await;
    let file = "/projects/acme%2Fweb/repository/files/src%2Fmain.rs";
    let read = forge.get("dev", &format!("{file}?ref=main")).await.expect(200);
    assert_eq!(
        (read.body["file_name"].clone(), read.body["encoding"].clone()),
        (json!("main.rs"), json!("base64"))
    );
    assert!(forge.get("dev", &format!("{file}/raw?ref=main")).await.expect(200).text.starts_with("fn main"));
    forge.get("gus", &format!("{file}?ref=main")).await.expect(403);
    let new = "/projects/20/repository/files/docs%2Fa.md";
    let body = json!({ "branch": "main", "content": "hi\n", "commit_message": "Add a" });
    forge.post("dev", new, body.clone()).await.expect(403);
    forge.post("maria", new, body.clone()).await.expect(201);
    forge.post("maria", new, body).await.expect(400);
    let change =
        json!({ "branch": "main", "content": "aG8K", "encoding": "base64", "commit_message": "Change a" });
    forge.put("maria", new, change).await.expect(200);
    assert_eq!(forge.get("dev", &format!("{new}/raw")).await.expect(200).text, "ho\n");
    let commits = forge.get("dev", "/projects/20/repository/commits").await.expect(200);
    assert_eq!(commits.all("title"), ["Change a", "Add a", "Initial commit"]);
    assert_eq!(commits.body[0]["author_name"], "Maria Moreno");
    forge.delete("maria", &format!("{new}?branch=main&commit_message=gone")).await.expect(204);
    let tree = forge.get("dev", "/projects/20/repository/tree?recursive=true").await.expect(200);
    assert_eq!(tree.all("path"), ["src", ".gitlab-ci.yml", "README.md", "src/greeting.txt", "src/main.rs"]);
}

#[tokio::test]
async fn branches_tags_and_archives_come_from_git() {
    let forge = Forge::start().await;
    forge.post("dev", "/projects/20/repository/branches?branch=topic&ref=main", json!({})).await.expect(201);
    let branches = forge.get("dev", "/projects/20/repository/branches").await.expect(200);
    assert_eq!(branches.all("name"), ["main", "topic"]);
    assert_eq!(branches.all("protected"), [true, false]);
    forge.post("dev", "/projects/21/repository/branches?branch=topic&ref=main", json!({})).await.expect(403);
    let tag = json!({ "tag_name": "v1", "ref": "main", "message": "One" });
    assert_eq!(
        forge.post("dev", "/projects/20/repository/tags", tag).await.expect(201).body["message"],
        "One"
    );
    assert_eq!(forge.get("dev", "/projects/20/repository/tags").await.expect(200).all("name"), ["v1"]);
    forge.get("dev", "/projects/20/repository/branches/--help").await.expect(404);
    let archive = forge.request(reqwest::Method::GET, "dev", "/api/v4/projects/20/repository/archive.zip");
    assert!(archive.send().await.unwrap().bytes().await.unwrap().starts_with(b"PK"));
    forge.delete("dev", "/projects/20/repository/branches/topic").await.expect(204);
}

#[tokio::test]
async fn a_merge_request_is_opened_and_merged() {
    let forge = Forge::start().await;
    let actions = json!([{ "action": "create", "file_path": "new.txt", "content": "new\n" }]);
    let commit =
        json!({ "branch": "topic", "start_branch": "main", "commit_message": "Add new", "actions": actions });
    forge.post("dev", "/projects/20/repository/commits", commit).await.expect(201);
    let body = json!({ "source_branch": "topic", "target_branch": "main", "title": "New" });
    forge.post("gus", "/projects/20/merge_requests", body.clone()).await.expect(403);
    forge.post("dev", "/projects/20/merge_requests", body.clone()).await.expect(201);
    forge.post("dev", "/projects/20/merge_requests", body).await.expect(409);
    let changes = forge.get("dev", "/projects/20/merge_requests/1/changes").await.expect(200);
    assert_eq!(changes.body["changes"][0]["new_path"], "new.txt");
    assert_eq!(changes.body["changes"][0]["diff"], "@@ -0,0 +1 @@\n+new\n");
    forge.put("dev", "/projects/20/merge_requests/1/merge", json!({})).await.expect(401);
    let merged = forge.put("maria", "/projects/20/merge_requests/1/merge", json!({})).await.expect(200);
    assert_eq!(merged.body["state"], "merged");
    assert_eq!(forge.get("dev", "/projects/20/repository/files/new.txt/raw").await.expect(200).text, "new\n");
    forge.put("maria", "/projects/20/merge_requests/1/merge", json!({})).await.expect(405);
    let note =
        forge.post("dev", "/projects/20/merge_requests/1/notes", json!({ "body": "done" })).await.expect(201);
    assert_eq!(note.body["noteable_type"], "MergeRequest");
    assert_eq!(
        forge.get("dev", "/projects/20/merge_requests?state=merged").await.expect(200).all("iid"),
        [1]
    );
}
