//! From files to a catalogue.

mod error;
mod source_file;

pub use error::{CatalogError, CatalogErrors};
pub use source_file::SourceFile;
