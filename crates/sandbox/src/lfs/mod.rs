//! Git LFS: batches, objects and locks.

mod batch;
mod locks;
mod objects;
mod refusal;
mod route;

pub(crate) use route::{LfsRequest, serve};
