//! Where things are, and how to call Cargo on them.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::run::output;

/// The workspace this task runs in.
pub(crate) struct Workspace {
    root: PathBuf,
    target: PathBuf,
}

impl Workspace {
    /// Finds the workspace that this binary was built from.
    pub(crate) fn open() -> Result<Workspace> {
        let root =
            Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("xtask has no parent folder")?.to_owned();
        let mut workspace = Workspace { root, target: PathBuf::new() };
        let metadata = workspace.metadata(&["--no-deps"])?;
        let target = metadata.get("target_directory").and_then(Value::as_str);
        workspace.target = target.context("cargo metadata names no target directory")?.into();
        Ok(workspace)
    }

    /// The folder of the workspace's `Cargo.toml`.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Cargo's target folder.
    pub(crate) fn target(&self) -> &Path {
        &self.target
    }

    /// A Cargo command in the workspace's root.
    ///
    /// The variables that `cargo run` set for this very process are taken away: build scripts that watch them
    /// would otherwise rebuild every time a task follows a plain `cargo` call.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        for (name, _) in std::env::vars_os() {
            if name.to_str().is_some_and(set_by_cargo_run) {
                command.env_remove(name);
            }
        }
        command.args(arguments).current_dir(&self.root);
        command
    }

    /// What `cargo metadata` says.
    pub(crate) fn metadata(&self, arguments: &[&str]) -> Result<Value> {
        let mut command = self.cargo(&["metadata", "--format-version", "1"]);
        let text = output(command.args(arguments))?;
        serde_json::from_str(&text).context("cannot read what cargo metadata printed")
    }
}

fn set_by_cargo_run(name: &str) -> bool {
    const PREFIXES: [&str; 2] = ["CARGO_PKG_", "CARGO_MANIFEST_"];
    const NAMES: [&str; 4] = ["CARGO", "CARGO_BIN_NAME", "CARGO_CRATE_NAME", "CARGO_PRIMARY_PACKAGE"];
    NAMES.contains(&name) || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}
