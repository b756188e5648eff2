//! What the tests share.

use std::path::Path;

use narrowgate_scan::{Limits, PatternSettings, Patterns, Report, Scanner, Settings};
use narrowgate_secret::{PlainToken, Prefixes, mint};
use rand::SeedableRng as _;
use rand::rngs::StdRng;

/// A token of Narrowgate's, another for each number.
pub(crate) fn token(number: u64) -> PlainToken {
    mint(Prefixes::default().personal(), &mut StdRng::seed_from_u64(number))
}

pub(crate) fn scanner(settings: Settings) -> Scanner {
    Scanner::new(Patterns::new(&PatternSettings::default()).unwrap(), settings)
}

pub(crate) fn archives(limits: Limits) -> Scanner {
    scanner(Settings { archives: true, limits, ..Settings::default() })
}

/// Where something was found, without the folder it lies in.
pub(crate) fn places(report: &Report, folder: &Path) -> Vec<String> {
    let strip = |text: String| text.replace(&format!("{}/", folder.display()), "");
    let place = |found: &narrowgate_scan::Finding| {
        format!("{}:{}:{}", found.origin, found.position.line, found.position.column)
    };
    report.findings.iter().map(|found| strip(place(found))).collect()
}

/// What was left out and why, likewise.
pub(crate) fn left_out(report: &Report, folder: &Path) -> Vec<String> {
    let text = |skipped: &narrowgate_scan::Skipped| format!("{} {}", skipped.origin, skipped.reason);
    let strip = |text: String| text.replace(&format!("{}/", folder.display()), "");
    report.skipped.iter().map(|skipped| strip(text(skipped))).collect()
}
