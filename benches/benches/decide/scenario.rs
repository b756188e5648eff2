//! The token and the request that every contender gets.

use std::fmt;

/// How many grants, and what the right answer is.
pub(crate) struct Scenario {
    pub(crate) grants: u64,
    pub(crate) allowed: bool,
}

/// The project that the request is about, and the groups above it, nearest first.
pub(crate) const PROJECT: u64 = 5_000;
pub(crate) const GROUPS: [u64; 3] = [303, 202, 101];

/// The permission asked for, and the one that other grants carry.
pub(crate) const ASKED: &str = "read_job";
pub(crate) const OTHER: &str = "read_pipeline";

impl Scenario {
    /// Group ids with the permission that is granted on them: the outermost group's comes last, after unrelated ones.
    pub(crate) fn granted(&self) -> Vec<(u64, &'static str)> {
        let outermost = if self.allowed { ASKED } else { OTHER };
        let unrelated = (1..self.grants).map(|n| (10_000 + 7 * n, ASKED));
        unrelated.chain([(GROUPS[2], outermost)]).collect()
    }

    /// The project and the groups above it, as names.
    pub(crate) fn chain() -> Vec<String> {
        std::iter::once(format!("p{PROJECT}")).chain(GROUPS.map(|id| format!("g{id}"))).collect()
    }
}

impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = if self.allowed { "allowed" } else { "denied" };
        write!(f, "{} grants, {verdict}", self.grants)
    }
}
