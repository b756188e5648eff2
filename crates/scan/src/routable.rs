//! Routable tokens: `<prefix><b64>.<VV>.<LL><CCCCCCC>`, and the older form without `.VV` (WIRE 9).

use crate::kind::Checksum;
use crate::shape::{is_word, partition, run};

/// Random bytes, a payload of at most 159 and its length, in base 64: the longest and the shortest.
const BASE64: std::ops::RangeInclusive<usize> = 24..=236;
/// Two digits of length and seven of checksum.
const TAIL: usize = 9;

/// The end of the routable token that starts at `start` of `bytes` and whose prefix ends at `body`.
pub(crate) fn find(bytes: &[u8], start: usize, body: usize) -> Option<(usize, Checksum)> {
    let rest = bytes.get(body..)?;
    let words = run(rest, is_word);
    if !BASE64.contains(&words) || rest.get(words) != Some(&b'.') {
        return None;
    }
    let tail = body + words + 1;
    let versioned = digits(bytes.get(tail..tail + 2)?) && bytes.get(tail + 2) == Some(&b'.');
    let tail = if versioned { tail + 3 } else { tail };
    let end = tail + TAIL;
    let length = number(bytes.get(tail..tail + 2)?)?;
    // A runner's type stands before the base 64 and may or may not count.
    let lengths = [words, words - partition(rest).unwrap_or(0)];
    if !lengths.iter().any(|words| *words as u64 == length) {
        return None;
    }
    let checksum = number(bytes.get(tail + 2..end)?)?;
    let expected = crc32fast::hash(bytes.get(start..tail + 2)?);
    let state = if checksum == u64::from(expected) { Checksum::Valid } else { Checksum::Mismatched };
    Some((end, state))
}

fn digits(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'z'))
}

/// A number in base 36.
fn number(bytes: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(bytes).ok().filter(|text| digits(text.as_bytes()))?;
    u64::from_str_radix(text, 36).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: &[u8] = b"glpat-AAECAwQFBgcICQoLDA0OD2M6MQpvOjEKdToxYQw.01.131pwlzmm";

    #[test]
    fn known_answer() {
        assert_eq!(find(EXAMPLE, 0, 6), Some((EXAMPLE.len(), Checksum::Valid)));
    }

    #[test]
    fn older_form_has_no_version() {
        let signed = "glpat-AAECAwQFBgcICQoLDA0OD2M6MQpvOjEKdToxYQw.13";
        let mut number = crc32fast::hash(signed.as_bytes());
        let mut checksum = [b'0'; 7];
        for place in checksum.iter_mut().rev() {
            *place = b"0123456789abcdefghijklmnopqrstuvwxyz"[number as usize % 36];
            number /= 36;
        }
        let token = format!("{signed}{}", std::str::from_utf8(&checksum).unwrap());
        assert_eq!(find(token.as_bytes(), 0, 6), Some((token.len(), Checksum::Valid)));
    }

    #[test]
    fn each_character_counts() {
        for index in 6..EXAMPLE.len() {
            let mut changed = EXAMPLE.to_vec();
            changed[index] = if changed[index] == b'4' { b'5' } else { b'4' };
            assert!(!matches!(find(&changed, 0, 6), Some((_, Checksum::Valid))), "byte {index}");
        }
        assert_eq!(find(&EXAMPLE[..EXAMPLE.len() - 1], 0, 6), None);
    }
}
