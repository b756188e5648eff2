//! Asking a catalogue: what people, the CLI and the documentation want to know.

mod describe;
mod export;
mod markdown;
mod search;
mod source_text;

pub use describe::{Coverage, FurtherNeed, Needs};
pub use export::{
    Export, ExportedBoundary, ExportedGraphql, ExportedLookup, ExportedNeed, ExportedOperation,
};
pub use markdown::markdown_tables;
pub use search::Hits;
