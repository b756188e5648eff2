use narrowgate_store::allowlist::{Allowlist, MOST_ENTRIES, ProjectKey};
use narrowgate_store::changes::Entity;
use narrowgate_store::tokens::Resource;
use narrowgate_store::{Sequence, StoreError, TenantId};

use crate::fixture::{Fixture, URL};

fn project(project_id: u64) -> ProjectKey {
    ProjectKey { tenant: TenantId::DEFAULT, instance_url: URL.to_owned(), project_id }
}

async fn put(
    fixture: &Fixture,
    project: &ProjectKey,
    target: Resource,
    policies: Option<&[String]>,
) -> Result<(), StoreError> {
    fixture.store.allowlists().put(project, target, policies, fixture.store.now()).await
}

async fn read(fixture: &Fixture, project: &ProjectKey) -> Allowlist {
    fixture.store.allowlists().lookup(project).await.unwrap()
}

pub(crate) async fn are_empty_at_first(fixture: &Fixture) {
    assert_eq!(read(fixture, &project(20)).await, Allowlist::default());
}

pub(crate) async fn keep_their_order(fixture: &Fixture) {
    let policies = ["READ_JOBS".to_owned(), "ADMIN_PACKAGES".to_owned()];
    put(fixture, &project(20), Resource::Project(22), None).await.unwrap();
    put(fixture, &project(20), Resource::Group(22), Some(&policies)).await.unwrap();
    put(fixture, &project(20), Resource::Project(21), Some(&[])).await.unwrap();
    // An entry that is put again keeps its place.
    put(fixture, &project(20), Resource::Project(22), Some(&policies[..1])).await.unwrap();
    let entries = read(fixture, &project(20)).await.entries;
    let shown: Vec<_> = entries.into_iter().map(|entry| (entry.target, entry.policies)).collect();
    assert_eq!(
        shown,
        [
            (Resource::Project(22), Some(policies[..1].to_vec())),
            (Resource::Group(22), Some(policies.to_vec())),
            // No policy at all is not the same as default permissions.
            (Resource::Project(21), Some(vec![])),
        ]
    );
    let allowlists = fixture.store.allowlists();
    assert!(allowlists.remove(&project(20), Resource::Group(22), fixture.store.now()).await.unwrap());
    assert!(!allowlists.remove(&project(20), Resource::Group(22), fixture.store.now()).await.unwrap());
    assert_eq!(read(fixture, &project(20)).await.entries.len(), 2);
    let changes = fixture.store.changes().since(Sequence(0), 99).await.unwrap();
    assert_eq!(changes.len(), 5);
    assert!(changes.iter().all(|change| change.entity == Entity::Allowlist && change.entity_id == 20));
}

pub(crate) async fn take_so_many_entries(fixture: &Fixture) {
    for id in 100..100 + MOST_ENTRIES as u64 {
        put(fixture, &project(20), Resource::Project(id), None).await.unwrap();
    }
    let spaced = ["READ JOBS".to_owned()];
    for (target, policies) in [
        (Resource::Group(1), None),
        (Resource::Project(20), None),
        (Resource::Project(0), None),
        (Resource::Project(100), Some(&spaced[..])),
    ] {
        let result = put(fixture, &project(20), target, policies).await;
        assert!(matches!(result, Err(StoreError::Conflict(..))), "{target:?}: {result:?}");
    }
    put(fixture, &project(20), Resource::Project(100), Some(&[])).await.unwrap();
    assert_eq!(read(fixture, &project(20)).await.entries.len(), MOST_ENTRIES);
}

pub(crate) async fn say_who_may_push(fixture: &Fixture) {
    for push in [true, true, false, false, true] {
        fixture.store.allowlists().set_push(&project(20), push, fixture.store.now()).await.unwrap();
        assert_eq!(read(fixture, &project(20)).await.push, push);
    }
    assert!(!read(fixture, &project(21)).await.push);
}

pub(crate) async fn keep_apart(fixture: &Fixture) {
    put(fixture, &project(20), Resource::Project(22), None).await.unwrap();
    let elsewhere = ProjectKey { instance_url: "https://other.example.com".to_owned(), ..project(20) };
    let theirs = ProjectKey { tenant: fixture.tenant().await, ..project(20) };
    for other in [elsewhere, theirs, project(22)] {
        assert_eq!(read(fixture, &other).await, Allowlist::default());
    }
}
