//! A real `git`, and `git-lfs` with it.

use std::path::{Path, PathBuf};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use tempfile::TempDir;
use tokio::process::Command;

use crate::{Bearer, Finished, run};

/// How git gets hold of the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginBy {
    /// `http.extraHeader`: sent with every request, before anybody asks.
    Header,
    /// A credential helper: asked after the gate's challenge (401).
    Helper,
    /// The same, with the user name of CI jobs.
    Job,
}

/// A git with a home of its own: no system or user configuration, no prompt, the token in its environment.
#[derive(Debug)]
pub struct GitClient {
    home: TempDir,
    configuration: Vec<(String, String)>,
    token: String,
    trace: bool,
}

/// A helper that reads the token from the environment, so that no argument carries it.
const HELPER: &str =
    "!f() { test \"$1\" = get && echo username=oauth2 && echo \"password=$NARROWGATE_TEST_TOKEN\"; }; f";
const JOB_HELPER: &str = "!f() { test \"$1\" = get && echo username=gitlab-ci-token && echo \"password=$NARROWGATE_TEST_TOKEN\"; }; f";

impl GitClient {
    /// A git that holds the token of `bearer`.
    pub fn of(bearer: &Bearer, login: LoginBy) -> Self {
        let token = bearer.text().to_owned();
        let setting = match login {
            LoginBy::Header => {
                let pair = BASE64_STANDARD.encode(format!("oauth2:{token}"));
                ("http.extraHeader".to_owned(), format!("Authorization: Basic {pair}"))
            }
            LoginBy::Helper => ("credential.helper".to_owned(), HELPER.to_owned()),
            LoginBy::Job => ("credential.helper".to_owned(), JOB_HELPER.to_owned()),
        };
        let mut client = Self::anonymous();
        client.configuration.push(setting);
        client.token = token;
        client
    }

    /// A git that holds no token.
    pub fn anonymous() -> Self {
        let configuration = [
            ("user.name", "Test"),
            ("user.email", "test@example.com"),
            ("init.defaultBranch", "main"),
            ("protocol.version", "2"),
            ("lfs.locksverify", "false"),
            ("lfs.transfer.maxretries", "1"),
        ];
        let own = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        Self {
            home: tempfile::tempdir().expect("a temporary folder"),
            configuration: configuration.map(own).into(),
            token: String::new(),
            trace: false,
        }
    }

    /// Adds a setting.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.configuration.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Writes the packets of the protocol to stderr.
    pub fn tracing_packets(mut self) -> Self {
        self.trace = true;
        self
    }

    /// A path in the client's home: a place to clone to.
    pub fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// Runs `git` with the arguments, in the home.
    pub async fn home(&self, arguments: &[&str]) -> Finished {
        self.run(self.home.path(), arguments).await
    }

    /// Runs `git` with the arguments, in `folder`.
    pub async fn run(&self, folder: &Path, arguments: &[&str]) -> Finished {
        let mut command = Command::new("git");
        command.current_dir(folder).args(arguments).env_clear();
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("HOME", self.home.path()).env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_TERMINAL_PROMPT", "0");
        command.env("NARROWGATE_TEST_TOKEN", &self.token);
        command.env("GIT_CONFIG_COUNT", self.configuration.len().to_string());
        for (index, (name, value)) in self.configuration.iter().enumerate() {
            command
                .env(format!("GIT_CONFIG_KEY_{index}"), name)
                .env(format!("GIT_CONFIG_VALUE_{index}"), value);
        }
        if self.trace {
            command.env("GIT_TRACE_PACKET", "1");
        }
        run(&mut command, "").await
    }

    /// Clones `url` to [`Self::path`]`(name)`.
    pub async fn clone(&self, url: &str, name: &str) -> Finished {
        self.home(&["clone", "--quiet", url, name]).await
    }

    /// Writes a file in a clone and commits it.
    pub async fn commit(&self, name: &str, file: &str, content: &[u8]) {
        let folder = self.path(name);
        std::fs::write(folder.join(file), content).expect("the clone takes files");
        self.run(&folder, &["add", file]).await.assert_ok();
        self.run(&folder, &["commit", "--quiet", "--message", file]).await.assert_ok();
    }
}
