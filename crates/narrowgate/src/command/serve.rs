//! `narrowgate serve`.

use std::io::{Write as _, stdout};
use std::sync::Arc;

use anyhow::Result;
use clap::Args;
use narrowgate_store::{Store, TenantId};

use crate::node::{LifeCycle, Node, configure};
use crate::outcome::Outcome;
use crate::runtime::block_on;
use crate::secrets::keys;
use crate::settings::{GateFlags, Settings, StoreFlags};
use crate::shutdown::Shutdown;
use crate::{database, metrics};

/// Stand in front of a GitLab instance and hold every request to its token.
///
/// Prints its URL once it is ready. SIGTERM and Ctrl-C stop it in good order. Every setting can also stand in a TOML file
/// (`--config`) or in an environment variable; flags win over variables, variables over the file.
#[derive(Args, Debug)]
pub(crate) struct Serve {
    #[command(flatten)]
    store: StoreFlags,
    #[command(flatten)]
    gate: GateFlags,
}

impl Serve {
    pub(crate) fn run(self) -> Result<Outcome> {
        let settings = Settings::load(&self.store, &self.gate)?;
        let config = configure(&settings)?;
        let life_cycle = LifeCycle::configure(&settings)?;
        let keys = Arc::new(keys(&settings)?);
        block_on(async {
            let shutdown = Shutdown::listen()?;
            if let Some(address) = settings.metrics_listen {
                metrics::serve(address).await?;
            }
            let store = database::open(&settings).await?;
            let node = Node::bind(config, life_cycle, &settings, store.clone(), keys).await?;
            writeln!(stdout(), "narrowgate listens on {}", node.url())?;
            warn_without_connection(&settings, &store).await?;
            node.serve(shutdown.requested()).await?;
            Ok(Outcome::Done)
        })
    }
}

async fn warn_without_connection(settings: &Settings, store: &Store) -> Result<()> {
    let instance = settings.instance()?;
    let connections = store.connections().list(TenantId::DEFAULT).await?;
    if !connections.iter().any(|connection| connection.instance_url == instance.as_str()) {
        tracing::warn!(
            instance.url = instance.as_str(),
            "no user of this instance is connected yet; run `narrowgate connect`"
        );
    }
    Ok(())
}
