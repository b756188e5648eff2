//! Policies of the tenant, the instance and top-level groups, and the report of a dry run.

use narrowgate_store::TenantId;
use narrowgate_store::audit::AuditEvent;
use serde_json::{Value, json};

use crate::world::World;

#[tokio::test]
async fn administrators_set_what_applies_to_all() {
    let world = World::new().await;
    let (root, maria) = (world.user("root"), world.user("maria"));
    let strict = json!({ "maximum_lifetime_days": 90, "require_expiry": true });
    world.call(&root, "PUT", "/policies/tenant", strict.clone()).await.expect(200);
    assert_eq!(world.call(&maria, "PUT", "/policies/tenant", strict).await.status, 403);
    let body = json!({ "maximum_lifetime_days": 365, "revoke_unused_after_days": 30 });
    let group = world.call(&maria, "PUT", "/policies/groups/acme", body).await.expect(200);
    insta::assert_json_snapshot!(group, @r#"
    {
      "instance_url": "https://gitlab.example.com",
      "group_id": 10,
      "policy": {
        "default_lifetime_days": null,
        "maximum_lifetime_days": 365,
        "require_expiry": false,
        "minimum_rotation_days": null,
        "revoke_unused_after_days": 30,
        "fine_grained_only_from": null,
        "no_new_legacy": false,
        "no_fine_grained": false,
        "no_impersonation": false,
        "dry_run": false
      },
      "effective": {
        "default_lifetime_days": null,
        "maximum_lifetime_days": 90,
        "require_expiry": true,
        "minimum_rotation_days": null,
        "revoke_unused_after_days": 30,
        "fine_grained_only_from": null,
        "no_new_legacy": false,
        "no_fine_grained": false,
        "no_impersonation": false,
        "dry_run": false
      },
      "updated_at": "2026-06-24T22:56:00.409Z"
    }
    "#);
    assert_eq!(world.get(&root, "/policies").await.expect(200)["policies"].as_array().unwrap().len(), 2);
    assert_eq!(world.call(&root, "DELETE", "/policies/tenant", Value::Null).await.status, 204);
    assert_eq!(world.call(&root, "DELETE", "/policies/tenant", Value::Null).await.status, 404);
}

#[tokio::test]
async fn groups_belong_to_their_owners() {
    let world = World::new().await;
    for (user, path, status) in [
        ("dev", "/policies/groups/10", 403),
        ("maria", "/policies/groups/11", 422),
        ("maria", "/policies/groups/99", 404),
        ("root", "/policies/groups/10", 200),
    ] {
        assert_eq!(world.get(&world.user(user), path).await.status, status, "{user} {path}");
    }
}

#[tokio::test]
async fn policies_make_sense() {
    let world = World::new().await;
    for wrong in [
        json!({ "maximum_lifetime_days": 0 }),
        json!({ "default_lifetime_days": 10, "maximum_lifetime_days": 5 }),
        json!({ "fine_grained_only_from": "soon" }),
        json!({ "colour": "red" }),
    ] {
        let reply = world.call(&world.user("root"), "PUT", "/policies/instance", wrong.clone()).await;
        assert_eq!(reply.code(), (422, "invalid".to_owned()), "{wrong}");
    }
}

#[tokio::test]
async fn dry_runs_are_reported() {
    let world = World::new().await;
    let (token, _) = world.plain_token("dev", |_| {}).await;
    let event = |permission: &str| AuditEvent {
        token: Some(token.id),
        details: json!({ "reason": "fine_grained_required", "permissions": [permission] }),
        ..AuditEvent::new(TenantId::DEFAULT, world.store.now(), "request.would_deny")
    };
    world.store.audit().append(&[event("read_job"), event("push_code"), event("read_job")]).await.unwrap();
    let report = world.get(&world.user("root"), "/policies/dry_run?since=2026-06-24").await.expect(200);
    insta::assert_json_snapshot!(report, @r#"
    {
      "requests": 3,
      "truncated": false,
      "rows": [
        {
          "token_id": 1,
          "reason": "fine_grained_required",
          "permissions": [
            "read_job"
          ],
          "requests": 2,
          "last_at": "2026-06-24T22:56:00.409Z"
        },
        {
          "token_id": 1,
          "reason": "fine_grained_required",
          "permissions": [
            "push_code"
          ],
          "requests": 1,
          "last_at": "2026-06-24T22:56:00.409Z"
        }
      ]
    }
    "#);
    assert_eq!(world.get(&world.user("dev"), "/policies/dry_run").await.status, 403);
}
