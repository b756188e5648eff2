//! Where something was found.

use std::fmt;
use std::path::PathBuf;

/// A text that was looked through.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Origin {
    /// The file, or the repository; `-` is stdin.
    pub path: PathBuf,
    /// Where in the repository's history.
    pub history: Option<InHistory>,
    /// The archive's member, and the member of that, and so on.
    pub members: Vec<String>,
}

/// A text in a repository's history.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum InHistory {
    /// A file as of a commit, the oldest that has it.
    File {
        /// The commit's id.
        commit: String,
        /// The file's path.
        path: String,
    },
    /// A commit's message and its other headers.
    Commit {
        /// The commit's id.
        commit: String,
    },
    /// A tag's message and its other headers.
    Tag {
        /// The id of the tag object.
        tag: String,
    },
    /// A blob or tree that a ref names without a commit.
    Object {
        /// The object's id.
        object: String,
        /// The path below it.
        path: String,
    },
}

impl Origin {
    /// A file, or a repository.
    #[must_use]
    pub fn file(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), history: None, members: Vec::new() }
    }

    pub(crate) fn member(&self, name: &str) -> Self {
        let mut origin = self.clone();
        origin.members.push(name.to_owned());
        origin
    }

    pub(crate) fn within(&self, history: InHistory) -> Self {
        Self { history: Some(history), ..self.clone() }
    }
}

/// `path`, `repository@commit:path`, each with `!member` for what lies in an archive. Control characters are escaped: a
/// file's name must not paint the terminal.
impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_plain(f, &self.path.to_string_lossy())?;
        if let Some(history) = &self.history {
            write!(f, "@{history}")?;
        }
        for member in &self.members {
            f.write_str("!")?;
            write_plain(f, member)?;
        }
        Ok(())
    }
}

impl fmt::Display for InHistory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (id, rest) = match self {
            Self::File { commit, path } => (commit, path.as_str()),
            Self::Commit { commit } => (commit, "(message)"),
            Self::Tag { tag } => (tag, "(tag)"),
            Self::Object { object, path } => (object, path.as_str()),
        };
        write!(f, "{}:", id.get(..12).unwrap_or(id))?;
        write_plain(f, rest)
    }
}

fn write_plain(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    text.chars().try_for_each(|character| {
        if character.is_control() {
            write!(f, "{}", character.escape_default())
        } else {
            fmt::Write::write_char(f, character)
        }
    })
}

/// A place in a text, both counted from one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line.
    pub line: u64,
    /// The byte within the line.
    pub column: u64,
}

impl Position {
    pub(crate) const START: Self = Self { line: 1, column: 1 };

    /// The place after `bytes`.
    pub(crate) fn after(self, bytes: &[u8]) -> Self {
        match memchr::memrchr(b'\n', bytes) {
            None => Self { column: self.column + bytes.len() as u64, ..self },
            Some(last) => Self {
                line: self.line + memchr::memchr_iter(b'\n', bytes).count() as u64,
                column: (bytes.len() - last) as u64,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_lines_and_bytes() {
        assert_eq!(Position::START.after(b"ab"), Position { line: 1, column: 3 });
        assert_eq!(Position::START.after(b"ab\n"), Position { line: 2, column: 1 });
        assert_eq!(Position::START.after(b"ab\n\nxyz"), Position { line: 3, column: 4 });
    }

    #[test]
    fn names_cannot_paint_the_terminal() {
        let origin = Origin::file("a.zip").member("x\u{1b}[31m\ny");
        assert_eq!(origin.to_string(), "a.zip!x\\u{1b}[31m\\ny");
    }
}
