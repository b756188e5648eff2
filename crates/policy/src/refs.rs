//! Patterns of refs, such as `refs/heads/feature/*`.
//!
//! As in GitLab's protected branches, `*` matches any text, also none and also `/`; everything else matches itself.

use std::fmt;

/// The most bytes of a pattern.
const LONGEST: usize = 512;

/// A pattern that the full name of a ref is held to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RefPattern(Box<str>);

/// Why a text is no pattern.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no pattern of refs: {problem}")]
pub struct ParseRefPatternError {
    text: String,
    problem: &'static str,
}

impl RefPattern {
    /// Reads a pattern. It begins with `refs/`, so that nobody takes `main` for a branch that a tag could be called too.
    ///
    /// # Errors
    /// When it does not, or no ref could be called so (git-check-ref-format).
    pub fn parse(text: &str) -> Result<Self, ParseRefPatternError> {
        match problem(text) {
            None => Ok(Self(text.into())),
            Some(problem) => Err(ParseRefPatternError { text: text.to_owned(), problem }),
        }
    }

    /// A pattern that no ref matches: what stands in for one that can't be read.
    #[must_use]
    pub fn nothing() -> Self {
        Self("refs/".into())
    }

    /// The pattern as it was read.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a ref, given by its full name, matches.
    ///
    /// Takes the first place for what stands between two stars, which is enough: a later one leaves less for the rest.
    #[must_use]
    pub fn matches(&self, name: &[u8]) -> bool {
        matches(self.0.as_bytes(), name)
    }

    /// Whether every name that `narrower` matches, this matches too.
    #[must_use]
    pub fn includes(&self, narrower: &Self) -> bool {
        // The star of the other stands for any text, so nothing but a star of this one can match it: here it is a
        // character like others, which no literal of a pattern is.
        matches(self.0.as_bytes(), narrower.0.as_bytes())
    }
}

fn problem(text: &str) -> Option<&'static str> {
    let forbidden = |c: char| c.is_control() || matches!(c, ' ' | '~' | '^' | ':' | '?' | '[' | '\\');
    if text.len() > LONGEST {
        Some("it is too long")
    } else if !text.starts_with("refs/") || text.len() == "refs/".len() {
        Some("it must begin with `refs/`, such as `refs/heads/feature/*`")
    } else if text.contains(forbidden) {
        Some("a character of it is in no ref's name")
    } else if text.contains("..") || text.contains("//") || text.contains("@{") || text.ends_with(['/', '.'])
    {
        Some("no ref has such a name")
    } else {
        None
    }
}

fn matches(pattern: &[u8], name: &[u8]) -> bool {
    let mut parts = pattern.split(|byte| *byte == b'*');
    let Some(first) = parts.next() else { return name.is_empty() };
    let Some(mut rest) = name.strip_prefix(first) else { return false };
    let Some(last) = parts.next_back() else { return rest.is_empty() };
    for part in parts {
        let Some(after) = after(rest, part) else { return false };
        rest = after;
    }
    rest.ends_with(last)
}

/// What follows the first place of `part`.
fn after<'n>(name: &'n [u8], part: &[u8]) -> Option<&'n [u8]> {
    (0..=name.len()).find_map(|at| name.get(at..).and_then(|rest| rest.strip_prefix(part)))
}

impl fmt::Display for RefPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
