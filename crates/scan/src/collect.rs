//! Where all threads of a scan put what they find.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use narrowgate_secret::TokenDigest;
use secrecy::SecretString;

use crate::finding::{Finding, Report, SkipReason, Skipped};
use crate::limits::Limits;
use crate::origin::{Origin, Position};
use crate::patterns::{Match, Patterns};

/// A scan under way.
pub(crate) struct Collector<'s> {
    pub(crate) patterns: &'s Patterns,
    pub(crate) limits: Limits,
    /// Whether archives are unpacked.
    pub(crate) archives: bool,
    report: Mutex<Report>,
    texts: AtomicU64,
    bytes: AtomicU64,
}

impl<'s> Collector<'s> {
    pub(crate) fn new(patterns: &'s Patterns, limits: Limits, archives: bool) -> Self {
        let (texts, bytes) = (AtomicU64::new(0), AtomicU64::new(0));
        Self { patterns, limits, archives, report: Mutex::default(), texts, bytes }
    }

    /// Counts a text that was looked through.
    pub(crate) fn looked_through(&self, bytes: u64) {
        self.texts.fetch_add(1, Ordering::Relaxed);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Keeps a token that stands at `position`.
    pub(crate) fn found(&self, origin: &Origin, position: Position, found: &Match, text: &[u8]) {
        // Formats are plain ASCII, so this always is text.
        let Ok(text) = std::str::from_utf8(text) else { return };
        let mut report = self.report.lock().unwrap_or_else(PoisonError::into_inner);
        if report.findings.len() >= self.limits.findings {
            if report.skipped.last().is_none_or(|last| last.reason != SkipReason::Findings) {
                report.skipped.push(Skipped { origin: origin.clone(), reason: SkipReason::Findings });
            }
            return;
        }
        report.findings.push(Finding {
            kind: found.kind,
            checksum: found.checksum,
            origin: origin.clone(),
            position,
            digest: TokenDigest::of(text),
            text: SecretString::from(text),
            prefix: found.prefix,
        });
    }

    /// Notes what was left out.
    pub(crate) fn skipped(&self, origin: &Origin, reason: SkipReason) {
        let mut report = self.report.lock().unwrap_or_else(PoisonError::into_inner);
        report.skipped.push(Skipped { origin: origin.clone(), reason });
    }

    pub(crate) fn unreadable(&self, origin: &Origin, error: &dyn std::fmt::Display) {
        self.skipped(origin, SkipReason::Unreadable(error.to_string()));
    }

    /// Everything that was found, in order.
    pub(crate) fn finish(self) -> Report {
        let mut report = self.report.into_inner().unwrap_or_else(PoisonError::into_inner);
        report.texts = self.texts.into_inner();
        report.bytes = self.bytes.into_inner();
        report.sort();
        report
    }
}
