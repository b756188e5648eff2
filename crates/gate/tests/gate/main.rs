//! The gate as a whole, between raw clients and a small instance in the same process.

#![expect(clippy::unwrap_used, reason = "a test that fails may panic")]

mod bodies;
mod decisions;
mod forwarding;
mod framing;
mod jobs;
mod push;
mod restrictions;
mod tokens;
mod upgrade;
mod upstream;
mod world;
