//! Patterns of refs, ranges of addresses and first moments.

#![expect(clippy::unwrap_used, reason = "a helper of tests ends the test that calls it")]

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net};
use narrowgate_policy::{
    AddressRanges, Bearer, Conditions, Grants, Micros, Privileges, Reason, RefPattern, TokenClass, check_refs,
};
use proptest::prelude::*;

/// The plainest matcher there is: a star takes nothing or one character more.
fn matches(pattern: &[u8], name: &[u8]) -> bool {
    match (pattern, name) {
        ([], []) => true,
        ([b'*', rest @ ..], name) => {
            matches(rest, name) || name.split_first().is_some_and(|(_, name)| matches(pattern, name))
        }
        ([first, pattern @ ..], [other, name @ ..]) => first == other && matches(pattern, name),
        _ => false,
    }
}

fn pattern(text: &str) -> RefPattern {
    RefPattern::parse(text).unwrap()
}

fn patterns() -> impl Strategy<Value = RefPattern> {
    "refs/[ab/*]{1,7}".prop_filter_map("no pattern", |text| RefPattern::parse(&text).ok())
}

fn conditions() -> impl Strategy<Value = Conditions> {
    let ranges = prop::collection::vec((0..16_u8, 28..=32_u8), 0..2);
    (ranges, prop::collection::vec(patterns(), 0..2)).prop_map(|(ranges, push_refs)| {
        let range = |(last, length)| IpNet::new(IpAddr::from([192, 0, 2, last]), length).unwrap();
        Conditions { addresses: ranges.into_iter().map(range).collect(), push_refs, not_before: None }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, ..ProptestConfig::default() })]

    #[test]
    fn patterns_match_as_plainly_stated(pattern in patterns(), name in "refs/[ab/]{0,8}") {
        prop_assert_eq!(pattern.matches(name.as_bytes()), matches(pattern.as_str().as_bytes(), name.as_bytes()));
    }

    #[test]
    fn a_pattern_matches_what_it_is_filled_with(pattern in patterns(), fill in "[a-z/]{0,4}") {
        prop_assert!(pattern.matches(pattern.as_str().replace('*', &fill).as_bytes()));
    }

    #[test]
    fn what_includes_a_pattern_matches_all_that_it_does(
        wide in patterns(),
        narrow in patterns(),
        name in "refs/[ab/]{0,8}",
    ) {
        if wide.includes(&narrow) && narrow.matches(name.as_bytes()) {
            prop_assert!(wide.matches(name.as_bytes()));
        }
        prop_assert!(wide.includes(&wide) && pattern("refs/*").includes(&wide));
    }

    #[test]
    fn what_includes_conditions_admits_all_that_they_do(
        wide in conditions(),
        narrow in conditions(),
        name in "refs/[ab/]{0,4}",
        last in 0..16_u8,
    ) {
        prop_assert!(wide.include(&wide) && Conditions::default().include(&wide));
        if wide.include(&narrow) {
            prop_assert!(wide.allow_ref(name.as_bytes()) || !narrow.allow_ref(name.as_bytes()));
            let address = IpAddr::from([192, 0, 2, last]);
            prop_assert!(wide.addresses.allow(address) || !narrow.addresses.allow(address));
        }
    }

    #[test]
    fn an_address_is_the_same_in_both_forms(address: u32, network: u32, length in 0..=32_u8) {
        let (address, network) = (Ipv4Addr::from(address), Ipv4Addr::from(network));
        let v4 = IpNet::from(Ipv4Net::new(network, length).unwrap());
        let v6 = IpNet::new(IpAddr::V6(network.to_ipv6_mapped()), 96 + length).unwrap();
        let plainly = v4.contains(&IpAddr::V4(address));
        for range in [v4, v6] {
            let ranges = AddressRanges::new(&[range]);
            prop_assert_eq!(ranges.allow(IpAddr::V4(address)), plainly);
            prop_assert_eq!(ranges.allow(IpAddr::V6(address.to_ipv6_mapped())), plainly);
        }
    }

    #[test]
    fn ranges_include_what_allows_no_more(
        wide in prop::collection::vec((0..4_u8, 28..=32_u8), 0..3),
        narrow in prop::collection::vec((0..64_u8, 28..=32_u8), 0..3),
    ) {
        let ranges = |list: Vec<(u8, u8)>| -> AddressRanges {
            list.into_iter().map(|(last, length)| IpNet::new(IpAddr::from([192, 0, 2, last]), length).unwrap()).collect()
        };
        let (wide, narrow) = (ranges(wide), ranges(narrow));
        let addresses = (0..=255_u8).map(|last| IpAddr::from([192, 0, 2, last])).chain([IpAddr::from([1, 1, 1, 1])]);
        let exceeded = addresses.into_iter().any(|address| narrow.allow(address) && !wide.allow(address));
        prop_assert_eq!(wide.include(&narrow), !exceeded);
    }
}

#[test]
fn a_star_matches_any_text_and_nothing_else_does() {
    let feature = pattern("refs/heads/feature/*");
    for (name, expected) in [
        ("refs/heads/feature/a", true),
        ("refs/heads/feature/a/b", true),
        ("refs/heads/feature/", true),
        ("refs/heads/feature", false),
        ("refs/heads/main", false),
        ("refs/tags/feature/a", false),
        ("xrefs/heads/feature/a", false),
        ("refs/heads/Feature/a", false),
    ] {
        assert_eq!(feature.matches(name.as_bytes()), expected, "{name}");
    }
    assert!(feature.matches(b"refs/heads/feature/\xff"));
    assert!(pattern("refs/heads/*-stable").matches(b"refs/heads/16-stable-stable"));
    assert!(!pattern("refs/heads/*a*").matches(b"refs/heads/b"));
    assert!(!pattern("refs/heads/a*a").matches(b"refs/heads/a"));
    assert!(!RefPattern::nothing().matches(b"refs/heads/main"));
}

#[test]
fn what_no_ref_is_called_is_no_pattern() {
    let long = format!("refs/{}", "a".repeat(600));
    let wrong = [
        "",
        "main",
        "*",
        "heads/main",
        "refs/",
        "refs/a b",
        "refs/a..b",
        "refs/a//b",
        "refs/a/",
        "refs/a.",
        "refs/a?",
        "refs/[a]",
        "refs/a\\b",
        "refs/a~1",
        "refs/a^",
        "refs/a:b",
        "refs/a@{1}",
        "refs/\n",
        "refs/\u{7f}",
        &long,
    ];
    for text in wrong {
        assert!(RefPattern::parse(text).is_err(), "{text}");
    }
    let error = RefPattern::parse("main").unwrap_err().to_string();
    assert_eq!(
        error,
        "`main` is no pattern of refs: it must begin with `refs/`, such as `refs/heads/feature/*`"
    );
}

fn bearer(conditions: Conditions) -> Bearer {
    let privileges = Privileges::FineGrained(Grants::prepare(&[]));
    Bearer { conditions: Some(Box::new(conditions)), ..Bearer::new(TokenClass::Project, privileges) }
}

#[test]
fn a_push_is_held_to_every_ref_that_it_names() {
    let patterns = ["refs/heads/feature/*", "refs/tags/v*"].map(pattern);
    let own = bearer(Conditions { push_refs: patterns.to_vec(), ..Conditions::default() });
    let check = |names: &[&'static str]| check_refs(&own, names.iter().map(|name| name.as_bytes()));
    assert_eq!(check(&[]), Ok(()));
    assert_eq!(check(&["refs/heads/feature/a", "refs/tags/v1"]), Ok(()));
    let denial = check(&["refs/heads/feature/a", "refs/heads/main", "refs/heads/other"]).unwrap_err();
    assert_eq!((denial.reason, denial.ref_name.as_deref()), (Reason::RefNotAllowed, Some("refs/heads/main")));
    assert_eq!(denial.token_class, TokenClass::Project);
    assert_eq!(check_refs(&bearer(Conditions::default()), [&b"refs/heads/main"[..]]), Ok(()));
}

#[test]
fn a_token_works_from_its_first_moment_on() {
    let own = bearer(Conditions { not_before: Some(Micros(10)), ..Conditions::default() });
    assert_eq!(own.dead(Micros(9)), Some(Reason::NotYetValid));
    assert_eq!(own.dead(Micros(10)), None);
    let both = Bearer { expires_at: Some(Micros(10)), ..own };
    assert_eq!(both.dead(Micros(10)), Some(Reason::Expired));
}

#[test]
fn addresses_are_checked_after_the_token_is_known_to_live() {
    let addresses = ["10.0.0.0/8", "2001:db8::/32"].iter().map(|range| range.parse().unwrap()).collect();
    let own = bearer(Conditions { addresses, not_before: Some(Micros(10)), ..Conditions::default() });
    let barred = |now, address: &str| own.barred(Micros(now), address.parse().unwrap());
    assert_eq!(barred(10, "10.1.2.3"), None);
    assert_eq!(barred(10, "::ffff:10.1.2.3"), None);
    assert_eq!(barred(10, "2001:db8::1"), None);
    assert_eq!(barred(10, "11.0.0.0"), Some(Reason::AddressNotAllowed));
    assert_eq!(barred(10, "2001:db9::"), Some(Reason::AddressNotAllowed));
    assert_eq!(barred(9, "11.0.0.0"), Some(Reason::NotYetValid));
    let all: AddressRanges = ["::/0".parse().unwrap()].into_iter().collect();
    assert!(all.allow(IpAddr::V6(Ipv6Addr::LOCALHOST)));
    // Every IPv6 address is not every address: those of IPv4 are given in their own form.
    assert!(!all.allow(IpAddr::V4(Ipv4Addr::LOCALHOST)));
}
