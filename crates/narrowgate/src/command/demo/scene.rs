//! What the story's clients do.

use anyhow::Result;
use reqwest::Method;
use secrecy::SecretString;
use serde_json::Value;

use super::act::{Ending, Narrator};
use super::git::git;
use super::stage::Stage;

/// The stage, and who tells what happens on it.
pub(super) struct Scene<'s> {
    pub(super) stage: &'s Stage,
    pub(super) narrator: &'s mut Narrator,
}

impl Scene<'_> {
    /// Reads through the API.
    pub(super) async fn get(&mut self, token: &SecretString, path: &str, ending: Ending) -> Result<()> {
        self.send(token, Method::GET, path, None, ending).await
    }

    /// Sends one request through the API.
    pub(super) async fn send(
        &mut self,
        token: &SecretString,
        method: Method,
        path: &str,
        body: Option<&Value>,
        ending: Ending,
    ) -> Result<()> {
        let request = format!("{method} {path}");
        let reply = self.stage.send(token, method, path, body).await?;
        self.narrator.tell(&request, &reply, ending)
    }

    /// Clones a project into a folder of that name.
    pub(super) async fn clone(
        &mut self,
        token: &SecretString,
        project: &str,
        folder: &str,
        ending: Ending,
    ) -> Result<()> {
        let url = format!("{}/{project}.git", self.stage.url());
        let reply = git(self.stage.folder(), token, &["clone", "--quiet", &url, folder]).await?;
        self.narrator.tell(&format!("git clone {url}"), &reply, ending)
    }

    /// Commits to the clone in a folder, and pushes.
    pub(super) async fn push(&mut self, token: &SecretString, folder: &str, ending: Ending) -> Result<()> {
        let clone = self.stage.folder().join(folder);
        git(&clone, token, &["commit", "--quiet", "--allow-empty", "--message", "Try to push"]).await?;
        let reply = git(&clone, token, &["push", "--quiet", "origin", "HEAD"]).await?;
        self.narrator.tell("git push origin HEAD", &reply, ending)
    }
}
