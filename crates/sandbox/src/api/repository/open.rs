//! Opening a project's repository for a request.

use std::io;
use std::path::PathBuf;

use narrowgate_catalog::Role;
use serde_json::json;

use crate::forge::Forge;
use crate::git::{Git, Repository};
use crate::http::{ApiError, Call, Need};
use crate::world::Project;

/// A project with its repository at hand.
pub(crate) struct Opened {
    pub(crate) project: Project,
    pub(crate) directory: PathBuf,
    forge: Forge,
}

/// Text that git would take for something else than a name.
fn is_plain(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with('-')
        && !name.contains(['\0', '\n', ':', ' ', '~', '^', '?', '*', '[', '\\'])
}

impl Opened {
    /// Opens a repository to be read.
    pub(crate) async fn read(call: &Call, id: &str) -> Result<Self, ApiError> {
        Self::open(call, id, Need::Read(Role::Reporter)).await
    }

    /// Opens a repository to be written, where the viewer may push to `branch`.
    pub(crate) async fn write(call: &Call, id: &str, branch: &str) -> Result<Self, ApiError> {
        call.viewer.signed_in()?;
        let opened = Self::open(call, id, Need::Write(Role::Developer)).await?;
        let protected = branch == opened.project.default_branch;
        if protected && call.project(&call.forge.world(), id, Need::Write(Role::Maintainer)).is_err() {
            return Err(ApiError::forbidden_because("You are not allowed to push into this branch"));
        }
        Ok(opened)
    }

    async fn open(call: &Call, id: &str, need: Need) -> Result<Self, ApiError> {
        let project = call.project(&call.forge.world(), id, need)?;
        let directory = call.forge.repository(Repository::Project(project.id)).await?;
        Ok(Self { project, directory, forge: call.forge.clone() })
    }

    pub(crate) fn git(&self) -> &Git {
        &self.forge.repositories().git
    }

    /// Runs a command of git's here.
    pub(crate) async fn run(&self, args: &[&str]) -> io::Result<Vec<u8>> {
        self.git().run(&self.directory, args).await
    }

    /// Runs a command that prints text.
    pub(crate) async fn text(&self, args: &[&str]) -> io::Result<String> {
        Ok(String::from_utf8_lossy(&self.run(args).await?).into_owned())
    }

    /// The commit that a branch, tag or id names.
    pub(crate) async fn commit(&self, name: &str) -> Option<String> {
        if !is_plain(name) {
            return None;
        }
        let wanted = format!("{name}^{{commit}}");
        let args = ["rev-parse", "--verify", "--quiet", "--end-of-options", &wanted];
        self.git().line(&self.directory, &args).await.ok()
    }

    /// The commit that the parameter `ref` names, or the tip of the default branch.
    pub(crate) async fn commit_of(&self, call: &Call, parameter: &str) -> Option<String> {
        let name = call.params.text(parameter).unwrap_or_else(|| self.project.default_branch.clone());
        self.commit(&name).await
    }

    /// The tip of a branch.
    pub(crate) async fn branch(&self, name: &str) -> Option<String> {
        if is_plain(name) { self.commit(&format!("refs/heads/{name}")).await } else { None }
    }

    /// A name for a new branch or tag, or 400.
    pub(crate) async fn new_name(&self, name: &str) -> Result<(), ApiError> {
        let valid =
            is_plain(name) && self.run(&["check-ref-format", &format!("refs/heads/{name}")]).await.is_ok();
        if valid { Ok(()) } else { Err(ApiError::bad_request(json!("Branch name is invalid"))) }
    }
}
