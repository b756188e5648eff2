//! Where in a stream of requests a connection is.

use super::head::{BodyLength, Head, split};
use super::{Verdicts, Violation};

/// The longest line of a chunked body: a size, perhaps with an extension, or a trailer.
const CHUNK_LINE: usize = 4096;

#[derive(Debug)]
enum State {
    Head,
    Fixed(u64),
    ChunkSize,
    ChunkData(u64),
    ChunkEnd,
    Trailers,
    /// A head was refused: what follows is not looked at, and never served.
    Refused,
}

/// Follows heads and bodies as their bytes pass.
#[derive(Debug)]
pub(super) struct Tracker {
    state: State,
    head: Head,
    /// The beginning of a line whose end has not arrived.
    partial: Vec<u8>,
    head_bytes: usize,
    seen: usize,
}

impl Tracker {
    pub(super) fn new(head_bytes: usize) -> Self {
        Self { state: State::Head, head: Head::default(), partial: Vec::new(), head_bytes, seen: 0 }
    }

    /// Takes the next bytes.
    pub(super) fn feed(&mut self, mut bytes: &[u8], verdicts: &Verdicts) {
        while !bytes.is_empty() {
            bytes = match self.state {
                State::Refused => return,
                State::Fixed(left) => self.skip(bytes, left, State::Fixed, State::Head),
                State::ChunkData(left) => self.skip(bytes, left, State::ChunkData, State::ChunkEnd),
                State::Head => self.head_line(bytes, verdicts),
                State::ChunkSize | State::ChunkEnd | State::Trailers => self.chunk_line(bytes, verdicts),
            };
        }
    }

    /// Passes over up to `left` bytes.
    fn skip<'b>(&mut self, bytes: &'b [u8], left: u64, more: fn(u64) -> State, done: State) -> &'b [u8] {
        let count = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len());
        let left = left - count as u64;
        self.state = if left == 0 { done } else { more(left) };
        bytes.get(count..).unwrap_or_default()
    }

    fn head_line<'b>(&mut self, bytes: &'b [u8], verdicts: &Verdicts) -> &'b [u8] {
        let mut head = std::mem::take(&mut self.head);
        let limit = self.head_bytes.saturating_sub(self.seen);
        let step = self.line(bytes, limit, |line| head.line(line));
        self.head = head;
        match step {
            Ok((rest, outcome)) => {
                self.seen += bytes.len() - rest.len();
                if let Some(Some(length)) = outcome {
                    self.begin_body(length);
                    verdicts.accept();
                }
                rest
            }
            Err(violation) => {
                verdicts.refuse(violation);
                self.state = State::Refused;
                &[]
            }
        }
    }

    fn begin_body(&mut self, length: BodyLength) {
        self.seen = 0;
        self.state = match length {
            BodyLength::Fixed(0) => State::Head,
            BodyLength::Fixed(length) => State::Fixed(length),
            BodyLength::Chunked => State::ChunkSize,
        };
    }

    fn chunk_line<'b>(&mut self, bytes: &'b [u8], verdicts: &Verdicts) -> &'b [u8] {
        let next = match self.state {
            State::ChunkSize => chunk_size,
            State::ChunkEnd => chunk_end,
            _ => trailer,
        };
        let Ok((rest, outcome)) = self.line(bytes, CHUNK_LINE, next) else {
            verdicts.break_off();
            self.state = State::Refused;
            return &[];
        };
        if let Some(state) = outcome {
            self.state = state;
        }
        rest
    }

    /// Gives `take` the next line if it is complete, else keeps what there is of it.
    fn line<'b, T>(
        &mut self,
        bytes: &'b [u8],
        limit: usize,
        take: impl FnOnce(&[u8]) -> Result<T, Violation>,
    ) -> Result<(&'b [u8], Option<T>), Violation> {
        let Some(end) = memchr::memchr(b'\n', bytes) else {
            if self.partial.len() + bytes.len() > limit {
                return Err(Violation::HeadTooLarge);
            }
            self.partial.extend_from_slice(bytes);
            return Ok((&[], None));
        };
        let (line, rest) = bytes.split_at(end + 1);
        if self.partial.len() + line.len() > limit {
            return Err(Violation::HeadTooLarge);
        }
        let taken = if self.partial.is_empty() {
            take(without_end(line)?)?
        } else {
            self.partial.extend_from_slice(line);
            let whole = std::mem::take(&mut self.partial);
            take(without_end(&whole)?)?
        };
        Ok((rest, Some(taken)))
    }
}

fn without_end(line: &[u8]) -> Result<&[u8], Violation> {
    let line = line.strip_suffix(b"\r\n").ok_or(Violation::BareLineEnd)?;
    if memchr::memchr2(b'\r', 0, line).is_some() { Err(Violation::BareLineEnd) } else { Ok(line) }
}

fn chunk_size(line: &[u8]) -> Result<State, Violation> {
    let digits = line.split(|byte| *byte == b';').next().unwrap_or_default();
    if digits.is_empty() || digits.len() > 15 || !digits.iter().all(u8::is_ascii_hexdigit) {
        return Err(Violation::InvalidChunk);
    }
    let size = std::str::from_utf8(digits).ok().and_then(|text| u64::from_str_radix(text, 16).ok());
    match size {
        Some(0) => Ok(State::Trailers),
        Some(size) => Ok(State::ChunkData(size)),
        None => Err(Violation::InvalidChunk),
    }
}

fn chunk_end(line: &[u8]) -> Result<State, Violation> {
    if line.is_empty() { Ok(State::ChunkSize) } else { Err(Violation::InvalidChunk) }
}

fn trailer(line: &[u8]) -> Result<State, Violation> {
    if line.is_empty() {
        return Ok(State::Head);
    }
    split(line).map(|_| State::Trailers)
}
