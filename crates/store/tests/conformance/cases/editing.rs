use futures_util::future::join_all;
use narrowgate_store::changes::Operation;
use narrowgate_store::tokens::{Conditions, Edit, GrantAccess, NewGrants, NewToken, Token, TokenPrivileges};
use narrowgate_store::{Sequence, StoreError, TokenId};

use super::kinds::every_kind;
use crate::fixture::{Fixture, at, grant, new_token};

async fn fine_grained(fixture: &Fixture) -> Token {
    let connection = fixture.connect(7).await;
    let grants = vec![
        grant(GrantAccess::SelectedMemberships, Some(6), None),
        grant(GrantAccess::SelectedMemberships, None, Some(5)),
    ];
    let privileges = TokenPrivileges::FineGrained(grants);
    fixture.add(&NewToken { privileges, ..new_token(&connection, "fine-grained") }).await
}

fn narrower() -> NewGrants {
    NewGrants {
        grants: vec![grant(GrantAccess::SelectedMemberships, Some(6), None)],
        conditions: Conditions {
            not_before: Some(at("2026-07-01")),
            addresses: vec!["192.0.2.7/32".parse().unwrap()],
            push_refs: vec!["refs/heads/*".to_owned()],
        },
        sudo: true,
    }
}

async fn edit(fixture: &Fixture, id: TokenId, revision: i64, new: &NewGrants) -> Edit {
    fixture.store.tokens().replace_grants(id, revision, new, fixture.store.now()).await.unwrap()
}

pub(crate) async fn replaces_grants_and_conditions(fixture: &Fixture) {
    let token = fine_grained(fixture).await;
    let NewGrants { grants, conditions, sudo } = narrower();
    let privileges = TokenPrivileges::FineGrained(grants);
    let expected = Token { privileges, conditions, sudo, revision: 1, ..token.clone() };
    assert_eq!(edit(fixture, token.id, 0, &narrower()).await, Edit::Edited(Box::new(expected.clone())));
    assert_eq!(fixture.read(token.id).await, expected);
    let changes = fixture.store.changes().since(Sequence(2), 9).await.unwrap();
    let changes: Vec<_> = changes.iter().map(|change| (change.entity_id, change.operation)).collect();
    assert_eq!(changes, [(token.id.0, Operation::Updated)]);
}

pub(crate) async fn is_refused_when_stale(fixture: &Fixture) {
    let token = fine_grained(fixture).await;
    edit(fixture, token.id, 0, &narrower()).await;
    let edited = fixture.read(token.id).await;
    let wide = NewGrants { grants: vec![grant(GrantAccess::Instance, None, None)], ..narrower() };
    for revision in [0, 2, -1] {
        assert_eq!(edit(fixture, token.id, revision, &wide).await, Edit::Stale);
    }
    assert_eq!(fixture.read(token.id).await, edited);
}

pub(crate) async fn is_refused_for_what_has_no_grants(fixture: &Fixture) {
    let token = fine_grained(fixture).await;
    fixture.revoke(token.id).await;
    assert_eq!(edit(fixture, token.id, 0, &narrower()).await, Edit::NotEditable);
    assert_eq!(edit(fixture, TokenId(99), 0, &narrower()).await, Edit::NotEditable);
    let connection = fixture.connect(8).await;
    for new in every_kind(&connection) {
        if !matches!(new.privileges, TokenPrivileges::FineGrained(_)) {
            let added = fixture.add(&new).await;
            assert_eq!(edit(fixture, added.id, 0, &narrower()).await, Edit::NotEditable);
        }
    }
}

pub(crate) async fn leaves_the_token_when_it_fails(fixture: &Fixture) {
    let token = fine_grained(fixture).await;
    let head = fixture.store.changes().head().await.unwrap();
    let both = grant(GrantAccess::SelectedMemberships, Some(1), Some(2));
    for grants in [vec![], vec![both]] {
        let new = NewGrants { grants, ..narrower() };
        let result = fixture.store.tokens().replace_grants(token.id, 0, &new, fixture.store.now()).await;
        assert!(matches!(result, Err(StoreError::Conflict(..))), "{result:?}");
    }
    assert_eq!(fixture.read(token.id).await, token);
    assert_eq!(fixture.store.changes().head().await.unwrap(), head);
}

pub(crate) async fn is_won_once(fixture: &Fixture) {
    let token = fine_grained(fixture).await;
    let new = narrower();
    let attempts = (0..20).map(|_| edit(fixture, token.id, 0, &new));
    let results = join_all(attempts).await;
    assert_eq!(results.iter().filter(|result| matches!(result, Edit::Edited(_))).count(), 1);
    assert_eq!(results.iter().filter(|result| **result == Edit::Stale).count(), 19);
}
