//! `narrowgate completions SHELL`.

use std::io::{Write as _, stdout};

use anyhow::Result;
use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use crate::cli::Cli;
use crate::outcome::Outcome;

/// Print a completion script for a shell.
#[derive(Args, Debug)]
pub(crate) struct Completions {
    /// The shell that will read it.
    shell: Shell,
}

impl Completions {
    pub(crate) fn run(self) -> Result<Outcome> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "narrowgate", &mut script);
        stdout().write_all(&script)?;
        Ok(Outcome::Done)
    }
}
