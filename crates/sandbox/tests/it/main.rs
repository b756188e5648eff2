//! The forge driven from outside, by plain HTTP and by real Git clients.

mod git;
mod issues;
mod lfs;
mod observe;
mod places;
mod repository;
mod resources;
mod support;
