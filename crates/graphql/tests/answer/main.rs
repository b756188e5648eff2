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
mod random;
mod reading;
mod shown;
