//! Looking through one text of any length in bounded memory.

use std::io::{self, Read};

use crate::collect::Collector;
use crate::origin::{Origin, Position};
use crate::patterns::{CONTEXT, Match};
use crate::shape::LONGEST;

/// More than any token has, prefix and all: this much is looked at again with the next piece.
const OVERLAP: usize = LONGEST + 64;
/// How much is read at once.
const PIECE: usize = 256 * 1024;

/// Room for a piece of a text, used again for the next text.
pub(crate) struct Buffer(Vec<u8>);

impl Buffer {
    pub(crate) fn new() -> Self {
        Self(vec![0; PIECE])
    }
}

/// Looks through everything that `reader` gives.
///
/// # Errors
/// What the reader fails with; what it gave before was looked through.
pub(crate) fn feed(
    collector: &Collector<'_>,
    origin: &Origin,
    reader: &mut dyn Read,
    buffer: &mut Buffer,
) -> io::Result<()> {
    let mut window = Window { collector, origin, position: Position::START, from: 0 };
    let (mut held, mut total) = (0, 0);
    loop {
        let (read, ended) = fill(reader, buffer.0.get_mut(held..).unwrap_or_default());
        held += read;
        total += read as u64;
        let bytes = buffer.0.get(..held).unwrap_or_default();
        let last = !matches!(ended, Ok(false));
        let done = window.look(bytes, last);
        if last {
            collector.looked_through(total);
            return ended.map(|_| ());
        }
        buffer.0.copy_within(done..held, 0);
        held -= done;
    }
}

/// Looks through what is in memory already.
pub(crate) fn feed_slice(collector: &Collector<'_>, origin: &Origin, bytes: &[u8]) {
    Window { collector, origin, position: Position::START, from: 0 }.look(bytes, true);
    collector.looked_through(bytes.len() as u64);
}

/// Fills the room; `true` when the text ended.
fn fill(reader: &mut dyn Read, mut room: &mut [u8]) -> (usize, io::Result<bool>) {
    let mut filled = 0;
    while !room.is_empty() {
        match reader.read(room) {
            Ok(0) => return (filled, Ok(true)),
            Ok(read) => {
                filled += read;
                room = room.get_mut(read..).unwrap_or_default();
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return (filled, Err(error)),
        }
    }
    (filled, Ok(false))
}

/// What moves over the text.
struct Window<'w, 's> {
    collector: &'w Collector<'s>,
    origin: &'w Origin,
    /// The place of the window's first byte.
    position: Position,
    /// Where in the window the next token may start.
    from: usize,
}

impl Window<'_, '_> {
    /// Looks at the window, and says how many bytes of it are done with.
    fn look(&mut self, bytes: &[u8], last: bool) -> usize {
        // What starts later may go on behind the window.
        let safe = if last { bytes.len() } else { bytes.len().saturating_sub(OVERLAP) };
        let mut end = safe;
        let (mut counted, mut position) = (0, self.position);
        for found in self.collector.patterns.find_from(bytes, self.from) {
            if found.range.start >= safe {
                break;
            }
            end = end.max(found.range.end);
            position = position.after(bytes.get(counted..found.range.start).unwrap_or_default());
            counted = found.range.start;
            self.keep(&found, position, bytes);
        }
        if last {
            return bytes.len();
        }
        let done = end.saturating_sub(CONTEXT);
        self.position = self.position.after(bytes.get(..done).unwrap_or_default());
        self.from = end - done;
        done
    }

    fn keep(&self, found: &Match, position: Position, bytes: &[u8]) {
        let text = bytes.get(found.range.clone()).unwrap_or_default();
        self.collector.found(self.origin, position, found, text);
    }
}
