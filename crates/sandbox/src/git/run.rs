//! Running the `git` command in an environment of its own.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::io::AsyncWriteExt;
use tokio::process::Command;

/// Settings that hold for every repository of the forge, whatever the machine's own say.
const SETTINGS: [(&str, &str); 7] = [
    ("http.receivepack", "true"),
    ("uploadpack.allowFilter", "true"),
    ("uploadpack.allowAnySHA1InWant", "true"),
    ("receive.advertisePushOptions", "true"),
    ("receive.autogc", "false"),
    ("gc.auto", "0"),
    ("safe.directory", "*"),
];

/// The `git` command and the directory with the hooks.
#[derive(Debug)]
pub(crate) struct Git {
    home: PathBuf,
    hooks: PathBuf,
    backend: PathBuf,
}

impl Git {
    /// Finds `git` and its `http-backend`; `home` is a directory of the forge's own.
    pub(crate) async fn find(home: &Path) -> io::Result<Self> {
        let output = Command::new("git").arg("--exec-path").output().await?;
        let path = String::from_utf8_lossy(&output.stdout);
        let backend = Path::new(path.trim()).join("git-http-backend");
        if !backend.exists() {
            return Err(io::Error::new(io::ErrorKind::NotFound, "`git http-backend` is missing"));
        }
        Ok(Self { home: home.to_owned(), hooks: home.join("hooks"), backend })
    }

    /// Where the hooks lie that every repository shares.
    pub(crate) fn hooks(&self) -> &Path {
        &self.hooks
    }

    /// A command of git's in `directory`, isolated from the machine's configuration.
    pub(crate) fn command(&self, directory: &Path) -> Command {
        let mut command = Command::new("git");
        self.isolate(&mut command);
        command.current_dir(directory);
        command
    }

    /// `git http-backend`.
    pub(crate) fn backend(&self) -> Command {
        let mut command = Command::new(&self.backend);
        self.isolate(&mut command);
        command
    }

    fn isolate(&self, command: &mut Command) {
        let path = std::env::var_os("PATH").unwrap_or_default();
        command.env_clear().env("PATH", path).env("HOME", &self.home).env("LC_ALL", "C.UTF-8");
        command.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null");
        command.env("GIT_CONFIG_COUNT", (SETTINGS.len() + 1).to_string());
        for (index, (key, value)) in SETTINGS.iter().enumerate() {
            command.env(format!("GIT_CONFIG_KEY_{index}"), key);
            command.env(format!("GIT_CONFIG_VALUE_{index}"), value);
        }
        command.env(format!("GIT_CONFIG_KEY_{}", SETTINGS.len()), "core.hooksPath");
        command.env(format!("GIT_CONFIG_VALUE_{}", SETTINGS.len()), &self.hooks);
        command.kill_on_drop(true);
    }

    /// Runs a command to its end; its output, or an error with what it complained of.
    pub(crate) async fn run(&self, directory: &Path, args: &[&str]) -> io::Result<Vec<u8>> {
        self.feed(directory, args, b"").await
    }

    /// As [`Git::run`], with `input` on standard input.
    pub(crate) async fn feed(&self, directory: &Path, args: &[&str], input: &[u8]) -> io::Result<Vec<u8>> {
        let mut command = self.command(directory);
        command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn()?;
        let stdin = child.stdin.take();
        let write = async {
            if let Some(mut stdin) = stdin {
                // A command that needs no more input closes the pipe; its exit status tells.
                drop(stdin.write_all(input).await);
            }
        };
        let ((), output) = tokio::join!(write, child.wait_with_output());
        let output = output?;
        if output.status.success() {
            return Ok(output.stdout);
        }
        let complaint = String::from_utf8_lossy(&output.stderr);
        Err(io::Error::other(format!("git {}: {}", args.first().unwrap_or(&""), complaint.trim())))
    }

    /// As [`Git::run`], for commands that print one line of text.
    pub(crate) async fn line(&self, directory: &Path, args: &[&str]) -> io::Result<String> {
        Ok(String::from_utf8_lossy(&self.run(directory, args).await?).trim().to_owned())
    }
}
