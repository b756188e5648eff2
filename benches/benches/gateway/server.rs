//! A child process that serves, ended by its process id when it goes out of scope.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result};

use crate::cpu::{self, CpuTime};

/// A running server.
pub(crate) struct Server {
    child: Child,
    /// `host:port`.
    pub(crate) address: String,
}

impl Server {
    /// Starts a command whose first line on standard output holds its address.
    pub(crate) fn announcing(command: &mut Command) -> Result<Self> {
        let mut child = command.stdout(Stdio::piped()).spawn().context("cannot start a server")?;
        let stdout = child.stdout.take().context("no standard output")?;
        let mut line = String::new();
        let mut lines = BufReader::new(stdout);
        lines.read_line(&mut line)?;
        std::thread::spawn(move || std::io::copy(&mut lines, &mut std::io::sink()));
        let address = address_in(&line).with_context(|| format!("no address in `{}`", line.trim()))?;
        Ok(Self { child, address })
    }

    /// Starts a command that listens on a known address.
    pub(crate) fn on(address: String, command: &mut Command) -> Result<Self> {
        let child = command.spawn().context("cannot start a server")?;
        let server = Self { child, address };
        server.wait_until_it_accepts()?;
        Ok(server)
    }

    /// CPU time spent so far, children included.
    pub(crate) fn cpu(&self) -> Result<CpuTime> {
        cpu::of_tree(self.child.id())
    }

    fn wait_until_it_accepts(&self) -> Result<()> {
        for _ in 0..100 {
            if std::net::TcpStream::connect(&self.address).is_ok() {
                return Ok(());
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        anyhow::bail!("nothing listens on {} after 5 s", self.address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // nginx's master ends its workers on TERM; KILL would orphan them.
        let ended = Command::new("kill").arg(self.child.id().to_string()).status();
        if ended.is_err() {
            self.child.kill().ok();
        }
        self.child.wait().ok();
    }
}

fn address_in(line: &str) -> Option<String> {
    let start = line.find("127.0.0.1:")?;
    let rest = line.get(start..)?;
    let end = rest.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == ':')).unwrap_or(rest.len());
    rest.get(..end).map(str::to_owned)
}
