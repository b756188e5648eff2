//! The keys that seal and open credentials.

use std::fmt;
use std::path::Path;

use rand::CryptoRng;
use zeroize::Zeroizing;

use crate::key::{Key, KeyBytes, KeyError};
use crate::key_file;

/// One key that seals, and any number that still open what they once sealed.
///
/// To change the key, put a new one in front, seal everything again, and drop the old one.
pub struct KeyRing {
    pub(crate) sealing: Key,
    pub(crate) opening: Vec<Key>,
}

impl KeyRing {
    /// A ring with one new key that is stored nowhere: for tests and demonstrations.
    ///
    /// # Errors
    /// Never in practice: the cipher takes every key of 32 bytes.
    pub fn generate(random: &mut (impl CryptoRng + ?Sized)) -> Result<Self, KeyError> {
        let mut bytes = KeyBytes::default();
        random.fill_bytes(bytes.as_mut_slice());
        let origin = || KeyError::Malformed { origin: "the random source".to_owned(), position: 1 };
        Ok(Self { sealing: Key::new(&bytes).ok_or_else(origin)?, opening: Vec::new() })
    }

    /// Reads a key file: one key in base 64 a line, the sealing one first, `#` starts a comment line.
    /// A file that is not there is created with one key and mode 0600.
    ///
    /// # Errors
    /// When the file can't be read or created, is open to others, or holds something else.
    pub fn from_file(path: &Path, random: &mut (impl CryptoRng + ?Sized)) -> Result<Self, KeyError> {
        Self::parse(&key_file::read_or_create(path, random)?, &format!("key file `{}`", path.display()))
    }

    /// Reads an environment variable: keys in base 64, separated by spaces or commas, the sealing one first.
    ///
    /// # Errors
    /// When the variable is not set or holds something else.
    pub fn from_env(name: &str) -> Result<Self, KeyError> {
        let text = std::env::var(name).map_err(|_| KeyError::Variable { name: name.to_owned() })?;
        Self::parse(&Zeroizing::new(text), &format!("environment variable `{name}`"))
    }

    /// Reads keys from text; `origin` names its source in errors.
    ///
    /// # Errors
    /// When there is no key, or one is malformed.
    pub fn parse(text: &str, origin: &str) -> Result<Self, KeyError> {
        let lines = text.lines().filter(|line| !line.trim_start().starts_with('#'));
        let words = lines
            .flat_map(|line| line.split([' ', '\t', ',']))
            .map(str::trim)
            .filter(|word| !word.is_empty());
        let mut keys = words.enumerate().map(|(index, word)| {
            Key::parse(word)
                .ok_or_else(|| KeyError::Malformed { origin: origin.to_owned(), position: index + 1 })
        });
        let sealing = keys.next().ok_or_else(|| KeyError::Missing { origin: origin.to_owned() })??;
        Ok(Self { sealing, opening: keys.collect::<Result<_, _>>()? })
    }

    /// The id of the key that seals: values with another id should be sealed again.
    #[must_use]
    pub fn sealing_id(&self) -> &str {
        &self.sealing.id
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ids = std::iter::once(&self.sealing).chain(&self.opening).map(|key| &key.id);
        f.write_str("KeyRing")?;
        f.debug_list().entries(ids).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ZEROS: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    const ONES: &str = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";

    #[test]
    fn reads_lines_commas_and_comments() {
        let ring = KeyRing::parse(&format!("# first\n{ZEROS}\r\n\n {ONES} , {ONES}\n"), "test").unwrap();
        // The id of 32 zero bytes: the start of their SHA-256.
        assert_eq!(ring.sealing_id(), "66687aad");
        assert_eq!(format!("{ring:?}"), r#"KeyRing["66687aad", "72cd6e84", "72cd6e84"]"#);
    }

    #[test]
    fn says_which_key_is_wrong() {
        for wrong in ["short", "AAAA", &format!("A{ZEROS}"), &ZEROS[..40]] {
            let error = KeyRing::parse(&format!("{ZEROS} {wrong}"), "variable `KEY`").unwrap_err();
            let message = error.to_string();
            assert!(message.starts_with("key 2 in variable `KEY`"), "{message}");
            assert!(!message.contains(wrong), "{message}");
        }
    }

    #[test]
    fn needs_a_key() {
        assert!(matches!(KeyRing::parse("# nothing\n\n", "test"), Err(KeyError::Missing { .. })));
        let error = KeyRing::from_env("NARROWGATE_TEST_VARIABLE_THAT_IS_NOT_SET").unwrap_err();
        assert!(error.to_string().contains("NARROWGATE_TEST_VARIABLE_THAT_IS_NOT_SET"));
    }
}
