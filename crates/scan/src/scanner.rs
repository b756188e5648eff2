//! A scan as a whole.

use std::io::Read;
use std::path::{Path, PathBuf};

use crate::archive;
use crate::collect::Collector;
use crate::feed::Buffer;
use crate::finding::Report;
use crate::history::{self, HistoryError};
use crate::limits::Limits;
use crate::origin::Origin;
use crate::patterns::Patterns;
use crate::walk::walk;

/// What is looked through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Whether zip, tar and gzip files are unpacked.
    pub archives: bool,
    /// Whether hidden files and directories are looked into.
    pub hidden: bool,
    /// Whether `.gitignore`, `.ignore` and their like are disregarded.
    pub no_ignore: bool,
    /// How many threads; 0: as many as the machine has.
    pub threads: usize,
    /// How much.
    pub limits: Limits,
}

/// Looks for tokens.
#[derive(Debug)]
pub struct Scanner {
    patterns: Patterns,
    settings: Settings,
}

impl Scanner {
    /// A scanner for these tokens.
    #[must_use]
    pub const fn new(patterns: Patterns, settings: Settings) -> Self {
        Self { patterns, settings }
    }

    /// Looks through files, and through everything below directories.
    #[must_use]
    pub fn scan(&self, paths: &[PathBuf]) -> Report {
        let collector = self.collector();
        walk(&collector, &self.settings, paths);
        collector.finish()
    }

    /// Looks through a stream, such as stdin.
    #[must_use]
    pub fn scan_reader(&self, name: &str, mut reader: impl Read) -> Report {
        let collector = self.collector();
        archive::open_stream(&collector, &Origin::file(name), &mut reader, &mut Buffer::new());
        collector.finish()
    }

    /// Looks through every object that the refs of the repository at `path` reach, each once: files as they ever were,
    /// messages of commits and of tags.
    ///
    /// # Errors
    /// When there is no repository, or its refs or commits can't be read. What else can't be read is skipped.
    pub fn scan_history(&self, path: &Path) -> Result<Report, HistoryError> {
        let collector = self.collector();
        history::scan(&collector, path, self.threads())?;
        Ok(collector.finish())
    }

    fn collector(&self) -> Collector<'_> {
        Collector::new(&self.patterns, self.settings.limits, self.settings.archives)
    }

    fn threads(&self) -> usize {
        match self.settings.threads {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            threads => threads,
        }
    }
}
