//! Choices for a world, a token, a document and its data: the gate's library and the naive authoriser show the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use narrowgate_graphql_tests::oracle::{Tally, check};

/// Choices for the world and the token; those of the document follow.
const PLACES: usize = 80;

fuzz_target!(|input: (u16, Vec<u32>)| {
    let (seed, choices) = input;
    let Some((places, choices)) = choices.split_at_checked(PLACES) else { return };
    if let Err(difference) = check(places, choices, seed.into(), &mut Tally::default()) {
        panic!("{difference}");
    }
});
