//! Tar.

use std::io::Read;

use super::Unpacking;
use crate::finding::SkipReason;
use crate::origin::Origin;

/// Looks through every member.
pub(super) fn unpack(
    unpacking: &mut Unpacking<'_, '_>,
    origin: &Origin,
    reader: &mut dyn Read,
    depth: usize,
) {
    let mut archive = tar::Archive::new(reader);
    let entries = match archive.entries() {
        Ok(entries) => entries,
        Err(error) => return unpacking.failed(origin, &error),
    };
    for entry in entries {
        // After an error nobody knows where the next member starts.
        let mut entry = match entry {
            Ok(entry) => entry,
            Err(error) => return unpacking.failed(origin, &error),
        };
        if !unpacking.budget.take_member() {
            return unpacking.collector.skipped(origin, SkipReason::Members);
        }
        let member = origin.member(&String::from_utf8_lossy(&entry.path_bytes()));
        unpacking.sniff(&member, &mut entry, depth + 1);
        if unpacking.budget.is_spent() {
            return;
        }
    }
}
