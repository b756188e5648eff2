//! The text a catalogue is compiled from.

use include_dir::{Dir, include_dir};

static EMBEDDED: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../../catalog");

/// One TOML file of a catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// The name shown in errors.
    pub name: String,
    /// The whole text.
    pub text: String,
}

impl SourceFile {
    /// The files that the binary carries, sorted by name.
    #[must_use]
    pub fn embedded() -> Vec<Self> {
        let mut files = Vec::new();
        collect(&EMBEDDED, &mut files);
        files.sort_by(|a, b| a.name.cmp(&b.name));
        files
    }
}

fn collect(dir: &Dir<'_>, files: &mut Vec<SourceFile>) {
    for file in dir.files().filter(|file| file.path().extension().is_some_and(|ext| ext == "toml")) {
        if let Some(text) = file.contents_utf8() {
            let name = format!("catalog/{}", file.path().display());
            files.push(SourceFile { name, text: text.to_owned() });
        }
    }
    for child in dir.dirs() {
        collect(child, files);
    }
}
