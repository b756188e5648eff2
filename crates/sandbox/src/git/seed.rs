//! What a new repository holds.

use super::commit::{Change, Commit};

/// The moment of the first commits, 2026-01-05T09:00:00Z: fixed, so that their ids are the same everywhere.
const FIRST: i64 = 1_767_603_600_000_000;

const PIPELINE: &str = "build:\n  script:\n    - cargo build\n\ntest:\n  script:\n    - cargo test\n";
const MAIN: &str = "fn main() {\n    println!(\"hello\");\n}\n";

fn write(path: &str, content: &str) -> Change {
    Change::Write { path: path.to_owned(), content: content.as_bytes().to_vec() }
}

/// The first commit of a repository.
pub(super) fn first_commit(branch: &str, message: &str, changes: Vec<Change>) -> Commit {
    Commit {
        branch: branch.to_owned(),
        parent: None,
        message: message.to_owned(),
        name: "Administrator".to_owned(),
        email: "root@example.com".to_owned(),
        at: FIRST,
        changes,
    }
}

/// The first commit of a project.
pub(super) fn project(title: &str, branch: &str) -> Commit {
    let readme = format!("# {title}\n\nA project of the sandbox.\n");
    let files = vec![
        write("README.md", &readme),
        write(".gitlab-ci.yml", PIPELINE),
        write("src/main.rs", MAIN),
        write("src/greeting.txt", "hello\n"),
    ];
    first_commit(branch, "Initial commit", files)
}

/// The first commit of a wiki.
pub(super) fn wiki() -> Commit {
    first_commit("main", "Create home page", vec![write("home.md", "# Home\n\nWelcome.\n")])
}
