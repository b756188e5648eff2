//! `GET /personal_access_tokens/self/associations`

use insta::assert_snapshot;
use narrowgate_api::authority::Requested;
use narrowgate_store::tokens::GrantAccess;
use serde_json::{Value, json};

use crate::world::{World, fine, grant, legacy, on};

const PATH: &str = "/personal_access_tokens/self/associations";
const GROUPS: &str = "/groups?min_access_level=10&order_by=id&sort=asc&page=1&per_page=20";
const PROJECTS: &str =
    "/projects?membership=true&min_access_level=10&order_by=id&sort=asc&page=1&per_page=20";

impl World {
    fn answer(&self, path: &str, answer: Value) {
        self.containers.answers.lock().unwrap().insert(path.to_owned(), answer);
    }
}

async fn world() -> World {
    let world = World::new().await;
    let acme = json!({
        "id": 10, "web_url": "https://gitlab.example.com/groups/acme", "name": "Acme", "path": "acme", "parent_id": null,
        "organization_id": 1, "visibility": "public", "full_path": "acme",
    });
    world.answer(GROUPS, json!([acme, {"id": 11}]));
    let web = json!({
        "visibility": "private", "id": 20, "description": null, "name": "Web", "name_with_namespace": "Acme / Web",
        "path": "web", "path_with_namespace": "acme/web", "created_at": "2026-01-02T03:04:05.678Z",
        "default_branch": "main", "web_url": "https://gitlab.example.com/acme/web",
        "permissions": {"project_access": null, "group_access": {"access_level": 40, "notification_level": 3}},
        "namespace": {"id": 10, "name": "Acme", "path": "acme", "kind": "group", "full_path": "acme",
            "parent_id": null, "avatar_url": null, "web_url": "https://gitlab.example.com/groups/acme"},
    });
    world.answer(PROJECTS, json!([web, {"id": 22}, {"id": 31}, {"id": 77}]));
    world
}

async fn reached(privileges: Requested) -> (Vec<u64>, Vec<u64>) {
    let world = world().await;
    let token = world.token("maria", privileges).await;
    let body = world.get(&world.bearer(&token), PATH).await.json();
    let ids =
        |kind: &str| body[kind].as_array().unwrap().iter().map(|item| item["id"].as_u64().unwrap()).collect();
    (ids("groups"), ids("projects"))
}

#[tokio::test]
async fn show_what_the_token_reaches() {
    assert_eq!(reached(legacy(&["api"])).await, (vec![10, 11], vec![20, 22, 31]));
    assert_eq!(reached(fine(&[on(&[20], &[], &["read_job"])])).await, (vec![], vec![20]));
    assert_eq!(reached(fine(&[on(&[], &[11], &["read_job"])])).await, (vec![11], vec![22]));
    assert_eq!(
        reached(fine(&[grant(GrantAccess::PersonalProjects, &["read_job"])])).await,
        (vec![], vec![31])
    );
    assert_eq!(
        reached(fine(&[grant(GrantAccess::AllMemberships, &["read_job"])])).await,
        (vec![10, 11], vec![20, 22, 31])
    );
    assert_eq!(reached(fine(&[grant(GrantAccess::User, &["read_user"])])).await, (vec![], vec![]));
}

#[tokio::test]
async fn have_gitlabs_fields_in_gitlabs_order() {
    let world = world().await;
    let token = world.token("maria", fine(&[on(&[20], &[10], &["read_job"])])).await;
    let reply = world.get(&world.bearer(&token), PATH).await;
    assert_snapshot!(reply.text.replace("},{", "},\n{").replace(",\"projects\"", ",\n\"projects\""));
}

#[tokio::test]
async fn pass_levels_and_pages_on() {
    let world = World::new().await;
    let tail = "min_access_level=40&order_by=id&sort=asc&page=2&per_page=5";
    world.answer(&format!("/groups?{tail}"), json!([]));
    world.answer(&format!("/projects?membership=true&{tail}"), json!([]));
    let reply =
        world.get(&world.user("maria"), &format!("{PATH}?min_access_level=40&page=2&per_page=5")).await;
    assert_eq!((reply.status, reply.text.as_str()), (200, r#"{"groups":[],"projects":[]}"#));
    assert_snapshot!(world.get(&world.user("maria"), &format!("{PATH}?min_access_level=7")).await, @r#"
    400
    {"error":"min_access_level does not have a valid value"}
    "#);
}

#[tokio::test]
async fn of_an_instance_that_makes_no_sense() {
    let world = world().await;
    for answer in [json!({}), json!([{}]), json!([{"id": "20"}]), Value::Null] {
        world.answer(PROJECTS, answer);
        assert_eq!(world.get(&world.user("maria"), PATH).await.status, 502);
    }
}
