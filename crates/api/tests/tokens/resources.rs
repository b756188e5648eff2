//! Tokens of projects and groups.

use insta::assert_snapshot;
use narrowgate_api::Caller;
use narrowgate_store::tokens::{GrantAccess, Resource};
use narrowgate_store::{BotId, TenantId};
use serde_json::{Value, json};

use crate::world::{Reply, Script, World, fine, grant, legacy, on};

const WEB: &str = "/projects/20/access_tokens";
const ACME: &str = "/groups/acme/access_tokens";

async fn post(world: &World, user: &str, path: &str, body: &Value) -> Reply {
    world.call(&world.user(user), "POST", path, body).await
}

fn wish() -> Value {
    json!({"name": "deploy", "scopes": ["read_api"], "expires_at": "2026-09-01"})
}

async fn bot(world: &World, id: i64) -> Caller {
    world.bearer(&world.stored(id).await)
}

#[tokio::test]
async fn a_whole_life() {
    let world = World::new().await;
    let mut script = Script::default();
    let by_path = post(&world, "maria", "/projects/acme%2Fweb/access_tokens", &wish()).await.redacted();
    script.note("create for a project, by path", &by_path);
    let body = json!({"name": "all", "scopes": ["api"], "access_level": 30, "description": "for CI"});
    script.note("create for a group", &post(&world, "olga", ACME, &body).await.redacted());
    let maria = world.user("maria");
    script.note("list", &world.get(&maria, WEB).await);
    script.note("list a group's", &world.get(&world.user("olga"), "/groups/10/access_tokens").await);
    script.note("show", &world.get(&maria, &format!("{WEB}/1")).await);
    script.note("rotate", &post(&world, "maria", &format!("{WEB}/1/rotate"), &Value::Null).await.redacted());
    script.note("only active ones", &world.get(&maria, &format!("{WEB}?state=active")).await);
    script.note("revoke", &world.call(&maria, "DELETE", &format!("{WEB}/3"), &Value::Null).await);
    script.note(
        "revoked ones, last first",
        &world.get(&maria, &format!("{WEB}?revoked=true&sort=name_desc")).await,
    );
    assert_snapshot!(script);
}

#[tokio::test]
async fn each_has_a_bot_of_its_own() {
    let world = World::new().await;
    for _ in 0..2 {
        post(&world, "maria", WEB, &wish()).await.redacted();
    }
    let bots = world.store.bots().list(TenantId::DEFAULT, Resource::Project(20)).await.unwrap();
    let (one, two) = (world.stored(1).await, world.stored(2).await);
    assert_eq!(bots.iter().map(|bot| bot.id.0).collect::<Vec<_>>(), [one.user_id, two.user_id]);
    assert!(one.user_id > BotId::OFFSET && one.user_id != two.user_id);
    assert!(bots[0].username.starts_with("project_20_bot_") && bots[0].username.len() == 15 + 32);
    assert_eq!((one.access_level, one.created_by), (Some(40), Some(2)));
}

#[tokio::test]
async fn fine_grained_ones_stay_within() {
    let world = World::new().await;
    let create = async |path: &str, grants: Value| {
        post(&world, "olga", path, &json!({"name": "x", "granular_scopes": grants})).await
    };
    let mut script = Script::default();
    let itself = json!([{"access": "selected_memberships", "permissions": ["read_job"]}]);
    script.note("a grant that selects nothing is on the project", &create(WEB, itself).await.redacted());
    script.note("as stored", &world.get(&world.user("olga"), &format!("{WEB}/1")).await);
    let below = json!([{"access": "selected_memberships", "permissions": ["read_job"], "group_ids": [11], "project_ids": [22]}]);
    assert_eq!(create(ACME, below.clone()).await.status, 201);
    for (title, path, grants) in [
        (
            "another project",
            WEB,
            json!([{"access": "selected_memberships", "permissions": ["read_job"], "project_ids": [22]}]),
        ),
        (
            "the group above",
            WEB,
            json!([{"access": "selected_memberships", "permissions": ["read_job"], "group_ids": [10]}]),
        ),
        (
            "a sibling of the group",
            "/groups/11/access_tokens",
            json!([{"access": "selected_memberships", "permissions": ["read_job"], "project_ids": [20]}]),
        ),
        (
            "a project that does not exist",
            WEB,
            json!([{"access": "selected_memberships", "permissions": ["read_job"], "project_ids": [999]}]),
        ),
        ("the user", WEB, json!([{"access": "user", "permissions": ["read_user"]}])),
        ("all memberships", ACME, json!([{"access": "all_memberships", "permissions": ["read_job"]}])),
        ("nothing", ACME, json!([])),
        (
            "an unknown permission",
            ACME,
            json!([{"access": "selected_memberships", "permissions": ["read_jobs"]}]),
        ),
    ] {
        script.note(title, &create(path, grants).await);
    }
    assert_snapshot!(script);
}

#[tokio::test]
async fn refusals() {
    let world = World::new().await;
    post(&world, "olga", WEB, &json!({"name": "owner's", "scopes": ["api"], "access_level": 50}))
        .await
        .redacted();
    post(&world, "maria", WEB, &wish()).await.redacted();
    let null = Value::Null;
    let level = |level: u64| json!({"name": "x", "scopes": ["api"], "access_level": level});
    let mut script = Script::default();
    for (title, user, method, path, body) in [
        ("a developer creates", "dev", "POST", WEB, &wish()),
        ("a maintainer creates for a group", "maria", "POST", ACME, &wish()),
        ("a maintainer makes an owner", "maria", "POST", WEB, &level(50)),
        ("no such level", "maria", "POST", WEB, &level(35)),
        ("a scope that bots have not", "maria", "POST", WEB, &json!({"name": "x", "scopes": ["read_user"]})),
        ("neither scopes nor grants", "maria", "POST", WEB, &json!({"name": "x"})),
        ("a project out of sight", "gus", "POST", "/projects/34/access_tokens", &wish()),
        ("a group that does not exist", "olga", "GET", "/groups/99/access_tokens", &null),
        ("a developer lists", "dev", "GET", WEB, &null),
        ("a developer looks", "dev", "GET", "/projects/20/access_tokens/1", &null),
        ("no such token", "maria", "GET", "/projects/20/access_tokens/77", &null),
        ("another project's token", "maria", "GET", "/projects/22/access_tokens/1", &null),
        ("no such token of a group", "olga", "GET", "/groups/10/access_tokens/1", &null),
        ("a developer revokes", "dev", "DELETE", "/projects/20/access_tokens/1", &null),
        ("revoke no such token", "maria", "DELETE", "/projects/20/access_tokens/77", &null),
        ("a developer rotates", "dev", "POST", "/projects/20/access_tokens/1/rotate", &null),
        ("a maintainer rotates an owner's", "maria", "POST", "/projects/20/access_tokens/1/rotate", &null),
        ("rotate no such token", "maria", "POST", "/projects/20/access_tokens/77/rotate", &null),
        (
            "an administrator rotates no such token",
            "root",
            "POST",
            "/projects/20/access_tokens/77/rotate",
            &null,
        ),
        (
            "a person rotates as if it were a bot",
            "maria",
            "POST",
            "/projects/20/access_tokens/self/rotate",
            &null,
        ),
        ("not a number", "maria", "GET", "/projects/20/access_tokens/x", &null),
        ("among one's personal tokens", "maria", "GET", "/personal_access_tokens", &null),
        ("as one's personal token", "maria", "GET", "/personal_access_tokens/2", &null),
    ] {
        script.note(title, &world.call(&world.user(user), method, path, body).await);
    }
    assert_snapshot!(script);
}

#[tokio::test]
async fn bots_rotate_themselves_and_make_nothing() {
    let world = World::new().await;
    let maintainer = json!({"name": "ci", "scopes": ["api"], "access_level": 40});
    post(&world, "root", WEB, &maintainer).await.redacted();
    let own = bot(&world, 1).await;
    let mut script = Script::default();
    let null = Value::Null;
    for (title, method, path, body) in [
        ("itself", "GET", "/personal_access_tokens/self", &null),
        ("creates another", "POST", WEB, &wish()),
        ("creates a personal one for its maker", "POST", "/user/personal_access_tokens", &wish()),
        ("is no administrator, whoever made it", "POST", "/users/2/personal_access_tokens", &wish()),
        ("nor one to impersonate", "POST", "/users/2/impersonation_tokens", &wish()),
        ("lists its project's", "GET", WEB, &null),
        ("is nobody elsewhere", "GET", "/projects/22/access_tokens", &null),
        ("at another project", "POST", "/projects/22/access_tokens/self/rotate", &null),
    ] {
        let reply = world.call(&own, method, path, body).await;
        script.note(title, &reply);
    }
    let path = format!("{WEB}/self/rotate");
    let reply = world.call(&own, "POST", &path, &json!({"expires_at": "2026-12-24"})).await.redacted();
    script.note("rotates itself", &reply);
    let user_id = world.stored(1).await.user_id;
    assert_eq!(world.stored(2).await.user_id, user_id, "the successor has the same bot");
    let own = bot(&world, 2).await;
    assert_eq!(world.call(&own, "POST", "/personal_access_tokens/self/rotate", &null).await.status, 200);
    let own = bot(&world, 3).await;
    assert_eq!(world.call(&own, "DELETE", "/personal_access_tokens/self", &null).await.status, 204);
    assert!(world.stored(3).await.revocation.is_some());
    assert_snapshot!(script);
}

#[tokio::test]
async fn a_rotated_one_takes_its_family_with_it() {
    let world = World::new().await;
    post(&world, "maria", WEB, &wish()).await.redacted();
    let path = format!("{WEB}/1/rotate");
    assert_eq!(post(&world, "maria", &path, &Value::Null).await.status, 200);
    assert_eq!(post(&world, "maria", &path, &Value::Null).await.status, 401);
    assert!(world.stored(2).await.revocation.is_some());
}

#[tokio::test]
async fn no_personal_token_makes_a_wider_one() {
    let world = World::new().await;
    let narrow = fine(&[on(&[20], &[], &["create_resource_access_token", "read_job"])]);
    let narrow = world.bearer(&world.token("maria", narrow).await);
    let create = async |body: Value| world.call(&narrow, "POST", WEB, &body).await;
    let with = |permissions: &[&str]| json!({"name": "x", "granular_scopes": [{"access": "selected_memberships", "permissions": permissions}]});
    let mut script = Script::default();
    script.note("what it holds", &create(with(&["read_job"])).await.redacted());
    script.note("more permissions", &create(with(&["read_job", "delete_job"])).await);
    script.note("scopes", &create(wish()).await);
    assert_snapshot!(script);
    let all = fine(&[grant(GrantAccess::AllMemberships, &["read_job"])]);
    let all = world.bearer(&world.token("maria", all).await);
    assert_eq!(world.call(&all, "POST", WEB, &with(&["read_job"])).await.status, 201);
    let reading = world.bearer(&world.token("maria", legacy(&["read_api"])).await);
    let body = json!({"name": "x", "scopes": ["api"]});
    assert_eq!(world.call(&reading, "POST", WEB, &body).await.status, 403);
}

#[tokio::test]
async fn another_instance_has_other_projects_of_the_same_numbers() {
    let world = World::new().await;
    post(&world, "maria", WEB, &wish()).await.redacted();
    let mut caller = world.user("root");
    caller.connection = world.connect("https://other.example.com", 1, "root", true).await;
    assert_eq!(world.get(&caller, WEB).await.text, "[]");
    assert_eq!(world.get(&caller, &format!("{WEB}/1")).await.status, 404);
    assert_eq!(world.call(&caller, "DELETE", &format!("{WEB}/1"), &Value::Null).await.status, 404);
    assert!(world.stored(1).await.revocation.is_none());
}

#[tokio::test]
async fn a_bot_sees_itself() {
    let world = World::new().await;
    post(&world, "maria", WEB, &wish()).await.redacted();
    let bot = bot(&world, 1).await;
    let username =
        &world.store.bots().list(TenantId::DEFAULT, Resource::Project(20)).await.unwrap()[0].username;
    let shown = world.get(&bot, "/user").await;
    assert_eq!(shown.status, 200);
    assert_snapshot!(shown.text.replace(username.as_str(), "[bot]"));
    assert_eq!(
        world.get(&world.user("maria"), "/user").await.status,
        404,
        "a person is the instance's to show"
    );
}
