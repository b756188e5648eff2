//! What a compiled catalogue holds.

mod graphql;
mod job_token;
mod listing;
mod lookup;
mod need;
mod operation;
mod permission;
mod registry;
mod repository;

pub use graphql::{GraphqlBoundary, GraphqlEntry, GraphqlFacts, GraphqlKind, GraphqlLocator};
pub use job_token::{JobPolicy, JobPolicySet, JobTokenRule};
pub use listing::{ListOwner, ListPage, ListPath, ListStep, Listed, Then};
pub use lookup::{Condition, ContainerAt, Encoding, Lookup, LookupAnswer, LookupId, PointerReads};
pub use need::{Argument, BoundarySource, LookupRef, Need, Source};
pub use operation::{Carrier, Operation, OperationAccess, OperationId, Surface, WithheldField};
pub use permission::Permission;
pub use registry::RegistryOperation;
pub use repository::{RepositoryKind, RepositoryOperation, RepositoryService};
