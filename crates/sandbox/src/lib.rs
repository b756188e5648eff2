//! A small GitLab-compatible forge for trying Narrowgate and for its tests. Never for production.
//!
//! [`Sandbox::start`] brings up a world of users, groups and projects with real Git repositories, in memory and
//! in a temporary directory. It enforces roles and scopes as GitLab does and remembers what each request carried,
//! so that a test can prove what reached the instance and what did not.

mod api;
mod config;
mod fault;
mod forge;
mod git;
mod graphql;
mod http;
mod lfs;
mod record;
mod running;
mod serve;
mod view;
mod world;

pub use config::{Clock, SandboxConfig};
pub use fault::Fault;
pub use graphql::{GraphqlObject, GraphqlPlace, GraphqlSchema, SchemaFileError};
pub use record::{BodyDigest, SeenCredential, SeenOperation, SeenRequest};
pub use running::{NativeJob, RunningSandbox, Sandbox, StartError};
