use futures_util::future::join_all;
use narrowgate_store::tokens::{GrantAccess, Revocation, RevocationReason, Rotation, Token, TokenPrivileges};
use narrowgate_store::{StoreError, TokenId};

use super::kinds::every_kind;
use crate::fixture::{Fixture, day, grant, new_token, successor};

pub(crate) async fn replaces_a_token(fixture: &Fixture) {
    let old = fixture.token("old").await;
    fixture.clock.advance(std::time::Duration::from_secs(60));
    let new = fixture.rotate(old.id, "new").await;
    let now = fixture.store.now();
    let expected = Token {
        id: new.id,
        digest: successor("new").digest,
        created_at: now,
        expires_at: Some(day("2026-07-24")),
        previous: Some(old.id),
        ..old.clone()
    };
    assert!(new.id > old.id);
    assert_eq!(new, expected);
    assert_eq!(fixture.read(new.id).await, expected);
    let revocation = Some(Revocation { at: now, reason: RevocationReason::Rotated });
    assert_eq!(fixture.read(old.id).await, Token { revocation, ..old });
}

pub(crate) async fn copies_privileges(fixture: &Fixture) {
    let connection = fixture.connect(7).await;
    let mut new = new_token(&connection, "old");
    new.privileges = TokenPrivileges::FineGrained(vec![
        grant(GrantAccess::SelectedMemberships, Some(6), None),
        grant(GrantAccess::Instance, None, None),
    ]);
    let old = fixture.add(&new).await;
    let rotated = fixture.rotate(old.id, "new").await;
    assert_eq!(rotated.privileges, old.privileges);
    assert_eq!(fixture.read(old.id).await.privileges, old.privileges);
}

pub(crate) async fn copies_everything_that_bounds_a_token(fixture: &Fixture) {
    let connection = fixture.connect(7).await;
    for new in every_kind(&connection) {
        let old = fixture.add(&new).await;
        let rotated = fixture.rotate(old.id, &format!("next {}", new.name)).await;
        let expected = Token {
            id: rotated.id,
            digest: rotated.digest,
            expires_at: rotated.expires_at,
            previous: Some(old.id),
            ..old
        };
        assert_eq!(rotated, expected);
    }
}

pub(crate) async fn is_refused_for_a_revoked_token(fixture: &Fixture) {
    let old = fixture.token("old").await;
    let tokens = fixture.store.tokens();
    fixture.revoke(old.id).await;
    let rotation = tokens.rotate(old.id, &successor("new"), fixture.store.now()).await.unwrap();
    assert_eq!(rotation, Rotation::AlreadyRevoked);
    assert_eq!(tokens.find_by_digest(&successor("new").digest).await.unwrap(), None);
}

pub(crate) async fn is_refused_for_an_unknown_token(fixture: &Fixture) {
    let rotation = fixture.store.tokens().rotate(TokenId(99), &successor("new"), fixture.store.now()).await;
    assert_eq!(rotation.unwrap(), Rotation::AlreadyRevoked);
}

pub(crate) async fn leaves_the_old_token_when_it_fails(fixture: &Fixture) {
    let old = fixture.token("old").await;
    fixture.token("taken").await;
    let head = fixture.store.changes().head().await.unwrap();
    let rotation = fixture.store.tokens().rotate(old.id, &successor("taken"), fixture.store.now()).await;
    assert!(matches!(rotation, Err(StoreError::Conflict(..))), "{rotation:?}");
    assert_eq!(fixture.read(old.id).await, old);
    assert_eq!(fixture.store.changes().head().await.unwrap(), head);
}

pub(crate) async fn is_won_once(fixture: &Fixture) {
    let old = fixture.token("old").await;
    let successors: Vec<_> = (0..20).map(|number| successor(&number.to_string())).collect();
    let attempts =
        successors.iter().map(|new| fixture.store.tokens().rotate(old.id, new, fixture.store.now()));
    let results = join_all(attempts).await;
    let won = results.iter().filter(|result| matches!(result, Ok(Rotation::Rotated(_)))).count();
    let lost = results.iter().filter(|result| matches!(result, Ok(Rotation::AlreadyRevoked))).count();
    assert_eq!((won, lost), (1, 19));
}

pub(crate) async fn reuse_revokes_the_family(fixture: &Fixture) {
    let stranger = fixture.token("stranger").await;
    let first = fixture.token("first").await;
    let second = fixture.rotate(first.id, "second").await;
    let third = fixture.rotate(second.id, "third").await;
    assert_eq!((second.family, third.family), (first.family, first.family));
    let tokens = fixture.store.tokens();
    let reuse = Revocation { at: fixture.store.now(), reason: RevocationReason::Reused };
    let revoked = tokens.revoke_family(first.id, reuse).await.unwrap();
    assert_eq!(revoked, [third.id]);
    assert_eq!(fixture.revocation(first.id).await, Some(RevocationReason::Rotated));
    assert_eq!(fixture.revocation(third.id).await, Some(RevocationReason::Reused));
    assert_eq!(fixture.revocation(stranger.id).await, None);
    assert_eq!(tokens.revoke_family(first.id, reuse).await.unwrap(), []);
    assert_eq!(tokens.revoke_family(TokenId(99), reuse).await.unwrap(), []);
}
