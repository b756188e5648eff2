//! The `narrowgate` command.

mod catalog_files;
mod cli;
mod command;
mod connect;
mod control;
mod database;
mod document;
mod explanation;
mod hint;
mod local;
mod logging;
mod metrics;
mod node;
mod outcome;
mod request_line;
mod runtime;
mod schema_source;
mod secrets;
mod settings;
mod shutdown;

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;

use crate::cli::Cli;
use crate::outcome::Outcome;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return explain_usage(&error),
    };
    match cli.run() {
        Ok(outcome) => outcome.into(),
        Err(error) if hint::is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            // When stderr is closed as well, nobody is left to be told.
            let _ = writeln!(std::io::stderr(), "{}", hint::render(&error));
            Outcome::Failed.into()
        }
    }
}

/// Help and version are what was asked for; any other usage error is a plain failure, since 2 means denied.
fn explain_usage(error: &clap::Error) -> ExitCode {
    let _ = error.print();
    if error.use_stderr() { Outcome::Failed.into() } else { Outcome::Done.into() }
}
