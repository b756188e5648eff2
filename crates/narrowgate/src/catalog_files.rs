//! The catalogue, with the operator's own files.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::Args;
use narrowgate_catalog::{Catalog, Operation, SourceFile, Surface};

use crate::hint::Hint as _;

/// Which catalogue files count beside the embedded ones.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct CatalogArgs {
    /// A folder of further catalogue files (`*.toml`, at any depth).
    #[arg(long = "catalog", env = "NARROWGATE_CATALOG", value_name = "DIR")]
    folder: Option<PathBuf>,
}

impl CatalogArgs {
    /// The embedded catalogue, with the operator's files where there are any.
    pub(crate) fn load(&self) -> Result<&'static Catalog> {
        load(self.folder.as_deref())
    }
}

/// The embedded catalogue with the files of `folder`. It lives as long as the process.
pub(crate) fn load(folder: Option<&Path>) -> Result<&'static Catalog> {
    let Some(folder) = folder else { return Ok(Catalog::embedded()) };
    let files = read(folder).with_context(|| format!("cannot read the catalogue in {}", folder.display()))?;
    let catalog = Catalog::with_overlays(&files)
        .hint("correct these lines; `narrowgate catalog check` reads the files again")?;
    Ok(Box::leak(Box::new(catalog)))
}

/// Every `*.toml` file below `folder`, sorted by path.
fn read(folder: &Path) -> Result<Vec<SourceFile>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).hint("name a folder that holds catalogue files")? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(read(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "toml") {
            let text =
                fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
            files.push(SourceFile { name: path.display().to_string(), text });
        }
    }
    files.sort_by(|left, right| left.name.cmp(&right.name));
    Ok(files)
}

/// An operation as people name it: `GET /projects/:id/jobs`, `git: project push`.
pub(crate) fn title(operation: &Operation) -> String {
    let Operation { method, template, .. } = operation;
    match operation.surface {
        Surface::Rest | Surface::Scim | Surface::Narrowgate => format!("{method} {template}"),
        Surface::Git => format!("git: {template}"),
        Surface::Lfs => format!("git-lfs: {template}"),
        Surface::Registry => format!("registry: {method} {template}"),
    }
}
