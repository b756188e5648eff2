//! GitLab's wire format: parameters in, token objects, pages and errors out.

mod multipart;
mod nested;
mod page;
mod params;
mod place;
mod problem;
mod token;
mod token_list;

pub(crate) use page::PageRequest;
pub(crate) use params::Params;
pub(crate) use place::Here;
pub(crate) use problem::Problem;
pub(crate) use token::{GrantBody, TokenBody, is_active};
pub(crate) use token_list::TokenListing;
