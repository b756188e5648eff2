//! Walking directories in parallel, by the rules of ripgrep.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use ignore::{DirEntry, WalkBuilder, WalkState};

use crate::archive;
use crate::collect::Collector;
use crate::feed::{Buffer, feed};
use crate::origin::Origin;
use crate::scanner::Settings;

/// Looks through files, and through everything below directories.
pub(crate) fn walk(collector: &Collector<'_>, settings: &Settings, paths: &[PathBuf]) {
    let Some((first, others)) = paths.split_first() else { return };
    let mut builder = WalkBuilder::new(first);
    for path in others {
        builder.add(path);
    }
    builder
        .hidden(!settings.hidden)
        .ignore(!settings.no_ignore)
        .parents(!settings.no_ignore)
        .git_ignore(!settings.no_ignore)
        .git_global(!settings.no_ignore)
        .git_exclude(!settings.no_ignore)
        .threads(settings.threads);
    builder.build_parallel().run(|| {
        let mut buffer = Buffer::new();
        Box::new(move |entry| {
            match entry {
                Ok(entry) => look_into(collector, &entry, &mut buffer),
                Err(error) => collector.unreadable(&Origin::file(path_of(&error)), &plain(&error)),
            }
            WalkState::Continue
        })
    });
}

fn look_into(collector: &Collector<'_>, entry: &DirEntry, buffer: &mut Buffer) {
    // Links below a directory are not followed: what they name is found where it is, or lies outside. Pipes and devices
    // would never end.
    let is_file = match entry.file_type() {
        Some(kind) if kind.is_symlink() => entry.depth() == 0 && entry.path().is_file(),
        Some(kind) => kind.is_file(),
        None => false,
    };
    if is_file {
        let origin = Origin::file(entry.path());
        if let Err(error) = look_through(collector, entry.path(), &origin, buffer) {
            collector.unreadable(&origin, &error);
        }
    }
}

fn look_through(
    collector: &Collector<'_>,
    path: &Path,
    origin: &Origin,
    buffer: &mut Buffer,
) -> io::Result<()> {
    let mut file = File::open(path)?;
    if collector.archives {
        return archive::open_file(collector, origin, file, buffer);
    }
    feed(collector, origin, &mut file, buffer)
}

fn path_of(error: &ignore::Error) -> PathBuf {
    match error {
        ignore::Error::WithPath { path, .. } => path.clone(),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => path_of(err),
        _ => PathBuf::new(),
    }
}

/// The error without its path, which the origin names.
fn plain(error: &ignore::Error) -> String {
    error.io_error().map_or_else(|| error.to_string(), ToString::to_string)
}
