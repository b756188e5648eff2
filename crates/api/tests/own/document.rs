//! The OpenAPI document, the page, and that the catalogue knows each path.

use narrowgate_api::own;
use narrowgate_catalog::{Catalog, OperationAccess, Surface};
use serde_json::Value;

use crate::world::World;

#[tokio::test]
async fn the_document_is_as_reviewed() {
    let document = World::new().await.anybody("GET", "/openapi.json", Value::Null).await.expect(200);
    assert_eq!(document["openapi"], "3.1.0");
    insta::assert_json_snapshot!(document);
}

#[test]
fn the_catalogue_guards_each_path() {
    let document = serde_json::to_value(own::document()).unwrap();
    let mut described: Vec<(String, String)> = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        let template = path.replace('{', ":").replace('}', "");
        assert!(own::serves(&template));
        let methods = item.as_object().unwrap().keys();
        described.extend(methods.map(|method| (method.to_uppercase(), template.clone())));
    }
    let operations = Catalog::embedded().operations();
    let own_ones = operations.filter(|operation| operation.surface == Surface::Narrowgate);
    let mut known: Vec<(String, String)> = Vec::new();
    for operation in own_ones {
        let is_public = matches!(operation.access, OperationAccess::Public);
        assert_eq!(own::is_open(&operation.template), is_public, "{}", operation.template);
        known.push((operation.method.as_str().to_owned(), operation.template.clone()));
    }
    described.sort();
    known.sort();
    assert_eq!(described, known);
}

#[tokio::test]
async fn the_page_runs_nothing_but_its_own_script() {
    let reply = World::new().await.anybody("GET", "/docs", Value::Null).await;
    assert_eq!(reply.status, 200);
    let policy = reply.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'; script-src 'sha256-"), "{policy}");
    assert!(!policy.contains("unsafe"));
    assert!(
        !reply.text.contains("{{") && !reply.text.contains("http://") && !reply.text.contains("https://")
    );
}

#[tokio::test]
async fn wrong_requests_are_told_why() {
    let world = World::new().await;
    let maria = world.user("maria");
    assert_eq!(world.get(&maria, "/nothing").await.code(), (404, "not_found".to_owned()));
    let reply = world.call(&maria, "DELETE", "/tokens", Value::Null).await;
    assert_eq!(reply.code(), (405, "method_not_allowed".to_owned()));
    assert_eq!(world.get(&maria, "/tokens?colour=red").await.code(), (400, "unreadable".to_owned()));
    let reply = world.call(&maria, "POST", "/tokens/bulk_revoke", Value::Null).await;
    assert_eq!(reply.code(), (415, "unsupported_media_type".to_owned()));
    insta::assert_snapshot!(world.get(&maria, "/tokens/zero").await.text, @r#"{"type":"urn:narrowgate:problem:unreadable","title":"Bad Request","status":400,"code":"unreadable","detail":"id is no positive number","request_id":"req-1"}"#);
}
