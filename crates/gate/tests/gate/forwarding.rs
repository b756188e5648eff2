//! What reaches the instance, and what comes back.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::world::{CREDENTIAL, World};

#[tokio::test]
async fn the_credential_is_exchanged_and_nothing_else_of_the_client_passes() {
    let mut world = World::start().await;
    let (token, _) = world.on_web(&["read_work_item"]).await;
    let more = "Cookie: _gitlab_session=x\r\nX-Forwarded-For: 1.2.3.4\r\nGitlab-Bypass-Rate-Limiting: 1\r\n\
                Gitlab-Workhorse: 1\r\nX-Hop: 1\r\nX-Request-Id: mine\r\nAccept: application/json\r\nPrivate_Token: x\r\n\
                Connection: X-Hop\r\n";
    let target = "/api/v4/projects/20/issues?labels=a%2Cb&search=x+y&not[author_id]=1";
    let answer = world.ask(&format!("GET {target}"), &token, more, "").await;
    assert_eq!(answer.status(), 200, "{answer:?}");
    let seen = &world.upstream.take()[0];
    assert_eq!(seen.target, target);
    assert_eq!(seen.header("authorization"), format!("Bearer {CREDENTIAL}"));
    assert_eq!(seen.header("x-forwarded-for"), "127.0.0.1");
    assert_eq!(seen.header("accept"), "application/json");
    assert_eq!(seen.header("host"), world.upstream.address.to_string());
    assert_ne!(seen.header("x-request-id"), "mine");
    for name in [
        "cookie",
        "private-token",
        "private_token",
        "gitlab-bypass-rate-limiting",
        "gitlab-workhorse",
        "x-hop",
    ] {
        assert_eq!(seen.header(name), "", "{name}");
    }
    assert!(answer.has("link: <http://gate.example/api/v4/projects/20/issues"), "{answer:?}");
    assert!(!answer.has("set-cookie"), "{answer:?}");
}

#[tokio::test]
async fn a_token_in_the_query_is_taken_out() {
    let mut world = World::start().await;
    let (token, _) = world.on_web(&["read_work_item"]).await;
    let ask = |query: &str| {
        let query = query.replace("{token}", token.expose());
        format!("GET /api/v4/projects/20/issues?{query} HTTP/1.1\r\nHost: g\r\nConnection: close\r\n\r\n")
    };
    assert_eq!(world.raw(&ask("a=1&private_token={token}&b=2")).await.status(), 200);
    assert_eq!(world.upstream.take()[0].target, "/api/v4/projects/20/issues?a=1&b=2");
    assert_eq!(world.raw(&ask("private_token={token}&access_token=glpat-x")).await.status(), 400);
    assert_eq!(world.raw(&ask("private_token={token}&sudo=root")).await.status(), 403);
}

#[tokio::test]
async fn lfs_batches_never_tell_the_credential() {
    let mut world = World::start().await;
    let (token, _) = world.on_web(&["download_code"]).await;
    let basic = STANDARD.encode(format!("any:{}", token.expose()));
    let body = r#"{"operation":"download","objects":[]}"#;
    let ask = |body: &str| {
        format!(
            "POST /acme/web.git/info/lfs/objects/batch HTTP/1.1\r\nHost: gate.example\r\nConnection: close\r\n\
             Content-Type: application/vnd.git-lfs+json\r\nAuthorization: Basic {basic}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    let answer = world.raw(&ask(body)).await;
    assert_eq!(answer.status(), 200, "{answer:?}");
    assert!(answer.has("http://gate.example/acme/web.git/gitlab-lfs/objects/abc"), "{answer:?}");
    assert!(answer.0.contains(&format!("Basic {basic}")), "{answer:?}");
    assert!(answer.has("https://storage.example.com/abc") && answer.has("AWS4 signed"), "{answer:?}");
    let upstream = STANDARD.encode(format!("oauth2:{CREDENTIAL}"));
    assert!(!answer.0.contains(&upstream) && !answer.0.contains(CREDENTIAL), "{answer:?}");
    assert_eq!(world.upstream.take()[0].header("authorization"), format!("Basic {upstream}"));
    let upload = r#"{"operation":"upload","objects":[]}"#;
    assert_eq!(world.raw(&ask(upload)).await.status(), 403);
}

#[tokio::test]
async fn an_instance_that_is_gone_is_a_502_with_an_id() {
    let mut world = World::with(|config| {
        config.instance = narrowgate_gitlab::InstanceUrl::parse(config.instance.as_str()).unwrap();
        config.timeouts.connect = std::time::Duration::from_millis(200);
    })
    .await;
    let (token, _) = world.legacy("api").await;
    let gone = World::with(|config| {
        config.instance = narrowgate_gitlab::InstanceUrl::parse("http://127.0.0.1:1").unwrap();
    })
    .await;
    // The other world's store does not know the token: it is refused before anything is asked.
    assert_eq!(gone.ask("GET /api/v4/projects/20/issues", &token, "", "").await.status(), 401);
    let public = "GET /api/v4/templates/licenses HTTP/1.1\r\nHost: g\r\nConnection: close\r\n\r\n";
    let answer = gone.raw(public).await;
    assert_eq!(answer.status(), 502, "{answer:?}");
    assert!(answer.has("instance_unreachable") && answer.has("request_id"), "{answer:?}");
}

#[tokio::test]
async fn a_container_named_by_path_is_forwarded_by_id() {
    let mut world = World::start().await;
    let (token, _) = world.on_web(&["read_work_item"]).await;
    for path in ["acme%2Fweb", "acme%2fweb"] {
        let query = "issues?search=acme%2Fweb&x=%2f";
        let answer = world.ask(&format!("GET /api/v4/projects/{path}/{query}"), &token, "", "").await;
        assert_eq!(answer.status(), 200, "{answer:?}");
        assert_eq!(world.upstream.take()[0].target, format!("/api/v4/projects/20/{query}"));
    }
}

#[tokio::test]
async fn links_in_the_instances_other_names_lead_back_too() {
    let mut world = World::with(|config| {
        let url = narrowgate_gitlab::InstanceUrl::parse("https://gitlab.example.com");
        config.external_urls = vec![url.unwrap()];
    })
    .await;
    let (token, _) = world.on_web(&["read_work_item"]).await;
    let answer = world.ask("GET /api/v4/projects/20/issues?a=1", &token, "", "").await;
    let link = "link: <http://gate.example/api/v4/projects/20/issues?a=1&page=2>; rel=\"next\", \
                <http://gate.example/api/v4/projects/20/issues?a=1>; rel=\"first\"";
    assert!(answer.has(link), "{answer:?}");
}
