//! Keyset pagination.

use insta::assert_snapshot;
use serde_json::Value;

use crate::world::{World, legacy};

/// Follows `Link` from page to page.
async fn walk(world: &World, query: &str) -> Vec<Vec<u64>> {
    let mut path = format!("/personal_access_tokens?pagination=keyset&per_page=2&{query}");
    let mut pages = Vec::new();
    loop {
        let reply = world.get(&world.user("maria"), &path).await;
        assert_eq!((reply.status, reply.header("x-total"), reply.header("x-page")), (200, "", ""));
        let ids =
            reply.json().as_array().unwrap().iter().map(|token| token["id"].as_u64().unwrap()).collect();
        pages.push(ids);
        let Some((url, rest)) = reply.header("link").strip_prefix('<').and_then(|link| link.split_once('>'))
        else {
            return pages;
        };
        assert_eq!(rest, "; rel=\"next\"");
        path = url.strip_prefix("http://gate.example.com/api/v4").unwrap().to_owned();
    }
}

#[tokio::test]
async fn goes_through_the_list_in_every_order() {
    let world = World::new().await;
    for _ in 0..5 {
        world.token("maria", legacy(&["read_api"])).await;
    }
    assert_eq!(walk(&world, "").await, [vec![1, 2], vec![3, 4], vec![5]]);
    assert_eq!(walk(&world, "sort=created_desc").await, [vec![5, 4], vec![3, 2], vec![1]]);
    assert_eq!(walk(&world, "sort=last_used_asc").await.concat().len(), 5);
    assert_eq!(walk(&world, "sort=name_asc&state=active").await, [vec![1, 2], vec![3, 4], vec![5]]);
    assert_eq!(walk(&world, "search=nothing").await, [Vec::<u64>::new()]);
}

#[tokio::test]
async fn refuses_cursors_of_other_lists() {
    let world = World::new().await;
    for query in ["cursor=x", "cursor=na.1.61&sort=created_asc"] {
        let path = format!("/personal_access_tokens?pagination=keyset&{query}");
        let reply = world.get(&world.user("maria"), &path).await;
        assert_eq!((reply.status, &reply.json()["error"]), (400, &Value::from("cursor is invalid")));
    }
    let reply = world.get(&world.user("maria"), "/personal_access_tokens?pagination=sideways").await;
    assert_snapshot!(reply, @r#"
    400
    {"error":"pagination does not have a valid value"}
    "#);
}
