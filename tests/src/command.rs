//! Runs a program to its end.

use std::process::Stdio;

use tokio::io::AsyncWriteExt;
use tokio::process::Command;

/// What a finished program left.
#[derive(Debug)]
pub struct Finished {
    /// The exit code; -1 when a signal ended it.
    pub code: i32,
    /// What it wrote to stdout.
    pub stdout: String,
    /// What it wrote to stderr.
    pub stderr: String,
}

impl Finished {
    /// Whether the exit code is 0.
    pub fn succeeded(&self) -> bool {
        self.code == 0
    }

    /// Both streams, for messages and searches.
    pub fn output(&self) -> String {
        format!("{}\n{}", self.stdout, self.stderr)
    }

    /// Fails the test unless the exit code is 0.
    #[track_caller]
    pub fn assert_ok(self) -> Self {
        assert!(self.succeeded(), "exit code {}\n{}", self.code, self.output());
        self
    }

    /// Fails the test unless the program failed and said `text`.
    #[track_caller]
    pub fn assert_failed(self, text: &str) -> Self {
        assert!(!self.succeeded(), "succeeded, expected a failure\n{}", self.output());
        assert!(self.output().contains(text), "`{text}` not in\n{}", self.output());
        self
    }
}

/// Runs `command` to its end with `stdin` as its input. The program is killed with the test that awaits it.
pub async fn run(command: &mut Command, stdin: &str) -> Finished {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let name = command.as_std().get_program().to_string_lossy().into_owned();
    let mut child = command.spawn().unwrap_or_else(|error| panic!("`{name}` does not start: {error}"));
    let mut input = child.stdin.take().expect("stdin is piped");
    let text = stdin.to_owned();
    let feed = tokio::spawn(async move {
        // A program that ends without reading all of it closes the pipe: no fault of the test.
        input.write_all(text.as_bytes()).await.ok();
    });
    let output = child.wait_with_output().await.expect("the program can be waited for");
    feed.await.expect("feeding stdin does not panic");
    Finished {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}
