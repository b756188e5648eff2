//! Where projects and groups stand, and who the owner is there: asked once, remembered briefly.
//!
//! Facts are kept for a few seconds (a revoked membership takes effect within that time) and per connection, since
//! two users see different things. Concurrent questions for one thing ask the instance once; errors are not kept.

mod cache;
mod chain;
mod facts;
mod group;
mod lookup;
mod project;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use narrowgate_catalog::Lookup;
use secrecy::SecretString;
use serde_json::Value;

use crate::client::Client;
use crate::error::GitlabError;
use crate::model::Group;
use crate::reference::Reference;
use cache::Cache;
pub use facts::{GroupFacts, ProjectFacts};
pub use lookup::{Candidate, Container, Questions};
use lookup::{GroupName, Listing};

/// How long facts live, and how many are kept.
#[derive(Clone, Debug)]
pub struct DirectoryConfig {
    /// Life of what was found.
    pub lifetime: Duration,
    /// Life of what was not found.
    pub absent_lifetime: Duration,
    /// Most entries of one kind. When there is no room, what has expired goes, and if nothing has, all.
    pub max_entries: usize,
}

impl Default for DirectoryConfig {
    fn default() -> Self {
        Self {
            lifetime: Duration::from_secs(5),
            absent_lifetime: Duration::from_secs(1),
            max_entries: 50_000,
        }
    }
}

/// The GitLab user that questions are asked as.
#[derive(Clone)]
pub struct Identity {
    /// The connection, which keeps one user's facts from another's.
    pub connection: i64,
    /// The user's number on the instance.
    pub user_id: u64,
    /// The user's name on the instance.
    pub username: String,
    /// What the instance accepts as this user.
    pub credential: SecretString,
}

impl Identity {
    fn global_id(&self) -> String {
        format!("gid://gitlab/User/{}", self.user_id)
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity")
            .field("connection", &self.connection)
            .field("user_id", &self.user_id)
            .field("username", &self.username)
            .finish_non_exhaustive()
    }
}

/// Knows projects, groups, their ancestors and memberships of one instance. Cheap to clone.
#[derive(Clone)]
pub struct Directory {
    client: Client,
    projects: Cache<Reference, ProjectFacts>,
    groups: Cache<Reference, GroupFacts>,
    /// Groups as the instance describes them, which chains of ancestors are made of.
    records: Cache<Reference, Group>,
    /// Answers of the catalogue's look-ups, by name and path.
    lookups: Cache<String, Container>,
    /// The projects that look-ups try.
    listings: Cache<Candidate, Vec<u64>>,
    /// The groups that look-ups try.
    group_listings: Cache<Candidate, Vec<GroupName>>,
    /// Pages of the lists that records are looked for in, by their queries: for those that are looked for together.
    pages: Cache<String, Listing>,
}

/// Most pages that are kept: some have thousands of ids.
const MOST_PAGES: usize = 200;

impl Directory {
    /// An empty directory.
    #[must_use]
    pub fn new(client: Client, config: &DirectoryConfig) -> Self {
        Self {
            client,
            projects: Cache::new(config),
            groups: Cache::new(config),
            records: Cache::new(config),
            lookups: Cache::new(config),
            listings: Cache::new(config),
            group_listings: Cache::new(config),
            // A list that lacks something is old as soon as an absence is.
            pages: Cache::new(&DirectoryConfig {
                lifetime: config.absent_lifetime,
                max_entries: config.max_entries.min(MOST_PAGES),
                ..*config
            }),
        }
    }

    /// The client that questions go through.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// A project as this user sees it; none where the user may not see one.
    ///
    /// # Errors
    /// Whatever kept the instance from answering.
    pub async fn project(
        &self,
        identity: &Identity,
        reference: &Reference,
    ) -> Result<Option<Arc<ProjectFacts>>, GitlabError> {
        if !reference.can_be_project() {
            return Ok(None);
        }
        if let Some(known) = self.projects.known(identity.connection, reference) {
            return Ok(known);
        }
        // In a box, since every caller would carry the room for it, and copy it with each request.
        let ask = async { project::ask(self, identity, reference).await };
        Box::pin(self.projects.get(identity.connection, reference, ask)).await
    }

    /// A project as [`Self::project`] finds it, but not remembered: for requests that are forwarded by the path that was
    /// looked up, which may have come to name another project since.
    ///
    /// # Errors
    /// Whatever kept the instance from answering.
    pub async fn project_now(
        &self,
        identity: &Identity,
        reference: &Reference,
    ) -> Result<Option<Arc<ProjectFacts>>, GitlabError> {
        self.projects.forget_one(identity.connection, reference);
        self.project(identity, reference).await
    }

    /// A group as this user sees it; none where the user may not see one.
    ///
    /// # Errors
    /// Whatever kept the instance from answering.
    pub async fn group(
        &self,
        identity: &Identity,
        reference: &Reference,
    ) -> Result<Option<Arc<GroupFacts>>, GitlabError> {
        if let Some(known) = self.groups.known(identity.connection, reference) {
            return Ok(known);
        }
        let ask = async { group::ask(self, identity, reference).await };
        Box::pin(self.groups.get(identity.connection, reference, ask)).await
    }

    /// What a bare number belongs to, by one of the catalogue's look-ups; none where that cannot be found out.
    ///
    /// `arguments` are decoded values by placeholder. `candidates` are what the token selects, for
    /// look-ups that can only try each.
    ///
    /// # Errors
    /// Whatever kept the instance from answering, and answers that don't have the declared form.
    pub async fn lookup(
        &self,
        identity: &Identity,
        lookup: &Lookup,
        arguments: &[(&str, &str)],
        candidates: &[Candidate],
    ) -> Result<Option<Container>, GitlabError> {
        let questions = Questions::at_most(lookup::MOST);
        Box::pin(lookup::ask(self, identity, lookup, arguments, candidates, &questions)).await
    }

    /// What the record of a global id belongs to, by the catalogue's look-up of its model. The global id is its model and
    /// what follows: a number, or the digest of a discussion. `questions` are those that the whole request may ask.
    ///
    /// # Errors
    /// As [`Self::lookup`].
    pub async fn record(
        &self,
        identity: &Identity,
        lookup: &Lookup,
        global_id: (&str, &str),
        candidates: &[Candidate],
        questions: &Questions,
    ) -> Result<Option<Container>, GitlabError> {
        let Some(argument) = lookup.arguments.first() else { return Ok(None) };
        let (model, id) = global_id;
        let global_id = format!("gid://gitlab/{model}/{id}");
        let arguments = [(argument.as_str(), id), (lookup::GLOBAL_ID, &global_id)];
        Box::pin(lookup::ask(self, identity, lookup, &arguments, candidates, questions)).await
    }

    /// The full path of the user's own namespace, asked each time: it follows the user's name.
    ///
    /// # Errors
    /// Whatever kept the instance from answering.
    pub async fn own_namespace(&self, identity: &Identity) -> Result<Option<String>, GitlabError> {
        let document = "{ currentUser { id namespace { fullPath } } }";
        let data = self.client.graphql(&identity.credential, document).await?;
        let Some(user) = data.as_ref().and_then(|data| data.get("currentUser")) else { return Ok(None) };
        let is_asker = user.get("id").and_then(Value::as_str) == Some(&identity.global_id());
        let path = user.pointer("/namespace/fullPath").and_then(Value::as_str);
        Ok(path.filter(|_| is_asker).map(str::to_owned))
    }

    /// A group as [`Self::group`] finds it, but not remembered.
    ///
    /// # Errors
    /// Whatever kept the instance from answering.
    pub async fn group_now(
        &self,
        identity: &Identity,
        reference: &Reference,
    ) -> Result<Option<Arc<GroupFacts>>, GitlabError> {
        self.groups.forget_one(identity.connection, reference);
        self.records.forget_one(identity.connection, reference);
        self.group(identity, reference).await
    }

    /// Forgets what was learnt through a connection, as after its credential was replaced.
    pub fn invalidate(&self, connection: i64) {
        self.projects.forget(connection);
        self.groups.forget(connection);
        self.records.forget(connection);
        self.lookups.forget(connection);
        self.listings.forget(connection);
        self.group_listings.forget(connection);
        self.pages.forget(connection);
    }
}

impl fmt::Debug for Directory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Directory").field("instance", self.client.instance()).finish_non_exhaustive()
    }
}
