//! Python, Node and Rust, with the client libraries that the suite drives.
//!
//! `cargo xtask test` installs them below `target/` and names them in `NARROWGATE_TEST_PYTHON` (an interpreter with
//! python-gitlab), `NARROWGATE_TEST_NODE_MODULES` (a folder with `@gitbeaker/rest`) and `NARROWGATE_TEST_RUST` (the executable
//! of `tests/clients/rust`).

use std::path::{Path, PathBuf};

use tokio::process::Command;

use crate::{Bearer, Finished, TestGate, run};

/// Runs a script of `tests/clients` with Python. It finds the gate in `NARROWGATE_URL`, the token in `NARROWGATE_TOKEN`.
pub async fn python(gate: &TestGate, bearer: &Bearer, script: &str) -> Finished {
    let python = tool("NARROWGATE_TEST_PYTHON", "test-venv/bin/python", "python-gitlab");
    let mut command = Command::new(python);
    command.arg(client(script)).env("PYTHONDONTWRITEBYTECODE", "1");
    run(for_client(&mut command, gate, bearer), "").await
}

/// Runs schemathesis with `tests/clients/schemathesis.toml` against the OpenAPI document at the path.
pub async fn schemathesis(gate: &TestGate, bearer: &Bearer, document: &str) -> Finished {
    let python = tool("NARROWGATE_TEST_PYTHON", "test-venv/bin/python", "schemathesis");
    let place = tempfile::tempdir().expect("a temporary folder");
    let mut command = Command::new(python);
    command.current_dir(place.path()).env("PYTHONDONTWRITEBYTECODE", "1");
    command.args(["-m", "schemathesis.cli"]).arg("--config-file").arg(client("schemathesis.toml"));
    command.args(["run", &format!("{}{document}", gate.url())]);
    run(for_client(&mut command, gate, bearer), "").await
}

/// Runs a script of `tests/clients` with Node. It finds the gate in `NARROWGATE_URL`, the token in `NARROWGATE_TOKEN`.
pub async fn node(gate: &TestGate, bearer: &Bearer, script: &str) -> Finished {
    let modules = tool("NARROWGATE_TEST_NODE_MODULES", "test-npm/node_modules", "@gitbeaker/rest");
    // ES modules are looked up beside the script and above it, so the script goes beside the modules.
    let place = tempfile::Builder::new()
        .prefix("client-")
        .tempdir_in(modules.parent().expect("node_modules lies in a folder"))
        .expect("a folder beside node_modules");
    let copy = place.path().join(script);
    std::fs::copy(client(script), &copy).expect("the script can be copied");
    let mut command = Command::new("node");
    run(for_client(command.arg(copy), gate, bearer), "").await
}

/// Runs the client of `tests/clients/rust`. It finds the gate and the token as the others do, and in
/// `NARROWGATE_JOB_TOKEN` a running job's token.
pub async fn rust(gate: &TestGate, bearer: &Bearer, job: &Bearer) -> Finished {
    let client = tool("NARROWGATE_TEST_RUST", "test-rust/debug/narrowgate-client-rust", "the `gitlab` crate");
    let mut command = Command::new(client);
    command.env("NARROWGATE_JOB_TOKEN", job.text());
    run(for_client(&mut command, gate, bearer), "").await
}

fn for_client<'c>(command: &'c mut Command, gate: &TestGate, bearer: &Bearer) -> &'c mut Command {
    command.env_remove("HTTP_PROXY").env_remove("http_proxy").env("NO_PROXY", "127.0.0.1");
    command.env("NARROWGATE_URL", gate.url()).env("NARROWGATE_TOKEN", bearer.text())
}

fn client(script: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("clients").join(script)
}

fn tool(variable: &str, below_target: &str, package: &str) -> PathBuf {
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target");
    let path = std::env::var_os(variable).map_or_else(|| target.join(below_target), PathBuf::from);
    assert!(
        path.exists(),
        "{} is missing: `cargo xtask test` installs {package} and sets {variable}",
        path.display()
    );
    path
}
