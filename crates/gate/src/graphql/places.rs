//! The projects and groups that documents and answers name.

use std::collections::{HashMap, HashSet};

use futures_util::{StreamExt, TryStreamExt, stream};
use narrowgate_catalog::BoundaryType;
use narrowgate_gitlab::{Candidate, Container, GitlabError, Questions, Reference as Name};
use narrowgate_graphql::{GlobalId, Named, Reference};

use crate::locate::{self, Eyes, FoundPlace};
use crate::refusal::Refusal;

/// Places that are looked up at a time.
const AT_ONCE: usize = 8;

/// Places by what they were named.
pub(crate) type Places = HashMap<Named, FoundPlace>;

/// What places are found with.
#[derive(Clone, Copy)]
pub(crate) struct Finder<'a> {
    /// Through whose eyes.
    pub(crate) eyes: Eyes<'a>,
    /// What the token selects, for look-ups that have to try each project.
    pub(crate) candidates: &'a [Candidate],
    /// Whether something is about to be changed there: a path may have come to name another project since it was last
    /// looked up.
    pub(crate) afresh: bool,
}

impl Finder<'_> {
    /// Finds each of these that isn't among `places` yet, with the questions that the request may still ask.
    ///
    /// # Errors
    ///
    /// An instance that can't be asked.
    pub(crate) async fn find<'n>(
        self,
        names: impl IntoIterator<Item = &'n Named>,
        questions: &Questions,
        places: &mut Places,
    ) -> Result<(), Refusal> {
        let missing: HashSet<&Named> = names.into_iter().filter(|name| !places.contains_key(name)).collect();
        let look_ups: Vec<_> = missing.into_iter().map(|name| self.one(name.clone(), questions)).collect();
        let mut found = stream::iter(look_ups).buffer_unordered(AT_ONCE);
        while let Some((name, place)) = found.try_next().await? {
            places.insert(name, place);
        }
        Ok(())
    }

    async fn one(self, name: Named, questions: &Questions) -> Result<(Named, FoundPlace), Refusal> {
        let place = match &name {
            Named::User => FoundPlace::User,
            Named::Instance => FoundPlace::Instance,
            Named::Project(reference) => self.project(reference).await?,
            Named::Group(reference) => self.group(reference).await?,
            Named::Container(path) => self.container(path).await?,
            Named::OwnNamespace(path) => self.own_namespace(path).await?,
            Named::Record(id) => self.record(id, questions).await?,
        };
        Ok((name, place))
    }

    async fn project(self, reference: &Reference) -> Result<FoundPlace, Refusal> {
        let hidden = FoundPlace::NotFound(BoundaryType::Project);
        let Some(name) = name(reference) else { return Ok(hidden) };
        let Eyes { core, identity, .. } = self.eyes;
        if self.afresh && matches!(name, Name::Path(_)) {
            core.directory.project_now(identity, &name).await?;
        }
        Ok(locate::project(self.eyes, &name).await?.unwrap_or(hidden))
    }

    async fn group(self, reference: &Reference) -> Result<FoundPlace, Refusal> {
        let hidden = FoundPlace::NotFound(BoundaryType::Group);
        let Some(name) = name(reference) else { return Ok(hidden) };
        let Eyes { core, identity, .. } = self.eyes;
        if self.afresh && matches!(name, Name::Path(_)) {
            core.directory.group_now(identity, &name).await?;
        }
        Ok(locate::group(self.eyes, &name).await?.unwrap_or(hidden))
    }

    /// No project has the path of a group.
    async fn container(self, path: &str) -> Result<FoundPlace, Refusal> {
        let reference = Reference::Path(path.to_owned());
        match self.project(&reference).await? {
            FoundPlace::NotFound(_) => self.group(&reference).await,
            found => Ok(found),
        }
    }

    async fn own_namespace(self, path: &str) -> Result<FoundPlace, Refusal> {
        let Eyes { core, identity, .. } = self.eyes;
        let own = core.directory.own_namespace(identity).await?;
        let is_own = own.is_some_and(|own| own == path);
        Ok(if is_own { FoundPlace::User } else { FoundPlace::NotFound(BoundaryType::User) })
    }

    async fn record(self, id: &GlobalId, questions: &Questions) -> Result<FoundPlace, Refusal> {
        let Eyes { core, identity, .. } = self.eyes;
        let hidden = FoundPlace::NotFound(BoundaryType::Project);
        let Some(lookup) = core.catalog.global_id(&id.model) else { return Ok(hidden) };
        let number = id.id.to_string();
        let record = (id.model.as_str(), number.as_str());
        let found = match core.directory.record(identity, lookup, record, self.candidates, questions).await {
            // What the instance says of one record must not spoil the answer about all others.
            Err(error @ (GitlabError::Malformed { .. } | GitlabError::Unexpected { .. })) => {
                tracing::warn!(error = %error, model = id.model, "a record could not be looked up");
                None
            }
            found => found?,
        };
        match found {
            None => Ok(hidden),
            Some(Container::User) => Ok(FoundPlace::User),
            Some(Container::Instance) => Ok(FoundPlace::Instance),
            Some(Container::Project(id)) => self.project(&Reference::Id(id)).await,
            Some(Container::Group(id)) => self.group(&Reference::Id(id)).await,
        }
    }
}

/// The name as the directory takes it. A path of digits alone would be read as an id there, so it finds nothing.
fn name(reference: &Reference) -> Option<Name> {
    match reference {
        Reference::Id(id) => Some(Name::Id(*id)),
        Reference::Path(path) => Name::parse_decoded(path).ok().filter(|name| matches!(name, Name::Path(_))),
    }
}
