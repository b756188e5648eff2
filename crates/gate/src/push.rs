//! The refs that a push touches, read from the commands before its pack: a token may be held to some refs only.

mod commands;
mod report;

use std::io::Write;

use bytes::{Bytes, BytesMut};
use flate2::write::GzDecoder;
use http::header::{CONTENT_ENCODING, HeaderMap, HeaderValue};
use narrowgate_policy::{Denial, check_refs};

use crate::authenticate::Principal;
use crate::body::{RequestBody, Watched};
use crate::core::Core;
use crate::receive::{Payload, Received, Violation};
use crate::refusal::Refusal;
pub(crate) use commands::Commands;
pub(crate) use report::RefusedPush;

/// How much of a refused push is read to its end, so that git gets to hear why. What is longer is cut off.
const PATIENCE: u64 = 1 << 28;

/// Whether the refs of this token's pushes have to be looked at.
pub(crate) fn is_restricted(principal: &Principal) -> bool {
    principal.bearer.conditions.as_ref().is_some_and(|own| !own.push_refs.is_empty())
}

/// Reads the commands of a push and holds each to the token's patterns. What was read goes on before the rest.
///
/// # Errors
///
/// A ref that the token may not touch, and commands that can't be read.
pub(crate) async fn check(
    core: &Core,
    principal: &Principal,
    received: &mut Received,
) -> Result<RequestBody, Refusal> {
    let mut reader = Reader::new(&received.head.headers, core.config.limits.request_body)?;
    let (head, rest) = match std::mem::replace(&mut received.body, Payload::Empty) {
        Payload::Empty => return Err(Violation::InvalidPush.into()),
        Payload::Whole(bytes) => {
            reader.feed(&bytes)?;
            (bytes, None)
        }
        Payload::Unread(body) => read_head(&mut reader, body).await?,
    };
    let commands = reader.finish()?;
    match check_refs(&principal.bearer, commands.names()) {
        Ok(()) => Ok(RequestBody::resumed(head, rest)),
        Err(denial) => Err(refuse(principal, denial, commands, rest).await),
    }
}

async fn read_head(reader: &mut Reader, mut body: Watched) -> Result<(Bytes, Option<Watched>), Refusal> {
    let mut head = BytesMut::new();
    while !reader.is_done() {
        let Some(piece) = body.next().await else { break };
        let piece = piece.map_err(Violation::from)?;
        reader.feed(&piece)?;
        head.extend_from_slice(&piece);
    }
    Ok((head.freeze(), Some(body)))
}

/// Git reads the answer once it has sent its pack, so that is read first.
async fn refuse(principal: &Principal, denial: Denial, commands: Commands, rest: Option<Watched>) -> Refusal {
    if let Some(mut rest) = rest {
        let mut read = 0_u64;
        while let Some(Ok(piece)) = rest.next().await {
            read = read.saturating_add(piece.len() as u64);
            if read > PATIENCE {
                break;
            }
        }
    }
    Refusal::Push(Box::new(RefusedPush::new(denial, &commands, |name| principal.bearer.allows_ref(name))))
}

/// Feeds the commands, through gzip where git has packed them.
enum Reader {
    Plain(Commands),
    Gzip(Box<GzDecoder<Sink>>),
}

/// Where unpacked commands go. What follows them is dropped.
struct Sink {
    commands: Commands,
    failed: Option<Violation>,
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        match self.commands.feed(bytes) {
            Ok(()) => Ok(bytes.len()),
            Err(violation) => {
                self.failed = Some(violation);
                Err(std::io::ErrorKind::InvalidData.into())
            }
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Reader {
    fn new(headers: &HeaderMap, most: usize) -> Result<Self, Violation> {
        let commands = Commands::new(most);
        match headers.get(CONTENT_ENCODING).map(HeaderValue::as_bytes) {
            None | Some(b"identity") => Ok(Self::Plain(commands)),
            Some(b"gzip" | b"x-gzip") => {
                Ok(Self::Gzip(Box::new(GzDecoder::new(Sink { commands, failed: None }))))
            }
            Some(_) => Err(Violation::InvalidPush),
        }
    }

    fn is_done(&self) -> bool {
        match self {
            Self::Plain(commands) => commands.is_done(),
            Self::Gzip(decoder) => decoder.get_ref().commands.is_done(),
        }
    }

    fn feed(&mut self, bytes: &[u8]) -> Result<(), Violation> {
        match self {
            Self::Plain(commands) => commands.feed(bytes),
            Self::Gzip(decoder) => {
                let unpacked = decoder.write_all(bytes);
                // The decoder hands output on when it is written to again.
                drop(decoder.write(&[]));
                let Sink { commands, failed } = decoder.get_ref();
                match (failed, unpacked) {
                    (Some(violation), _) => Err(*violation),
                    (None, Err(_)) if !commands.is_done() => Err(Violation::InvalidPush),
                    _ => Ok(()),
                }
            }
        }
    }

    fn finish(self) -> Result<Commands, Violation> {
        let commands = match self {
            Self::Plain(commands) => commands,
            Self::Gzip(mut decoder) => {
                if !decoder.get_ref().commands.is_done() {
                    // What is left comes out; whether the stream ended well does not matter once the commands did.
                    drop(decoder.try_finish());
                }
                let sink = decoder.get_mut();
                sink.failed.map_or(Ok(()), Err)?;
                std::mem::replace(&mut sink.commands, Commands::new(0))
            }
        };
        if commands.is_done() { Ok(commands) } else { Err(Violation::InvalidPush) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn read(encoding: &'static str, pieces: &[&[u8]]) -> Result<usize, Violation> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
        let mut reader = Reader::new(&headers, 4096)?;
        for piece in pieces {
            reader.feed(piece)?;
        }
        Ok(reader.finish()?.names().count())
    }

    #[test]
    fn packed_commands_are_read() {
        let mut text = commands::tests::line("refs/heads/main\0report-status");
        text.push_str("0000PACK and more");
        let packed = gzip(text.as_bytes());
        let (first, second) = packed.split_at(20);
        assert_eq!(read("gzip", &[first, second]), Ok(1));
        assert_eq!(read("identity", &[text.as_bytes()]), Ok(1));
    }

    #[test]
    fn what_can_not_be_read_is_refused() {
        assert_eq!(read("deflate", &[]), Err(Violation::InvalidPush));
        assert_eq!(read("gzip", &[b"0000"]), Err(Violation::InvalidPush));
        assert_eq!(read("identity", &[b"00"]), Err(Violation::InvalidPush));
        let bomb = gzip(&b"0063".repeat(1 << 20));
        assert!(read("gzip", &[&bomb]).is_err());
    }
}
