//! Archives, told by their first bytes, unpacked in a stream and within limits.

mod budget;
mod tar;
mod zip;

use std::fs::File;
use std::io::{self, Cursor, Read, Seek as _};

use flate2::read::MultiGzDecoder;

use self::budget::{Budget, Metered};
use crate::collect::Collector;
use crate::feed::{Buffer, feed, feed_slice};
use crate::finding::SkipReason;
use crate::origin::Origin;

/// How much shows what something is: a block of tar.
const HEAD: u64 = 512;

/// What is being unpacked, into how much, and how deep.
struct Unpacking<'u, 's> {
    collector: &'u Collector<'s>,
    budget: &'u Budget,
    buffer: &'u mut Buffer,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Zip,
    Gzip,
    Tar,
    Plain,
}

fn format_of(head: &[u8]) -> Format {
    match head {
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Format::Zip,
        [0x1f, 0x8b, 8, ..] => Format::Gzip,
        _ if head.get(257..262) == Some(b"ustar") => Format::Tar,
        _ => Format::Plain,
    }
}

/// Looks through a file, and into it if it is an archive.
///
/// # Errors
/// When it can't be read.
pub(crate) fn open_file(
    collector: &Collector<'_>,
    origin: &Origin,
    mut file: File,
    buffer: &mut Buffer,
) -> io::Result<()> {
    let head = read_head(&mut file)?;
    let budget = Budget::new(&collector.limits);
    let mut unpacking = Unpacking { collector, budget: &budget, buffer };
    if format_of(&head) == Format::Zip {
        file.rewind()?;
        zip::unpack(&mut unpacking, origin, file, 1);
        return Ok(());
    }
    unpacking.open(origin, format_of(&head), &mut Cursor::new(head).chain(file), 1);
    Ok(())
}

/// Looks through a stream, and into it if archives are unpacked and it is one.
pub(crate) fn open_stream(
    collector: &Collector<'_>,
    origin: &Origin,
    reader: &mut dyn Read,
    buffer: &mut Buffer,
) {
    let budget = Budget::new(&collector.limits);
    let mut unpacking = Unpacking { collector, budget: &budget, buffer };
    if collector.archives {
        unpacking.sniff(origin, reader, 1);
    } else {
        unpacking.plain(origin, reader);
    }
}

/// Looks through what is in memory, and into it if archives are unpacked and it is one.
pub(crate) fn open_slice(collector: &Collector<'_>, origin: &Origin, mut bytes: &[u8], buffer: &mut Buffer) {
    if collector.archives && format_of(bytes) != Format::Plain {
        open_stream(collector, origin, &mut bytes, buffer);
    } else {
        feed_slice(collector, origin, bytes);
    }
}

fn read_head(reader: &mut dyn Read) -> io::Result<Vec<u8>> {
    let mut head = Vec::with_capacity(HEAD as usize);
    reader.take(HEAD).read_to_end(&mut head)?;
    Ok(head)
}

impl Unpacking<'_, '_> {
    /// Looks through a stream that may be an archive.
    fn sniff(&mut self, origin: &Origin, reader: &mut dyn Read, depth: usize) {
        match read_head(reader) {
            Ok(head) => {
                let format = format_of(&head);
                self.open(origin, format, &mut Cursor::new(head).chain(reader), depth);
            }
            Err(error) => self.failed(origin, &error),
        }
    }

    fn open(&mut self, origin: &Origin, format: Format, reader: &mut dyn Read, depth: usize) {
        if format == Format::Plain {
            return self.plain(origin, reader);
        }
        if depth > self.collector.limits.depth {
            return self.collector.skipped(origin, SkipReason::Depth);
        }
        match format {
            Format::Gzip => {
                let mut unpacked = Metered::new(MultiGzDecoder::new(reader), self.budget);
                self.sniff(origin, &mut unpacked, depth + 1);
            }
            Format::Tar => tar::unpack(self, origin, reader, depth),
            Format::Zip => self.hold_zip(origin, reader, depth),
            Format::Plain => {}
        }
    }

    fn plain(&mut self, origin: &Origin, reader: &mut dyn Read) {
        if let Err(error) = feed(self.collector, origin, reader, self.buffer) {
            self.failed(origin, &error);
        }
    }

    /// A zip is read from its end: within another archive it must be held in memory.
    fn hold_zip(&mut self, origin: &Origin, reader: &mut dyn Read, depth: usize) {
        let limit = self.collector.limits.held;
        let mut held = Vec::new();
        match reader.take(limit + 1).read_to_end(&mut held) {
            Ok(_) if held.len() as u64 > limit => {
                self.collector.skipped(origin, SkipReason::Large(held.len() as u64));
            }
            Ok(_) => zip::unpack(self, origin, Cursor::new(held), depth),
            Err(error) => self.failed(origin, &error),
        }
    }

    /// Notes why unpacking stopped.
    fn failed(&self, origin: &Origin, error: &io::Error) {
        let reason =
            if self.budget.is_spent() { SkipReason::Unpacked } else { SkipReason::Packed(error.to_string()) };
        self.collector.skipped(origin, reason);
    }
}
