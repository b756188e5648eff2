//! GraphQL over the world of the forge.
//!
//! The schema is declared in `sdl/`, beside each field where it comes from. What these few words cannot say is in
//! [`special`]; roles and visibility are in [`access`].

mod access;
mod ci;
mod connection;
mod declared;
mod deeds;
mod input;
mod item;
mod limits;
mod merge_requests;
mod mutation;
mod notes;
mod object;
mod permissions;
mod places;
mod planning;
mod records;
mod repository;
mod rest;
mod security;
mod special;
mod stock;
mod wanted;
mod work;

use apollo_compiler::executable::{Operation, OperationType};
use apollo_compiler::resolvers::ObjectValue;
use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Schema};

use super::answer::{Served, Trace};
use crate::forge::Forge;
use crate::http::Viewer;
use declared::DECLARED;

/// The world as a viewer sees it.
pub(crate) struct Worldly {
    forge: Forge,
    viewer: Viewer,
}

impl Worldly {
    pub(crate) fn new(forge: Forge, viewer: Viewer) -> Self {
        Self { forge, viewer }
    }
}

impl Served for Worldly {
    fn schema(&self) -> &Valid<Schema> {
        &DECLARED.schema
    }

    fn refuse(&self, document: &Valid<ExecutableDocument>, operation: &Operation) -> Option<String> {
        limits::refusal(document, operation, self.viewer.user.is_some())
    }

    fn root(&self, operation: OperationType, trace: &Trace) -> Box<dyn ObjectValue + '_> {
        let name = if operation == OperationType::Mutation { "Mutation" } else { "Query" };
        Box::new(object::root(self, name, trace))
    }
}
