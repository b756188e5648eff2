//! From files to a catalogue.

mod assemble;
mod credentials_file;
mod endpoint;
mod error;
mod fields;
mod graphql;
mod graphql_entry;
mod graphql_expression;
mod graphql_facts;
mod graphql_file;
mod job_tokens;
mod job_tokens_file;
mod lookups_file;
mod names;
mod needs;
mod operations;
mod permissions;
mod place;
mod raw;
mod read;
mod repositories;
mod resource_file;
mod route_entry;
mod scopes_file;
mod source_expression;
mod source_file;

pub(crate) use assemble::compile;
pub use error::{CatalogError, CatalogErrors};
pub use source_file::SourceFile;
