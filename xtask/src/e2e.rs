//! `cargo xtask e2e`: only the tests with real clients.

use anyhow::Result;

use crate::run::run;
use crate::test::Clients;
use crate::workspace::Workspace;

/// Plays the demo's story, then runs the end-to-end tests.
pub(crate) fn e2e(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    let clients = Clients::install(workspace)?;
    run(&mut workspace.cargo(&["run", "--quiet", "--package", "narrowgate", "--", "demo", "--check"]))?;
    let mut nextest = workspace.cargo(&["nextest", "run", "--package", "narrowgate-tests"]);
    run(clients.pass_to(nextest.args(arguments)))
}
