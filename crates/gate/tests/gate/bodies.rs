//! Nothing in a body may say something else than the path.

use crate::world::World;

const ISSUES: &str = "POST /api/v4/projects/20/issues";

#[tokio::test]
async fn bodies_that_contradict_the_path_are_refused() {
    let mut world = World::start().await;
    let (token, _) = world.on_web(&["create_work_item"]).await;
    let multipart = |name: &str| {
        format!("--X\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\nvalue\r\n--X--\r\n")
    };
    let types = [
        "Content-Type: application/json\r\n",
        "Content-Type: application/x-www-form-urlencoded\r\n",
        "Content-Type: multipart/form-data; boundary=X\r\n",
    ];
    let [json, form, parts] = types;
    for (kind, body, status, detail) in [
        (json, r#"{"title":"a"}"#.to_owned(), 200, ""),
        (json, r#"{"title":"a","project_id":21}"#.to_owned(), 400, "boundary_parameter"),
        (json, r#"{"title":"a","title":"b"}"#.to_owned(), 400, "repeated_key"),
        (json, r#"{"_method":"DELETE"}"#.to_owned(), 400, "method_override"),
        (json, r#"{"private_token":"x"}"#.to_owned(), 400, "credential_in_body"),
        (form, "title=a".to_owned(), 200, ""),
        (form, "title=a&_method=DELETE".to_owned(), 400, "method_override"),
        (form, "title=a&project%5Fid=21".to_owned(), 400, "boundary_parameter"),
        (form, "title=a&private_token=glpat-x".to_owned(), 400, "credential_in_body"),
        (form, "title=a;_method=DELETE".to_owned(), 400, "method_override"),
        ("", "_method=DELETE".to_owned(), 400, "method_override"),
        (parts, multipart("title"), 200, ""),
        (parts, multipart("_method"), 400, "method_override"),
        (parts, multipart("sudo"), 400, "credential_in_body"),
        (parts, multipart("project_id"), 400, "boundary_parameter"),
    ] {
        let answer = world.ask(ISSUES, &token, kind, &body).await;
        assert_eq!(answer.status(), status, "{kind}{body}: {answer:?}");
        assert!(answer.has(detail), "{kind}{body}: {answer:?}");
        let seen = world.upstream.take();
        assert_eq!(seen.len(), usize::from(status == 200), "{kind}{body}");
        assert!(seen.iter().all(|seen| seen.body == body.as_bytes()), "{kind}{body}");
    }
}

#[tokio::test]
async fn large_bodies_stream_and_are_still_looked_at() {
    let mut world = World::start().await;
    let (token, _) = world.on_web(&["create_work_item"]).await;
    let json = "Content-Type: application/json\r\n";
    let large = format!(r#"{{"description":"{}"}}"#, "a".repeat(3_000_000));
    let answer = world.ask(ISSUES, &token, json, &large).await;
    assert_eq!(answer.status(), 200, "{answer:?}");
    assert_eq!(world.upstream.take()[0].body.len(), large.len());
    let hidden = format!(r#"{{"description":"{}","project_id":21}}"#, "a".repeat(3_000_000));
    let answer = world.ask(ISSUES, &token, json, &hidden).await;
    assert_eq!(answer.status(), 400, "{answer:?}");
    assert!(world.upstream.take().is_empty());
}

#[tokio::test]
async fn a_credential_in_a_form_is_used_and_taken_out() {
    let mut world = World::start().await;
    let (token, _) = world.on_web(&["create_work_item"]).await;
    let body = format!("title=a&private_token={}&description=b", token.expose());
    let answer = world
        .raw(&format!(
            "{ISSUES} HTTP/1.1\r\nHost: g\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        ))
        .await;
    assert_eq!(answer.status(), 200, "{answer:?}");
    assert_eq!(world.upstream.take()[0].body, "title=a&description=b");
}
