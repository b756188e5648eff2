//! Sealing and opening: AES-256-GCM with a random nonce.

use std::fmt;

use rand::CryptoRng;
use ring::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce};
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::key_ring::KeyRing;

/// A secret that only a holder of the key can read.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The first eight hex digits of the SHA-256 of the key that sealed it.
    pub key_id: String,
    /// Nonce, ciphertext and tag.
    pub bytes: Vec<u8>,
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({}, {} bytes)", self.key_id, self.bytes.len())
    }
}

impl KeyRing {
    /// Seals a secret with the ring's first key. `context` says what the secret is for and must be the same to open
    /// it, so that a sealed value moved to another row opens nothing.
    ///
    /// # Errors
    /// When the secret is longer than the cipher allows (64 GiB).
    pub fn seal(
        &self,
        secret: &SecretString,
        context: &[u8],
        random: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Sealed, SealError> {
        let mut nonce = [0; NONCE_LEN];
        random.fill_bytes(&mut nonce);
        let secret = secret.expose_secret().as_bytes();
        let mut bytes = Vec::with_capacity(NONCE_LEN + secret.len() + AES_256_GCM.tag_len());
        bytes.extend_from_slice(&nonce);
        bytes.extend_from_slice(secret);
        let body = bytes.get_mut(NONCE_LEN..).ok_or(SealError)?;
        let tag = self
            .sealing
            .cipher
            .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::from(context), body)
            .map_err(|_| SealError)?;
        bytes.extend_from_slice(tag.as_ref());
        Ok(Sealed { key_id: self.sealing.id.clone(), bytes })
    }

    /// Opens what any key of the ring sealed for the same context.
    ///
    /// # Errors
    /// When the key is not in the ring, or the value or its context was changed.
    pub fn open(&self, sealed: &Sealed, context: &[u8]) -> Result<SecretString, UnsealError> {
        let mut keys = std::iter::once(&self.sealing).chain(&self.opening);
        let key = keys
            .find(|key| key.id == sealed.key_id)
            .ok_or_else(|| UnsealError::UnknownKey(sealed.key_id.clone()))?;
        let (nonce, body) = sealed.bytes.split_at_checked(NONCE_LEN).ok_or(UnsealError::Damaged)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| UnsealError::Damaged)?;
        let mut room = Zeroizing::new(body.to_vec());
        let plain = key
            .cipher
            .open_in_place(nonce, Aad::from(context), &mut room)
            .map_err(|_| UnsealError::Damaged)?;
        std::str::from_utf8(plain).map(SecretString::from).map_err(|_| UnsealError::Damaged)
    }
}

/// The secret was too long for the cipher.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the secret is too long to be sealed")]
pub struct SealError;

/// Why a sealed value could not be opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnsealError {
    /// No key of the ring has the id.
    #[error("sealed with key `{0}`, which is not among the configured keys: add that key, or connect again")]
    UnknownKey(String),
    /// The bytes or the context are not those that were sealed.
    #[error("the sealed value was changed or belongs elsewhere: restore it from a backup, or connect again")]
    Damaged,
}
