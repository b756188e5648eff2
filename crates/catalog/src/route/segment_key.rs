//! A segment's first eight bytes as a number: short segments are told apart by one comparison.

const SLASHES: u64 = u64::from_ne_bytes([b'/'; 8]);
const LOW: u64 = u64::from_ne_bytes([0x01; 8]);
const HIGH: u64 = u64::from_ne_bytes([0x80; 8]);

/// The key of a whole segment.
pub(super) fn key(segment: &str) -> u64 {
    let bytes = segment.as_bytes();
    match bytes.first_chunk::<8>() {
        Some(first) => u64::from_le_bytes(*first),
        None => short_key(bytes),
    }
}

/// Cuts the first segment off a path: its key, its text, and what follows its slash.
#[inline]
pub(super) fn cut(path: &str) -> (u64, &str, Option<&str>) {
    let bytes = path.as_bytes();
    let Some(first) = bytes.first_chunk::<8>() else {
        let end = bytes.iter().position(|byte| *byte == b'/');
        let (segment, after) = split(path, end);
        return (short_key(segment.as_bytes()), segment, after);
    };
    let word = u64::from_le_bytes(*first);
    let slashes = word ^ SLASHES;
    let zeros = slashes.wrapping_sub(LOW) & !slashes & HIGH;
    if zeros != 0 {
        // The lowest marked byte is exact; its position is the segment's length.
        let end = zeros.trailing_zeros() / 8;
        let key = word & ((1_u64 << (8 * end)) - 1);
        let (segment, after) = split(path, usize::try_from(end).ok());
        return (key, segment, after);
    }
    let end = bytes.get(8..).and_then(|rest| memchr::memchr(b'/', rest)).map(|end| end + 8);
    let (segment, after) = split(path, end);
    (word, segment, after)
}

#[inline]
fn split(path: &str, end: Option<usize>) -> (&str, Option<&str>) {
    match end {
        Some(end) => (path.get(..end).unwrap_or(""), path.get(end + 1..)),
        None => (path, None),
    }
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
        for path in [
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
        ] {
            let (found, segment, after) = cut(path);
            let wanted = path.split_once('/').map_or((path, None), |(first, rest)| (first, Some(rest)));
            assert_eq!((segment, after), wanted, "{path}");
            assert_eq!(found, key(segment), "{path}");
        }
    }
}
