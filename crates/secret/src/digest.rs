//! What is stored of a token.

use std::fmt;

use sha2::{Digest, Sha256};

/// The SHA-256 of a token's whole text.
///
/// Tokens carry 160 random bits, so a plain hash needs neither salt nor stretching.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenDigest([u8; 32]);

impl TokenDigest {
    /// The digest of any token's text, ours or an instance's.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self(Sha256::digest(text.as_bytes()).into())
    }

    /// A digest as it was stored.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The digest as it is stored.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The first eight bytes: spread well enough to be the hash of a map's key without hashing again.
    #[must_use]
    pub const fn hash_key(&self) -> u64 {
        let [a, b, c, d, e, f, g, h, ..] = self.0;
        u64::from_be_bytes([a, b, c, d, e, f, g, h])
    }
}

impl fmt::Debug for TokenDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, ..] = self.0;
        write!(f, "TokenDigest({a:02x}{b:02x}{c:02x}{d:02x}…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_sha_256() {
        // FIPS 180-2, appendix B.1
        let digest = TokenDigest::of("abc");
        assert_eq!(digest.as_bytes()[..4], [0xba, 0x78, 0x16, 0xbf]);
        assert_eq!(digest.as_bytes()[28..], [0xf2, 0x00, 0x15, 0xad]);
        assert_eq!(digest.hash_key(), 0xba78_16bf_8f01_cfea);
    }

    #[test]
    fn debug_shows_four_bytes() {
        assert_eq!(format!("{:?}", TokenDigest::of("abc")), "TokenDigest(ba7816bf…)");
    }

    #[test]
    fn bytes_round_trip() {
        let digest = TokenDigest::of("abc");
        assert_eq!(TokenDigest::from_bytes(*digest.as_bytes()), digest);
    }
}
