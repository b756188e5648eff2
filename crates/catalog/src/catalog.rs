//! The compiled catalogue.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::compile::compile;
use crate::route::{Found, Router};
use crate::{
    CatalogErrors, GraphqlEntry, GraphqlFacts, Lookup, LookupId, Match, Method, Need, Operation, OperationId,
    Params, Permission, PermissionId, RegistryOperation, RepositoryOperation, Role, SourceFile,
};

/// Which permission guards which operation: immutable once compiled.
#[derive(Debug, Default)]
pub struct Catalog {
    pub(crate) permissions: Vec<Permission>,
    pub(crate) permission_ids: HashMap<String, PermissionId>,
    pub(crate) operations: Vec<Operation>,
    pub(crate) repository: HashMap<RepositoryOperation, OperationId>,
    pub(crate) registry: HashMap<RegistryOperation, OperationId>,
    pub(crate) router: Router,
    pub(crate) lookups: Vec<Lookup>,
    pub(crate) global_ids: HashMap<String, LookupId>,
    pub(crate) graphql: Vec<GraphqlEntry>,
    pub(crate) graphql_facts: GraphqlFacts,
    pub(crate) sources: usize,
}

impl Catalog {
    /// The catalogue that the binary carries, compiled at the first call.
    ///
    /// # Panics
    /// If the embedded files are wrong, which a test rules out.
    #[must_use]
    #[expect(
        clippy::panic,
        reason = "a wrong embedded file is a defect of the build, caught by this crate's tests"
    )]
    pub fn embedded() -> &'static Self {
        static EMBEDDED: LazyLock<Catalog> = LazyLock::new(|| {
            compile(&SourceFile::embedded()).unwrap_or_else(|errors| panic!("embedded catalogue: {errors}"))
        });
        &EMBEDDED
    }

    /// A catalogue of these files alone; later ones may add to earlier ones.
    ///
    /// # Errors
    /// Every mistake, with file and line.
    pub fn compile(files: &[SourceFile]) -> Result<Self, CatalogErrors> {
        compile(files)
    }

    /// The embedded catalogue with an operator's files.
    ///
    /// # Errors
    /// Every mistake in those files, with file and line.
    pub fn with_overlays(files: &[SourceFile]) -> Result<Self, CatalogErrors> {
        compile(&[SourceFile::embedded().as_slice(), files].concat())
    }

    /// The permission of that name.
    #[must_use]
    pub fn permission(&self, name: &str) -> Option<&Permission> {
        self.permission_ids.get(name).and_then(|id| self.permissions.get(id.index()))
    }

    /// The permission of an id.
    ///
    /// # Panics
    /// If the id is another catalogue's.
    #[must_use]
    #[expect(clippy::indexing_slicing, reason = "ids are made by this catalogue's compiler")]
    pub fn describe(&self, id: PermissionId) -> &Permission {
        &self.permissions[id.index()]
    }

    /// The least role that a need takes: the highest of its permissions'.
    #[must_use]
    pub fn role_of(&self, need: &Need) -> Role {
        need.permission_ids.iter().map(|id| self.describe(*id).role).max().unwrap_or(Role::NoAccess)
    }

    /// Every permission, sorted by name.
    pub fn permissions(&self) -> impl ExactSizeIterator<Item = &Permission> {
        self.permissions.iter()
    }

    /// Every operation, sorted by template and method.
    pub fn operations(&self) -> impl ExactSizeIterator<Item = &Operation> {
        self.operations.iter()
    }

    /// The operation of an id.
    ///
    /// # Panics
    /// If the id is another catalogue's.
    #[must_use]
    #[expect(clippy::indexing_slicing, reason = "ids are made by this catalogue's compiler")]
    pub fn operation(&self, id: OperationId) -> &Operation {
        &self.operations[id.index()]
    }

    /// The operation of a method and a raw path below `/api/v4` that starts with `/`; fills `params`.
    ///
    /// Static text is compared as sent. The caller has refused paths in which an unreserved character is
    /// percent-encoded (`%70rojects`), dot segments, `//` and the like: the instance could read those otherwise.
    /// One trailing slash is ignored, as GitLab does. Does not allocate.
    pub fn classify<'c, 'p>(&'c self, method: Method, path: &'p str, params: &mut Params<'p>) -> Match<'c> {
        match self.router.classify(method, path, params) {
            Found::Operation(id) => {
                self.operations.get(id.index()).map_or(Match::Uncovered, Match::Operation)
            }
            Found::Ambiguous(ambiguity) => Match::Ambiguous(ambiguity),
            Found::Nothing => Match::Uncovered,
        }
    }

    /// The operation of the container registry.
    #[must_use]
    pub fn registry(&self, operation: RegistryOperation) -> Option<&Operation> {
        self.registry.get(&operation).and_then(|id| self.operations.get(id.index()))
    }

    /// The operation of a Git or LFS service.
    #[must_use]
    pub fn repository(&self, operation: RepositoryOperation) -> Option<&Operation> {
        self.repository.get(&operation).and_then(|id| self.operations.get(id.index()))
    }

    /// The look-up of an id.
    ///
    /// # Panics
    /// If the id is another catalogue's.
    #[must_use]
    #[expect(clippy::indexing_slicing, reason = "ids are made by this catalogue's compiler")]
    pub fn lookup(&self, id: LookupId) -> &Lookup {
        &self.lookups[id.index()]
    }

    /// Every look-up.
    pub fn lookups(&self) -> impl ExactSizeIterator<Item = &Lookup> {
        self.lookups.iter()
    }

    /// The look-up of the global ids of a model, such as `Ci::Pipeline` in `gid://gitlab/Ci::Pipeline/7`. It has one
    /// argument, the number; [`LookupAnswer::Graphql`](crate::LookupAnswer::Graphql) takes the whole global id.
    #[must_use]
    pub fn global_id(&self, model: &str) -> Option<&Lookup> {
        self.global_ids.get(model).and_then(|id| self.lookups.get(id.index()))
    }

    /// The models whose global ids can be looked up, or of which the catalogue says why they can't; sorted.
    pub fn global_id_models(&self) -> impl Iterator<Item = (&str, &Lookup)> {
        let mut models: Vec<_> = self
            .global_ids
            .iter()
            .filter_map(|(model, id)| Some((model.as_str(), self.lookups.get(id.index())?)))
            .collect();
        models.sort_by_key(|(model, _)| *model);
        models.into_iter()
    }

    /// What guards GraphQL types, fields and mutations.
    pub fn graphql(&self) -> impl ExactSizeIterator<Item = &GraphqlEntry> {
        self.graphql.iter()
    }

    /// What it says of a GraphQL schema beside permissions.
    #[must_use]
    pub const fn graphql_facts(&self) -> &GraphqlFacts {
        &self.graphql_facts
    }

    /// How many files it was compiled from.
    #[must_use]
    pub const fn sources(&self) -> usize {
        self.sources
    }
}
