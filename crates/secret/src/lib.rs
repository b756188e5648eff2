//! Secrets: minting and parsing tokens, digests of tokens, and sealing of upstream credentials.
//!
//! A token in plain text is a [`PlainToken`] and nothing else; what is stored and compared is its
//! [`TokenDigest`]. An instance's credential rests as [`Sealed`], and a [`KeyRing`] opens it.

mod base62;
mod digest;
mod key;
mod key_file;
mod key_ring;
mod mint;
mod prefix;
mod seal;
mod token;

pub use digest::TokenDigest;
pub use key::KeyError;
pub use key_ring::KeyRing;
pub use mint::mint;
pub use prefix::{Prefix, PrefixError, Prefixes};
pub use seal::{SealError, Sealed, UnsealError};
pub use token::{ParseTokenError, PlainToken};
