//! Where something stands in the catalogue's files, and what is wrong there.

use std::ops::Range;
use std::sync::Arc;

use super::{CatalogError, SourceFile};

/// A line of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) file: Arc<str>,
    pub(super) line: usize,
}

/// A value and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Located<T> {
    pub(super) value: T,
    pub(super) place: Place,
}

/// A file while it is read.
pub(super) struct Source<'a> {
    name: Arc<str>,
    pub(super) text: &'a str,
}

impl<'a> Source<'a> {
    pub(super) fn new(file: &'a SourceFile) -> Self {
        Self { name: file.name.as_str().into(), text: &file.text }
    }

    pub(super) fn place(&self, span: &Range<usize>) -> Place {
        let before = self.text.as_bytes().get(..span.start).unwrap_or(self.text.as_bytes());
        Place { file: Arc::clone(&self.name), line: memchr::memchr_iter(b'\n', before).count() + 1 }
    }
}

/// Every mistake found so far.
#[derive(Default)]
pub(super) struct Errors(Vec<CatalogError>);

impl Errors {
    pub(super) fn add(&mut self, place: &Place, message: impl Into<String>) {
        let error = CatalogError { file: place.file.to_string(), line: place.line, message: message.into() };
        self.0.push(error);
    }

    /// The value, or `None` after noting the mistake.
    pub(super) fn note<T>(&mut self, place: &Place, result: Result<T, String>) -> Option<T> {
        result.map_err(|message| self.add(place, message)).ok()
    }

    pub(super) fn into_sorted(mut self) -> Vec<CatalogError> {
        self.0.sort();
        self.0.dedup();
        self.0
    }
}
