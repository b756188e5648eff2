//! `cargo xtask lint`: everything that is checked without running a test.

use anyhow::Result;

use crate::generate::generate;
use crate::install::Tools;
use crate::run::run;
use crate::walls;
use crate::workspace::Workspace;

/// Runs every check in turn, the quick ones first.
pub(crate) fn lint(workspace: &Workspace) -> Result<()> {
    Tools::read()?.install_cargo(workspace, "lint")?;
    run(&mut workspace.cargo(&["fmt", "--all", "--check"]))?;
    walls::check(workspace)?;
    check_dependencies(workspace)?;
    let clippy = ["clippy", "--quiet", "--workspace", "--all-targets", "--", "--deny", "warnings"];
    run(&mut workspace.cargo(&clippy))?;
    let mut doc = workspace.cargo(&["doc", "--quiet", "--workspace", "--no-deps"]);
    run(doc.env("RUSTDOCFLAGS", "--deny warnings"))?;
    generate(workspace, true)
}

/// Licences, sources and bans always; advisories where their database can be had.
fn check_dependencies(workspace: &Workspace) -> Result<()> {
    run(&mut workspace.cargo(&["deny", "--log-level", "error", "check", "bans", "licenses", "sources"]))?;
    if run(&mut workspace.cargo(&["deny", "--log-level", "error", "fetch", "db"])).is_err() {
        eprintln!("warning: the advisory database cannot be fetched from here; advisories are not checked");
        return Ok(());
    }
    run(&mut workspace.cargo(&["deny", "--log-level", "error", "check", "--disable-fetch", "advisories"]))
}
