//! Answers, held to plans made by hand.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests say what they expect by panicking"
)]

mod agreement;
mod build;
mod judge;
mod naive;
mod planned;
mod random;
mod reading;
mod shown;
#[expect(dead_code, clippy::panic, reason = "the tests of plans use all of it")]
#[path = "../plan/small.rs"]
mod small;
