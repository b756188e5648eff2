//! Errors that say what to do next.

use std::error::Error;
use std::fmt;
use std::io;

/// Adds what to do next to an error.
pub(crate) trait Hint<T> {
    /// Adds one sentence, shown on a line of its own.
    fn hint(self, hint: impl Into<String>) -> anyhow::Result<T>;
}

impl<T, E: Into<anyhow::Error>> Hint<T> for Result<T, E> {
    fn hint(self, hint: impl Into<String>) -> anyhow::Result<T> {
        self.map_err(|error| hinted(error, hint))
    }
}

/// An error with what to do next.
pub(crate) fn hinted(error: impl Into<anyhow::Error>, hint: impl Into<String>) -> anyhow::Error {
    anyhow::Error::new(Hinted { hint: hint.into(), cause: error.into() })
}

/// One line with the error and its causes, and a further line for each hint.
pub(crate) fn render(error: &anyhow::Error) -> String {
    let mut text = format!("error: {error:#}");
    for hint in error.chain().filter_map(|cause| cause.downcast_ref::<Hinted>()) {
        text.push_str("\nhint: ");
        text.push_str(&hint.hint);
    }
    text
}

/// Whether the reader of stdout went away, as `head` does.
pub(crate) fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|cause| cause.kind() == io::ErrorKind::BrokenPipe)
}

#[derive(Debug)]
struct Hinted {
    hint: String,
    cause: anyhow::Error,
}

impl fmt::Display for Hinted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.cause.fmt(f)
    }
}

impl Error for Hinted {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause.source()
    }
}

#[cfg(test)]
mod tests {
    use anyhow::{Context as _, anyhow};

    use super::*;

    #[test]
    fn hint_stands_on_its_own_line_below_the_whole_chain() {
        let error = Err::<(), _>(anyhow!("no such file"))
            .hint("create it first")
            .context("cannot read `narrowgate.key`")
            .unwrap_err();
        assert_eq!(
            render(&error),
            "error: cannot read `narrowgate.key`: no such file\nhint: create it first"
        );
    }

    #[test]
    fn broken_pipe_is_found_below_a_hint_and_a_context() {
        let broken = io::Error::from(io::ErrorKind::BrokenPipe);
        let error = Err::<(), _>(broken).context("cannot print").unwrap_err();
        assert!(is_broken_pipe(&error));
        assert!(!is_broken_pipe(&anyhow!("other")));
    }
}
