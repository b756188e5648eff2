//! A segment as a number, by which static children are found.

const SLASHES: u64 = u64::from_ne_bytes([b'/'; 8]);
const LOW: u64 = u64::from_ne_bytes([0x01; 8]);
const HIGH: u64 = u64::from_ne_bytes([0x80; 8]);

/// The key of a whole segment: up to eight bytes the segment itself, of a longer one its two ends mixed.
pub(super) fn key(segment: &[u8]) -> u64 {
    match segment.first_chunk::<8>() {
        Some(first) => long_key(u64::from_le_bytes(*first), segment),
        None => short_key(segment),
    }
}

/// Finds the end of the segment that begins at `at`, and its key.
#[inline]
pub(super) fn cut(path: &[u8], at: usize) -> (u64, usize) {
    let rest = path.get(at..).unwrap_or(&[]);
    let Some(first) = rest.first_chunk::<8>() else {
        let length = rest.iter().position(|byte| *byte == b'/').unwrap_or(rest.len());
        return (short_key(rest.get(..length).unwrap_or(rest)), at + length);
    };
    let word = u64::from_le_bytes(*first);
    let slashes = word ^ SLASHES;
    // The lowest marked byte is a slash; higher marks may be wrong, which does not matter.
    let marks = slashes.wrapping_sub(LOW) & !slashes & HIGH;
    if marks != 0 {
        let length = marks.trailing_zeros() / 8;
        return (word & ((1_u64 << (8 * length)) - 1), at + length as usize);
    }
    let tail = rest.get(8..).unwrap_or(&[]);
    let length = 8 + tail.iter().position(|byte| *byte == b'/').unwrap_or(tail.len());
    (long_key(word, rest.get(..length).unwrap_or(rest)), at + length)
}

#[inline]
fn long_key(first: u64, segment: &[u8]) -> u64 {
    let last = segment.last_chunk::<8>().map_or(0, |last| u64::from_le_bytes(*last));
    if segment.len() == 8 { first } else { first ^ last.rotate_left(29).wrapping_add(segment.len() as u64) }
}

#[inline]
fn short_key(bytes: &[u8]) -> u64 {
    bytes.iter().take(8).rev().fold(0, |key, byte| key << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cutting_agrees_with_splitting() {
        let paths = [
            "",
            "a",
            "a/b",
            "abcdefg",
            "abcdefg/x",
            "abcdefgh",
            "abcdefgh/x",
            "abcdefghi/x",
            "/x",
            "a//b",
            "é/b",
            "0/////////",
            "abc/defghijklm",
            "abcdefghijklmnopqrstuvwxyz/1",
            "..../",
            ".../abcd",
            "\u{2f00}aaaaa/",
            "aaaaaaa\u{af}/",
        ];
        for path in paths {
            let mut at = 0;
            for segment in path.split('/') {
                let (found, end) = cut(path.as_bytes(), at);
                assert_eq!(&path[at..end], segment, "{path}");
                assert_eq!(found, key(segment.as_bytes()), "{path}");
                at = end + 1;
            }
            assert_eq!(at, path.len() + 1);
        }
    }
}
