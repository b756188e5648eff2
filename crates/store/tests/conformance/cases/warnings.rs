use narrowgate_store::tokens::NewToken;
use narrowgate_store::{StoreError, TokenId};

use crate::fixture::{Fixture, day, new_token};

async fn expiring(fixture: &Fixture, days: u32) -> Vec<String> {
    let today = fixture.store.now().date();
    let tokens = fixture.store.tokens().expiring(today, days, 10).await.unwrap();
    tokens.into_iter().map(|token| token.name).collect()
}

/// The clock stands at 2026-06-24.
async fn several(fixture: &Fixture) {
    let connection = fixture.connect(7).await;
    let plan = [
        ("month", Some("2026-07-24")),
        ("today", Some("2026-06-24")),
        ("tomorrow", Some("2026-06-25")),
        ("never", None),
        ("week", Some("2026-07-01")),
        ("over", Some("2026-06-01")),
    ];
    for (name, expires_at) in plan {
        fixture.add(&NewToken { expires_at: expires_at.map(day), ..new_token(&connection, name) }).await;
    }
}

pub(crate) async fn are_given_once_for_each_distance(fixture: &Fixture) {
    several(fixture).await;
    assert_eq!(expiring(fixture, 1).await, ["tomorrow"]);
    assert_eq!(expiring(fixture, 30).await, ["tomorrow", "week", "month"]);
    let (tokens, now) = (fixture.store.tokens(), fixture.store.now());
    assert!(tokens.mark_warned(TokenId(3), 30, now).await.unwrap());
    assert!(!tokens.mark_warned(TokenId(3), 30, now).await.unwrap());
    assert_eq!(expiring(fixture, 30).await, ["week", "month"]);
    assert_eq!(expiring(fixture, 1).await, ["tomorrow"]);
    let unknown = tokens.mark_warned(TokenId(99), 30, now).await;
    assert!(matches!(unknown, Err(StoreError::Conflict(..))), "{unknown:?}");
}

pub(crate) async fn leave_out_what_is_over(fixture: &Fixture) {
    several(fixture).await;
    fixture.revoke(TokenId(5)).await;
    assert_eq!(expiring(fixture, 60).await, ["tomorrow", "month"]);
    // Where there are many, the first to expire come first.
    let first = fixture.store.tokens().expiring(day("2026-06-23"), 60, 2).await.unwrap();
    assert_eq!(first.into_iter().map(|token| token.name).collect::<Vec<_>>(), ["today", "tomorrow"]);
}
