//! Where secrets come from: stdin, a prompt, the key, and the system's randomness.

use std::io::{BufRead as _, IsTerminal as _, stdin};

use anyhow::{Context as _, Result, anyhow, ensure};
use narrowgate_secret::KeyRing;
use rand::SeedableRng as _;
use rand::rngs::{StdRng, SysRng};
use secrecy::{ExposeSecret as _, SecretString};

use crate::hint::Hint as _;
use crate::settings::Settings;

/// The variable that takes the key file's place.
const KEY: &str = "NARROWGATE_KEY";

/// A generator for tokens and nonces, seeded by the operating system.
///
/// # Errors
/// When the system gives no randomness.
pub(crate) fn random() -> Result<StdRng> {
    StdRng::try_from_rng(&mut SysRng).context("the operating system gave no randomness")
}

/// The keys that seal GitLab credentials: from the environment, else from the key file, which is created if need be.
///
/// # Errors
/// When the key can't be read, is malformed, or the file is open to others.
pub(crate) fn keys(settings: &Settings) -> Result<KeyRing> {
    if std::env::var_os(KEY).is_some() {
        return Ok(KeyRing::from_env(KEY)?);
    }
    KeyRing::from_file(&settings.key_file, &mut random()?)
        .hint("name the key with `--key-file FILE`, or give it in NARROWGATE_KEY")
}

/// As [`keys`], but a key that is not there is not created: it would open nothing.
///
/// # Errors
/// As [`keys`], and when there is no key file.
pub(crate) fn existing_keys(settings: &Settings) -> Result<KeyRing> {
    let file = &settings.key_file;
    if std::env::var_os(KEY).is_none() && !file.exists() {
        return Err(anyhow!("there is no key file {}", file.display()))
            .hint("name the key that `narrowgate connect` made with `--key-file FILE`, or give it in NARROWGATE_KEY");
    }
    keys(settings)
}

/// One secret: typed at a prompt that shows nothing, or the first line of stdin.
///
/// # Errors
/// When there is none, or it holds blanks or control characters.
pub(crate) fn read_secret(what: &str) -> Result<SecretString> {
    let text = if stdin().is_terminal() {
        SecretString::from(
            rpassword::prompt_password(format!("{what}: ")).context("cannot read the terminal")?,
        )
    } else {
        let mut line = String::with_capacity(4096);
        stdin().lock().read_line(&mut line).context("cannot read stdin")?;
        SecretString::from(line)
    };
    let trimmed = SecretString::from(text.expose_secret().trim());
    let value = trimmed.expose_secret();
    if value.is_empty() {
        return Err(anyhow!("no {what} was given")).hint("type it at the prompt, or pipe it to stdin");
    }
    ensure!(
        value.bytes().all(|byte| byte.is_ascii_graphic()),
        "the {what} holds blanks or unusual characters"
    );
    Ok(trimmed)
}

/// The token to ask about: from `variable`, else as [`read_secret`].
///
/// # Errors
/// As [`read_secret`].
pub(crate) fn token_from(variable: &str) -> Result<SecretString> {
    match std::env::var(variable) {
        Ok(token) => Ok(SecretString::from(token.trim())),
        Err(_) => read_secret("Narrowgate token"),
    }
}
