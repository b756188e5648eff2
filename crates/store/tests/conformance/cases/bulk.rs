use std::time::Duration;

use narrowgate_store::changes::Operation;
use narrowgate_store::tokens::{Revocation, RevocationReason, Sort, SortKey, State, TokenFilter, TokenUse};
use narrowgate_store::{TenantId, TokenId};

use crate::fixture::{Fixture, new_token};

fn all() -> TokenFilter {
    TokenFilter::all(TenantId::DEFAULT)
}

async fn revoke(fixture: &Fixture, filter: &TokenFilter) -> Vec<i64> {
    let why = Revocation { at: fixture.store.now(), reason: RevocationReason::Bulk };
    let revoked = fixture.store.tokens().revoke_many(filter, why).await.unwrap();
    revoked.into_iter().map(|id| id.0).collect()
}

/// Six tokens of one user, an hour apart; the first and the fourth are used at the end.
async fn six(fixture: &Fixture) {
    let connection = fixture.connect(7).await;
    for name in ["a", "b", "c", "d", "e", "f"] {
        fixture.add(&new_token(&connection, name)).await;
        fixture.clock.advance(Duration::from_secs(3600));
    }
    let at = fixture.store.now();
    let uses = [1, 4].map(|id| TokenUse { token: TokenId(id), at, address: None });
    fixture.store.tokens().record_use(&uses).await.unwrap();
}

pub(crate) async fn revokes_what_passes(fixture: &Fixture) {
    six(fixture).await;
    let ids = TokenFilter { ids: vec![TokenId(2), TokenId(99)], ..all() };
    assert_eq!(revoke(fixture, &ids).await, [2]);
    let digests = TokenFilter { digests: vec![fixture.read(TokenId(3)).await.digest], ..all() };
    assert_eq!(revoke(fixture, &digests).await, [3]);
    let since = fixture.read(TokenId(6)).await.created_at;
    let unused = TokenFilter { unused_since: Some(since), ..all() };
    assert_eq!(revoke(fixture, &unused).await, [5]);
    // What orders a list is of no matter here.
    let sort = Sort { key: SortKey::LastUsed, descending: false };
    let active = TokenFilter { state: Some(State::Active(fixture.store.now())), sort, ..all() };
    assert_eq!(revoke(fixture, &active).await, [1, 4, 6]);
    assert_eq!(revoke(fixture, &all()).await, Vec::<i64>::new());
    assert_eq!(fixture.revocation(TokenId(4)).await, Some(RevocationReason::Bulk));
}

pub(crate) async fn leaves_others_alone(fixture: &Fixture) {
    six(fixture).await;
    let tenant = fixture.tenant().await;
    assert_eq!(revoke(fixture, &TokenFilter::all(tenant)).await, Vec::<i64>::new());
    fixture.revoke(TokenId(1)).await;
    assert_eq!(revoke(fixture, &TokenFilter { user_id: Some(8), ..all() }).await, Vec::<i64>::new());
    assert_eq!(revoke(fixture, &TokenFilter { user_id: Some(7), ..all() }).await, [2, 3, 4, 5, 6]);
    assert_eq!(fixture.revocation(TokenId(1)).await, Some(RevocationReason::Revoked));
}

pub(crate) async fn tells_followers(fixture: &Fixture) {
    six(fixture).await;
    let head = fixture.store.changes().head().await.unwrap();
    revoke(fixture, &TokenFilter { ids: vec![TokenId(5), TokenId(2)], ..all() }).await;
    let changes = fixture.store.changes().since(head, 9).await.unwrap();
    let changes: Vec<_> = changes.iter().map(|change| (change.entity_id, change.operation)).collect();
    assert_eq!(changes, [(2, Operation::Revoked), (5, Operation::Revoked)]);
}
