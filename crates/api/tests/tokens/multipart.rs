//! Forms in parts.

use serde_json::json;

use crate::world::World;

fn form(fields: &[(&str, &str)]) -> String {
    let part = |(name, value): &(&str, &str)| {
        format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    fields.iter().map(part).collect::<String>() + "--edge--\r\n"
}

async fn status(world: &World, body: String) -> u16 {
    let user = world.user("maria");
    let kind = "multipart/form-data; boundary=edge";
    world.send(&user, "POST", "/user/personal_access_tokens", kind, body).await.status
}

#[tokio::test]
async fn are_read_as_other_forms_are() {
    let world = World::new().await;
    let body = form(&[("name", "é x"), ("scopes[]", "read_api"), ("scopes[]", "read_user")]);
    assert_eq!(status(&world, body).await, 201);
    let body = form(&[
        ("name", "fine"),
        ("granular_scopes[][access]", "selected_memberships"),
        ("granular_scopes[][permissions][]", "read_job"),
        ("granular_scopes[][project_ids][]", "20"),
    ]);
    assert_eq!(status(&world, body).await, 201);
    let list = world.get(&world.user("maria"), "/personal_access_tokens").await.json();
    assert_eq!((&list[0]["name"], &list[0]["scopes"]), (&json!("é x"), &json!(["read_api", "read_user"])));
    assert_eq!(list[1]["granular_scopes"][0]["project_id"], 20);
}

#[tokio::test]
async fn are_refused_when_broken() {
    let world = World::new().await;
    let file =
        "--edge\r\nContent-Disposition: form-data; name=\"name\"; filename=\"x\"\r\n\r\ny\r\n--edge--\r\n";
    let cut = form(&[("name", "x")]).replace("--edge--\r\n", "");
    for body in [file.to_owned(), cut, "nothing".to_owned(), form(&[("a", "1"), ("a[]", "2")])] {
        assert_eq!(status(&world, body.clone()).await, 400, "{body}");
    }
}
