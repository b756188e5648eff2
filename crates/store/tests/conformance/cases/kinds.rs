use narrowgate_store::StoreError;
use narrowgate_store::connections::Connection;
use narrowgate_store::tokens::{
    Conditions, GrantAccess, JobRef, NewToken, Resource, State, TokenFilter, TokenKind, TokenPrivileges,
};
use narrowgate_store::{Page, TenantId};

use crate::fixture::{Fixture, at, grant, legacy, new_token};

/// One token of each kind, with all that it can have.
pub(crate) fn every_kind(connection: &Connection) -> Vec<NewToken> {
    let conditions = Conditions {
        not_before: Some(at("2026-06-25")),
        addresses: vec!["192.0.2.0/24".parse().unwrap(), "2001:db8::/32".parse().unwrap()],
        push_refs: vec!["refs/heads/feature/*".to_owned(), "refs/tags/v*".to_owned()],
    };
    let grants = TokenPrivileges::FineGrained(vec![grant(GrantAccess::AllMemberships, None, None)]);
    let bot = |resource, kind, name| NewToken {
        kind,
        resource: Some(resource),
        access_level: Some(30),
        user_id: 4_000_000_001,
        created_by: Some(7),
        ..new_token(connection, name)
    };
    vec![
        NewToken {
            privileges: grants.clone(),
            conditions: conditions.clone(),
            sudo: true,
            created_by: Some(1),
            ..new_token(connection, "personal")
        },
        NewToken { impersonation: true, created_by: Some(1), ..new_token(connection, "impersonation") },
        bot(Resource::Project(20), TokenKind::Project, "project"),
        NewToken { privileges: grants, conditions, ..bot(Resource::Group(10), TokenKind::Group, "group") },
        NewToken {
            kind: TokenKind::Job,
            privileges: TokenPrivileges::Job,
            job: Some(JobRef { project_id: 20, job_id: 99 }),
            ends_at: Some(at("2026-06-24T13:00:00Z")),
            ..new_token(connection, "job")
        },
    ]
}

pub(crate) async fn are_found_as_added(fixture: &Fixture) {
    let connection = fixture.connect(7).await;
    for new in every_kind(&connection) {
        let added = fixture.add(&new).await;
        assert_eq!((added.kind, added.resource, added.job), (new.kind, new.resource, new.job));
        assert_eq!((added.access_level, added.created_by), (new.access_level, new.created_by));
        assert_eq!((added.impersonation, added.sudo), (new.impersonation, new.sudo));
        assert_eq!((&added.conditions, added.ends_at), (&new.conditions, new.ends_at));
        assert_eq!((&added.privileges, added.revision), (&new.privileges, 0));
        assert_eq!(fixture.read(added.id).await, added);
        let found = fixture.store.tokens().find_by_digest(&new.digest).await.unwrap();
        assert_eq!(found, Some(added));
    }
}

pub(crate) async fn need_what_their_kind_needs(fixture: &Fixture) {
    let connection = fixture.connect(7).await;
    let [personal, impersonation, project, group, job] = every_kind(&connection).try_into().unwrap();
    let spaced = Conditions { push_refs: vec!["refs/heads/a b".to_owned()], ..Conditions::default() };
    let wrong = [
        NewToken { resource: None, ..project.clone() },
        NewToken { resource: Some(Resource::Group(10)), ..project.clone() },
        NewToken { access_level: None, ..project.clone() },
        NewToken { access_level: Some(31), ..project.clone() },
        NewToken { access_level: Some(60), ..project.clone() },
        NewToken { sudo: true, ..project.clone() },
        NewToken { impersonation: true, ..project },
        NewToken { resource: Some(Resource::Project(10)), ..group.clone() },
        NewToken { resource: Some(Resource::Group(0)), ..group },
        NewToken { resource: Some(Resource::Project(20)), ..personal.clone() },
        NewToken { access_level: Some(30), ..personal.clone() },
        NewToken { privileges: TokenPrivileges::Job, ..personal.clone() },
        NewToken { conditions: spaced, ..personal },
        NewToken { sudo: true, ..impersonation },
        NewToken { privileges: legacy(&["api"]), ..job.clone() },
        NewToken { ends_at: None, ..job.clone() },
        NewToken { job: None, ..job.clone() },
        NewToken { job: Some(JobRef { project_id: 0, job_id: 99 }), ..job },
    ];
    for new in wrong {
        let result = fixture.store.tokens().add(&new).await;
        assert!(matches!(result, Err(StoreError::Conflict(..))), "{new:?}: {result:?}");
    }
}

pub(crate) async fn end_at_their_moment(fixture: &Fixture) {
    let connection = fixture.connect(7).await;
    for new in every_kind(&connection) {
        fixture.add(&new).await;
    }
    let end = at("2026-06-24T13:00:00Z");
    for (now, active) in [(end.0 - 1, true), (end.0, false)] {
        let state = Some(State::Active(narrowgate_store::time::Timestamp(now)));
        let job = Some(JobRef { project_id: 20, job_id: 99 });
        let filter = TokenFilter { state, job, ..TokenFilter::all(TenantId::DEFAULT) };
        let listed = fixture.store.tokens().list(&filter, Page::ALL).await.unwrap();
        assert_eq!(listed.items.len() == 1, active);
    }
}
