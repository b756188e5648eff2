//! `narrowgate man`.

use std::fs;
use std::io::{Write as _, stdout};
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::{Args, CommandFactory as _};
use clap_mangen::Man as Page;

use crate::cli::Cli;
use crate::outcome::Outcome;

/// Print the manual page, or write one for every subcommand.
#[derive(Args, Debug)]
pub(crate) struct Man {
    /// Write `narrowgate.1`, `narrowgate-serve.1` and so on into this folder.
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
}

impl Man {
    pub(crate) fn run(self) -> Result<Outcome> {
        match self.output {
            Some(folder) => {
                fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
                clap_mangen::generate_to(Cli::command(), &folder)
                    .with_context(|| format!("cannot write manual pages into {}", folder.display()))?;
            }
            None => {
                let mut page = Vec::new();
                Page::new(Cli::command()).render(&mut page)?;
                stdout().write_all(&page)?;
            }
        }
        Ok(Outcome::Done)
    }
}
