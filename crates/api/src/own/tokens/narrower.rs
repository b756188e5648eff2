//! Whether an edit only takes away.

use narrowgate_store::time::Timestamp;
use narrowgate_store::tokens::Conditions;

use crate::authority::rules;

/// Whether everything that `wanted` admits, `held` admits too.
pub(super) fn conditions(wanted: &Conditions, held: &Conditions, now: Timestamp) -> bool {
    not_before(wanted, held, now) && rules::include(held, wanted)
}

/// A start that lies in the past restricts nothing any more.
fn not_before(wanted: &Conditions, held: &Conditions, now: Timestamp) -> bool {
    match held.not_before.filter(|start| *start > now) {
        None => true,
        Some(start) => wanted.not_before.is_some_and(|wanted| wanted >= start),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(addresses: &[&str], push_refs: &[&str], not_before: Option<i64>) -> Conditions {
        Conditions {
            not_before: not_before.map(Timestamp),
            addresses: addresses.iter().map(|text| text.parse().unwrap()).collect(),
            push_refs: push_refs.iter().map(|text| (*text).to_owned()).collect(),
        }
    }

    fn is_narrower(wanted: &Conditions, held: &Conditions) -> bool {
        conditions(wanted, held, Timestamp(100))
    }

    #[test]
    fn anything_is_narrower_than_nothing() {
        let free = Conditions::default();
        assert!(is_narrower(&free, &free));
        assert!(is_narrower(&with(&["10.0.0.0/8"], &["refs/heads/*"], Some(500)), &free));
    }

    #[test]
    fn address_ranges_lie_within_those_held() {
        let held = with(&["10.0.0.0/8", "2001:db8::/32"], &[], None);
        assert!(is_narrower(&with(&["10.1.0.0/16"], &[], None), &held));
        assert!(is_narrower(&with(&["10.0.0.0/8", "2001:db8:1::/48"], &[], None), &held));
        assert!(!is_narrower(&with(&["10.0.0.0/7"], &[], None), &held));
        assert!(!is_narrower(&with(&["10.1.0.0/16", "192.0.2.0/24"], &[], None), &held));
        assert!(!is_narrower(&with(&[], &[], None), &held), "no range at all admits every address");
    }

    #[test]
    fn patterns_are_included_in_those_held() {
        let held = with(&[], &["refs/heads/feature/*"], None);
        assert!(is_narrower(&with(&[], &["refs/heads/feature/a/*"], None), &held));
        assert!(!is_narrower(&with(&[], &["refs/heads/*"], None), &held));
        assert!(!is_narrower(&with(&[], &[], None), &held));
    }

    #[test]
    fn a_start_to_come_is_not_moved_forward() {
        let held = with(&[], &[], Some(200));
        assert!(is_narrower(&with(&[], &[], Some(200)), &held));
        assert!(!is_narrower(&with(&[], &[], Some(199)), &held));
        assert!(!is_narrower(&with(&[], &[], None), &held));
        let past = with(&[], &[], Some(100));
        assert!(is_narrower(&with(&[], &[], None), &past), "what has begun restricts nothing");
    }
}
