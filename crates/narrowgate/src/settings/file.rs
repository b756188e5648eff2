//! The file with settings. It may hold a password, so its mistakes are told without its text.

use std::path::Path;

use anyhow::{Context as _, Result, anyhow};
use figment::providers::Serialized;
use figment::value::{Dict, Map};
use figment::{Error, Metadata, Profile, Provider};

use crate::hint::Hint as _;

/// A TOML file that was read.
pub(super) struct SettingsFile<'path> {
    path: &'path Path,
    table: toml::Table,
}

impl<'path> SettingsFile<'path> {
    /// Reads the file.
    ///
    /// # Errors
    /// When it is not there, or not TOML.
    pub(super) fn read(path: &'path Path) -> Result<Self> {
        let name = path.display();
        if !path.is_file() {
            return Err(anyhow!("there is no file {name}")).hint("name a TOML file with `--config FILE`");
        }
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {name}"))?;
        let table = text.parse().map_err(|error: toml::de::Error| {
            let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
            let line = before.matches('\n').count() + 1;
            // Not the error itself: it shows the line, and that may be the password's.
            anyhow!("{name}, line {line}, is not TOML")
        });
        Ok(Self { path, table: table.hint("put text in quotation marks: `instance = \"https://…\"`")? })
    }
}

impl Provider for SettingsFile<'_> {
    fn metadata(&self) -> Metadata {
        Metadata::from("TOML file", self.path)
    }

    fn data(&self) -> Result<Map<Profile, Dict>, Error> {
        Serialized::defaults(&self.table).data()
    }
}
