//! The words that tokens start with.

use std::fmt;
use std::str::FromStr;

/// What one kind of token starts with, such as `ngpat-`.
///
/// Up to 20 of `A-Z a-z 0-9 - _`, ending in `-`: the dash cannot occur in what follows, so the end is certain.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Prefix(String);

impl Prefix {
    /// The longest prefix in bytes; GitLab's own limit.
    pub const MAX_LENGTH: usize = 20;

    /// The prefix itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Prefix {
    type Err = PrefixError;

    fn from_str(text: &str) -> Result<Self, PrefixError> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        let fits = (2..=Self::MAX_LENGTH).contains(&text.len());
        if fits && text.ends_with('-') && text.bytes().all(allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(PrefixError::Malformed(text.to_owned()))
        }
    }
}

impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The prefixes that mark a token as Narrowgate's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prefixes {
    personal: Prefix,
    job: Prefix,
}

impl Prefixes {
    /// Prefixes of personal, project and group tokens and of job tokens.
    ///
    /// # Errors
    /// When one starts with the other: a token's kind would be a guess.
    pub fn new(personal: Prefix, job: Prefix) -> Result<Self, PrefixError> {
        if personal.0.starts_with(&job.0) || job.0.starts_with(&personal.0) {
            return Err(PrefixError::Overlapping(personal.0, job.0));
        }
        Ok(Self { personal, job })
    }

    /// The prefix of personal, project and group tokens.
    #[must_use]
    pub const fn personal(&self) -> &Prefix {
        &self.personal
    }

    /// The prefix of job tokens.
    #[must_use]
    pub const fn job(&self) -> &Prefix {
        &self.job
    }

    /// Which of them the text starts with.
    #[must_use]
    pub fn of(&self, text: &str) -> Option<&Prefix> {
        [&self.personal, &self.job].into_iter().find(|prefix| text.starts_with(prefix.as_str()))
    }
}

impl Default for Prefixes {
    fn default() -> Self {
        Self { personal: Prefix("ngpat-".to_owned()), job: Prefix("ngcbt-".to_owned()) }
    }
}

/// Why a prefix cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PrefixError {
    /// Wrong length, ending or character.
    #[error("token prefix `{0}` must be 2 to 20 of letters, digits, `-` and `_`, and end in `-`")]
    Malformed(String),
    /// Two prefixes of which one starts with the other.
    #[error("token prefixes `{0}` and `{1}` overlap: neither may start with the other")]
    Overlapping(String, String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_what_cannot_run_into_the_token() {
        for text in ["ngpat-", "a-", "acme_corp-ng-", "a234567890123456789-"] {
            assert_eq!(text.parse::<Prefix>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn refuses_the_rest() {
        for text in ["", "-", "ngpat", "ng pat-", "é-", "a2345678901234567890-", "ng.pat-"] {
            assert_eq!(text.parse::<Prefix>(), Err(PrefixError::Malformed(text.to_owned())));
        }
    }

    #[test]
    fn refuses_overlap() {
        let new = |left: &str, right: &str| Prefixes::new(left.parse().unwrap(), right.parse().unwrap());
        assert!(new("ng-", "ci-").is_ok());
        for (left, right) in [("ng-", "ng-"), ("ng-", "ng-ci-"), ("ng-ci-", "ng-")] {
            assert!(matches!(new(left, right), Err(PrefixError::Overlapping(..))));
        }
    }
}
