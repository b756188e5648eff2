//! Zip, and what is a zip by another name: jar, wheel, docx.

use std::borrow::Cow;
use std::io::{Read, Seek};

use zip::ZipArchive;

use super::Unpacking;
use super::budget::Metered;
use crate::finding::SkipReason;
use crate::origin::Origin;

/// Looks through every member.
pub(super) fn unpack(
    unpacking: &mut Unpacking<'_, '_>,
    origin: &Origin,
    reader: impl Read + Seek,
    depth: usize,
) {
    let collector = unpacking.collector;
    let mut archive = match ZipArchive::new(reader) {
        Ok(archive) => archive,
        Err(error) => return collector.skipped(origin, SkipReason::Packed(error.to_string())),
    };
    for index in 0..archive.len() {
        if !unpacking.budget.take_member() {
            return collector.skipped(origin, SkipReason::Members);
        }
        let name = archive.name_for_index(index).and_then(Result::ok).map(Cow::into_owned);
        let member = origin.member(&name.unwrap_or_default());
        match archive.by_index(index) {
            Ok(file) if file.is_dir() => {}
            Ok(file) => {
                let mut file = Metered::new(file, unpacking.budget);
                unpacking.sniff(&member, &mut file, depth + 1);
            }
            Err(error) => collector.skipped(&member, SkipReason::Packed(error.to_string())),
        }
        if unpacking.budget.is_spent() {
            return;
        }
    }
}
