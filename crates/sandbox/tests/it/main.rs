//! The forge driven from outside, by plain HTTP and by real Git clients.

#[cfg(test)]
mod credentials;
#[cfg(test)]
mod git;
#[cfg(test)]
mod graphql_generated;
#[cfg(test)]
mod graphql_mutations;
#[cfg(test)]
mod graphql_world;
#[cfg(test)]
mod issues;
#[cfg(test)]
mod lfs;
#[cfg(test)]
mod observe;
#[cfg(test)]
mod places;
#[cfg(test)]
mod repository;
#[cfg(test)]
mod resources;
#[cfg(test)]
mod support;
