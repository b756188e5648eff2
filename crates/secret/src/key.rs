//! One sealing key, and what can be wrong with keys.

use std::io;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::aead::{AES_256_GCM, LessSafeKey, UnboundKey};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// The bytes of a key in plain text.
pub(crate) type KeyBytes = Zeroizing<[u8; 32]>;

/// An AES-256-GCM key with the name that sealed values carry.
pub(crate) struct Key {
    pub(crate) id: String,
    pub(crate) cipher: LessSafeKey,
}

impl Key {
    pub(crate) fn new(bytes: &KeyBytes) -> Option<Self> {
        let cipher = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, bytes.as_slice()).ok()?);
        let [a, b, c, d, ..]: [u8; 32] = Sha256::digest(bytes.as_slice()).into();
        Some(Self { id: format!("{a:02x}{b:02x}{c:02x}{d:02x}"), cipher })
    }

    /// Reads 32 bytes in base 64.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut bytes = KeyBytes::default();
        // The decoder asks for room in whole groups of four digits.
        let mut room = Zeroizing::new([0; 33]);
        let length = STANDARD.decode_slice(text, room.as_mut_slice()).ok()?;
        bytes.copy_from_slice(room.get(..length).filter(|key| key.len() == 32)?);
        Self::new(&bytes)
    }
}

/// A key as text: the form [`Key::parse`] reads.
pub(crate) fn encode(bytes: &KeyBytes) -> Zeroizing<String> {
    Zeroizing::new(STANDARD.encode(bytes.as_slice()))
}

/// Why sealing keys could not be had. It never quotes a key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file could not be read or created.
    #[error("cannot read key file `{}`: {source}", path.display())]
    File {
        /// The key file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Others than the owner may read or write the file.
    #[error("key file `{path}` is open to others (mode {mode:04o}): run `chmod 600 {path}`, and replace the key if others had access", path = path.display())]
    Exposed {
        /// The key file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The environment variable is not set, or not text.
    #[error(
        "environment variable `{name}` is not set: put a key there, such as the output of `openssl rand -base64 32`"
    )]
    Variable {
        /// The variable's name.
        name: String,
    },
    /// An entry is not 32 bytes in base 64.
    #[error("key {position} in {origin} is not 32 bytes in base 64: make one with `openssl rand -base64 32`")]
    Malformed {
        /// Where the keys came from.
        origin: String,
        /// Which key, counted from one.
        position: usize,
    },
    /// There is no key at all.
    #[error("no key in {origin}: make one with `openssl rand -base64 32`")]
    Missing {
        /// Where a key was looked for.
        origin: String,
    },
}
