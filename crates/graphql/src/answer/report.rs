//! What an answer says of what it doesn't show.

use serde::Serialize;
use serde_json::Value;

use super::mismatch::Step;
use super::upstream::Kept;
use super::verdicts::RefusalId;
use crate::Refusal;
use crate::plan::Position;

/// At most so many error entries, and so many about lists, are written; `omitted` tells how many more there are.
const MOST_ENTRIES: usize = 1_000;

/// Something that is null since it was refused.
#[derive(Debug)]
pub(super) struct Nulled<'p> {
    pub(super) path: Box<[Step<'p>]>,
    pub(super) position: Position,
    pub(super) refusal: RefusalId,
}

/// Items that a list lacks since they were refused.
#[derive(Debug)]
struct Removed<'p> {
    path: Box<[Step<'p>]>,
    refusal: RefusalId,
    count: u64,
}

/// What is told so far.
#[derive(Debug, Default)]
pub(super) struct Report<'p> {
    nulled: Vec<Nulled<'p>>,
    removed: Vec<Removed<'p>>,
    counts: Counts,
}

/// How much there was to tell.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counts {
    /// Values that are null.
    pub(super) nulled: u64,
    /// Items that were removed.
    pub(super) removed: u64,
    /// Entries about lists.
    lists: u64,
}

impl<'p> Report<'p> {
    pub(super) const fn counts(&self) -> Counts {
        self.counts
    }

    /// How many entries are left out.
    fn omitted(&self) -> u64 {
        let Counts { nulled, lists, .. } = self.counts;
        nulled.saturating_sub(self.nulled.len() as u64) + lists.saturating_sub(self.removed.len() as u64)
    }

    /// Forgets what was told after a point in time.
    pub(super) fn back_to(&mut self, then: Counts) {
        let told = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
        self.nulled.truncate(told(then.nulled));
        self.removed.truncate(told(then.lists));
        self.counts = then;
    }

    pub(super) fn null(&mut self, nulled: Nulled<'p>) {
        self.counts.nulled += 1;
        if self.nulled.len() < MOST_ENTRIES {
            self.nulled.push(nulled);
        }
    }

    /// Tells what the list at `path` lacks. Refusals that differ are told apart.
    pub(super) fn remove(&mut self, path: &[Step<'p>], counts: &[(RefusalId, u64)]) {
        for (refusal, count) in counts {
            self.counts.removed += count;
            self.counts.lists += 1;
            if self.removed.len() < MOST_ENTRIES {
                self.removed.push(Removed { path: path.into(), refusal: *refusal, count: *count });
            }
        }
    }
}

/// What is written beside `data`.
pub(super) struct Notes<'a, 'p, 'r> {
    pub(super) report: &'a Report<'p>,
    /// The instance's own errors that are passed on.
    pub(super) upstream: &'a [Kept<'p, 'r>],
    /// Refusals by their ids.
    pub(super) refusals: &'a [Refusal],
    /// Whether lists tell what they lack.
    pub(super) report_withheld: bool,
}

impl Notes<'_, '_, '_> {
    /// Writes the keys after `data`, each with a comma before it if `has_data`.
    pub(super) fn write(&self, out: &mut Vec<u8>, has_data: bool) {
        let mut separator: &[u8] = if has_data { b"," } else { b"" };
        if !self.report.nulled.is_empty() || !self.upstream.is_empty() || !has_data {
            out.extend_from_slice(separator);
            out.extend_from_slice(br#""errors":"#);
            self.write_errors(out);
            separator = b",";
        }
        let omitted = self.report.omitted();
        if self.report_withheld && (self.report.counts.removed > 0 || omitted > 0) {
            out.extend_from_slice(separator);
            out.extend_from_slice(br#""extensions":{"narrowgate":{"withheld":"#);
            self.write_removed(out);
            if omitted > 0 {
                out.extend_from_slice(br#","omitted":"#);
                json(out, &omitted);
            }
            out.extend_from_slice(b"}}");
        }
    }

    fn write_errors(&self, out: &mut Vec<u8>) {
        let mut entries = Entries::begin(out);
        for nulled in &self.report.nulled {
            let Some(refusal) = self.refusals.get(nulled.refusal.index()) else { continue };
            let out = entries.next();
            out.extend_from_slice(br#"{"message":"#);
            json(out, &refusal.message);
            write_where(out, nulled.position, &nulled.path);
            out.extend_from_slice(br#","extensions":{"narrowgate":"#);
            json(out, &refusal.detail);
            out.extend_from_slice(b"}}");
        }
        for error in self.upstream {
            let out = entries.next();
            out.extend_from_slice(br#"{"message":"#);
            out.extend_from_slice(error.message.as_bytes());
            if let Some((position, path)) = &error.at {
                write_where(out, *position, path);
            }
            out.push(b'}');
        }
        entries.end();
    }

    fn write_removed(&self, out: &mut Vec<u8>) {
        let mut entries = Entries::begin(out);
        for removed in &self.report.removed {
            let Some(refusal) = self.refusals.get(removed.refusal.index()) else { continue };
            let out = entries.next();
            out.extend_from_slice(br#"{"path":"#);
            write_path(out, &removed.path);
            for key in TOLD {
                if let Some(value) = refusal.detail.get(key) {
                    out.push(b',');
                    json(out, key);
                    out.push(b':');
                    json(out, value);
                }
            }
            out.extend_from_slice(br#","count":"#);
            json(out, &removed.count);
            out.push(b'}');
        }
        entries.end();
    }
}

/// What is told of a refusal where a list lacks items.
const TOLD: [&str; 2] = ["permissions", "reason"];

/// What of a refusal is told where a list lacks items: those that are alike in it are counted together.
pub(super) fn telling(refusal: &Refusal) -> String {
    Value::from_iter(TOLD.map(|key| refusal.detail.get(key).cloned())).to_string()
}

/// Writes JSON into memory: neither that nor text and numbers can fail.
fn json(out: &mut Vec<u8>, value: &(impl Serialize + ?Sized)) {
    let _ = serde_json::to_writer(out, value);
}

fn write_where(out: &mut Vec<u8>, position: Position, path: &[Step<'_>]) {
    out.extend_from_slice(br#","locations":[{"line":"#);
    json(out, &position.line);
    out.extend_from_slice(br#","column":"#);
    json(out, &position.column);
    out.extend_from_slice(br#"}],"path":"#);
    write_path(out, path);
}

fn write_path(out: &mut Vec<u8>, path: &[Step<'_>]) {
    let mut entries = Entries::begin(out);
    for step in path {
        match step {
            Step::Key(key) => json(entries.next(), key),
            Step::Index(index) => json(entries.next(), index),
        }
    }
    entries.end();
}

/// A list being written.
struct Entries<'o> {
    out: &'o mut Vec<u8>,
    is_first: bool,
}

impl<'o> Entries<'o> {
    fn begin(out: &'o mut Vec<u8>) -> Self {
        out.push(b'[');
        Self { out, is_first: true }
    }

    fn next(&mut self) -> &mut Vec<u8> {
        if !std::mem::take(&mut self.is_first) {
            self.out.push(b',');
        }
        self.out
    }

    fn end(self) {
        self.out.push(b']');
    }
}
