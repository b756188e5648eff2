//! End to end, with real clients: a sandbox, `narrowgate serve` before it, and whoever comes along.
//!
//! Every test starts its own gate, so related checks share a test.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking, and so do the functions that they share"
)]

mod audit;
mod catalogue_rows;
mod conditions;
mod curl;
mod enforcement;
mod explain;
mod faults;
mod git;
mod gitbeaker;
mod gitlab_crate;
mod graphql;
mod graphql_answers;
mod graphql_attacks;
mod graphql_corpus;
mod graphql_hostile;
mod graphql_legacy;
mod graphql_names;
mod graphql_places;
mod graphql_rows;
mod hostile;
mod http2;
mod inventory;
mod job_tokens;
mod leaks;
mod lfs;
mod native_job_tokens;
mod policy_cases;
mod python_gitlab;
mod races;
mod refusals;
mod renames;
mod repository_rows;
mod rest;
mod schemathesis;
mod secrets;
mod settings;
mod sudo;
mod tokens;
