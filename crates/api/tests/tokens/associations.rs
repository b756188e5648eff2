//! `GET /personal_access_tokens/self/associations`

use insta::assert_snapshot;
use narrowgate_api::authority::Requested;
use narrowgate_store::tokens::GrantAccess;
use serde_json::{Value, json};

use crate::world::{World, fine, grant, legacy, on};

const PATH: &str = "/personal_access_tokens/self/associations";

async fn world() -> World {
    let world = World::new().await;
    let answer = json!({
        "groups": [{"id": 10, "access_levels": 40}, {"id": 11, "access_levels": 40}],
        "projects": [
            {"id": 20, "access_levels": {"project_access_level": null, "group_access_level": 40}},
            {"id": 22}, {"id": 31}, {"id": 77},
        ],
    });
    world.containers.answers.lock().unwrap().insert(format!("{PATH}?page=1&per_page=20"), answer);
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
    assert_eq!(reached(legacy(&["api"])).await, (vec![10, 11], vec![20, 22, 31, 77]));
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
async fn keep_the_instances_fields() {
    let world = world().await;
    let token = world.token("maria", fine(&[on(&[20], &[], &["read_job"])])).await;
    assert_snapshot!(world.get(&world.bearer(&token), PATH).await);
}

#[tokio::test]
async fn pass_levels_and_pages_on() {
    let world = world().await;
    let path = format!("{PATH}?page=2&per_page=5&min_access_level=40");
    world.containers.answers.lock().unwrap().insert(path.clone(), json!({"groups": [], "projects": []}));
    assert_eq!(world.get(&world.user("maria"), &path).await.status, 200);
    assert_snapshot!(world.get(&world.user("maria"), &format!("{PATH}?min_access_level=7")).await, @r#"
    400
    {"error":"min_access_level does not have a valid value"}
    "#);
}

#[tokio::test]
async fn an_instance_without_them_or_with_nonsense() {
    let world = World::new().await;
    let token = world.token("maria", fine(&[on(&[20], &[], &["read_job"])])).await;
    assert_eq!(world.get(&world.bearer(&token), PATH).await.status, 404);
    for answer in [json!([]), json!({"groups": []}), json!({"groups": [{}], "projects": []}), Value::Null] {
        world.containers.answers.lock().unwrap().insert(format!("{PATH}?page=1&per_page=20"), answer);
        assert_eq!(world.get(&world.bearer(&token), PATH).await.status, 502);
    }
}
