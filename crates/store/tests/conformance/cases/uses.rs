use std::net::IpAddr;

use narrowgate_store::TokenId;
use narrowgate_store::time::Timestamp;
use narrowgate_store::tokens::TokenUse;

use crate::fixture::Fixture;

fn used(token: TokenId, at: i64, address: Option<u8>) -> TokenUse {
    TokenUse { token, at: Timestamp(at), address: address.map(ip) }
}

fn ip(last: u8) -> IpAddr {
    IpAddr::from([192, 0, 2, last])
}

async fn record(fixture: &Fixture, uses: &[TokenUse]) {
    fixture.store.tokens().record_use(uses).await.unwrap();
}

pub(crate) async fn keep_the_latest_time(fixture: &Fixture) {
    let (token, other) = (fixture.token("a").await, fixture.token("b").await);
    record(fixture, &[used(token.id, 5, None), used(token.id, 9, None), used(other.id, 3, None)]).await;
    record(fixture, &[used(token.id, 7, None)]).await;
    record(fixture, &[]).await;
    assert_eq!(fixture.read(token.id).await.last_used_at, Some(Timestamp(9)));
    assert_eq!(fixture.read(other.id).await.last_used_at, Some(Timestamp(3)));
    assert_eq!(fixture.read(token.id).await.last_used_ips, Vec::<IpAddr>::new());
}

pub(crate) async fn keep_five_addresses(fixture: &Fixture) {
    let token = fixture.token("a").await;
    let first: Vec<_> = (1..=4).map(|number| used(token.id, number.into(), Some(number))).collect();
    record(fixture, &first).await;
    assert_eq!(fixture.read(token.id).await.last_used_ips, [4, 3, 2, 1].map(ip));
    // An address that comes again is the newest; a sixth drives out the oldest.
    let more = [used(token.id, 12, Some(6)), used(token.id, 11, Some(5)), used(token.id, 10, Some(1))];
    record(fixture, &more).await;
    assert_eq!(fixture.read(token.id).await.last_used_ips, [6, 5, 1, 4, 3].map(ip));
    let six: IpAddr = "2001:db8::1".parse().unwrap();
    record(fixture, &[TokenUse { token: token.id, at: Timestamp(13), address: Some(six) }]).await;
    assert_eq!(fixture.read(token.id).await.last_used_ips, [six, ip(6), ip(5), ip(1), ip(4)]);
}

pub(crate) async fn of_unknown_tokens_are_dropped(fixture: &Fixture) {
    let token = fixture.token("a").await;
    record(fixture, &[used(TokenId(99), 5, Some(1)), used(token.id, 6, Some(1))]).await;
    assert_eq!(fixture.read(token.id).await.last_used_ips, [ip(1)]);
}

pub(crate) async fn survive_a_revocation(fixture: &Fixture) {
    let token = fixture.token("a").await;
    fixture.revoke(token.id).await;
    record(fixture, &[used(token.id, 6, Some(1))]).await;
    let revoked = fixture.read(token.id).await;
    assert_eq!(revoked.last_used_at, Some(Timestamp(6)));
    assert!(revoked.revocation.is_some());
}
