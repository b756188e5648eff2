//! Users, projects, groups and members.

use serde_json::json;

use crate::support::Forge;

#[tokio::test]
async fn the_current_user_is_known_by_its_token() {
    let forge = Forge::start().await;
    let me = forge.get("maria", "/user").await.expect(200);
    assert_eq!((me.body["id"].clone(), me.body["username"].clone()), (json!(2), json!("maria")));
    assert!(me.body.get("is_admin").is_none());
    let admin = forge.get("root", "/user").await.expect(200);
    assert_eq!(admin.body["is_admin"], true);
    assert_eq!(forge.get("", "/user").await.expect(401).body, json!({ "message": "401 Unauthorized" }));
    let own = forge.get("maria", "/personal_access_tokens/self").await.expect(200);
    assert_eq!(own.body["scopes"], json!(["api"]));
}

#[tokio::test]
async fn a_project_is_found_by_id_and_by_path_and_hidden_from_strangers() {
    let forge = Forge::start().await;
    let by_path = forge.get("dev", "/projects/acme%2Fplatform%2Finfra").await.expect(200);
    assert_eq!(by_path.body["id"], 22);
    assert_eq!(by_path.body["namespace"]["parent_id"], 10);
    assert_eq!(by_path.body["permissions"]["group_access"]["access_level"], 30);
    assert_eq!(by_path.body["permissions"]["project_access"], json!(null));
    assert!(by_path.body.get("runners_token").is_none());
    assert!(forge.get("maria", "/projects/22").await.expect(200).body["runners_token"].is_string());
    let hidden = forge.get("dev", "/projects/34").await.expect(404);
    assert_eq!(hidden.body, json!({ "message": "404 Project Not Found" }));
    forge.get("", "/projects/23").await.expect(200);
    forge.get("", "/projects/21").await.expect(404);
}

#[tokio::test]
async fn listings_are_paged_with_links_to_the_forge() {
    let forge = Forge::start().await;
    let first = forge.get("root", "/projects?per_page=4&sort=asc").await.expect(200);
    assert_eq!(first.all("id"), [20, 21, 22, 23]);
    assert_eq!(
        (first.header("x-total"), first.header("x-total-pages"), first.header("x-next-page")),
        ("9", "3", "2")
    );
    let base = forge.sandbox.base_url();
    assert!(
        first
            .header("link")
            .starts_with(&format!("<{base}/api/v4/projects?sort=asc&page=2&per_page=4>; rel=\"next\""))
    );
    let member = forge.get("gus", "/projects?membership=true").await.expect(200);
    assert_eq!(member.all("id"), [33, 20]);
    let keyset =
        forge.get("root", "/projects?pagination=keyset&order_by=id&sort=asc&per_page=8").await.expect(200);
    assert!(keyset.header("link").contains("id_after=33"), "{}", keyset.header("link"));
}

#[tokio::test]
async fn roles_decide_who_changes_a_project() {
    let forge = Forge::start().await;
    let refused = forge.put("dev", "/projects/20", json!({ "description": "mine" })).await.expect(403);
    assert_eq!(refused.body, json!({ "message": "403 Forbidden" }));
    let changed = forge.put("maria", "/projects/20", json!({ "description": "ours" })).await.expect(200);
    assert_eq!(changed.body["description"], "ours");
    let made = forge
        .post("maria", "/projects", json!({ "name": "New Thing", "namespace_id": 10 }))
        .await
        .expect(201);
    assert_eq!(made.body["path_with_namespace"], "acme/new-thing");
    forge.delete("dev", "/projects/20").await.expect(403);
    forge.post("gus", "/projects", json!({ "name": "x", "namespace_id": 10 })).await.expect(400);
}

#[tokio::test]
async fn scopes_and_states_of_native_tokens_count() {
    let forge = Forge::start().await;
    let token = forge.sandbox.mint_native("maria", &["read_api"]).unwrap();
    let ask = |method: reqwest::Method, path: &str| {
        use secrecy::ExposeSecret as _;
        forge.request(method, "", path).bearer_auth(token.expose_secret()).json(&json!({}))
    };
    assert_eq!(ask(reqwest::Method::GET, "/api/v4/projects/20").send().await.unwrap().status(), 200);
    let refused = ask(reqwest::Method::PUT, "/api/v4/projects/20").send().await.unwrap();
    assert!(refused.text().await.unwrap().contains(r#""error":"insufficient_scope""#));
    forge.sandbox.block_user("maria");
    assert_eq!(ask(reqwest::Method::GET, "/api/v4/user").send().await.unwrap().status(), 403);
    forge.sandbox.unblock_user("maria");
    forge.sandbox.revoke_native("maria");
    let revoked = ask(reqwest::Method::GET, "/api/v4/user").send().await.unwrap();
    assert!(revoked.headers()["www-authenticate"].to_str().unwrap().contains("Token was revoked"));
}

#[tokio::test]
async fn groups_and_members_are_listed_by_what_one_may_see() {
    let forge = Forge::start().await;
    assert_eq!(forge.get("gus", "/groups").await.expect(200).all("full_path"), ["acme"]);
    assert_eq!(forge.get("dev", "/groups/acme%2Fplatform").await.expect(200).body["parent_id"], 10);
    assert_eq!(forge.get("gus", "/groups/11").await.expect(404).body["message"], "404 Group Not Found");
    assert_eq!(forge.get("maria", "/groups/10/subgroups").await.expect(200).all("id"), [11]);
    let projects = forge.get("maria", "/groups/acme/projects?include_subgroups=true").await.expect(200);
    assert_eq!(projects.all("id"), [23, 22, 21, 20]);
    assert_eq!(
        forge.get("dev", "/projects/20/members/all").await.expect(200).all("access_level"),
        [40, 30, 10]
    );
    assert_eq!(forge.get("dev", "/projects/20/members/all/2").await.expect(200).body["access_level"], 40);
    forge.get("dev", "/projects/20/members/2").await.expect(404);
    forge.post("dev", "/projects/20/members", json!({ "user_id": 4, "access_level": 30 })).await.expect(403);
    forge.put("maria", "/projects/20/members/4", json!({ "access_level": 20 })).await.expect(200);
}

#[tokio::test]
async fn a_path_can_be_taken_over_after_a_rename() {
    let forge = Forge::start().await;
    assert!(forge.sandbox.rename_project(20, "old-web"));
    forge.get("maria", "/projects/acme%2Fweb").await.expect(404);
    let made =
        forge.post("maria", "/projects", json!({ "path": "web", "namespace_id": 10 })).await.expect(201);
    assert_eq!(forge.get("maria", "/projects/acme%2Fweb").await.expect(200).body["id"], made.body["id"]);
}
