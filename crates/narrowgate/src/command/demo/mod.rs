//! `narrowgate demo`.

mod act;
mod git;
mod reply;
mod scene;
mod stage;
mod story;
mod visit;

use std::net::SocketAddr;

use anyhow::Result;
use clap::Args;

use self::act::Narrator;
use self::stage::Stage;
use crate::outcome::Outcome;
use crate::runtime::block_on;
use crate::shutdown::Shutdown;

/// Show what Narrowgate does: a small forge, a gate and real clients, in a temporary folder.
///
/// Mints tokens, plays requests that succeed and requests that are refused, and says for each what was asked, what came
/// back, and why. It then stays up and prints curl and git lines to try.
#[derive(Args, Debug)]
pub(crate) struct Demo {
    /// Play the story, check that every line came out as told, and exit: 0 if so, 1 if not.
    #[arg(long)]
    check: bool,
    /// The address of the gate; port 0 takes a free one.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
}

impl Demo {
    pub(crate) fn run(self) -> Result<Outcome> {
        block_on(async {
            let shutdown = Shutdown::listen()?;
            let stage = Stage::set(self.listen).await?;
            let outcome = self.play(&stage, shutdown).await;
            stage.clear().await?;
            outcome
        })
    }

    async fn play(&self, stage: &Stage, shutdown: Shutdown) -> Result<Outcome> {
        let mut narrator = Narrator::new();
        story::play(stage, &mut narrator).await?;
        let outcome = narrator.conclude()?;
        if !self.check {
            visit::invite(stage).await?;
            shutdown.requested().await;
        }
        Ok(outcome)
    }
}
