//! Installs what a task needs and does not find, from `tools.toml`.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::run::{run, succeeds};
use crate::workspace::Workspace;

/// Everything `tools.toml` says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tools {
    debian: Vec<DebianPackage>,
    pypi: Vec<String>,
    npm: Vec<String>,
    cargo: Vec<CargoTool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DebianPackage {
    package: String,
    check: Vec<String>,
    tasks: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CargoTool {
    name: String,
    version: String,
    tasks: Vec<String>,
}

impl Tools {
    /// Reads the pinned list that stands beside this crate's `Cargo.toml`.
    pub(crate) fn read() -> Result<Tools> {
        toml::from_str(include_str!("../tools.toml")).context("cannot read xtask/tools.toml")
    }

    /// Installs the Debian packages that `task` needs and the machine lacks.
    pub(crate) fn install_debian(&self, task: &str) -> Result<()> {
        let missing: Vec<&str> = self
            .debian
            .iter()
            .filter(|entry| entry.tasks.iter().any(|name| name == task) && !entry.is_present())
            .map(|entry| entry.package.as_str())
            .collect();
        if missing.is_empty() {
            return Ok(());
        }
        run(as_root("apt-get").args(["update", "--quiet=2"])).with_context(|| by_hand(&missing))?;
        let install = ["install", "--yes", "--quiet=2", "--no-install-recommends"];
        run(as_root("apt-get").args(install).args(&missing)).with_context(|| by_hand(&missing))
    }

    /// Installs the Cargo subcommands that `task` needs and the machine lacks.
    pub(crate) fn install_cargo(&self, workspace: &Workspace, task: &str) -> Result<()> {
        for tool in self.cargo.iter().filter(|tool| tool.tasks.iter().any(|name| name == task)) {
            let subcommand = tool.name.trim_start_matches("cargo-");
            if succeeds(workspace.cargo(&[subcommand, "--version"]).current_dir(workspace.root())) {
                continue;
            }
            run(&mut workspace.cargo(&["install", "--locked", &tool.name, "--version", &tool.version]))?;
        }
        Ok(())
    }

    /// Makes the virtual environment with the PyPI packages; gives its Python.
    pub(crate) fn install_pypi(&self, workspace: &Workspace) -> Result<PathBuf> {
        let folder = workspace.target().join("test-venv");
        let python = folder.join("bin/python");
        once(&folder, &self.pypi, || {
            run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
            let pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
            run(Command::new(&python).args(pip).args(&self.pypi))
        })?;
        Ok(python)
    }

    /// Installs the npm packages; gives their `node_modules`.
    pub(crate) fn install_npm(&self, workspace: &Workspace) -> Result<PathBuf> {
        let folder = workspace.target().join("test-npm");
        once(&folder, &self.npm, || {
            fs::create_dir_all(&folder)?;
            fs::write(folder.join("package.json"), "{\"private\": true}\n")?;
            let install = ["install", "--no-audit", "--no-fund", "--no-progress", "--loglevel=error"];
            run(Command::new("npm").args(install).args(&self.npm).current_dir(&folder))
        })?;
        Ok(folder.join("node_modules"))
    }
}

impl DebianPackage {
    fn is_present(&self) -> bool {
        let Some((program, arguments)) = self.check.split_first() else { return false };
        succeeds(Command::new(program).args(arguments).env("PATH", search_path()))
    }
}

/// Runs `install` unless the folder says that just these packages are in it already.
fn once(folder: &Path, packages: &[String], install: impl FnOnce() -> Result<()>) -> Result<()> {
    let stamp = folder.join("installed.txt");
    let wanted = packages.join("\n");
    if fs::read_to_string(&stamp).is_ok_and(|found| found == wanted) {
        return Ok(());
    }
    install()?;
    fs::write(&stamp, wanted).with_context(|| format!("cannot write {}", stamp.display()))
}

/// A command that runs as root: through `sudo` unless this process is root already.
fn as_root(program: &str) -> Command {
    let root = fs::metadata("/proc/self").is_ok_and(|metadata| {
        use std::os::unix::fs::MetadataExt as _;
        metadata.uid() == 0
    });
    let mut command = Command::new(if root { program } else { "sudo" });
    if !root {
        command.arg(program);
    }
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command
}

fn by_hand(packages: &[&str]) -> String {
    format!("install by hand what is missing, then run the task again: {}", packages.join(" "))
}

/// `PATH` with the folders where Debian puts servers, which a plain user's `PATH` lacks.
pub(crate) fn search_path() -> OsString {
    let mut path = std::env::var_os("PATH").unwrap_or_default();
    path.push(":/usr/sbin:/sbin");
    path
}
