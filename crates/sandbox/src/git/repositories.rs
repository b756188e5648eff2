//! Where repositories lie, and how they come into being: when first used.

use std::io;
use std::path::{Path, PathBuf};

use tokio::sync::Mutex;

use super::access::Repository;
use super::commit::Commit;
use super::run::Git;
use super::seed;
use crate::world::World;

/// Refuses a push to the branch that the forge names, in GitLab's words.
const PRE_RECEIVE: &str = r#"#!/bin/sh
while read -r _ _ ref; do
  if [ -n "$SANDBOX_PROTECTED" ] && [ "$ref" = "refs/heads/$SANDBOX_PROTECTED" ]; then
    echo "GitLab: You are not allowed to push code to protected branches on this project." >&2
    exit 1
  fi
done
"#;

/// All repositories of the forge.
#[derive(Debug)]
pub(crate) struct Repositories {
    pub(crate) git: Git,
    root: PathBuf,
    making: Mutex<()>,
}

impl Repositories {
    /// Prepares the directory for repositories.
    pub(crate) async fn prepare(home: &Path) -> io::Result<Self> {
        let git = Git::find(home).await?;
        let root = home.join("repositories");
        tokio::fs::create_dir_all(&root).await?;
        tokio::fs::create_dir_all(git.hooks()).await?;
        install_hook(&git.hooks().join("pre-receive")).await?;
        Ok(Self { git, root, making: Mutex::default() })
    }

    /// The directory above all repositories.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// A repository's path below the root. It goes by id, so that renaming a project moves nothing.
    pub(crate) fn relative(on: Repository) -> String {
        match on {
            Repository::Project(id) => format!("projects/{id}.git"),
            Repository::ProjectWiki(id) => format!("projects/{id}.wiki.git"),
            Repository::GroupWiki(id) => format!("groups/{id}.wiki.git"),
            Repository::Snippet(id) => format!("snippets/{id}.git"),
        }
    }

    /// A repository's directory; `first` is its first commit, should it not exist yet.
    pub(crate) async fn open(&self, on: Repository, first: Option<Commit>) -> io::Result<PathBuf> {
        let directory = self.root.join(Self::relative(on));
        if is_ready(&directory) {
            return Ok(directory);
        }
        let _making = self.making.lock().await;
        if !is_ready(&directory) {
            self.make(&directory, first).await?;
        }
        Ok(directory)
    }

    async fn make(&self, directory: &Path, first: Option<Commit>) -> io::Result<()> {
        tokio::fs::create_dir_all(directory).await?;
        let branch = first.as_ref().map_or("main", |commit| commit.branch.as_str());
        let head = format!("--initial-branch={branch}");
        self.git.run(directory, &["init", "--quiet", "--bare", "--template=", &head, "."]).await?;
        if let Some(commit) = first {
            commit.make(&self.git, directory).await?;
        }
        tokio::fs::write(directory.join("sandbox-ready"), b"").await
    }
}

fn is_ready(directory: &Path) -> bool {
    directory.join("sandbox-ready").exists()
}

async fn install_hook(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    tokio::fs::write(path, PRE_RECEIVE).await?;
    tokio::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).await
}

/// The commit that a repository starts with.
pub(crate) fn first_commit(world: &World, on: Repository) -> Option<Commit> {
    match on {
        Repository::Project(id) => {
            let project = world.projects.get(&id)?;
            project.seeded.then(|| seed::project(&project.name, &project.default_branch))
        }
        Repository::ProjectWiki(_) | Repository::GroupWiki(_) => Some(seed::wiki()),
        Repository::Snippet(_) => None,
    }
}
