//! A segment as a number, by which static children are found.

const SLASHES: u64 = u64::from_ne_bytes([b'/'; 8]);
const LOW: u64 = u64::from_ne_bytes([0x01; 8]);
const HIGH: u64 = u64::from_ne_bytes([0x80; 8]);

/// The key of a whole segment: up to eight bytes the segment itself, of a longer one its two ends mixed.
pub(super) fn key(segment: &[u8]) -> u64 {
    let first = word_at(segment, 0);
    if segment.len() > 8 { long_key(first, segment) } else { first }
}

/// Finds the end of the segment that begins at `at`, and its key.
#[inline]
pub(super) fn cut(path: &[u8], at: usize) -> (u64, usize) {
    let word = word_at(path, at);
    if let Some(length) = first_slash(word) {
        return (word & ((1_u64 << (8 * length)) - 1), at + length);
    }
    if at + 8 >= path.len() {
        return (word, path.len());
    }
    let mut end = at + 8;
    loop {
        if let Some(length) = first_slash(word_at(path, end)) {
            end += length;
            break;
        }
        end += 8;
        if end >= path.len() {
            end = path.len();
            break;
        }
    }
    if end == at + 8 { (word, end) } else { (long_key(word, path.get(at..end).unwrap_or(path)), end) }
}

/// Eight bytes from `at` on, the first the lowest; past the end they are zero.
#[inline]
fn word_at(bytes: &[u8], at: usize) -> u64 {
    if let Some(chunk) = bytes.get(at..).and_then(<[u8]>::first_chunk::<8>) {
        return u64::from_le_bytes(*chunk);
    }
    let left = bytes.len().saturating_sub(at);
    match bytes.last_chunk::<8>() {
        Some(_) if left == 0 => 0,
        Some(last) => u64::from_le_bytes(*last) >> (8 * (8 - left)),
        None => bytes.iter().skip(at).rev().fold(0, |word, byte| word << 8 | u64::from(*byte)),
    }
}

/// How many bytes of the word stand before a slash.
#[inline]
fn first_slash(word: u64) -> Option<usize> {
    let slashes = word ^ SLASHES;
    // The lowest marked byte is a slash; higher marks may be wrong, which does not matter.
    let marks = slashes.wrapping_sub(LOW) & !slashes & HIGH;
    (marks != 0).then(|| marks.trailing_zeros() as usize / 8)
}

#[inline]
fn long_key(first: u64, segment: &[u8]) -> u64 {
    let last = segment.last_chunk::<8>().map_or(0, |last| u64::from_le_bytes(*last));
    first ^ last.rotate_left(29).wrapping_add(segment.len() as u64)
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
