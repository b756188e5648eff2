//! Documents planned and written anew, against a small schema that has each kind of position, and against GitLab's own.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests say what they expect by panicking"
)]

mod gitlab;
mod hostile;
mod needs;
mod random;
mod requirements;
mod rewriting;
mod small;
#[path = "../support/mod.rs"]
#[cfg(test)]
mod support;
mod tree;
