//! What all handlers share.

use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ring::rand::{SecureRandom, SystemRandom};
use tempfile::TempDir;

use crate::config::{Clock, SandboxConfig};
use crate::fault::Faults;
use crate::git::{Repositories, Repository, first_commit};
use crate::graphql::GraphqlSchema;
use crate::http::iso;
use crate::record::Recorder;
use crate::running::StartError;
use crate::world::World;

/// The forge behind the server; cheap to clone.
#[derive(Clone)]
pub(crate) struct Forge(Arc<Shared>);

struct Shared {
    world: Mutex<World>,
    recorder: Recorder,
    faults: Faults,
    clock: Clock,
    url: String,
    rate_limit: Option<u32>,
    graphql: Option<GraphqlSchema>,
    repositories: Repositories,
    directory: TempDir,
}

impl fmt::Debug for Forge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Forge").field("url", &self.0.url).finish_non_exhaustive()
    }
}

impl Forge {
    pub(crate) async fn create(config: &SandboxConfig, own_url: &str) -> Result<Self, StartError> {
        let directory = TempDir::with_prefix("narrowgate-sandbox-").map_err(StartError::Directory)?;
        let url = config.external_url.as_deref().unwrap_or(own_url).trim_end_matches('/').to_owned();
        let repositories = Repositories::prepare(directory.path()).await.map_err(StartError::Git)?;
        let now = (config.clock)();
        let mut world = World::seeded(draw_seed(config)?, now);
        if config.graphql_schema.is_some() {
            world.add_neighbours(now);
        }
        world.stock(&url, &iso(now));
        world.stock_operations(&url, &iso(now));
        if config.furnished {
            world.furnish(&url, &iso(now));
        }
        Ok(Self(Arc::new(Shared {
            world: Mutex::new(world),
            recorder: Recorder::new(config.remembered_requests),
            faults: Faults::default(),
            clock: Arc::clone(&config.clock),
            url,
            rate_limit: config.rate_limit,
            graphql: config.graphql_schema.clone(),
            repositories,
            directory,
        })))
    }

    /// The world, locked. Nothing may wait while holding it.
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.0.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn recorder(&self) -> &Recorder {
        &self.0.recorder
    }

    pub(crate) fn faults(&self) -> &Faults {
        &self.0.faults
    }

    /// The present time in microseconds.
    pub(crate) fn now(&self) -> i64 {
        (self.0.clock)()
    }

    /// The URL that links start with, without a trailing slash.
    pub(crate) fn url(&self) -> &str {
        &self.0.url
    }

    pub(crate) fn rate_limit(&self) -> Option<u32> {
        self.0.rate_limit
    }

    /// The schema that GraphQL generates data for.
    pub(crate) fn graphql_schema(&self) -> Option<&GraphqlSchema> {
        self.0.graphql.as_ref()
    }

    pub(crate) fn repositories(&self) -> &Repositories {
        &self.0.repositories
    }

    /// The directory of a repository, which comes into being when it is first used.
    pub(crate) async fn repository(&self, on: Repository) -> std::io::Result<PathBuf> {
        let first = first_commit(&self.world(), on);
        self.0.repositories.open(on, first).await
    }

    /// Where repositories and LFS objects lie.
    pub(crate) fn directory(&self) -> &std::path::Path {
        self.0.directory.path()
    }
}

fn draw_seed(config: &SandboxConfig) -> Result<[u8; 32], StartError> {
    let mut seed = [0; 32];
    match config.seed {
        Some(given) => seed = given,
        None => SystemRandom::new().fill(&mut seed).map_err(|_| StartError::Randomness)?,
    }
    Ok(seed)
}
