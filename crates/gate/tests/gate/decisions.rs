//! What passes, what doesn't, and what the instance hears of it.

use narrowgate_gate::Sender;

use crate::world::World;

#[tokio::test]
async fn a_grant_allows_what_it_names_and_nothing_else() {
    let mut world = World::start().await;
    let (token, _) = world.on_web(&["read_work_item", "download_code"]).await;
    for (line, status) in [
        ("GET /api/v4/projects/20/issues", 200),
        ("GET /api/v4/projects/acme%2Fweb/issues", 200),
        ("GET /acme/web.git/info/refs?service=git-upload-pack", 200),
        ("POST /api/v4/projects/20/issues", 403),
        ("GET /api/v4/projects/21/issues", 404),
        ("GET /acme/web.git/info/refs?service=git-receive-pack", 403),
        ("GET /api/v4/nonsense", 403),
        ("GET /acme/web/-/issues", 404),
    ] {
        let answer = world.ask(line, &token, "", "").await;
        assert_eq!(answer.status(), status, "{line}: {answer:?}");
        assert_eq!(world.upstream.take().len(), usize::from(status == 200), "{line}");
        assert!(answer.has("x-request-id: "), "{line}");
    }
}

#[tokio::test]
async fn a_refusal_says_what_is_missing() {
    let mut world = World::start().await;
    let (token, _) = world.on_web(&["read_work_item"]).await;
    let answer = world.ask("POST /api/v4/projects/20/issues", &token, "", "").await;
    assert!(answer.has("insufficient_granular_scope"), "{answer:?}");
    assert!(answer.has("[Work Item: Create]"), "{answer:?}");
    assert!(answer.has(r#""narrowgate":{"reason":"permission_missing""#), "{answer:?}");
}

#[tokio::test]
async fn legacy_tokens_pass_by_scope() {
    let mut world = World::start().await;
    let (token, _) = world.legacy("read_api").await;
    let json = "Content-Type: application/json\r\n";
    for (line, body, status) in [
        ("GET /api/v4/projects/21/issues", "", 200),
        ("POST /api/v4/projects/21/issues", "", 403),
        ("POST /api/graphql", r#"{"query":"{ currentUser { id } }"}"#, 200),
        ("POST /api/graphql", r#"{"query":"mutation { x }"}"#, 403),
        ("GET /acme/web.git/info/refs?service=git-upload-pack", "", 403),
    ] {
        let answer = world.ask(line, &token, json, body).await;
        assert_eq!(answer.status(), status, "{line} {body}: {answer:?}");
    }
}

#[tokio::test]
async fn groups_can_refuse_legacy_tokens() {
    let mut world = World::with(|config| config.enforced_groups = vec![10]).await;
    let (token, _) = world.legacy("api").await;
    let answer = world.ask("GET /api/v4/projects/20/issues", &token, "", "").await;
    assert_eq!(answer.status(), 403, "{answer:?}");
    assert!(answer.has("fine_grained_required"), "{answer:?}");
}

#[tokio::test]
async fn withheld_fields_are_cut() {
    let mut world = World::start().await;
    let (token, _) = world.on_web(&["read_project"]).await;
    let answer = world.ask("GET /api/v4/projects/20", &token, "Accept-Encoding: gzip\r\n", "").await;
    assert_eq!(answer.status(), 200, "{answer:?}");
    assert!(answer.has("\"name\"") && !answer.has("runners_token"), "{answer:?}");
    assert_eq!(world.upstream.take()[0].header("accept-encoding"), "");
}

#[tokio::test]
async fn nobody_gets_public_operations_only() {
    let world = World::start().await;
    let ask =
        |target: &str| format!("GET {target} HTTP/1.1\r\nHost: gate.example\r\nConnection: close\r\n\r\n");
    assert_eq!(world.raw(&ask("/api/v4/projects/20/issues")).await.status(), 401);
    let git = world.raw(&ask("/acme/web.git/info/refs?service=git-upload-pack")).await;
    assert_eq!(git.status(), 401);
    assert!(git.has("www-authenticate: Basic realm=\"GitLab\""), "{git:?}");
    assert!(world.upstream.take().is_empty());
    assert_eq!(world.raw(&ask("/api/v4/templates/licenses")).await.status(), 200);
    assert_eq!(world.upstream.take()[0].header("authorization"), "");
}

#[tokio::test]
async fn explain_goes_the_same_way() {
    let mut world = World::start().await;
    let (token, _) = world.on_web(&["read_work_item"]).await;
    let explain = async |method: &str, target: &str| {
        let sender = Sender { token: &token.digest(), address: [127, 0, 0, 1].into(), sudo: None };
        world.gate.explain(sender, method, target).await.unwrap()
    };
    assert!(explain("GET", "/api/v4/projects/20/issues").await.decision.is_allow());
    let denied = explain("DELETE", "/api/v4/projects/acme%2Fweb/issues/3").await;
    assert_eq!(denied.needs[0].places[0].full_path.as_deref(), Some("acme/web"));
    assert!(!denied.decision.is_allow() && denied.suggestion.is_some());
    assert!(explain("GET", "/api/v4/../x").await.detail.is_some());
}
