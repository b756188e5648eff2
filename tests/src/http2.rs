//! HTTP/2 frames by hand, for what no HTTP/2 client would send (RFC 9113, RFC 7541).

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const GOAWAY: u8 = 7;
const CONTINUATION: u8 = 9;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;
/// The most that a frame may carry unless the peer allows more.
const FRAME: usize = 16_384;

/// How the peer answered the first stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// With a response of this status.
    Status(u16),
    /// It reset the stream, said farewell or closed the connection.
    Refused,
    /// Not at all, while the connection stayed open.
    Silence,
}

/// The preface of a connection, with empty settings.
pub fn preface() -> Vec<u8> {
    let mut bytes = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
    bytes.extend(frame(SETTINGS, 0, 0, &[]));
    bytes
}

/// A request without a body on stream `stream`: each field as a literal, whatever it holds.
pub fn request(stream: u32, fields: &[(String, String)]) -> Vec<u8> {
    let mut block = Vec::new();
    for (name, value) in fields {
        block.push(0);
        literal(&mut block, name.as_bytes());
        literal(&mut block, value.as_bytes());
    }
    let mut pieces = block.chunks(FRAME).peekable();
    let first = pieces.next().unwrap_or_default();
    let flags = if pieces.peek().is_none() { END_STREAM | END_HEADERS } else { END_STREAM };
    let mut bytes = frame(HEADERS, flags, stream, first);
    while let Some(piece) = pieces.next() {
        let flags = if pieces.peek().is_none() { END_HEADERS } else { 0 };
        bytes.extend(frame(CONTINUATION, flags, stream, piece));
    }
    bytes
}

/// A header block that goes on for `count` frames and never ends.
pub fn endless_headers(stream: u32, count: usize) -> Vec<u8> {
    let mut bytes = frame(HEADERS, END_STREAM, stream, &[0, 1, b'a', 1, b'b']);
    for _ in 0..count {
        bytes.extend(frame(CONTINUATION, 0, stream, &[0, 1, b'a', 1, b'b']));
    }
    bytes
}

/// Gives a stream up.
pub fn reset(stream: u32) -> Vec<u8> {
    frame(RST_STREAM, 0, stream, &8_u32.to_be_bytes())
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("a frame is short").to_be_bytes();
    let mut bytes = vec![length[1], length[2], length[3], kind, flags];
    bytes.extend(stream.to_be_bytes());
    bytes.extend(payload);
    bytes
}

/// A string literal without Huffman coding.
fn literal(block: &mut Vec<u8>, text: &[u8]) {
    if text.len() < 127 {
        block.push(u8::try_from(text.len()).expect("below 127"));
    } else {
        block.push(127);
        let mut rest = text.len() - 127;
        while rest >= 128 {
            block.push(u8::try_from(rest % 128).expect("below 128") | 128);
            rest /= 128;
        }
        block.push(u8::try_from(rest).expect("below 128"));
    }
    block.extend(text);
}

/// Sends `bytes` and waits for what becomes of stream 1.
pub async fn exchange(address: SocketAddr, bytes: &[u8], patience: Duration) -> Outcome {
    let mut stream = TcpStream::connect(address).await.expect("the gate listens");
    // The peer may close before all is written.
    stream.write_all(bytes).await.ok();
    let mut received = Vec::new();
    let mut buffer = vec![0; FRAME];
    loop {
        match tokio::time::timeout(patience, stream.read(&mut buffer)).await {
            Ok(Ok(0) | Err(_)) => return outcome(&received).unwrap_or(Outcome::Refused),
            Ok(Ok(length)) => received.extend_from_slice(&buffer[..length]),
            Err(_) => return Outcome::Silence,
        }
        if let Some(outcome) = outcome(&received) {
            return outcome;
        }
    }
}

fn outcome(mut bytes: &[u8]) -> Option<Outcome> {
    while bytes.len() >= 9 {
        let length = u32::from_be_bytes([0, bytes[0], bytes[1], bytes[2]]) as usize;
        let payload = bytes.get(9..9 + length)?;
        match bytes[3] {
            HEADERS => return Some(Outcome::Status(status(payload))),
            RST_STREAM | GOAWAY => return Some(Outcome::Refused),
            _ => bytes = &bytes[9 + length..],
        }
    }
    None
}

/// The status, which comes first: indexed, or a literal whose digits may be in Huffman's code.
fn status(block: &[u8]) -> u16 {
    match block {
        [indexed @ 0x88..=0x8e, ..] => [200, 204, 206, 304, 400, 404, 500][usize::from(indexed - 0x88)],
        // A change of the table's size may come before.
        [0x20..=0x3f, rest @ ..] => status(rest),
        [_, length, rest @ ..] if length & 0x80 == 0 => {
            digits(rest[..3].iter().map(|digit| u16::from(digit - b'0')))
        }
        [_, _, rest @ ..] => digits(huffman_digits(rest)),
        _ => 0,
    }
}

fn digits(digits: impl Iterator<Item = u16>) -> u16 {
    digits.take(3).fold(0, |number, digit| number * 10 + digit)
}

/// Digits are five bits for 0, 1 and 2, and six bits for the others.
fn huffman_digits(bytes: &[u8]) -> impl Iterator<Item = u16> + '_ {
    let bits = bytes.iter().take(3).fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte))
        << (8 * (4 - bytes.len().min(3)));
    let mut rest = bits;
    std::iter::from_fn(move || {
        let five = u16::try_from(rest >> 27).expect("five bits");
        if five < 3 {
            rest <<= 5;
            return Some(five);
        }
        let six = u16::try_from(rest >> 26).expect("six bits");
        rest <<= 6;
        six.checked_sub(22)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_are_read_in_every_form() {
        assert_eq!(status(&[0x88]), 200);
        assert_eq!(status(&[0x8c, 0]), 400);
        assert_eq!(status(&[0x48, 3, b'4', b'0', b'3']), 403);
        // "302" is 6402 in Huffman's code (RFC 7541, C.6.1).
        assert_eq!(status(&[0x48, 0x82, 0x64, 0x02]), 302);
        assert_eq!(status(&[0x3f, 0x48, 0x82, 0x64, 0x02]), 302);
    }

    #[test]
    fn long_strings_have_long_lengths() {
        let mut block = Vec::new();
        literal(&mut block, &[b'a'; 1337 + 127]);
        // 1337 in RFC 7541's own example (C.1.2), with a prefix of seven bits.
        assert_eq!(block[..3], [127, 0b1011_1001, 0b0000_1010]);
    }
}
