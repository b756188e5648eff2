//! `cargo xtask bench`: the figures of docs/performance.md.

use anyhow::Result;

use crate::install::{Tools, search_path};
use crate::run::run;
use crate::workspace::Workspace;

/// Installs the peers, the load generator and GitLab's schema where they are missing, builds the binary that the gateway
/// bench starts, then runs every bench.
pub(crate) fn bench(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    let tools = Tools::read()?;
    tools.install_debian("bench")?;
    tools.install_npm(workspace)?;
    run(&mut workspace.cargo(&["build", "--release", "--package", "narrowgate"]))?;
    let mut command = workspace.cargo(&["bench", "--package", "narrowgate-benches"]);
    run(command.args(arguments).env("PATH", search_path()))
}
