//! What the tests say: a folder of its own for each, commands in it, and what came of them.

use std::fmt;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use narrowgate_sandbox::{RunningSandbox, Sandbox, SandboxConfig};
use secrecy::ExposeSecret as _;
use tempfile::TempDir;

/// A folder with its own database and key, where `narrowgate` is run.
pub(crate) struct Place {
    folder: TempDir,
    variables: Vec<(String, String)>,
}

/// What came of a command.
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), variables: Vec::new() }
    }

    /// Sets a variable for every command that follows.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.variables.push((name.to_owned(), value.to_owned()));
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file.
    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }

    /// A command in this folder, with none of the surrounding settings.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_narrowgate"));
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("NARROWGATE_")) {
            command.env_remove(name);
        }
        command.env_remove("RUST_BACKTRACE");
        command.args(arguments).current_dir(self.path()).envs(self.variables.iter().cloned());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        self.feed("", arguments)
    }

    /// Runs a command with text on stdin.
    pub(crate) fn feed(&self, stdin: &str, arguments: &[&str]) -> Run {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // A command that reads nothing may be gone before it is fed.
        let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
        let output = child.wait_with_output().unwrap();
        Run {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Run {
    /// Fails unless the command is done, and gives what it printed on stdout.
    #[track_caller]
    pub(crate) fn done(&self) -> &str {
        assert_eq!(self.code, Some(0), "{self}");
        &self.stdout
    }
}

/// As a snapshot shows it.
impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "exit code: {}", self.code.map_or("none".to_owned(), |code| code.to_string()))?;
        for (name, text) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            if !text.is_empty() {
                writeln!(f, "----- {name}\n{}", text.trim_end())?;
            }
        }
        Ok(())
    }
}

/// A sandbox, and a place with maria connected to it.
pub(crate) async fn connected() -> (RunningSandbox, Place) {
    let sandbox = Sandbox::start(SandboxConfig::default()).await.unwrap();
    let mut place = Place::new();
    place.set("NARROWGATE_INSTANCE", sandbox.base_url());
    place.set("NARROWGATE_LOG", "warn");
    connect(&sandbox, &place, "maria").done();
    (sandbox, place)
}

/// Connects a user of the sandbox.
pub(crate) fn connect(sandbox: &RunningSandbox, place: &Place, user: &str) -> Run {
    place.feed(sandbox.native_token(user).unwrap().expose_secret(), &["connect"])
}

/// An HTTP client.
pub(crate) fn http() -> reqwest::Client {
    // An error says that the process has a provider already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().unwrap()
}

/// A gate in a process of its own. Dropping it kills it.
pub(crate) struct Serving {
    child: Child,
    url: String,
}

impl Serving {
    /// Starts `narrowgate serve` on a free port and waits until it is ready.
    pub(crate) fn start(place: &Place, arguments: &[&str]) -> Self {
        let mut command = place.command(&["--log", "warn", "serve", "--listen", "127.0.0.1:0"]);
        let mut child = command.args(arguments).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.trim_end().strip_prefix("narrowgate listens on ").expect(&line).to_owned();
        Self { child, url }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Ends it as a power cut would.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to stop, and gives its exit code.
    pub(crate) fn terminate(mut self) -> Option<i32> {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        self.child.wait().unwrap().code()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
