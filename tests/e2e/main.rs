//! End to end, with real clients: a sandbox, `narrowgate serve` before it, and whoever comes along.
//!
//! Every test starts its own gate, so related checks share a test.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking, and so do the functions that they share"
)]

mod catalogue_rows;
mod curl;
mod faults;
mod git;
mod gitbeaker;
mod hostile;
mod http2;
mod lfs;
mod policy_cases;
mod python_gitlab;
mod refusals;
mod renames;
mod repository_rows;
mod rest;
mod secrets;
mod settings;
mod tokens;
