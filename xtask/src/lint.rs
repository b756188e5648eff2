//! `cargo xtask lint`: everything that is checked without running a test.

use anyhow::{Result, ensure};

use crate::generate::generate;
use crate::install::Tools;
use crate::run::run;
use crate::walls;
use crate::workspace::Workspace;

/// Runs every check, also after one that failed, and names those that did; the quick ones come first.
pub(crate) fn lint(workspace: &Workspace) -> Result<()> {
    type Check = fn(&Workspace) -> Result<()>;
    let checks: [(&str, Check); 6] = [
        ("format", format),
        ("walls", walls::check),
        ("dependencies", dependencies),
        ("clippy", clippy),
        ("documentation", documentation),
        ("generated files", |workspace| generate(workspace, true)),
    ];
    Tools::read()?.install_cargo(workspace, "lint")?;
    let mut failed = Vec::new();
    for (name, check) in checks {
        if let Err(error) = check(workspace) {
            eprintln!("error: {error:#}");
            failed.push(name);
        }
    }
    ensure!(failed.is_empty(), "failed checks: {}", failed.join(", "));
    Ok(())
}

fn format(workspace: &Workspace) -> Result<()> {
    run(&mut workspace.cargo(&["fmt", "--all", "--check"]))
}

fn clippy(workspace: &Workspace) -> Result<()> {
    let arguments = ["clippy", "--quiet", "--workspace", "--all-targets", "--", "--deny", "warnings"];
    run(&mut workspace.cargo(&arguments))
}

fn documentation(workspace: &Workspace) -> Result<()> {
    let mut doc = workspace.cargo(&["doc", "--quiet", "--workspace", "--no-deps"]);
    run(doc.env("RUSTDOCFLAGS", "--deny warnings"))
}

/// Licences, sources and bans always; advisories where their database can be had.
fn dependencies(workspace: &Workspace) -> Result<()> {
    run(&mut workspace.cargo(&["deny", "--log-level", "error", "check", "bans", "licenses", "sources"]))?;
    if run(&mut workspace.cargo(&["deny", "--log-level", "error", "fetch", "db"])).is_err() {
        eprintln!("warning: the advisory database cannot be fetched from here; advisories are not checked");
        return Ok(());
    }
    run(&mut workspace.cargo(&["deny", "--log-level", "error", "check", "--disable-fetch", "advisories"]))
}
