//! Pushes of tokens that may touch some refs only.

use narrowgate_secret::PlainToken;
use narrowgate_store::tokens::{GrantAccess, StoredGrant, TokenKind, TokenPrivileges};

use crate::world::{Answer, World};

const ID: &str = "1111111111111111111111111111111111111111";

fn commands(refs: &[&str], capabilities: &str) -> String {
    let mut body = String::new();
    for (at, name) in refs.iter().enumerate() {
        let capabilities = if at == 0 { format!("\0{capabilities}") } else { String::new() };
        let line = format!("{} {ID} {name}{capabilities}", "0".repeat(40));
        body.push_str(&format!("{:04x}{line}", line.len() + 4));
    }
    body + "0000PACK and so on"
}

async fn push(world: &World, token: &PlainToken, body: &str) -> Answer {
    let kind = "Content-Type: application/x-git-receive-pack-request\r\n";
    world.ask("POST /acme/web.git/git-receive-pack", token, kind, body).await
}

#[tokio::test]
async fn only_matching_refs_pass_and_nothing_is_forwarded_before_that_is_known() {
    let mut world = World::start().await;
    let grant = StoredGrant {
        access: GrantAccess::SelectedMemberships,
        project_id: Some(20),
        group_id: None,
        permissions: vec!["push_code".to_owned()],
    };
    let privileges = TokenPrivileges::FineGrained(vec![grant]);
    let (token, _) = world
        .add(TokenKind::Personal, privileges, |new| {
            new.conditions.push_refs = vec!["refs/heads/feature/*".to_owned()];
        })
        .await;
    let body = commands(&["refs/heads/feature/x"], "report-status side-band-64k");
    assert_eq!(push(&world, &token, &body).await.status(), 200);
    assert_eq!(world.upstream.take()[0].body, body.as_bytes());

    let mixed = commands(&["refs/heads/feature/x", "refs/heads/main"], "report-status side-band-64k");
    let answer = push(&world, &token, &mixed).await;
    assert_eq!(answer.status(), 200, "{answer:?}");
    assert!(answer.has("ng refs/heads/main the token may not push to this ref"), "{answer:?}");
    assert!(answer.has("ng refs/heads/feature/x another ref of this push is not allowed"), "{answer:?}");
    let bare = push(&world, &token, &commands(&["refs/tags/v1"], "")).await;
    assert_eq!(bare.status(), 403, "{bare:?}");
    for malformed in ["", "0004", "000fpush-cert\0x\n0000"] {
        assert_eq!(push(&world, &token, malformed).await.status(), 400, "{malformed:?}");
    }
    assert!(world.upstream.take().is_empty());
    let denied = world.audited().await;
    assert!(denied.iter().any(|event| event.details["ref"] == "refs/heads/main"), "{denied:?}");
}
