//! Why an answer isn't what was asked for.

use std::fmt::{self, Write as _};

use thiserror::Error;

/// An answer isn't what was asked for: nothing of it is shown. Says where and how, never what was there.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("the instance's answer isn't what was asked for: {kind}{}", At(path))]
pub struct Mismatch {
    /// Keys of the plan and indices, from `data` down: `project.issues.nodes.3`. Empty for the answer as a whole.
    pub path: String,
    /// What is wrong there.
    pub kind: MismatchKind,
}

/// What is wrong with an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum MismatchKind {
    /// It isn't JSON in UTF-8, or nested too deeply.
    #[error("not JSON")]
    NotJson,
    /// It has neither data nor errors.
    #[error("no data")]
    NoData,
    /// A field that was asked for isn't there.
    #[error("a missing field")]
    Missing,
    /// A field that wasn't asked for is there, or `__typename` isn't the first.
    #[error("an unexpected field")]
    Unexpected,
    /// A field is there twice.
    #[error("a repeated field")]
    Repeated,
    /// A value is of another kind: an object where a list should be.
    #[error("a value of another kind")]
    WrongType,
    /// A value that can't be null is.
    #[error("null where it can't be")]
    Null,
    /// An object is of a type that the schema doesn't allow there.
    #[error("an unknown type")]
    UnknownType,
    /// What was decided before isn't about this plan.
    #[error("decisions of another document")]
    OtherPlan,
}

struct At<'a>(&'a str);

impl fmt::Display for At<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() { Ok(()) } else { write!(out, " at `{}`", self.0) }
    }
}

/// One step to a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step<'p> {
    /// A key of the plan.
    Key(&'p str),
    /// An index of a list.
    Index(usize),
}

/// Steps as they are met on the way up from a mismatch, the innermost first.
pub(super) fn dotted(steps: &[Step<'_>]) -> String {
    let mut text = String::new();
    for step in steps.iter().rev() {
        if !text.is_empty() {
            text.push('.');
        }
        match step {
            Step::Key(key) => text.push_str(key),
            Step::Index(index) => {
                let _ = write!(text, "{index}");
            }
        }
    }
    text
}
