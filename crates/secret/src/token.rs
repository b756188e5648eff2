//! A token in plain text.

use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;

use crate::base62;
use crate::digest::TokenDigest;
use crate::prefix::{Prefix, Prefixes};

/// Base 62 digits that carry the 160 random bits.
const RANDOM: usize = 27;
/// Base 62 digits that carry the CRC-32 of everything before them.
const CHECKSUM: usize = 6;
/// The greatest 160-bit number: more digits fit into 27 places than bits were drawn.
const GREATEST: &str = "aWgEPTl1tmebfsQzFP4bxwgy80V";

/// A token as its bearer holds it: `ngpat-`, 27 digits of base 62, 6 digits of checksum.
///
/// Wiped from memory when dropped. It has no `Display` and no `Serialize`; [`PlainToken::expose`] says so where
/// the text is needed, and `Debug` shows the prefix only.
#[derive(Clone)]
pub struct PlainToken {
    text: SecretString,
    prefix: usize,
}

impl PlainToken {
    /// Reads a token strictly: prefix, length, alphabet and checksum.
    ///
    /// # Errors
    /// [`ParseTokenError::NotOurs`] when no prefix of ours starts it, else what is wrong with it.
    pub fn parse(text: &str, prefixes: &Prefixes) -> Result<Self, ParseTokenError> {
        let prefix = check(text, prefixes)?;
        Ok(Self { text: SecretString::from(text), prefix: prefix.as_str().len() })
    }

    pub(crate) fn from_bits(prefix: &Prefix, bits: &[u8; 20]) -> Self {
        let prefix = prefix.as_str();
        // Room for all of it, so that growing leaves no copy behind.
        let mut text = String::with_capacity(prefix.len() + RANDOM + CHECKSUM);
        text.push_str(prefix);
        base62::push_random(&mut text, bits);
        let checksum = crc32fast::hash(text.as_bytes());
        base62::push_checksum(&mut text, checksum);
        Self { text: SecretString::from(text), prefix: prefix.len() }
    }

    /// What is stored of it.
    #[must_use]
    pub fn digest(&self) -> TokenDigest {
        TokenDigest::of(self.expose())
    }

    /// The whole text: shown once, to the one who asked for the token.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.text.expose_secret()
    }

    /// The prefix, which is no secret.
    #[must_use]
    pub fn prefix(&self) -> &str {
        self.expose().get(..self.prefix).unwrap_or_default()
    }
}

impl TokenDigest {
    /// The digest of a token of ours, as strict as [`PlainToken::parse`] but without a copy of its text.
    ///
    /// # Errors
    /// As [`PlainToken::parse`].
    pub fn parse(text: &str, prefixes: &Prefixes) -> Result<Self, ParseTokenError> {
        check(text, prefixes).map(|_| Self::of(text))
    }
}

/// The prefix of a well-formed token.
fn check<'p>(text: &str, prefixes: &'p Prefixes) -> Result<&'p Prefix, ParseTokenError> {
    let prefix = prefixes.of(text).ok_or(ParseTokenError::NotOurs)?;
    let body = text.get(prefix.as_str().len()..).unwrap_or_default();
    if body.len() != RANDOM + CHECKSUM || !body.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(ParseTokenError::Malformed);
    }
    let (signed, _) = text.split_at(text.len() - CHECKSUM);
    if body.split_at(RANDOM).0 > GREATEST {
        return Err(ParseTokenError::Malformed);
    }
    if !checksum_matches(text, signed) {
        return Err(ParseTokenError::Checksum);
    }
    Ok(prefix)
}

fn checksum_matches(text: &str, signed: &str) -> bool {
    let mut number = crc32fast::hash(signed.as_bytes());
    text.bytes().rev().take(CHECKSUM).all(|digit| {
        let expected = base62::digit(number % 62);
        number /= 62;
        digit == expected
    })
}

impl ConstantTimeEq for PlainToken {
    fn ct_eq(&self, other: &Self) -> subtle::Choice {
        self.expose().as_bytes().ct_eq(other.expose().as_bytes())
    }
}

impl PartialEq for PlainToken {
    fn eq(&self, other: &Self) -> bool {
        self.ct_eq(other).into()
    }
}

impl Eq for PlainToken {}

impl fmt::Debug for PlainToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PlainToken({}…)", self.prefix())
    }
}

/// Why a text is no token of ours. It never quotes the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseTokenError {
    /// It starts with no prefix of ours: perhaps a token of the instance.
    #[error("not a Narrowgate token")]
    NotOurs,
    /// Wrong length or alphabet.
    #[error("malformed token: it may have been cut or wrapped when it was copied")]
    Malformed,
    /// The checksum doesn't match: a typing error, or made up.
    #[error("the token's checksum does not match: it was mistyped or made up")]
    Checksum,
}
