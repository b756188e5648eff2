//! The compiled catalogue.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::{
    CatalogErrors, GraphqlEntry, Lookup, LookupId, Match, Method, Operation, OperationId, Params, Permission,
    PermissionId, RepositoryOperation, SourceFile,
};

/// Which permission guards which operation: immutable once compiled.
#[derive(Debug, Default)]
pub struct Catalog {
    pub(crate) permissions: Vec<Permission>,
    pub(crate) permission_ids: HashMap<String, PermissionId>,
    pub(crate) operations: Vec<Operation>,
    pub(crate) repository: HashMap<RepositoryOperation, OperationId>,
    pub(crate) lookups: Vec<Lookup>,
    pub(crate) graphql: Vec<GraphqlEntry>,
    pub(crate) sources: usize,
}

impl Catalog {
    /// The catalogue that the binary carries.
    pub fn embedded() -> &'static Self {
        static EMBEDDED: LazyLock<Catalog> = LazyLock::new(Catalog::default);
        &EMBEDDED
    }

    /// The embedded catalogue with an operator's files.
    ///
    /// # Errors
    /// Every mistake in those files, with file and line.
    pub fn with_overlays(_files: &[SourceFile]) -> Result<Self, CatalogErrors> {
        Ok(Self::default())
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
    pub fn classify<'c, 'p>(&'c self, _method: Method, _path: &'p str, params: &mut Params<'p>) -> Match<'c> {
        *params = Params::new();
        Match::Uncovered
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

    /// What guards GraphQL types, fields and mutations.
    pub fn graphql(&self) -> impl ExactSizeIterator<Item = &GraphqlEntry> {
        self.graphql.iter()
    }

    /// How many files it was compiled from.
    #[must_use]
    pub const fn sources(&self) -> usize {
        self.sources
    }
}
