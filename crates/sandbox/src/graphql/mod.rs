//! The GraphQL endpoint `/api/graphql`: over the world, or generated from the schema of an introspection file.

mod answer;
mod endpoint;
mod generated;
mod gid;
mod introspection;
mod request;
mod world;

pub use answer::{GraphqlObject, GraphqlPlace};
pub use introspection::{GraphqlSchema, SchemaFileError};

pub(crate) use endpoint::{answer_traced, endpoint};
