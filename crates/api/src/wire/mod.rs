//! GitLab's wire format: parameters in, token objects, pages and errors out.

mod nested;
mod page;
mod params;
mod problem;
mod token;

pub(crate) use page::{PageRequest, paged};
pub(crate) use params::Params;
pub(crate) use problem::Problem;
pub(crate) use token::{GrantBody, TokenBody};
