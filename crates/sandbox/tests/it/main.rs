//! The forge driven from outside, by plain HTTP and by real Git clients.

mod git;
mod issues;
mod places;
mod support;
