//! Which permission guards which operation of GitLab.
//!
//! Pure: no I/O, no server types. The data lives in `catalog/**/*.toml` at the top of the workspace.

pub mod boundary;
mod catalog;
mod compile;
mod model;
pub mod permission;
mod query;
pub mod role;
mod route;
pub mod scope;

pub use boundary::BoundaryType;
pub use catalog::Catalog;
pub use compile::{CatalogError, CatalogErrors, SourceFile};
pub use model::{
    Argument, BoundarySource, Carrier, Condition, ContainerAt, Encoding, GraphqlBoundary, GraphqlEntry,
    GraphqlFacts, GraphqlKind, GraphqlLocator, JobPolicy, JobPolicySet, JobTokenRule, ListOwner, ListPage,
    ListPath, ListStep, Listed, Lookup, LookupAnswer, LookupId, LookupRef, Need, Operation, OperationAccess,
    OperationId, Permission, PointerReads, RegistryOperation, RepositoryKind, RepositoryOperation,
    RepositoryService, Source, Surface, Then, WithheldField,
};
pub use permission::{PermissionId, PermissionSet};
pub use query::{
    Coverage, Export, ExportedBoundary, ExportedGraphql, ExportedLookup, ExportedNeed, ExportedOperation,
    FurtherNeed, Hits, Needs, markdown_tables,
};
pub use role::Role;
pub use route::{Ambiguity, Match, Method, Params, UnknownMethod};
pub use scope::{Scope, ScopeSet};
