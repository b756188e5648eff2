//! The token API as clients see it, over a store in memory and a small world of projects.

#[cfg(test)]
mod associations;
#[cfg(test)]
mod concurrency;
#[cfg(test)]
mod create;
#[cfg(test)]
mod create_for_user;
#[cfg(test)]
mod escalation;
#[cfg(test)]
mod failures;
#[cfg(test)]
mod flaky;
#[cfg(test)]
mod graphql;
#[cfg(test)]
mod impersonation;
#[cfg(test)]
mod keyset;
#[cfg(test)]
mod lifetimes;
#[cfg(test)]
mod list;
#[cfg(test)]
mod multipart;
#[cfg(test)]
mod operator;
#[cfg(test)]
mod resources;
#[cfg(test)]
mod revoke;
#[cfg(test)]
mod rotate;
#[cfg(test)]
mod routes;
#[cfg(test)]
mod service_accounts;
#[cfg(test)]
mod show;
#[cfg(test)]
#[path = "../support/mod.rs"]
mod support;
#[cfg(test)]
mod world;
