//! Answers, held to plans made by hand.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "tests say what they expect by panicking")]

mod build;
mod judge;
mod reading;
mod shown;
