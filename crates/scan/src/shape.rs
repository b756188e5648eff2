//! What follows a prefix, in formats without a checksum.

/// How the rest of a token looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// This many of `A-Z a-z 0-9 - _`.
    Word(usize),
    /// At least this many of the same, at most 255.
    WordAtLeast(usize),
    /// This many of `0-9 a-f`.
    Hex(usize),
    /// 1 to 5 letters or digits (a partition, a type), `_`, and this many of [`Shape::Word`]'s.
    Partitioned(usize),
    /// Three parts of base 64 with dots between.
    Jwt,
    /// The HMAC-SHA-256 of a path in hexadecimal digits, `-`, and the id of a user (WIRE 9).
    PathBound,
}

/// More than any token has after its prefix.
pub(crate) const LONGEST: usize = 8 * 1024;

/// Fewer different characters than this make a placeholder, such as `xxxxxxxxxxxxxxxxxxxx`: of 20 random characters of
/// 64, fewer than 8 differ less than once in a hundred million tokens.
const FEWEST_DIFFERENT: u32 = 8;

impl Shape {
    /// How many bytes of `rest` belong to the token.
    pub(crate) fn measure(self, rest: &[u8]) -> Option<usize> {
        let length = match self {
            Self::Word(length) => Some(run(rest, is_word)).filter(|run| *run == length),
            Self::WordAtLeast(least) => Some(run(rest, is_word)).filter(|run| (least..=255).contains(run)),
            Self::Hex(length) => {
                Some(run(rest, is_word)).filter(|run| *run == length && is_hex(rest, length))
            }
            Self::Partitioned(length) => partitioned(rest, length),
            Self::Jwt => jwt(rest),
            Self::PathBound => path_bound(rest),
        }?;
        rest.get(..length).is_some_and(|body| self.is_plausible(body)).then_some(length)
    }

    fn is_plausible(self, body: &[u8]) -> bool {
        let random = match self {
            Self::Partitioned(length) => body.get(body.len().saturating_sub(length)..).unwrap_or_default(),
            _ => body,
        };
        // All of lower case is prose: `your-access-token-here`.
        let mixed = random.iter().any(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        mixed && different(random) >= FEWEST_DIFFERENT
    }
}

/// How many bytes from the start on are in a class.
pub(crate) fn run(bytes: &[u8], class: fn(u8) -> bool) -> usize {
    bytes.iter().take(LONGEST).take_while(|byte| class(**byte)).count()
}

/// What base 64 for URLs is made of.
pub(crate) const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

const fn is_hex_digit(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'f')
}

fn is_hex(bytes: &[u8], length: usize) -> bool {
    run(bytes, is_hex_digit) >= length
}

fn different(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0_u128, |seen, byte| seen | 1 << (byte & 127)).count_ones()
}

/// How long a partition or type with its `_` is, such as `t1_`.
pub(crate) fn partition(rest: &[u8]) -> Option<usize> {
    let length = run(rest, |byte| byte.is_ascii_alphanumeric());
    ((1..=5).contains(&length) && rest.get(length) == Some(&b'_')).then_some(length + 1)
}

fn partitioned(rest: &[u8], length: usize) -> Option<usize> {
    let expected = partition(rest)? + length;
    (run(rest, is_word) == expected).then_some(expected)
}

fn jwt(rest: &[u8]) -> Option<usize> {
    // `{"` in base 64.
    if !rest.starts_with(b"ey") {
        return None;
    }
    let mut length = 0;
    for part in 0..3 {
        let bytes = run(rest.get(length..)?, is_word);
        if bytes < 16 {
            return None;
        }
        length += bytes;
        if part < 2 {
            (rest.get(length) == Some(&b'.')).then_some(())?;
            length += 1;
        }
    }
    (length <= LONGEST).then_some(length)
}

fn path_bound(rest: &[u8]) -> Option<usize> {
    if !is_hex(rest, 64) || rest.get(64) != Some(&b'-') {
        return None;
    }
    let digits = run(rest.get(65..)?, |byte| byte.is_ascii_digit());
    let end = 65 + digits;
    let ends = rest.get(end).is_none_or(|byte| !is_word(*byte));
    ((1..=20).contains(&digits) && ends).then_some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_exact() {
        let body = b"AbCdEfGhIjKlMnOp1234";
        assert_eq!(Shape::Word(20).measure(body), Some(20));
        assert_eq!(Shape::Word(20).measure(b"AbCdEfGhIjKlMnOp1234\" rest"), Some(20));
        assert_eq!(Shape::Word(20).measure(b"AbCdEfGhIjKlMnOp12345"), None);
        assert_eq!(Shape::Word(20).measure(b"AbCdEfGhIjKlMnOp123"), None);
    }

    #[test]
    fn placeholders_and_prose_are_no_tokens() {
        assert_eq!(Shape::Word(20).measure(b"xxxxxxxxxxxxxxxxxxxx"), None);
        assert_eq!(Shape::Word(20).measure(b"12121212121212121212"), None);
        assert_eq!(Shape::Word(20).measure(b"your-access_token-00"), Some(20));
        assert_eq!(Shape::Word(20).measure(b"your-access_token-hi"), None);
    }

    #[test]
    fn parts_are_told_apart() {
        assert_eq!(Shape::Partitioned(20).measure(b"64_AbCdEfGhIjKlMnOp1234"), Some(23));
        assert_eq!(Shape::Partitioned(20).measure(b"AbCdEfGhIjKlMnOp1234"), None);
        let bound = format!("{}-1234/", "0123456789abcdef".repeat(4));
        assert_eq!(Shape::PathBound.measure(bound.as_bytes()), Some(69));
        let jwt = format!("ey{0}.{0}.{0}", "AbCdEfGhIjKlMnOp1234");
        assert_eq!(Shape::Jwt.measure(jwt.as_bytes()), Some(64));
    }
}
