//! What of an answer is shown.

use super::Answer;
use super::judge::Judge;
use super::report::Notes;
use super::tree::Data;
use super::upstream::{self, UpstreamError};
use super::verdicts::Verdicts;
use super::walk::Walk;

/// How an answer is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FilterOptions {
    /// Whether `extensions.narrowgate.withheld` tells what lists lack.
    pub report_withheld: bool,
}

impl Default for FilterOptions {
    fn default() -> Self {
        Self { report_withheld: true }
    }
}

/// An answer as the client gets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filtered {
    /// JSON: `data`, `errors`, `extensions`.
    pub body: Vec<u8>,
    /// Items that lists lack.
    pub withheld: u64,
    /// Values that are null since they were refused.
    pub nulled: u64,
}

impl Answer<'_, '_> {
    /// Writes what `judge` lets the client see.
    pub fn filter(self, judge: &mut impl Judge, options: FilterOptions) -> Filtered {
        let Self { asked, mut data, errors, places: _, needs, root_spots, size } = self;
        let root = &asked.plan.root;
        let refused = &asked.decided.refused;
        let mut walk =
            Walk::new(Verdicts::new(judge, &needs), size, errors.iter().any(UpstreamError::has_path));
        walk.out.push(b'{');
        let upstream = match &mut data {
            Data::Absent => {
                walk.refuse(root, refused);
                upstream::messages(root, &errors)
            }
            Data::Null => {
                walk.refuse(root, refused);
                walk.out.extend_from_slice(br#""data":null"#);
                upstream::kept(root, None, &errors)
            }
            Data::Root(fields) => {
                walk.out.extend_from_slice(br#""data":"#);
                if walk.root(root, fields, refused, &root_spots) {
                    upstream::kept(root, Some(fields), &errors)
                } else {
                    Vec::new()
                }
            }
        };
        let Walk { mut out, report, verdicts, .. } = walk;
        let notes = Notes {
            report: &report,
            upstream: &upstream,
            refusals: verdicts.refusals(),
            report_withheld: options.report_withheld,
        };
        notes.write(&mut out, !matches!(data, Data::Absent));
        out.push(b'}');
        let counts = report.counts();
        Filtered { body: out, withheld: counts.removed, nulled: counts.nulled }
    }
}
