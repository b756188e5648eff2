//! Deciding, beside peers.
fn main() {}
