//! The cases, one module for each subject.

pub(crate) mod allowlists;
pub(crate) mod audit;
pub(crate) mod bots;
pub(crate) mod bulk;
pub(crate) mod chain;
pub(crate) mod changes;
pub(crate) mod connections;
pub(crate) mod constraints;
pub(crate) mod cursors;
pub(crate) mod editing;
pub(crate) mod graphql_schemas;
pub(crate) mod kinds;
pub(crate) mod listing;
pub(crate) mod policies;
pub(crate) mod reaching;
pub(crate) mod rotation;
pub(crate) mod tokens;
pub(crate) mod uses;
pub(crate) mod warnings;
pub(crate) mod webhooks;
