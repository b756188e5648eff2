//! The cases, one module for each subject.

pub(crate) mod audit;
pub(crate) mod changes;
pub(crate) mod connections;
pub(crate) mod constraints;
pub(crate) mod listing;
pub(crate) mod rotation;
pub(crate) mod tokens;
pub(crate) mod uses;
