//! `cargo xtask bench`: the figures of docs/performance.md.

use anyhow::Result;

use crate::install::{Tools, search_path};
use crate::run::run;
use crate::workspace::Workspace;

/// Installs the peers and the load generator where they are missing, then runs every bench.
pub(crate) fn bench(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    Tools::read()?.install_debian("bench")?;
    let mut command = workspace.cargo(&["bench", "--package", "narrowgate-benches"]);
    run(command.args(arguments).env("PATH", search_path()))
}
