//! Writing commits into bare repositories, through `git fast-import`.

use std::io;
use std::path::Path;

use super::run::Git;

/// One change of a commit.
#[derive(Clone, Debug)]
pub(crate) enum Change {
    Write { path: String, content: Vec<u8> },
    Delete { path: String },
    Move { from: String, to: String },
}

/// A commit to be made at the tip of a branch.
#[derive(Clone, Debug)]
pub(crate) struct Commit {
    pub(crate) branch: String,
    /// The commit it builds on; absent for the first one.
    pub(crate) parent: Option<String>,
    pub(crate) message: String,
    pub(crate) name: String,
    pub(crate) email: String,
    /// Microseconds since 1970.
    pub(crate) at: i64,
    pub(crate) changes: Vec<Change>,
}

impl Commit {
    /// Makes the commit and moves the branch to it.
    pub(crate) async fn make(&self, git: &Git, repository: &Path) -> io::Result<String> {
        git.feed(repository, &["fast-import", "--quiet"], &self.stream()).await?;
        git.line(repository, &["rev-parse", "--verify", &format!("refs/heads/{}", self.branch)]).await
    }

    fn stream(&self) -> Vec<u8> {
        let who = format!("{} <{}> {} +0000", plain(&self.name), plain(&self.email), self.at / 1_000_000);
        let head = format!("commit refs/heads/{}\nauthor {who}\ncommitter {who}\n", self.branch);
        let mut stream = head.into_bytes();
        add_data(&mut stream, self.message.as_bytes());
        if let Some(parent) = &self.parent {
            stream.extend(format!("from {parent}\n").into_bytes());
        }
        self.changes.iter().for_each(|change| change.write(&mut stream));
        stream.push(b'\n');
        stream
    }
}

impl Change {
    fn write(&self, stream: &mut Vec<u8>) {
        match self {
            Self::Write { path, content } => {
                stream.extend(format!("M 100644 inline {}\n", quote(path)).into_bytes());
                add_data(stream, content);
            }
            Self::Delete { path } => stream.extend(format!("D {}\n", quote(path)).into_bytes()),
            Self::Move { from, to } => {
                stream.extend(format!("R {} {}\n", quote(from), quote(to)).into_bytes());
            }
        }
    }
}

fn add_data(stream: &mut Vec<u8>, data: &[u8]) {
    stream.extend(format!("data {}\n", data.len()).into_bytes());
    stream.extend(data);
    stream.push(b'\n');
}

/// A name or address without what would end the line or the field.
fn plain(text: &str) -> String {
    text.chars().filter(|c| !"<>\n\0".contains(*c)).collect()
}

/// A path between quotation marks, as `fast-import` reads it.
fn quote(path: &str) -> String {
    let mut quoted = String::from("\"");
    for c in path.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}
