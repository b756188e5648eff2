//! The gate itself: the release binary, connected and with one fine-grained token.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};

use crate::server::Server;

/// A running gate and a token that holds permissions on the upstream's one project.
pub(crate) struct Gate {
    pub(crate) server: Server,
    pub(crate) token: String,
}

/// Connects, mints a token and serves, with everything in `folder`.
pub(crate) fn start(folder: &Path, upstream: &str, permissions: &[&str]) -> Result<Gate> {
    let instance = format!("http://{upstream}");
    let run = |arguments: &[&str], input: &str| command_output(folder, &instance, arguments, input);
    run(&["connect"], "glpat-0123456789abcdefghij\n")?;
    let mut arguments =
        vec!["token", "create", "--user", "maria", "--name", "bench", "--project", "acme/web"];
    for permission in permissions {
        arguments.extend(["--permission", permission]);
    }
    let token = run(&arguments, "")?;
    let mut serve = command(folder, &instance, &["serve"])?;
    // No line for each request, as nginx with `access_log off`.
    serve.args(["--log", "warn"]);
    let server = Server::announcing(serve.args(["--listen", "127.0.0.1:0"]).stderr(Stdio::null()))?;
    Ok(Gate { server, token: token.trim().to_owned() })
}

fn command_output(folder: &Path, instance: &str, arguments: &[&str], input: &str) -> Result<String> {
    let mut child = command(folder, instance, arguments)?
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    child.stdin.take().context("no standard input")?.write_all(input.as_bytes())?;
    let output = child.wait_with_output()?;
    ensure!(
        output.status.success(),
        "narrowgate {}: {}",
        arguments.join(" "),
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(String::from_utf8(output.stdout)?)
}

fn command(folder: &Path, instance: &str, arguments: &[&str]) -> Result<Command> {
    let mut command = Command::new(binary()?);
    command.args(arguments).arg("--instance").arg(instance);
    command.arg("--database").arg(folder.join("bench.db")).arg("--key-file").arg(folder.join("bench.key"));
    Ok(command)
}

/// `cargo xtask bench` builds it beside the bench's own folder: `target/release/narrowgate`.
fn binary() -> Result<PathBuf> {
    let own = std::env::current_exe()?;
    let beside = own.ancestors().nth(2).context("no target folder")?.join("narrowgate");
    ensure!(beside.exists(), "no `{}`: build it with `cargo build --release`", beside.display());
    Ok(beside)
}
