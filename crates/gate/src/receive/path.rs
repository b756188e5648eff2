//! The path: one reading only, whoever decodes it.

use smallvec::SmallVec;

use super::Violation;

/// Checks a raw path, segment by segment.
///
/// # Errors
///
/// The first [`Violation`] from the left.
pub(crate) fn check(path: &str) -> Result<(), Violation> {
    let Some(rest) = path.strip_prefix('/') else {
        return Err(Violation::AbsoluteForm);
    };
    if rest.is_empty() {
        return Ok(());
    }
    segments(rest.as_bytes()).try_for_each(segment)
}

fn segments(path: &[u8]) -> impl Iterator<Item = &[u8]> {
    path.split(|byte| *byte == b'/')
}

fn segment(text: &[u8]) -> Result<(), Violation> {
    if text.iter().copied().all(is_plain) { plain(text) } else { decoded(text) }
}

const fn plain(text: &[u8]) -> Result<(), Violation> {
    match text {
        b"" => Err(Violation::EmptySegment),
        b"." | b".." => Err(Violation::DotSegment),
        _ => Ok(()),
    }
}

/// Letters, digits and the marks that mean nothing to any parser of paths.
#[rustfmt::skip]
const fn is_plain(byte: u8) -> bool {
    matches!(
        byte,
        b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'-' | b'_' | b'.' | b'~' | b'!' | b'$' | b'&'..=b',' | b':' | b'=' | b'@' | b'[' | b']'
    )
}

fn decoded(text: &[u8]) -> Result<(), Violation> {
    let mut bytes: SmallVec<[u8; 128]> = SmallVec::new();
    let mut rest = text.iter().copied();
    while let Some(byte) = rest.next() {
        bytes.push(if byte == b'%' { encoded(&mut rest)? } else { raw(byte)? });
    }
    let text = std::str::from_utf8(&bytes).map_err(|_| Violation::InvalidUtf8)?;
    if text.chars().any(char::is_control) {
        return Err(Violation::ControlCharacter);
    }
    twice(text)?;
    segments(text.as_bytes()).try_for_each(plain)
}

fn raw(byte: u8) -> Result<u8, Violation> {
    match byte {
        b'\\' => Err(Violation::Backslash),
        b';' => Err(Violation::Semicolon),
        0..=0x1f | 0x7f => Err(Violation::ControlCharacter),
        _ if is_plain(byte) => Ok(byte),
        _ => Err(Violation::InvalidCharacter),
    }
}

/// Decodes the two digits after a `%`. A dot may be encoded, since GitLab's documentation does so in file names.
fn encoded(rest: &mut impl Iterator<Item = u8>) -> Result<u8, Violation> {
    let (Some(high), Some(low)) = (digit(rest.next()), digit(rest.next())) else {
        return Err(Violation::InvalidEncoding);
    };
    match high << 4 | low {
        b'\\' => Err(Violation::Backslash),
        0..=0x1f | 0x7f => Err(Violation::ControlCharacter),
        b'-' | b'_' => Err(Violation::EncodedUnreserved),
        byte if byte.is_ascii_alphanumeric() => Err(Violation::EncodedUnreserved),
        byte => Ok(byte),
    }
}

pub(super) fn digit(byte: Option<u8>) -> Option<u8> {
    let value = char::from(byte?).to_digit(16)?;
    u8::try_from(value).ok()
}

/// Refuses text in which a second decoding would find a separator, a dot or an end of text.
fn twice(text: &str) -> Result<(), Violation> {
    let is_meaningful = |rest: &str| {
        let mut digits = rest.bytes();
        match (digit(digits.next()), digit(digits.next())) {
            (Some(high), Some(low)) => {
                matches!(high << 4 | low, b'.' | b'/' | b'\\' | b'%' | b';' | 0..=0x1f)
            }
            _ => false,
        }
    };
    let mut parts = text.split('%');
    parts.next();
    if parts.any(is_meaningful) { Err(Violation::DoubleEncoding) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ordinary_paths_pass() {
        for path in [
            "/",
            "/api/v4/projects/1/issues",
            "/api/v4/projects/acme%2Fweb/repository/files/src%2Fmain%2Ers",
            "/api/v4/projects/1/repository/files/na%20me%C3%A9.md",
            "/api/v4/projects/1/packages/npm/@scope%2fname",
            "/acme/web.git/info/refs",
            "/api/v4/projects/1/repository/files/100%25",
            "/api/v4/projects/1/repository/branches/a..b",
            "/api/v4/projects/1/repository/branches/...",
        ] {
            assert_eq!(check(path), Ok(()), "{path}");
        }
    }

    #[test]
    fn hostile_paths_are_refused() {
        use Violation::*;
        for (path, violation) in [
            ("/api/v4/projects/1/../2", DotSegment),
            ("/api/v4/./projects", DotSegment),
            ("/api/v4/projects/%2e%2e/2", DotSegment),
            ("/api/v4/projects/.%2E/2", DotSegment),
            ("/api/v4/projects/acme%2F..%2Fweb", DotSegment),
            ("/api/v4/projects/acme%2f%2e%2fweb", DotSegment),
            ("/api/v4/projects/1%2F..", DotSegment),
            ("//api/v4", EmptySegment),
            ("/api//v4", EmptySegment),
            ("/api/v4/", EmptySegment),
            ("/api/v4/projects/acme%2F%2Fweb", EmptySegment),
            ("/api/v4/projects/%2Facme", EmptySegment),
            ("/api/v4/projects/acme%2F", EmptySegment),
            ("/api\\v4", Backslash),
            ("/api/v4/projects/1%5c2", Backslash),
            ("/api/v4/projects/1;x=2", Semicolon),
            ("/api/v4/projects/1%00", ControlCharacter),
            ("/api/v4/projects/1%0d%0aX", ControlCharacter),
            ("/api/v4/projects/1%7f", ControlCharacter),
            ("/api/v4/projects/1%c2%85", ControlCharacter),
            ("/api/v4/projects/%", InvalidEncoding),
            ("/api/v4/projects/%2", InvalidEncoding),
            ("/api/v4/projects/%zz", InvalidEncoding),
            ("/api/v4/projects/%+1", InvalidEncoding),
            ("/api/v4/projects/%c0%ae", InvalidUtf8),
            ("/api/v4/projects/%ff", InvalidUtf8),
            ("/api/v4/projects/%252e%252e", DoubleEncoding),
            ("/api/v4/projects/acme%252Fweb", DoubleEncoding),
            ("/api/v4/projects/1%255c", DoubleEncoding),
            ("/api/v4/projects/1%2500", DoubleEncoding),
            ("/api/v4/projects/1%252525", DoubleEncoding),
            ("/api/v4/%70rojects/1", EncodedUnreserved),
            ("/api/v4/personal%5Faccess_tokens", EncodedUnreserved),
            ("/api/v4/projects/1/caf\u{e9}", InvalidCharacter),
            ("/api/v4/projects/{id}", InvalidCharacter),
            ("api/v4", AbsoluteForm),
        ] {
            assert_eq!(check(path), Err(violation), "{path}");
        }
    }

    /// What the most forgiving parser would make of a path: decode until nothing changes, then resolve.
    fn naive(path: &str) -> Vec<String> {
        let mut text = path.to_owned();
        for _ in 0..8 {
            text = percent_encoding::percent_decode_str(&text).decode_utf8_lossy().replace('\\', "/");
        }
        let mut parts = Vec::new();
        for part in text.split('/') {
            match part {
                "" | "." => {}
                ".." => drop(parts.pop()),
                other => parts.push(other.to_owned()),
            }
        }
        parts
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn what_passes_reads_the_same_for_every_parser(
            path in "(/([a-c.%]|%2e|%2E|%2f|%2F|%5c|%25|%252e|%00|%61|;|\\\\|\\.\\.){0,6}){1,5}"
        ) {
            if check(&path).is_ok() && path != "/" {
                let once = percent_encoding::percent_decode_str(&path).decode_utf8().unwrap();
                let plain: Vec<_> = once.trim_start_matches('/').split('/').map(str::to_owned).collect();
                let resolved: Vec<_> = naive(&path);
                prop_assert_eq!(plain.len(), resolved.len(), "{}", path);
            }
        }
    }
}
