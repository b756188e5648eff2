//! What the client asks and how it reads the answers.

use narrowgate_catalog::Role;
use narrowgate_gitlab::{GitlabError, NamespaceKind, Reference, Visibility};
use secrecy::SecretString;
use serde_json::json;

use crate::fake::{Fake, Reply, credential};

#[tokio::test]
async fn reads_the_current_user() {
    let fake = Fake::start().await;
    fake.reply(
        "/user",
        Reply::json(&json!({"id": 1, "username": "root", "name": "R", "state": "active", "is_admin": true})),
    );
    let user = fake.client().current_user(&credential()).await.unwrap();
    assert_eq!((user.id, user.username.as_str(), user.administrator), (1, "root", true));
}

#[tokio::test]
async fn a_token_that_cannot_speak_of_itself_is_no_failure() {
    let fake = Fake::start().await;
    let client = fake.client();
    assert_eq!(client.token_self(&credential()).await, Ok(None));
    assert_eq!(client.token_self(&SecretString::from("oauth")).await, Ok(None));
    let body =
        json!({"id": 9, "scopes": ["api"], "expires_at": "2027-01-31", "active": true, "revoked": false});
    fake.reply("/personal_access_tokens/self", Reply::json(&body));
    let token = client.token_self(&credential()).await.unwrap().unwrap();
    assert_eq!((token.scopes, token.expires_at.as_deref()), (vec!["api".to_owned()], Some("2027-01-31")));
}

#[tokio::test]
async fn reads_the_version() {
    let fake = Fake::start().await;
    fake.reply("/version", Reply::json(&json!({"version": "18.4.1-ee", "revision": "abc"})));
    assert_eq!(fake.client().version(&credential()).await.unwrap().version, "18.4.1-ee");
}

#[tokio::test]
async fn finds_projects_and_groups_by_number_and_path() {
    let fake = Fake::with_world().await;
    let client = fake.client();
    for reference in [Reference::Id(22), Reference::Path("acme/platform/infra".into())] {
        let project = client.project(&credential(), &reference).await.unwrap().unwrap();
        assert_eq!(
            (project.id, project.namespace.id, project.namespace.kind),
            (22, 11, NamespaceKind::Group)
        );
        assert_eq!(project.visibility, Visibility::Internal);
    }
    for reference in [Reference::Id(11), Reference::Path("acme/platform".into())] {
        let group = client.group(&credential(), &reference).await.unwrap().unwrap();
        assert_eq!((group.id, group.parent_id), (11, Some(10)));
    }
    assert_eq!(client.project(&credential(), &Reference::Id(99)).await, Ok(None));
    assert_eq!(client.group(&credential(), &Reference::Id(99)).await, Ok(None));
}

#[tokio::test]
async fn reads_roles() {
    let fake = Fake::with_world().await;
    let client = fake.client();
    assert_eq!(client.project_role(&credential(), 22, 2).await, Ok(Some(Role::Developer)));
    assert_eq!(client.project_role(&credential(), 22, 3).await, Ok(None));
    assert_eq!(client.group_role(&credential(), 11, 2).await, Ok(Some(Role::Developer)));
}

#[tokio::test]
async fn a_hidden_list_of_members_is_no_membership() {
    let fake = Fake::start().await;
    let client = fake.client();
    fake.reply("/projects/1/members/all/2", Reply::new(403, r#"{"message":"403 Forbidden"}"#));
    assert_eq!(client.project_role(&credential(), 1, 2).await, Ok(None));
    fake.reply("/projects/1/members/all/2", Reply::new(403, r#"{"error":"insufficient_scope"}"#));
    assert_eq!(client.project_role(&credential(), 1, 2).await, Err(GitlabError::Refused { status: 403 }));
}

#[tokio::test]
async fn a_membership_of_somebody_else_is_malformed() {
    let fake = Fake::start().await;
    fake.reply("/projects/1/members/all/2", Reply::json(&json!({"id": 3, "access_level": 50})));
    let role = fake.client().project_role(&credential(), 1, 2).await;
    assert!(matches!(role, Err(GitlabError::Malformed { .. })), "{role:?}");
}

#[tokio::test]
async fn tells_project_snippets_from_personal_ones() {
    let fake = Fake::start().await;
    let client = fake.client();
    fake.reply("/snippets/5", Reply::json(&json!({"id": 5, "project_id": 22, "author": {"id": 2}})));
    fake.reply("/snippets/6", Reply::json(&json!({"id": 6, "project_id": null, "author": {"id": 2}})));
    assert_eq!(client.snippet(&credential(), 5).await.unwrap().unwrap().project_id, Some(22));
    let personal = client.snippet(&credential(), 6).await.unwrap().unwrap();
    assert_eq!((personal.project_id, personal.author.map(|author| author.id)), (None, Some(2)));
    assert_eq!(client.snippet(&credential(), 7).await, Ok(None));
}

#[tokio::test]
async fn a_refused_credential_is_named_as_such() {
    let fake = Fake::with_world().await;
    let wrong = SecretString::from("glpat-wrong");
    let refused = GitlabError::Refused { status: 401 };
    assert_eq!(fake.client().current_user(&wrong).await, Err(refused.clone()));
    assert_eq!(fake.client().project(&wrong, &Reference::Id(22)).await, Err(refused.clone()));
    let unprintable = SecretString::from("two\nlines");
    assert_eq!(fake.client().current_user(&unprintable).await, Err(refused));
}
