//! The gate as a whole, between raw clients and a small instance in the same process.

mod bodies;
mod decisions;
mod forwarding;
mod framing;
mod tokens;
mod upstream;
mod world;
