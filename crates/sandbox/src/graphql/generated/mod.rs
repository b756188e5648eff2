//! Generated, deterministic data for every type of a schema.
//!
//! Every position of an object holds one. What an object belongs to is decided by these rules, and can be learned for
//! each object of an answer from [`crate::RunningSandbox::graphql_objects`]:
//!
//! - Only types that tell a place (see [`shape`]) belong to a project or group of their own; others belong to what the
//!   object belongs to that they were reached through, and at the root to the instance.
//! - Arguments that name a container choose it; without any it is the one of the object above, first project 20.
//! - In every list the second item of a type that tells its place belongs to another container.
//! - Global ids carry GitLab's models (see [`models`]). Their number is a million times the id of the project, group or
//!   user, plus something.
//! - What is asked for by its id is that record; a project or group has none of another's.

mod models;
mod named;
mod node;
mod places;
mod scalar;
mod shape;

use apollo_compiler::executable::{Operation, OperationType};
use apollo_compiler::resolvers::ObjectValue;
use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Schema};

use super::GraphqlSchema;
use super::answer::{Served, Trace};
use crate::world::{Container, World};
pub(crate) use models::Models;
use node::Node;
use places::Places;

/// Generated data as it is served at one moment.
pub(crate) struct Generated {
    file: GraphqlSchema,
    places: Places,
    /// Who asks.
    viewer: Container,
}

impl Generated {
    pub(crate) fn new(file: GraphqlSchema, world: &World, url: &str, viewer: Option<u64>) -> Self {
        let viewer = viewer.map_or(Container::Instance, Container::User);
        Self { file, places: Places::of(world, url), viewer }
    }
}

impl Served for Generated {
    fn schema(&self) -> &Valid<Schema> {
        &self.file.0.schema
    }

    fn refuse(&self, _document: &Valid<ExecutableDocument>, _operation: &Operation) -> Option<String> {
        None
    }

    fn root(&self, operation: OperationType, trace: &Trace) -> Box<dyn ObjectValue + '_> {
        let name = self.schema().root_operation(operation).map_or("Query", |name| name.as_str());
        Box::new(Node::root(self, name, Container::Project(places::HOME), trace.clone()))
    }
}
