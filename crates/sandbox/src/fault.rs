//! Faults that tests plant in the forge.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// How the forge misbehaves for requests below a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Answers as usual, this much later.
    Delay(Duration),
    /// Announces a long body, sends a part of it and drops the connection.
    ResetMidBody,
    /// Answers 200 with a body that is not the JSON it claims to be.
    BadJson,
    /// Answers with this status and GitLab's body for it.
    Status(u16),
    /// Never answers.
    Hang,
}

/// The faults in force, by path prefix.
#[derive(Debug, Default)]
pub(crate) struct Faults(Mutex<Vec<(String, Fault)>>);

impl Faults {
    pub(crate) fn plant(&self, prefix: &str, fault: Fault) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push((prefix.to_owned(), fault));
    }

    pub(crate) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The fault for a path; the one planted last wins.
    pub(crate) fn find(&self, path: &str) -> Option<Fault> {
        let faults = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        faults.iter().rev().find(|(prefix, _)| path.starts_with(prefix.as_str())).map(|(_, fault)| *fault)
    }
}
