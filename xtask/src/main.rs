//! The tasks of the workspace: `cargo xtask lint|test|bench|generate|e2e`.

mod bench;
mod e2e;
mod generate;
mod install;
mod lint;
mod run;
mod test;
mod walls;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;

use crate::workspace::Workspace;

/// Tasks of the Narrowgate workspace.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
enum Task {
    /// Format, clippy, dependency policy, documentation, architecture walls, generated files.
    Lint,
    /// Install what the tests need, then run every test.
    Test {
        /// Further arguments for `cargo nextest run`.
        #[arg(last = true)]
        arguments: Vec<String>,
    },
    /// Only the end-to-end tests with real clients, then `narrowgate demo --check`.
    E2e {
        /// Further arguments for `cargo nextest run`.
        #[arg(last = true)]
        arguments: Vec<String>,
    },
    /// Run the benches and print their figures.
    Bench {
        /// Further arguments for `cargo bench`.
        #[arg(last = true)]
        arguments: Vec<String>,
    },
    /// Write the generated parts of the documentation.
    Generate {
        /// Write nothing; fail when a file would change.
        #[arg(long)]
        check: bool,
    },
}

fn main() -> ExitCode {
    match run_task(Task::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run_task(task: Task) -> Result<()> {
    let workspace = Workspace::open()?;
    match task {
        Task::Lint => lint::lint(&workspace),
        Task::Test { arguments } => test::test(&workspace, &arguments),
        Task::E2e { arguments } => e2e::e2e(&workspace, &arguments),
        Task::Bench { arguments } => bench::bench(&workspace, &arguments),
        Task::Generate { check } => generate::generate(&workspace, check),
    }
}
