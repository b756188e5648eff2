//! The schemas of the connections: introspected once, kept in the store, asked for anew daily and when a document names
//! what they don't know.

use std::sync::Arc;
use std::time::Duration;

use moka::future::Cache;
use narrowgate_catalog::Catalog;
use narrowgate_gitlab::Client;
use narrowgate_graphql::guard::Guards;
use narrowgate_graphql::plan::{Guarded, PlanCache};
use narrowgate_graphql::schema::{INTROSPECTION_NAME, INTROSPECTION_QUERY};
use narrowgate_graphql::{Schema, SchemaError};
use narrowgate_store::Store;
use narrowgate_store::graphql_schemas::{SchemaDigest, SchemaUse};

use crate::authenticate::Link;
use crate::config::GraphqlConfig;
use crate::refusal::{Failure, Refusal};

/// How old a schema may get.
const LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);
/// How often a connection's instance is asked at most.
const PAUSE: Duration = Duration::from_secs(60);
/// Connections whose schema's name is held in memory.
const CONNECTIONS: u64 = 100_000;

/// A schema, what guards it, and the plans made with it.
pub(crate) struct Compiled {
    digest: SchemaDigest,
    schema: Schema,
    guards: Guards,
    /// The plans.
    pub(crate) plans: PlanCache,
}

impl Compiled {
    /// What documents are planned with.
    pub(crate) fn guarded(&self) -> Guarded<'_> {
        Guarded { schema: &self.schema, guards: &self.guards }
    }

    /// Whether both are of one schema.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.digest == other.digest
    }
}

/// Why a schema isn't there.
#[derive(Clone)]
enum Unready {
    /// The store has it no more: another gate found a newer one.
    Gone,
    Refused(Refusal),
}

impl From<Refusal> for Unready {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// The schemas of a gate. Clones share everything.
#[derive(Clone)]
pub(crate) struct Schemas {
    shared: Arc<Shared>,
}

struct Shared {
    store: Store,
    client: Client,
    catalog: &'static Catalog,
    config: GraphqlConfig,
    /// Which schema a connection has.
    uses: Cache<i64, SchemaUse>,
    /// Schemas that are ready; connections with the same text share one.
    compiled: Cache<SchemaDigest, Arc<Compiled>>,
    /// Connections whose instance was asked a short while ago, with what came of it.
    refreshed: Cache<i64, Option<SchemaUse>>,
}

impl Schemas {
    pub(crate) fn new(
        store: Store,
        client: Client,
        catalog: &'static Catalog,
        config: GraphqlConfig,
    ) -> Self {
        let shared = Shared {
            store,
            client,
            catalog,
            uses: Cache::builder().max_capacity(CONNECTIONS).build(),
            compiled: Cache::builder().max_capacity(config.schemas).build(),
            refreshed: Cache::builder().max_capacity(CONNECTIONS).time_to_live(PAUSE).build(),
            config,
        };
        Self { shared: Arc::new(shared) }
    }

    /// The schema of a connection. One that is too old serves until another is there.
    ///
    /// # Errors
    ///
    /// A store or an instance that can't be asked, and an instance whose schema can't be read.
    pub(crate) async fn of(&self, link: &Arc<Link>) -> Result<Arc<Compiled>, Refusal> {
        let shared = &self.shared;
        let known = shared.known(link).await?;
        if shared.is_old(known) {
            self.refresh_behind(link);
        }
        shared.ready(link, known).await
    }

    /// The schema of a connection, asked for anew, unless that happened within the last minute. The old one stays where
    /// the instance doesn't tell.
    ///
    /// # Errors
    ///
    /// As [`Self::of`].
    pub(crate) async fn refreshed(&self, link: &Arc<Link>) -> Result<Arc<Compiled>, Refusal> {
        self.shared.refresh(link).await;
        let known = self.shared.known(link).await?;
        self.shared.ready(link, known).await
    }

    /// As [`Self::refreshed`], without anybody waiting for it.
    pub(crate) fn refresh_behind(&self, link: &Arc<Link>) {
        let (shared, link) = (Arc::clone(&self.shared), Arc::clone(link));
        tokio::spawn(async move { shared.refresh(&link).await });
    }
}

impl Shared {
    fn is_old(&self, known: SchemaUse) -> bool {
        let age = self.store.now().0.saturating_sub(known.fetched_at.0);
        u128::try_from(age).is_ok_and(|age| age >= LIFETIME.as_micros())
    }

    /// Which schema the connection has; its instance is asked if that was never found out.
    async fn known(&self, link: &Link) -> Result<SchemaUse, Refusal> {
        let find = async {
            match self.store.graphql_schemas().lookup(link.connection.id).await? {
                Some(known) => Ok(known),
                None => self.fetch(link).await,
            }
        };
        let known: Result<SchemaUse, Arc<Refusal>> = self.uses.try_get_with(link.connection.id.0, find).await;
        known.map_err(Arc::unwrap_or_clone)
    }

    async fn ready(&self, link: &Link, known: SchemaUse) -> Result<Arc<Compiled>, Refusal> {
        let read = async {
            let sdl = self.store.graphql_schemas().text(known.digest).await.map_err(Refusal::from)?;
            let sdl = sdl.ok_or(Unready::Gone)?;
            Ok(self.compile(known.digest, move || Schema::from_sdl(&sdl)).await?)
        };
        match self.compiled.try_get_with(known.digest, read).await.map_err(Arc::unwrap_or_clone) {
            Ok(compiled) => Ok(compiled),
            Err(Unready::Refused(refusal)) => Err(refusal),
            Err(Unready::Gone) => {
                let newer = self.fetch(link).await?;
                self.uses.insert(link.connection.id.0, newer).await;
                self.compiled.get(&newer.digest).await.ok_or_else(|| Failure::Schema.into())
            }
        }
    }

    /// Asks the instance, however many wait for it, and at most once a minute.
    async fn refresh(&self, link: &Link) {
        let id = link.connection.id.0;
        let ask = async {
            let found = match self.newer(link).await {
                Ok(Some(newer)) => Ok(newer),
                Ok(None) => self.fetch(link).await,
                Err(refusal) => Err(refusal),
            };
            let found = found.ok();
            if let Some(known) = found {
                self.uses.insert(id, known).await;
            }
            found
        };
        self.refreshed.get_with(id, ask).await;
    }

    /// What another gate found meanwhile.
    async fn newer(&self, link: &Link) -> Result<Option<SchemaUse>, Refusal> {
        let ours = self.uses.get(&link.connection.id.0).await;
        let stored = self.store.graphql_schemas().lookup(link.connection.id).await?;
        Ok(stored.filter(|stored| ours.is_some_and(|ours| stored.fetched_at > ours.fetched_at)))
    }

    /// Asks the instance, and keeps its answer.
    async fn fetch(&self, link: &Link) -> Result<SchemaUse, Refusal> {
        let GraphqlConfig { schema: limits, introspection_timeout, .. } = self.config;
        let credential = &link.identity.credential;
        let (document, operation) = (INTROSPECTION_QUERY, INTROSPECTION_NAME);
        let asked = self.client.describe_schema(
            Some(credential),
            document,
            operation,
            limits.bytes,
            introspection_timeout,
        );
        let json = asked.await?;
        let schema = off_thread(move || Schema::from_introspection(&json, &limits)).await?;
        let (id, now) = (link.connection.id, self.store.now());
        let known = self.store.graphql_schemas().put(id, schema.sdl(), now).await?;
        tracing::info!(connection = id.0, schema = ?schema, "the instance's GraphQL schema was read");
        let make = async { Ok(self.compile(known.digest, move || Ok(schema)).await?) };
        match self.compiled.try_get_with(known.digest, make).await.map_err(Arc::unwrap_or_clone) {
            Ok(_) => Ok(known),
            Err(Unready::Refused(refusal)) => Err(refusal),
            Err(Unready::Gone) => Err(Failure::Schema.into()),
        }
    }

    async fn compile(
        &self,
        digest: SchemaDigest,
        schema: impl FnOnce() -> Result<Schema, SchemaError> + Send + 'static,
    ) -> Result<Arc<Compiled>, Refusal> {
        let (catalog, most) = (self.catalog, self.config.plan_bytes);
        off_thread(move || {
            let schema = schema()?;
            let guards = Guards::compile(&schema, catalog);
            Ok(Arc::new(Compiled { digest, schema, guards, plans: PlanCache::new(most) }))
        })
        .await
    }
}

/// Work that would keep a thread of the runtime from its requests.
async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, SchemaError> + Send + 'static,
) -> Result<T, Refusal> {
    match tokio::task::spawn_blocking(work).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => {
            tracing::error!(error = %error, "the instance's GraphQL schema can't be used");
            Err(Failure::Schema.into())
        }
        Err(error) => {
            tracing::error!(error = %error, "reading the instance's GraphQL schema broke off");
            Err(Failure::Schema.into())
        }
    }
}
