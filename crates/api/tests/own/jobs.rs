//! Tokens of jobs, and allowlists.

use serde_json::{Value, json};

use crate::world::World;

#[tokio::test]
async fn a_job_has_a_token_until_it_ends() {
    let world = World::new().await;
    let ci = world.user("maria");
    let body = json!({ "job_id": 7, "user_id": 3, "timeout_seconds": 600 });
    let issued = world.call(&ci, "POST", "/projects/acme%2Fweb/job_tokens", body).await;
    assert_eq!(issued.headers["cache-control"], "no-store");
    let mut issued = issued.expect(201);
    let text = issued["token"].take();
    assert!(text.as_str().unwrap().starts_with("ngcbt-"));
    insta::assert_json_snapshot!(issued, @r#"
    {
      "id": 1,
      "token": null,
      "project_id": 20,
      "job_id": 7,
      "user_id": 3,
      "ends_at": "2026-06-24T23:06:00.409Z"
    }
    "#);
    for _ in 0..2 {
        assert_eq!(world.call(&ci, "DELETE", "/projects/20/job_tokens/7", Value::Null).await.status, 204);
    }
    let shown = world.get(&world.user("root"), "/tokens/1").await.expect(200);
    assert_eq!(shown["revocation"]["reason"], "job_ended");
}

#[tokio::test]
async fn what_no_job_gets() {
    let world = World::new().await;
    let ci = world.user("maria");
    for (path, body, status) in [
        ("/projects/22/job_tokens", json!({ "job_id": 7, "user_id": 3 }), 422),
        ("/projects/20/job_tokens", json!({ "job_id": 7, "user_id": 99 }), 422),
        ("/projects/20/job_tokens", json!({ "job_id": 0, "user_id": 3 }), 422),
        ("/projects/20/job_tokens", json!({ "job_id": 7, "user_id": 3, "timeout_seconds": 86_401 }), 422),
        ("/projects/99/job_tokens", json!({ "job_id": 7, "user_id": 3 }), 404),
    ] {
        assert_eq!(world.call(&ci, "POST", path, body.clone()).await.status, status, "{path} {body}");
    }
}

#[tokio::test]
async fn allowlists_are_replaced_as_a_whole() {
    let world = World::new().await;
    let maria = world.user("maria");
    let path = "/projects/acme%2Fweb/job_token_allowlist";
    let body = json!({ "push": true, "entries": [
        { "type": "project", "id": 22, "policies": ["read_jobs"] }, { "type": "group", "id": 10 }] });
    world.call(&maria, "PUT", path, body).await.expect(200);
    insta::assert_json_snapshot!(world.get(&maria, path).await.expect(200), @r#"
    {
      "project_id": 20,
      "push": true,
      "entries": [
        {
          "type": "project",
          "id": 22,
          "policies": [
            "READ_JOBS"
          ],
          "updated_at": "2026-06-24T22:56:00.409Z"
        },
        {
          "type": "group",
          "id": 10,
          "policies": null,
          "updated_at": "2026-06-24T22:56:00.409Z"
        }
      ]
    }
    "#);
    let less = world.call(&maria, "PUT", path, json!({ "entries": [{ "type": "group", "id": 10 }] })).await;
    let less = less.expect(200);
    assert_eq!((less["push"].as_bool(), less["entries"].as_array().unwrap().len()), (Some(false), 1));
    for wrong in [
        json!({ "entries": [{ "type": "project", "id": 20 }] }),
        json!({ "entries": [{ "type": "project", "id": 99 }] }),
        json!({ "entries": [{ "type": "group", "id": 10 }, { "type": "group", "id": 10 }] }),
        json!({ "entries": [{ "type": "group", "id": 10, "policies": ["READ_MINDS"] }] }),
    ] {
        assert_eq!(world.call(&maria, "PUT", path, wrong.clone()).await.status, 422, "{wrong}");
    }
}
