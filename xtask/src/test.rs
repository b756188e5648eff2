//! `cargo xtask test`: every test of the workspace.

use std::process::Command;

use anyhow::Result;

use crate::install::{Tools, search_path};
use crate::run::run;
use crate::workspace::Workspace;

const ALL: [&str; 3] = ["--workspace", "--exclude", "narrowgate-benches"];

/// Installs what is missing, then runs the documentation's examples and all tests.
///
/// The tests come last, even after a failed example, so that their closing lines end the output.
pub(crate) fn test(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    let clients = Clients::install(workspace)?;
    let examples = run(workspace.cargo(&["test", "--quiet", "--doc"]).args(ALL));
    let tests = run(clients.pass_to(workspace.cargo(&["nextest", "run"]).args(ALL).args(arguments)));
    tests.and(examples)
}

/// The real clients that the end-to-end tests drive.
pub(crate) struct Clients {
    python: std::path::PathBuf,
    node_modules: std::path::PathBuf,
    rust: std::path::PathBuf,
}

impl Clients {
    /// Installs the clients that are missing.
    pub(crate) fn install(workspace: &Workspace) -> Result<Clients> {
        let tools = Tools::read()?;
        tools.install_debian("test")?;
        tools.install_cargo(workspace, "test")?;
        Ok(Clients {
            python: tools.install_pypi(workspace)?,
            node_modules: tools.install_npm(workspace)?,
            rust: build_rust(workspace)?,
        })
    }

    /// Tells the tests where the clients are.
    pub(crate) fn pass_to<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        command
            .env("NARROWGATE_TEST_PYTHON", &self.python)
            .env("NARROWGATE_TEST_NODE_MODULES", &self.node_modules)
            .env("NARROWGATE_TEST_RUST", &self.rust)
            .env("PATH", search_path())
    }
}

/// Builds the client that is written in Rust, a workspace of its own; gives its executable.
fn build_rust(workspace: &Workspace) -> Result<std::path::PathBuf> {
    let target = workspace.target().join("test-rust");
    let mut build = workspace.cargo(&["build", "--quiet", "--locked", "--manifest-path"]);
    build.arg(workspace.root().join("tests/clients/rust/Cargo.toml")).arg("--target-dir").arg(&target);
    run(&mut build)?;
    Ok(target.join("debug/narrowgate-client-rust"))
}
