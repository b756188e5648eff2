//! Real Git repositories: where they lie, who may use them, and how they are served and written.

mod access;
mod backend;
mod commit;
mod repositories;
mod route;
mod run;
mod seed;

pub(crate) use access::{Action, Refusal, Repository};
pub(crate) use commit::{Change, Commit};
pub(crate) use repositories::{Repositories, first_commit};
pub(crate) use route::{Admitted, GitRequest, admit, redirect_to_git, serve, sign_in};
pub(crate) use run::Git;
