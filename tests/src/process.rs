//! The gate as a child process.

use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// The longest that `narrowgate serve` may take to say that it listens.
const READY_WITHIN: Duration = Duration::from_secs(30);

/// The `narrowgate` executable that was built beside this test.
///
/// # Panics
///
/// When there is none: cargo builds the binaries of a package for that package's tests only, so it has to be built first.
pub(crate) fn executable() -> PathBuf {
    let test = std::env::current_exe().expect("a test knows its own path");
    let profile = test.parent().and_then(Path::parent).expect("tests live in target/<profile>/deps");
    let path = profile.join("narrowgate");
    assert!(
        path.is_file(),
        "{} is missing: run `cargo xtask test`, or `cargo build -p narrowgate`",
        path.display()
    );
    path
}

/// A running `narrowgate serve`; killed by its pid when dropped.
#[derive(Debug)]
pub struct ServeProcess {
    child: Child,
    url: String,
    address: SocketAddr,
    folder: PathBuf,
}

impl ServeProcess {
    /// Starts `command` with its output in `folder` and waits until it says where it listens.
    pub(crate) async fn start(mut command: Command, folder: &Path) -> Self {
        let stdout = File::create(folder.join("stdout")).expect("the folder takes files");
        let stderr = File::create(folder.join("stderr")).expect("the folder takes files");
        let child =
            command.stdin(Stdio::null()).stdout(stdout).stderr(stderr).spawn().expect("the gate starts");
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut process = Self { child, url: String::new(), address, folder: folder.to_owned() };
        (process.url, process.address) = process.wait_until_ready().await;
        process
    }

    async fn wait_until_ready(&mut self) -> (String, SocketAddr) {
        let pause = Duration::from_millis(10);
        for _ in 0..READY_WITHIN.as_millis() / pause.as_millis() {
            if let Some(found) = listening_url(&self.read("stdout")) {
                return found;
            }
            if let Ok(Some(status)) = self.child.try_wait() {
                panic!("`narrowgate serve` ended with {status}\n{}", self.output());
            }
            tokio::time::sleep(pause).await;
        }
        panic!("`narrowgate serve` does not say that it listens\n{}", self.output());
    }

    /// Its URL, without a slash at its end.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// All that it has written to stdout and stderr.
    pub fn output(&self) -> String {
        format!("{}\n{}", self.read("stdout"), self.read("stderr"))
    }

    fn read(&self, stream: &str) -> String {
        let bytes = std::fs::read(self.folder.join(stream)).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// One figure of `/proc/<pid>/status` in KiB: `VmRSS`, `VmHWM`.
    pub fn memory(&self, figure: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid())).expect("the gate runs");
        status
            .lines()
            .find_map(|line| {
                line.strip_prefix(figure)?.strip_prefix(':')?.trim().strip_suffix("kB")?.trim().parse().ok()
            })
            .unwrap_or_else(|| panic!("no {figure} in\n{status}"))
    }

    /// Asks the process to end (SIGTERM) and waits; returns whether it ended with code 0.
    pub async fn terminate(&mut self) -> bool {
        let pid = self.pid().to_string();
        Command::new("kill").args(["-TERM", &pid]).status().expect("kill runs");
        for _ in 0..1500 {
            if let Ok(Some(status)) = self.child.try_wait() {
                return status.success();
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the gate does not end after SIGTERM\n{}", self.output());
    }
}

impl Drop for ServeProcess {
    fn drop(&mut self) {
        // It may have ended by itself: then there is nothing to kill.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn listening_url(stdout: &str) -> Option<(String, SocketAddr)> {
    let (line, _) = stdout.split_once('\n')?;
    let url = line.split(' ').find(|word| word.starts_with("http"))?.trim_end_matches('/');
    Some((url.to_owned(), url.split_once("://")?.1.parse().ok()?))
}
