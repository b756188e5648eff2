//! The token API as clients see it, over a store in memory and a small world of projects.

#[cfg(test)]
mod associations;
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
mod list;
#[cfg(test)]
mod operator;
#[cfg(test)]
mod revoke;
#[cfg(test)]
mod rotate;
#[cfg(test)]
mod routes;
#[cfg(test)]
mod show;
#[cfg(test)]
mod world;
