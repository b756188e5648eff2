use futures_util::future::join_all;
use narrowgate_secret::TokenDigest;
use narrowgate_store::tokens::{GrantAccess, NewToken, Revocation, TokenPrivileges};
use narrowgate_store::{ConnectionId, StoreError, TokenId};

use crate::fixture::{Fixture, day, grant, legacy, new_token};

async fn conflicts(fixture: &Fixture, new: &NewToken) {
    let result = fixture.store.tokens().add(new).await;
    assert!(matches!(result, Err(StoreError::Conflict(..))), "{result:?}");
    assert_eq!(fixture.store.tokens().find_by_digest(&new.digest).await.unwrap(), None);
}

pub(crate) async fn are_found_as_added(fixture: &Fixture) {
    let connection = fixture.connect(7).await;
    let mut new = new_token(&connection, "fine-grained");
    new.description = Some("for the 夜 build".to_owned());
    new.expires_at = Some(day("2026-07-01"));
    let mut empty = grant(GrantAccess::User, None, None);
    empty.permissions.clear();
    new.privileges = TokenPrivileges::FineGrained(vec![
        grant(GrantAccess::SelectedMemberships, Some(6), None),
        grant(GrantAccess::SelectedMemberships, None, Some(5)),
        grant(GrantAccess::AllMemberships, None, None),
        empty,
    ]);
    for new in [new_token(&connection, "legacy"), new] {
        let added = fixture.add(&new).await;
        assert_eq!(added.privileges, new.privileges);
        assert_eq!((added.family, added.previous), (added.id.0, None));
        assert_eq!(added.created_at, fixture.store.now());
        assert_eq!(fixture.read(added.id).await, added);
        let found = fixture.store.tokens().find_by_digest(&new.digest).await.unwrap();
        assert_eq!(found, Some(added));
    }
    assert_eq!(fixture.store.tokens().find_by_digest(&TokenDigest::of("other")).await.unwrap(), None);
    assert_eq!(fixture.store.tokens().lookup(TokenId(99)).await.unwrap(), None);
}

pub(crate) async fn need_a_privilege(fixture: &Fixture) {
    let connection = fixture.connect(7).await;
    for privileges in [legacy(&[]), TokenPrivileges::FineGrained(Vec::new())] {
        conflicts(fixture, &NewToken { privileges, ..new_token(&connection, "nothing") }).await;
    }
}

pub(crate) async fn need_names_without_spaces(fixture: &Fixture) {
    let connection = fixture.connect(7).await;
    let mut spaced = grant(GrantAccess::User, None, None);
    spaced.permissions.push("read_user api".to_owned());
    for privileges in [legacy(&["api read_api"]), legacy(&[""]), TokenPrivileges::FineGrained(vec![spaced])] {
        conflicts(fixture, &NewToken { privileges, ..new_token(&connection, "spaced") }).await;
    }
}

pub(crate) async fn need_ids_that_fit(fixture: &Fixture) {
    let connection = fixture.connect(7).await;
    conflicts(fixture, &NewToken { user_id: u64::MAX, ..new_token(&connection, "large") }).await;
    conflicts(fixture, &NewToken { user_id: 0, ..new_token(&connection, "zero") }).await;
    for access in [GrantAccess::SelectedMemberships, GrantAccess::User] {
        let both = TokenPrivileges::FineGrained(vec![grant(access, Some(1), Some(2))]);
        conflicts(fixture, &NewToken { privileges: both, ..new_token(&connection, "both") }).await;
    }
    let neither = TokenPrivileges::FineGrained(vec![grant(GrantAccess::SelectedMemberships, None, None)]);
    conflicts(fixture, &NewToken { privileges: neither, ..new_token(&connection, "neither") }).await;
}

pub(crate) async fn need_their_connection(fixture: &Fixture) {
    let connection = fixture.connect(7).await;
    conflicts(fixture, &NewToken { connection: ConnectionId(99), ..new_token(&connection, "orphan") }).await;
}

pub(crate) async fn need_their_own_tenant(fixture: &Fixture) {
    let connection = fixture.connect(7).await;
    let tenant = fixture.tenant().await;
    conflicts(fixture, &NewToken { tenant, ..new_token(&connection, "crossing") }).await;
}

pub(crate) async fn have_distinct_digests(fixture: &Fixture) {
    let connection = fixture.connect(7).await;
    let first = fixture.add(&new_token(&connection, "same")).await;
    let again = fixture.store.tokens().add(&new_token(&connection, "same")).await;
    assert!(matches!(again, Err(StoreError::Conflict(..))), "{again:?}");
    assert_eq!(fixture.read(first.id).await, first);
    // The failed attempt holds no lock and spoils nothing.
    fixture.add(&new_token(&connection, "next")).await;
}

pub(crate) async fn are_revoked_once(fixture: &Fixture) {
    let token = fixture.token("a").await;
    let tokens = fixture.store.tokens();
    let now = fixture.store.now();
    assert!(tokens.revoke(token.id, Revocation::asked(now)).await.unwrap());
    let later = Revocation::asked(now + std::time::Duration::from_secs(1));
    assert!(!tokens.revoke(token.id, later).await.unwrap());
    assert!(!tokens.revoke(TokenId(99), later).await.unwrap());
    let revoked = fixture.read(token.id).await;
    assert_eq!(revoked.revocation, Some(Revocation::asked(now)));
    assert_eq!(tokens.find_by_digest(&token.digest).await.unwrap(), Some(revoked));
}

pub(crate) async fn are_revoked_by_one_of_many(fixture: &Fixture) {
    let token = fixture.token("a").await;
    let attempts = (0..20).map(|_| fixture.revoke(token.id));
    assert_eq!(join_all(attempts).await.into_iter().filter(|revoked| *revoked).count(), 1);
}
