use narrowgate_scan::{Checksum, Kind, PatternSettings, Patterns};
use narrowgate_secret::{Prefixes, mint};
use proptest::prelude::*;
use rand::SeedableRng as _;
use rand::rngs::StdRng;

use crate::support::scanner;

fn patterns() -> Patterns {
    Patterns::new(&PatternSettings::default()).unwrap()
}

/// Random bytes, or what may well stand beside a token.
fn surroundings() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..300),
        "[ -~\n]{0,300}".prop_map(String::into_bytes),
        "[A-Za-z0-9_-]{0,80}".prop_map(String::into_bytes),
        Just(b"ngpat-glpat-".to_vec()),
    ]
}

proptest! {
    #[test]
    fn every_minted_token_is_found(seed: u64, job: bool, before in surroundings(), after in surroundings()) {
        let prefixes = Prefixes::default();
        let prefix = if job { prefixes.job() } else { prefixes.personal() };
        let token = mint(prefix, &mut StdRng::seed_from_u64(seed));
        let text = [before.as_slice(), token.expose().as_bytes(), &after].concat();
        let patterns = patterns();
        let found: Vec<_> = patterns.find(&text).filter(|found| found.kind.is_ours()).collect();
        prop_assert_eq!(found.len(), 1);
        prop_assert_eq!(&found[0].range, &(before.len()..before.len() + token.expose().len()));
        prop_assert_eq!(found[0].kind == Kind::NarrowgateJob, job);
        prop_assert_eq!(found[0].checksum, Checksum::Valid);
    }

    #[test]
    fn random_text_holds_none(text in proptest::collection::vec(any::<u8>(), 0..2000)) {
        prop_assert_eq!(patterns().find(&text).count(), 0);
    }

    #[test]
    fn prefix_and_random_digits_are_none(digits in "[0-9A-Za-z]{33}", before in surroundings()) {
        let text = [before.as_slice(), b"ngpat-", digits.as_bytes()].concat();
        prop_assert_eq!(patterns().find(&text).filter(|found| found.kind.is_ours()).count(), 0);
    }

    #[test]
    fn one_changed_character_is_noticed(seed: u64, at in 6_usize..39, by in 1_u8..62) {
        const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
        let token = mint(Prefixes::default().personal(), &mut StdRng::seed_from_u64(seed));
        let mut text = token.expose().as_bytes().to_vec();
        let digit = DIGITS.iter().position(|digit| *digit == text[at]).unwrap();
        text[at] = DIGITS[(digit + usize::from(by)) % 62];
        prop_assert_eq!(patterns().find(&text).count(), 0);
    }

    #[test]
    fn streams_lose_nothing_where_pieces_meet(seed: u64, gap in 0_usize..600_000, lines: bool) {
        let token = mint(Prefixes::default().personal(), &mut StdRng::seed_from_u64(seed));
        let mut text = vec![if lines { b'\n' } else { b'.' }; gap];
        text.extend_from_slice(token.expose().as_bytes());
        text.extend_from_slice(b" and more");
        let report = scanner(narrowgate_scan::Settings::default()).scan_reader("-", text.as_slice());
        prop_assert_eq!(report.findings.len(), 1);
        let found = &report.findings[0];
        let gap = gap as u64 + 1;
        let (line, column) = if lines { (gap, 1) } else { (1, gap) };
        prop_assert_eq!((found.position.line, found.position.column), (line, column));
        prop_assert_eq!(found.digest, token.digest());
        prop_assert_eq!(report.bytes, text.len() as u64);
    }
}

#[test]
fn routable_example_is_found_and_known() {
    let text = "token: glpat-AAECAwQFBgcICQoLDA0OD2M6MQpvOjEKdToxYQw.01.131pwlzmm\n";
    let patterns = patterns();
    let found: Vec<_> = patterns.find(text.as_bytes()).collect();
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].kind, found[0].checksum), (Kind::Personal, Checksum::Valid));
    assert_eq!(&text[found[0].range.clone()], text[7..].trim_end());
    let wrong = text.replace("131p", "131q");
    assert_eq!(patterns.find(wrong.as_bytes()).count(), 0);
}
