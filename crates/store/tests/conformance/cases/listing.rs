use std::time::Duration;

use narrowgate_store::connections::NewConnection;
use narrowgate_store::time::Timestamp;
use narrowgate_store::tokens::{GrantAccess, NewToken, Sort, State, TokenFilter, TokenPrivileges, TokenUse};
use narrowgate_store::{Page, TenantId};

use crate::fixture::{Fixture, URL, at, day, grant, new_connection, new_token};

fn all() -> TokenFilter {
    TokenFilter::all(TenantId::DEFAULT)
}

async fn names(fixture: &Fixture, filter: &TokenFilter) -> Vec<String> {
    let listed = fixture.store.tokens().list(filter, Page::ALL).await.unwrap();
    assert_eq!(listed.total, Some(listed.items.len() as u64));
    listed.items.into_iter().map(|token| token.name).collect()
}

/// Four tokens: `alpha` of user 7, created at noon, expires on 1 July, used at 13:00; `Beta` of user 7, an hour later,
/// expires on 2 July, revoked; `gamma` of user 8, two hours later, expires on 24 June; `delta`, three hours later, never.
async fn four(fixture: &Fixture) {
    let (seven, eight) = (fixture.connect(7).await, fixture.connect(8).await);
    let plan = [
        (&seven, "alpha", Some("2026-07-01")),
        (&seven, "Beta", Some("2026-07-02")),
        (&eight, "gamma", Some("2026-06-24")),
        (&eight, "delta", None),
    ];
    let mut added = Vec::new();
    for (connection, name, expires_at) in plan {
        let expires_at = expires_at.map(day);
        let fine = vec![grant(GrantAccess::User, None, None), grant(GrantAccess::AllMemberships, None, None)];
        let privileges = TokenPrivileges::FineGrained(fine);
        added.push(fixture.add(&NewToken { expires_at, privileges, ..new_token(connection, name) }).await);
        fixture.clock.advance(Duration::from_secs(3600));
    }
    let used = TokenUse { token: added[0].id, at: at("2026-06-24T13:00:00Z"), address: None };
    fixture.store.tokens().record_use(&[used]).await.unwrap();
    fixture.revoke(added[1].id).await;
}

pub(crate) async fn filters(fixture: &Fixture) {
    four(fixture).await;
    let noon = |hours: i64| Some(Timestamp(at("2026-06-24T12:00:00Z").0 + hours * 3_600_000_000));
    let today = at("2026-06-24T15:00:00Z");
    let connection = fixture.store.connections().list(TenantId::DEFAULT).await.unwrap()[0].id;
    let cases = [
        (all(), "delta gamma Beta alpha"),
        (TokenFilter { user_id: Some(7), ..all() }, "Beta alpha"),
        (TokenFilter { connection: Some(connection), ..all() }, "Beta alpha"),
        (TokenFilter { instance_url: Some(URL.to_owned()), ..all() }, "delta gamma Beta alpha"),
        (TokenFilter { instance_url: Some("https://other.example.com".to_owned()), ..all() }, ""),
        (TokenFilter { created_after: noon(1), ..all() }, "delta gamma Beta"),
        (TokenFilter { created_before: noon(1), ..all() }, "Beta alpha"),
        (TokenFilter { created_after: noon(1), created_before: noon(2), ..all() }, "gamma Beta"),
        (TokenFilter { last_used_after: noon(1), ..all() }, "alpha"),
        (TokenFilter { last_used_after: noon(2), ..all() }, ""),
        (TokenFilter { last_used_before: noon(1), ..all() }, "alpha"),
        (TokenFilter { expires_after: Some(day("2026-07-01")), ..all() }, "Beta alpha"),
        (TokenFilter { expires_before: Some(day("2026-07-01")), ..all() }, "gamma"),
        (TokenFilter { revoked: Some(true), ..all() }, "Beta"),
        (TokenFilter { revoked: Some(false), ..all() }, "delta gamma alpha"),
        // On the day of its expiry a token no longer works.
        (TokenFilter { state: Some(State::Active(today)), ..all() }, "delta alpha"),
        (TokenFilter { state: Some(State::Inactive(today)), ..all() }, "gamma Beta"),
        (
            TokenFilter {
                state: Some(State::Active(Timestamp(day("2026-06-24").midnight().0 - 1))),
                ..all()
            },
            "delta gamma alpha",
        ),
        (TokenFilter { user_id: Some(8), state: Some(State::Inactive(today)), ..all() }, "gamma"),
    ];
    for (filter, expected) in cases {
        assert_eq!(names(fixture, &filter).await.join(" "), expected, "{filter:?}");
    }
}

pub(crate) async fn searches_names_as_text(fixture: &Fixture) {
    let connection = fixture.connect(7).await;
    for name in ["Über 100%", "under_score", "back\\slash", "plain"] {
        fixture.add(&new_token(&connection, name)).await;
    }
    for (search, expected) in [
        ("über", vec!["Über 100%"]),
        ("ÜBER", vec!["Über 100%"]),
        ("00%", vec!["Über 100%"]),
        ("%00", vec![]),
        ("r_s", vec!["under_score"]),
        ("k\\s", vec!["back\\slash"]),
        ("LAI", vec!["plain"]),
        ("\"", vec![]),
        ("pla\"in", vec![]),
        // Less than three letters are a whole name.
        ("pl", vec![]),
        ("%", vec![]),
        ("' or 1 = 1 --", vec![]),
        ("", vec!["plain", "back\\slash", "under_score", "Über 100%"]),
    ] {
        let filter = TokenFilter { search: Some(search.to_owned()), ..all() };
        assert_eq!(names(fixture, &filter).await, expected, "{search}");
    }
}

pub(crate) async fn sorts(fixture: &Fixture) {
    four(fixture).await;
    for (sort, expected) in [
        ("created_asc", "alpha Beta gamma delta"),
        ("created_desc", "delta gamma Beta alpha"),
        ("expires_asc", "gamma alpha Beta delta"),
        ("expires_desc", "Beta alpha gamma delta"),
        ("last_used_asc", "alpha Beta gamma delta"),
        ("last_used_desc", "alpha delta gamma Beta"),
        ("name_asc", "alpha Beta delta gamma"),
        ("name_desc", "gamma delta Beta alpha"),
    ] {
        let filter = TokenFilter { sort: Sort::parse(sort).unwrap(), ..all() };
        assert_eq!(names(fixture, &filter).await.join(" "), expected, "{sort}");
    }
}

pub(crate) async fn pages(fixture: &Fixture) {
    four(fixture).await;
    for (page, expected) in [
        (Page::numbered(1, 3), "delta gamma Beta"),
        (Page::numbered(2, 3), "alpha"),
        (Page::numbered(3, 3), ""),
        (Page { offset: 1, limit: 1 }, "gamma"),
    ] {
        let listed = fixture.store.tokens().list(&all(), page).await.unwrap();
        let names: Vec<_> = listed.items.iter().map(|token| token.name.as_str()).collect();
        assert_eq!((names.join(" ").as_str(), listed.total), (expected, Some(4)), "{page:?}");
        for token in listed.items {
            assert_eq!(fixture.read(token.id).await, token);
        }
    }
}

pub(crate) async fn keeps_tenants_apart(fixture: &Fixture) {
    four(fixture).await;
    let tenant = fixture.tenant().await;
    let connection = NewConnection { tenant, ..new_connection(7) };
    let connection = fixture.store.connections().add(&connection).await.unwrap();
    fixture.add(&new_token(&connection, "theirs")).await;
    assert_eq!(names(fixture, &TokenFilter::all(tenant)).await, ["theirs"]);
    assert_eq!(names(fixture, &all()).await.len(), 4);
}

pub(crate) async fn pages_from_the_end(fixture: &Fixture) {
    let connection = fixture.connect(7).await;
    for number in 0..23 {
        let expires_at = (number % 3 == 0).then(|| day("2026-07-01"));
        let name = format!("token {}", number % 5);
        let digest = narrowgate_secret::TokenDigest::of(&number.to_string());
        fixture.add(&NewToken { expires_at, digest, ..new_token(&connection, &name) }).await;
    }
    for sort in
        ["id_asc", "id_desc", "expires_asc", "expires_desc", "last_used_desc", "name_asc", "name_desc"]
    {
        let filters = [all(), TokenFilter { user_id: Some(7), ..all() }];
        for filter in filters.map(|filter| TokenFilter { sort: Sort::parse(sort).unwrap(), ..filter }) {
            let whole = fixture.store.tokens().list(&filter, Page::ALL).await.unwrap().items;
            for (offset, limit) in [(0, 5), (11, 1), (12, 5), (20, 5), (22, 5), (23, 5), (40, 5), (13, 0)] {
                let part = fixture.store.tokens().list(&filter, Page { offset, limit }).await.unwrap();
                let end = whole.len().min((offset + limit) as usize);
                let expected = whole.get(offset as usize..end).unwrap_or_default();
                assert_eq!(part.items, expected, "{sort} {offset} {limit}");
                assert_eq!(part.total, Some(23));
            }
        }
    }
}
