use std::time::Duration;

use narrowgate_store::tokens::{Cursor, NewToken, Sort, Token, TokenFilter, TokenUse};
use narrowgate_store::{Page, StoreError, TenantId};

use crate::fixture::{Fixture, day, new_token};

const ORDERS: [&str; 10] = [
    "id_asc",
    "id_desc",
    "created_asc",
    "created_desc",
    "expires_asc",
    "expires_desc",
    "last_used_asc",
    "last_used_desc",
    "name_asc",
    "name_desc",
];

/// Tokens with equal and absent values in every order.
async fn many(fixture: &Fixture) {
    let connection = fixture.connect(7).await;
    let names = ["same", "Same", "a", "ZZ", "same ", "é", "b", "same", "c", "d", "e"];
    for (number, name) in names.into_iter().enumerate() {
        let expires_at = [None, Some(day("2026-07-01")), Some(day("2026-07-02"))][number % 3];
        let digest = narrowgate_secret::TokenDigest::of(&format!("{name} {number}"));
        let token = fixture.add(&NewToken { expires_at, digest, ..new_token(&connection, name) }).await;
        if number % 2 == 0 {
            fixture.clock.advance(Duration::from_secs(60));
            let used = TokenUse { token: token.id, at: fixture.store.now(), address: None };
            fixture.store.tokens().record_use(&[used]).await.unwrap();
        }
    }
}

fn sorted(sort: &str) -> TokenFilter {
    TokenFilter { sort: Sort::parse(sort).unwrap(), ..TokenFilter::all(TenantId::DEFAULT) }
}

async fn walk(fixture: &Fixture, filter: &TokenFilter, step: u32) -> Vec<Token> {
    let (mut filter, mut walked) = (filter.clone(), Vec::new());
    loop {
        let page = fixture.store.tokens().list_after(&filter, step).await.unwrap();
        let Some(last) = page.last() else { return walked };
        let text = Cursor::after(last, filter.sort).to_string();
        filter.after = Some(Cursor::parse(&text, filter.sort).unwrap());
        walked.extend(page);
    }
}

pub(crate) async fn walk_every_order(fixture: &Fixture) {
    many(fixture).await;
    for order in ORDERS {
        let filter = sorted(order);
        let listed = fixture.store.tokens().list(&filter, Page::ALL).await.unwrap().items;
        for step in [1, 2, 5, 100] {
            assert_eq!(walk(fixture, &filter, step).await, listed, "{order} in steps of {step}");
        }
    }
}

pub(crate) async fn survive_what_is_added(fixture: &Fixture) {
    many(fixture).await;
    let filter = sorted("id_desc");
    let first = fixture.store.tokens().list_after(&filter, 4).await.unwrap();
    fixture.token("newcomer").await;
    let after = Some(Cursor::after(&first[3], filter.sort));
    let next = fixture.store.tokens().list_after(&TokenFilter { after, ..filter }, 1).await.unwrap();
    assert_eq!(next[0].id.0, first[3].id.0 - 1);
}

pub(crate) async fn are_of_one_list(fixture: &Fixture) {
    let token = fixture.token("a").await;
    let after = Some(Cursor::after(&token, Sort::parse("name_asc").unwrap()));
    let crossed = TokenFilter { after, ..sorted("name_desc") };
    let result = fixture.store.tokens().list_after(&crossed, 1).await;
    assert!(matches!(result, Err(StoreError::Conflict(..))), "{result:?}");
}
