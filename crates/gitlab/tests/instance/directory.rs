//! What the directory finds out, and how often it asks.

use std::time::Duration;

use narrowgate_catalog::Role;
use narrowgate_gitlab::{Directory, DirectoryConfig, GitlabError, Identity, Reference, Visibility};
use serde_json::json;

use crate::fake::{Fake, Reply, maria};

fn infra() -> Reference {
    Reference::Path("acme/platform/infra".into())
}

#[tokio::test]
async fn a_project_with_its_chain_and_role() {
    let fake = Fake::with_world().await;
    let facts = fake.directory().project(&maria(), &infra()).await.unwrap().unwrap();
    assert_eq!((facts.id, facts.full_path.as_str()), (22, "acme/platform/infra"));
    assert_eq!(facts.ancestors, [11, 10]);
    assert_eq!(
        (facts.role, facts.visibility, facts.personal),
        (Some(Role::Developer), Visibility::Internal, false)
    );
    let mut asked = fake.asked();
    asked.sort();
    assert_eq!(
        asked,
        [
            "/groups/10?with_projects=false",
            "/groups/11?with_projects=false",
            "/projects/22/members/all/2",
            "/projects/acme%2Fplatform%2Finfra",
        ]
    );
}

#[tokio::test]
async fn a_group_with_its_chain_and_role() {
    let fake = Fake::with_world().await;
    let facts =
        fake.directory().group(&maria(), &Reference::Path("acme/platform".into())).await.unwrap().unwrap();
    assert_eq!(
        (facts.id, facts.ancestors.as_slice(), facts.role),
        (11, [10].as_slice(), Some(Role::Developer))
    );
    let acme = fake.directory().group(&maria(), &Reference::Id(10)).await.unwrap().unwrap();
    assert_eq!((acme.ancestors.as_slice(), acme.role), ([].as_slice(), None));
}

#[tokio::test]
async fn a_personal_project_is_its_owners_by_number() {
    let fake = Fake::with_world().await;
    let directory = fake.directory();
    let own = directory.project(&maria(), &Reference::Id(31)).await.unwrap().unwrap();
    assert_eq!((own.personal, own.role, own.ancestors.as_slice()), (true, Some(Role::Owner), [].as_slice()));
    // Another user took the name over.
    let other = Identity { connection: 2, user_id: 9, ..maria() };
    let foreign = directory.project(&other, &Reference::Id(31)).await.unwrap().unwrap();
    assert_eq!((foreign.personal, foreign.role), (false, None));
}

#[tokio::test]
async fn a_personal_project_without_an_owner_is_nobodys() {
    let fake = Fake::start().await;
    fake.project(31, "maria/home", &json!({"id": 102, "kind": "user", "path": "maria"}));
    let facts = fake.directory().project(&maria(), &Reference::Id(31)).await.unwrap().unwrap();
    assert!(!facts.personal);
}

#[tokio::test]
async fn an_ancestor_out_of_sight_ends_the_chain() {
    let fake = Fake::with_world().await;
    fake.forget("/groups/10?with_projects=false");
    let facts = fake.directory().project(&maria(), &infra()).await.unwrap().unwrap();
    assert_eq!(facts.ancestors, [11, 10]);
    fake.forget("/groups/11?with_projects=false");
    let facts = fake.directory().project(&maria(), &infra()).await.unwrap().unwrap();
    assert_eq!(facts.ancestors, [11, 10], "the project itself names both");
    fake.project(22, "acme/platform/infra", &json!({"id": 11, "kind": "group", "parent_id": null}));
    let facts = fake.directory().project(&maria(), &infra()).await.unwrap().unwrap();
    assert_eq!(facts.ancestors, [11]);
}

#[tokio::test]
async fn twenty_levels_are_walked_and_loops_are_not() {
    let fake = Fake::start().await;
    for id in 1..=20 {
        fake.group(id, &format!("g{id}"), (id > 1).then(|| id - 1));
    }
    fake.project(100, "g20/p", &json!({"id": 20, "kind": "group", "parent_id": 19}));
    let facts = fake.directory().project(&maria(), &Reference::Id(100)).await.unwrap().unwrap();
    assert_eq!(facts.ancestors, (1..=20).rev().collect::<Vec<_>>());
    fake.group(1, "g1", Some(20));
    let looped = fake.directory().project(&maria(), &Reference::Id(100)).await;
    assert!(matches!(looped, Err(GitlabError::Malformed { .. })), "{looped:?}");
    let looped = fake.directory().group(&maria(), &Reference::Id(5)).await;
    assert!(matches!(looped, Err(GitlabError::Malformed { .. })), "{looped:?}");
}

#[tokio::test]
async fn an_answer_about_something_else_is_malformed() {
    let fake = Fake::with_world().await;
    fake.reply(
        "/projects/50",
        Reply::json(&json!({
            "id": 22, "path_with_namespace": "a/b", "namespace": {"id": 1, "kind": "user"},
        })),
    );
    fake.reply("/groups/50?with_projects=false", Reply::json(&json!({"id": 10, "full_path": "acme"})));
    let directory = fake.directory();
    assert!(matches!(
        directory.project(&maria(), &Reference::Id(50)).await,
        Err(GitlabError::Malformed { .. })
    ));
    assert!(matches!(
        directory.group(&maria(), &Reference::Id(50)).await,
        Err(GitlabError::Malformed { .. })
    ));
}

#[tokio::test]
async fn an_administrator_who_is_no_member_has_no_role() {
    let fake = Fake::with_world().await;
    let root = Identity { connection: 9, user_id: 1, username: "root".into(), ..maria() };
    let facts = fake.directory().project(&root, &infra()).await.unwrap().unwrap();
    assert_eq!(facts.role, None);
}

#[tokio::test]
async fn a_path_without_namespace_is_no_project() {
    let fake = Fake::with_world().await;
    assert_eq!(fake.directory().project(&maria(), &Reference::Path("acme".into())).await, Ok(None));
    assert!(fake.asked().is_empty());
}

#[tokio::test]
async fn answers_are_remembered_for_their_time() {
    let fake = Fake::with_world().await;
    let config = DirectoryConfig {
        lifetime: Duration::from_millis(300),
        absent_lifetime: Duration::from_millis(50),
        ..DirectoryConfig::default()
    };
    let directory = Directory::new(fake.client(), &config);
    let absent = Reference::Id(99);
    for _ in 0..3 {
        directory.project(&maria(), &infra()).await.unwrap();
        directory.project(&maria(), &absent).await.unwrap();
    }
    assert_eq!(fake.asked().len(), 5, "four for the project, one for what is not there");
    tokio::time::sleep(Duration::from_millis(80)).await;
    directory.project(&maria(), &infra()).await.unwrap();
    directory.project(&maria(), &absent).await.unwrap();
    assert_eq!(fake.asked(), ["/projects/99"]);
    tokio::time::sleep(Duration::from_millis(320)).await;
    fake.forget("/projects/acme%2Fplatform%2Finfra");
    assert_eq!(directory.project(&maria(), &infra()).await, Ok(None));
}

#[tokio::test]
async fn connections_do_not_share_answers() {
    let fake = Fake::with_world().await;
    let directory = fake.directory();
    assert!(directory.project(&maria(), &infra()).await.unwrap().is_some());
    fake.forget("/projects/acme%2Fplatform%2Finfra");
    let other = Identity { connection: 2, ..maria() };
    assert_eq!(directory.project(&other, &infra()).await, Ok(None));
    assert!(directory.project(&maria(), &infra()).await.unwrap().is_some());
    directory.invalidate(1);
    assert_eq!(directory.project(&maria(), &infra()).await, Ok(None));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_at_once_ask_once() {
    let fake = Fake::with_world().await;
    fake.reply(
        "/projects/7",
        Reply::json(&json!({
            "id": 7, "path_with_namespace": "acme/x", "namespace": {"id": 10, "kind": "group"},
        }))
        .after(Duration::from_millis(100)),
    );
    let directory = fake.directory();
    let asks: Vec<_> = (0..100)
        .map(|_| {
            let directory = directory.clone();
            tokio::spawn(
                async move { directory.project(&maria(), &Reference::Id(7)).await.unwrap().unwrap().id },
            )
        })
        .collect();
    for ask in asks {
        assert_eq!(ask.await.unwrap(), 7);
    }
    assert_eq!(fake.asked().iter().filter(|path| *path == "/projects/7").count(), 1);
}

#[tokio::test]
async fn errors_reach_everyone_and_are_forgotten() {
    let fake = Fake::with_world().await;
    fake.reply("/projects/7", Reply::new(500, "").after(Duration::from_millis(50)));
    let directory = fake.directory();
    let (me, seven) = (maria(), Reference::Id(7));
    let (one, two) = tokio::join!(directory.project(&me, &seven), directory.project(&me, &seven));
    assert_eq!(
        (one, two),
        (Err(GitlabError::Unexpected { status: 500 }), Err(GitlabError::Unexpected { status: 500 }))
    );
    assert_eq!(fake.asked(), ["/projects/7"]);
    fake.forget("/projects/7");
    assert_eq!(directory.project(&me, &seven).await, Ok(None));
}

#[tokio::test]
async fn a_failing_membership_fails_the_whole() {
    let fake = Fake::with_world().await;
    fake.reply("/projects/22/members/all/2", Reply::new(502, ""));
    assert_eq!(
        fake.directory().project(&maria(), &infra()).await,
        Err(GitlabError::Unexpected { status: 502 })
    );
}

#[tokio::test]
async fn debug_shows_no_credential() {
    let fake = Fake::start().await;
    let text = format!("{:?} {:?}", maria(), fake.directory());
    assert!(text.contains("maria") && !text.contains("native-credential"), "{text}");
}
