//! `POST /user/personal_access_tokens`

use insta::assert_snapshot;
use narrowgate_api::ApiConfig;
use narrowgate_secret::TokenDigest;
use narrowgate_store::Page;
use narrowgate_store::TenantId;
use narrowgate_store::audit::AuditFilter;
use narrowgate_store::tokens::GrantAccess;
use serde_json::{Value, json};

use crate::world::{Reply, World, fine, grant, legacy, on};

const PATH: &str = "/user/personal_access_tokens";

async fn post(world: &World, user: &str, body: &Value) -> Reply {
    world.call(&world.user(user), "POST", PATH, body).await
}

#[tokio::test]
async fn a_fine_grained_token() {
    let world = World::new().await;
    let body = json!({"name": "x", "description": "for the bot", "expires_at": "2027-01-31", "granular_scopes": [
        {"access": "selected_memberships", "permissions": ["run_job", "read_job"], "project_ids": [20, 22], "group_ids": [11]},
        {"access": "user", "permissions": ["read_user"]},
    ]});
    let (token, reply) = post(&world, "maria", &body).await.without_token();
    assert_snapshot!(reply, @r#"
    201
    cache-control: no-store
    {"id":1,"name":"x","revoked":false,"created_at":"2026-06-24T22:56:00.409Z","description":"for the bot","scopes":["granular"],"user_id":2,"last_used_at":null,"active":true,"granular":true,"expires_at":"2027-01-31","last_used_ips":[],"token":"[token]"}
    "#);
    assert_eq!(world.stored(1).await.digest, TokenDigest::of(&token));
    assert_snapshot!(world.get(&world.user("maria"), "/personal_access_tokens/1").await, @r#"
    200
    {"id":1,"name":"x","revoked":false,"created_at":"2026-06-24T22:56:00.409Z","description":"for the bot","scopes":["granular"],"user_id":2,"last_used_at":null,"active":true,"granular":true,"expires_at":"2027-01-31","last_used_ips":[],"granular_scopes":[{"access":"selected_memberships","permissions":["read_job","run_job"],"project_id":null,"group_id":11},{"access":"selected_memberships","permissions":["read_job","run_job"],"project_id":20,"group_id":null},{"access":"selected_memberships","permissions":["read_job","run_job"],"project_id":22,"group_id":null},{"access":"user","permissions":["read_user"],"project_id":null,"group_id":null}]}
    "#);
}

#[tokio::test]
async fn a_legacy_token() {
    let world = World::new().await;
    let body = json!({"name": "personal", "expires_at": "2026-06-25", "scopes": ["read_api"]});
    assert_snapshot!(post(&world, "maria", &body).await.redacted(), @r#"
    201
    cache-control: no-store
    {"id":1,"name":"personal","revoked":false,"created_at":"2026-06-24T22:56:00.409Z","description":null,"scopes":["read_api"],"user_id":2,"last_used_at":null,"active":true,"granular":false,"expires_at":"2026-06-25","last_used_ips":[],"token":"[token]"}
    "#);
}

#[tokio::test]
async fn every_access() {
    let world = World::new().await;
    for access in ["personal_projects", "all_memberships", "user", "instance"] {
        let body =
            json!({"name": access, "granular_scopes": [{"access": access, "permissions": ["read_job"]}]});
        assert_eq!(post(&world, "maria", &body).await.status, 201, "{access}");
    }
}

#[tokio::test]
async fn forms_say_the_same() {
    let world = World::new().await;
    let forms = [
        "name=x&granular_scopes[][access]=selected_memberships&granular_scopes[][permissions][]=read_job\
         &granular_scopes[][project_ids]=20,22",
        "name=x&granular_scopes%5B0%5D%5Baccess%5D=selected_memberships&granular_scopes[0][permissions]=read_job\
         &granular_scopes[0][project_ids][]=20&granular_scopes[0][project_ids][]=22",
    ];
    for (form, id) in forms.into_iter().zip(1..) {
        let content_type = "application/x-www-form-urlencoded; charset=utf-8";
        let reply = world.send(&world.user("maria"), "POST", PATH, content_type, form.to_owned()).await;
        assert_eq!(reply.status, 201, "{reply}");
        let shown = world.get(&world.user("maria"), &format!("/personal_access_tokens/{id}")).await;
        let projects: Vec<_> = shown.json()["granular_scopes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|grant| grant["project_id"].clone())
            .collect();
        assert_eq!(projects, [20, 22]);
    }
    let reply =
        world.call(&world.user("maria"), "POST", &format!("{PATH}?name=q&scopes[]=api"), &Value::Null).await;
    assert_eq!((reply.status, &reply.json()["scopes"]), (201, &json!(["api"])));
}

#[tokio::test]
async fn lives_a_year_unless_told_otherwise() {
    let world = World::new().await;
    for expires_at in [json!(null), json!("")] {
        let body = json!({"name": "x", "scopes": ["api"], "expires_at": expires_at});
        assert_eq!(post(&world, "maria", &body).await.json()["expires_at"], "2027-06-24");
    }
    let short = World::with(ApiConfig { max_lifetime_days: 30, ..ApiConfig::default() }).await;
    let body = json!({"name": "x", "scopes": ["api"]});
    assert_eq!(post(&short, "maria", &body).await.json()["expires_at"], "2026-07-24");
}

#[tokio::test]
async fn the_lifetime_has_bounds() {
    let world = World::new().await;
    let with = async |date: &str| {
        post(&world, "maria", &json!({"name": "x", "scopes": ["api"], "expires_at": date})).await
    };
    assert_eq!(
        with("2026-06-24").await.json()["active"],
        false,
        "expired from its first midnight, as on GitLab"
    );
    assert_eq!(with("2027-07-29").await.status, 201);
    assert_snapshot!(with("2027-07-30").await, @r#"
    400
    {"message":{"expires_at":["must be before 2027-07-30"]}}
    "#);
    assert_snapshot!(with("2026-06-23").await, @r#"
    400
    {"message":{"expires_at":["cannot be a date in the past"]}}
    "#);
    assert_snapshot!(with("tomorrow").await, @r#"
    400
    {"error":"expires_at is invalid"}
    "#);
}

#[tokio::test]
async fn what_is_missing_or_wrong_is_named() {
    let world = World::new().await;
    let cases = [
        json!({}),
        json!({"name": "x"}),
        json!({"name": "x", "scopes": []}),
        json!({"name": "x", "scopes": ["all"]}),
        json!({"name": "x", "scopes": [1]}),
        json!({"name": "x", "scopes": ["sudo"]}),
        json!({"name": "x", "scopes": ["api"], "granular_scopes": []}),
        json!({"name": "x", "granular_scopes": []}),
        json!({"name": "x", "granular_scopes": "all"}),
        json!({"name": "x", "granular_scopes": [7]}),
        json!({"name": "x", "granular_scopes": [{}]}),
        json!({"name": "x", "granular_scopes": [{"access": "everything", "permissions": ["read_job"]}]}),
        json!({"name": "x", "granular_scopes": [{"access": "user", "permissions": [["read_job"]]}]}),
        json!({"name": "x", "granular_scopes": [{"access": "selected_memberships", "permissions": ["read_job"]}]}),
        json!({"name": "x", "granular_scopes": [{"access": "selected_memberships", "permissions": ["read_job"], "project_ids": ["acme/web"]}]}),
        json!({"name": "x", "granular_scopes": [{"access": "user", "permissions": ["read_jobs"]}]}),
        json!({"name": "x", "granular_scopes": [{"access": "user", "permissions": ["conquer_world"]}]}),
        json!({"name": " ", "scopes": ["api"]}),
        json!({"name": {"a": 1}, "scopes": ["api"]}),
        json!({"name": "x".repeat(256), "scopes": ["api"]}),
        json!({"name": "x", "description": "x".repeat(256), "scopes": ["api"]}),
        json!([]),
    ];
    let mut answers = String::new();
    for body in cases {
        let reply = post(&world, "maria", &body).await;
        assert_eq!(reply.status, 400, "{body}");
        let body: String = body.to_string().chars().take(110).collect();
        answers.push_str(&format!("{body}\n    {}\n", reply.text));
    }
    assert_snapshot!(answers);
    let all = world.get(&world.user("root"), "/personal_access_tokens").await;
    assert_eq!(all.text, "[]");
}

#[tokio::test]
async fn bodies_of_another_form_are_refused() {
    let world = World::new().await;
    let user = world.user("maria");
    assert_snapshot!(world.send(&user, "POST", PATH, "application/json", "{".to_owned()).await, @r#"
    400
    {"error":"message body does not match declared format"}
    "#);
    assert_snapshot!(world.send(&user, "POST", PATH, "text/xml", "<x/>".to_owned()).await, @r#"
    415
    {"error":"The provided content-type 'text/xml' is not supported."}
    "#);
    let large = format!(r#"{{"name":"{}"}}"#, "x".repeat(3 << 20));
    assert_eq!(world.send(&user, "POST", PATH, "application/json", large).await.status, 413);
}

#[tokio::test]
async fn selected_places_must_be_the_owners() {
    let world = World::new().await;
    let with = async |user: &str, projects: &[u64], groups: &[u64]| {
        let grant = json!({"access": "selected_memberships", "permissions": ["read_job"], "project_ids": projects, "group_ids": groups});
        post(&world, user, &json!({"name": "x", "granular_scopes": [grant]})).await
    };
    assert_snapshot!(with("gus", &[23], &[]).await, @r#"
    404
    {"message":"404 Not Found"}
    "#);
    assert_eq!(with("gus", &[20, 23], &[]).await.status, 404, "seen, but no member");
    assert_eq!(with("gus", &[], &[10]).await.status, 404);
    assert_eq!(with("gus", &[34], &[]).await.status, 404, "out of sight");
    assert_eq!(with("root", &[20], &[]).await.status, 404, "an administrator is no member");
    assert_eq!(with("dev", &[22], &[11]).await.status, 201, "inherited");
    let created = with("gus", &[20, 99, 34], &[77]).await;
    assert_eq!(created.status, 201, "what is not there is passed over");
    let id = created.json()["id"].as_u64().unwrap();
    let shown = world.get(&world.user("gus"), &format!("/personal_access_tokens/{id}")).await.json();
    assert_eq!(shown["granular_scopes"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn too_many_places_are_refused() {
    let world = World::new().await;
    let grant = on(&(1..=300).collect::<Vec<_>>(), &[], &["read_job"]);
    let error = world
        .try_token(narrowgate_api::authority::Actor::Caller(&world.user("maria")), "maria", fine(&[grant]))
        .await;
    assert_eq!(error.unwrap_err().to_string(), "granular_scopes select more than 200 resources");
}

#[tokio::test]
async fn no_token_makes_a_wider_one() {
    let world = World::new().await;
    let maker = fine(&[
        on(&[], &[11], &["read_job", "run_job"]),
        grant(GrantAccess::User, &["create_personal_access_token", "read_user"]),
    ]);
    let maker = world.bearer(&world.token("maria", maker).await);
    let with = async |grant: Value| {
        world.call(&maker, "POST", PATH, &json!({"name": "x", "granular_scopes": [grant]})).await
    };
    let selected = |project: u64, permissions: &[&str]| json!({"access": "selected_memberships", "permissions": permissions, "project_ids": [project]});
    assert_eq!(with(selected(22, &["read_job"])).await.status, 201, "below the group");
    assert_eq!(
        with(json!({"access": "user", "permissions": []})).await.status,
        201,
        "nothing is never too much"
    );
    assert_snapshot!(with(selected(20, &["read_job"])).await, @r#"
    403
    {"message":"403 Forbidden - A granular token can only create tokens with equal or lesser permissions.","narrowgate":{"reason":"escalation","permissions":["read_job"],"request_id":"req-1"}}
    "#);
    assert_eq!(
        with(selected(22, &["read_job", "delete_job"])).await.json()["narrowgate"]["permissions"],
        json!(["delete_job"])
    );
    for access in ["all_memberships", "personal_projects", "instance"] {
        assert_eq!(
            with(json!({"access": access, "permissions": ["read_job"]})).await.status,
            403,
            "{access}"
        );
    }
    assert_snapshot!(world.call(&maker, "POST", PATH, &json!({"name": "x", "scopes": ["read_user"]})).await);
}

#[tokio::test]
async fn legacy_tokens_hand_on_what_they_have() {
    let world = World::new().await;
    let with = async |scopes: &[&str], body: Value| {
        let maker = world.bearer(&world.token("maria", legacy(scopes)).await);
        world.call(&maker, "POST", PATH, &body).await
    };
    let grants =
        json!({"name": "x", "granular_scopes": [{"access": "all_memberships", "permissions": ["read_job"]}]});
    assert_eq!(with(&["api"], json!({"name": "x", "scopes": ["read_api"]})).await.status, 201);
    assert_eq!(with(&["api"], grants.clone()).await.status, 201);
    assert_snapshot!(with(&["read_api"], json!({"name": "x", "scopes": ["api"]})).await);
    assert_eq!(with(&["read_api"], grants).await.status, 403);
}

#[tokio::test]
async fn is_written_down_without_the_token() {
    let world = World::new().await;
    let body = json!({"name": "x", "granular_scopes": [{"access": "user", "permissions": ["read_user"]}]});
    let (token, _) = post(&world, "maria", &body).await.without_token();
    let events =
        world.store.audit().list(&AuditFilter::all(TenantId::DEFAULT), Page::ALL).await.unwrap().items;
    let [event] = events.as_slice() else { panic!("one event: {events:?}") };
    assert_eq!(
        (event.event.action.as_str(), event.event.user_id, event.event.token.map(|id| id.0)),
        ("token.created", Some(2), Some(1))
    );
    assert_eq!(
        (event.event.request_id.as_deref(), event.event.address.map(|ip| ip.to_string()).as_deref()),
        (Some("req-1"), Some("192.0.2.7"))
    );
    assert_snapshot!(event.event.details);
    assert!(!format!("{events:?} {:?} {:?}", world.state, world.stored(1).await).contains(&token));
}
