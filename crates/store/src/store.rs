//! The store: one database behind its repositories.

use std::sync::Arc;

use crate::allowlist::AllowlistRepository;
use crate::audit::AuditRepository;
use crate::bots::BotRepository;
use crate::changes::ChangeRepository;
use crate::connections::ConnectionRepository;
use crate::error::StoreError;
use crate::graphql_schemas::GraphqlSchemaRepository;
use crate::policies::PolicyRepository;
use crate::sqlite::SqliteBackend;
use crate::time::{Clock, Timestamp};
use crate::tokens::TokenRepository;
use crate::webhooks::WebhookRepository;

/// What a database must offer.
pub trait Backend:
    TokenRepository
    + ConnectionRepository
    + BotRepository
    + PolicyRepository
    + AllowlistRepository
    + WebhookRepository
    + GraphqlSchemaRepository
    + ChangeRepository
    + AuditRepository
{
}

impl<T> Backend for T where
    T: TokenRepository
        + ConnectionRepository
        + BotRepository
        + PolicyRepository
        + AllowlistRepository
        + WebhookRepository
        + GraphqlSchemaRepository
        + ChangeRepository
        + AuditRepository
{
}

/// A database and the clock that stamps what is written to it. Clones share both.
#[derive(Clone)]
pub struct Store {
    backend: Arc<dyn Backend>,
    clock: Arc<dyn Clock>,
}

impl Store {
    /// Opens a database, creates it when there is none, and brings its tables up to date. `location` is the path of an
    /// SQLite file or an URL that begins with `sqlite:`.
    ///
    /// # Errors
    /// When it can't be opened, is damaged, or was written by a newer version.
    pub async fn open(location: &str, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        let backend = SqliteBackend::open(location, Arc::clone(&clock)).await?;
        Ok(Self::with_backend(Arc::new(backend), clock))
    }

    /// A database that is gone when the last clone is dropped: for tests.
    ///
    /// # Errors
    /// When memory can't be had.
    pub async fn in_memory(clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        Self::open("sqlite::memory:", clock).await
    }

    /// A store over any backend, such as one that fails on purpose.
    #[must_use]
    pub fn with_backend(backend: Arc<dyn Backend>, clock: Arc<dyn Clock>) -> Self {
        Self { backend, clock }
    }

    /// The clock.
    #[must_use]
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// The clock's time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Tokens, their grants and their use.
    #[must_use]
    pub fn tokens(&self) -> &dyn TokenRepository {
        &*self.backend
    }

    /// Connections.
    #[must_use]
    pub fn connections(&self) -> &dyn ConnectionRepository {
        &*self.backend
    }

    /// Bots, which project and group tokens act as.
    #[must_use]
    pub fn bots(&self) -> &dyn BotRepository {
        &*self.backend
    }

    /// Policies for tokens.
    #[must_use]
    pub fn policies(&self) -> &dyn PolicyRepository {
        &*self.backend
    }

    /// What projects let job tokens do.
    #[must_use]
    pub fn allowlists(&self) -> &dyn AllowlistRepository {
        &*self.backend
    }

    /// Webhooks and what is on its way to them.
    #[must_use]
    pub fn webhooks(&self) -> &dyn WebhookRepository {
        &*self.backend
    }

    /// GraphQL schemas of the connections' instances.
    #[must_use]
    pub fn graphql_schemas(&self) -> &dyn GraphqlSchemaRepository {
        &*self.backend
    }

    /// The change log.
    #[must_use]
    pub fn changes(&self) -> &dyn ChangeRepository {
        &*self.backend
    }

    /// The audit log.
    #[must_use]
    pub fn audit(&self) -> &dyn AuditRepository {
        &*self.backend
    }
}
