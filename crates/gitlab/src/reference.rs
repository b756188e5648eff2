//! How a request names a project or group: by number, or by full path.

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// A full path of twenty levels with segments of 255 characters would be longer, but GitLab bounds routes to this.
const LONGEST: usize = 255 * 4;
const LONGEST_SEGMENT: usize = 255;
const DEEPEST: usize = 22;
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A project or group as a request names it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Reference {
    /// By number.
    Id(u64),
    /// By full path, decoded: `acme/platform/infra`.
    Path(String),
}

/// Why a path segment names neither a number nor a full path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseReferenceError {
    /// A number with leading zeros, or beyond what GitLab stores.
    #[error("not the number of a project or group")]
    Number,
    /// Percent encoding that is broken, doubled, or not UTF-8.
    #[error("not validly percent-encoded")]
    Encoding,
    /// Empty, dot or overlong segments, or characters that GitLab has in no path.
    #[error("not the full path of a project or group")]
    Path,
}

impl Reference {
    /// Reads one raw segment of a request's path: decoded once, then a number or a full path.
    ///
    /// # Errors
    /// Whatever two parsers could read differently is refused rather than guessed.
    pub fn parse(raw: &str) -> Result<Self, ParseReferenceError> {
        if !is_validly_encoded(raw) {
            return Err(ParseReferenceError::Encoding);
        }
        let text = percent_decode_str(raw).decode_utf8().map_err(|_| ParseReferenceError::Encoding)?;
        Self::parse_decoded(&text)
    }

    /// Reads a value that needs no decoding, as from a form field or a JSON body.
    ///
    /// # Errors
    /// As [`Self::parse`].
    pub fn parse_decoded(text: &str) -> Result<Self, ParseReferenceError> {
        if text.contains('%') {
            return Err(ParseReferenceError::Encoding);
        }
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return parse_number(text);
        }
        if is_full_path(text) { Ok(Self::Path(text.to_owned())) } else { Err(ParseReferenceError::Path) }
    }

    /// Whether this can name a project: a number, or a path with a namespace before the name.
    #[must_use]
    pub fn can_be_project(&self) -> bool {
        match self {
            Self::Id(_) => true,
            Self::Path(path) => path.contains('/'),
        }
    }

    /// The one path segment that names this in a request to the instance.
    #[must_use]
    pub fn to_segment(&self) -> String {
        match self {
            Self::Id(id) => id.to_string(),
            Self::Path(path) => utf8_percent_encode(path, SEGMENT).to_string(),
        }
    }
}

fn parse_number(text: &str) -> Result<Reference, ParseReferenceError> {
    match text.parse::<i64>() {
        Ok(number) if number > 0 && !text.starts_with('0') => Ok(Reference::Id(number.unsigned_abs())),
        _ => Err(ParseReferenceError::Number),
    }
}

/// Whether each `%` is followed by two hexadecimal digits; the decoder itself would let others stand.
fn is_validly_encoded(raw: &str) -> bool {
    raw.split('%')
        .skip(1)
        .all(|rest| rest.len() >= 2 && rest.bytes().take(2).all(|byte| byte.is_ascii_hexdigit()))
}

/// GitLab's namespace and project paths: letters, digits, `_`, `-`, `.`, not starting with `-`.
fn is_full_path(text: &str) -> bool {
    text.len() <= LONGEST && text.split('/').count() <= DEEPEST && text.split('/').all(is_path_segment)
}

fn is_path_segment(segment: &str) -> bool {
    !matches!(segment, "" | "." | "..")
        && segment.len() <= LONGEST_SEGMENT
        && !segment.starts_with('-')
        && segment.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => write!(f, "{id}"),
            Self::Path(path) => f.write_str(path),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_numbers_and_full_paths() {
        for (raw, expected) in [
            ("7", Reference::Id(7)),
            ("%37", Reference::Id(7)),
            ("9223372036854775807", Reference::Id(9_223_372_036_854_775_807)),
            ("acme", Reference::Path("acme".into())),
            ("acme%2Fweb", Reference::Path("acme/web".into())),
            ("acme%2fplatform%2Finfra.v2", Reference::Path("acme/platform/infra.v2".into())),
            ("_a%2F7", Reference::Path("_a/7".into())),
        ] {
            assert_eq!(Reference::parse(raw), Ok(expected), "{raw}");
        }
    }

    #[test]
    fn refuses_what_could_be_read_twice() {
        use ParseReferenceError as E;
        for (raw, error) in [
            ("", E::Path),
            ("07", E::Number),
            ("0", E::Number),
            ("9223372036854775808", E::Number),
            ("-7", E::Path),
            ("+7", E::Path),
            ("7%00", E::Path),
            ("7%20", E::Path),
            ("acme%252Fweb", E::Encoding),
            ("acme%2", E::Encoding),
            ("acme%zz", E::Encoding),
            ("acme%ff", E::Encoding),
            ("%2Facme", E::Path),
            ("acme%2F", E::Path),
            ("acme%2F%2Fweb", E::Path),
            ("acme%2F..%2Fweb", E::Path),
            ("acme%2F%2e%2Fweb", E::Path),
            ("acme%5Cweb", E::Path),
            ("acme%0Aweb", E::Path),
            ("acme;x", E::Path),
            ("%C3%A4cme", E::Path),
        ] {
            assert_eq!(Reference::parse(raw), Err(error), "{raw}");
        }
        assert_eq!(Reference::parse(&"a".repeat(256)), Err(E::Path));
        assert_eq!(Reference::parse(&vec!["a"; 23].join("%2F")), Err(E::Path));
    }

    #[test]
    fn writes_one_segment() {
        assert_eq!(Reference::Path("acme/web.x-y_z".into()).to_segment(), "acme%2Fweb.x-y_z");
        assert_eq!(Reference::Id(7).to_segment(), "7");
        assert!(!Reference::Path("acme".into()).can_be_project());
    }
}
