//! Narrowgate's own API and the life cycle of tokens, over a store in memory and a small world of projects.

#[cfg(test)]
mod audit;
#[cfg(test)]
mod document;
#[cfg(test)]
mod edit;
#[cfg(test)]
mod jobs;
#[cfg(test)]
mod leaks;
#[cfg(test)]
mod lifecycle;
#[cfg(test)]
mod mail;
#[cfg(test)]
mod policies;
#[cfg(test)]
#[path = "../support/mod.rs"]
mod support;
#[cfg(test)]
mod tokens;
#[cfg(test)]
mod webhooks;
#[cfg(test)]
mod world;
