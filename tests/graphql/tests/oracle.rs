//! The library against a naive authoriser: random documents, worlds and tokens, compared object by object.
//!
//! 2,000 cases that are always the same; with `PROPTEST_CASES` so many others.

use std::cell::RefCell;

use narrowgate_graphql_tests::oracle::{Tally, check};
use proptest::collection::vec;
use proptest::prelude::any;
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestError, TestRunner};

const CASES: u32 = 2_000;
const SEED: u64 = 20_261_121;

#[test]
fn gate_and_oracle_agree_on_every_object() {
    let mut config = Config { failure_persistence: None, max_shrink_iters: 4_000, ..Config::default() };
    if std::env::var_os("PROPTEST_CASES").is_none() {
        (config.cases, config.rng_seed) = (CASES, RngSeed::Fixed(SEED));
    }
    let cases = config.cases as usize;
    let tapes = (vec(any::<u32>(), 40..120), vec(any::<u32>(), 20..500), any::<u16>());
    let tally = RefCell::new(Tally::default());
    let outcome = TestRunner::new(config).run(&tapes, |(places, choices, seed)| {
        check(&places, &choices, seed.into(), &mut tally.borrow_mut()).map_err(TestCaseError::fail)
    });
    let tally = tally.into_inner();
    println!("{tally:?}");
    match outcome {
        Ok(()) => {}
        Err(TestError::Fail(reason, tapes)) => panic!("{reason}\ntapes     {tapes:?}"),
        Err(TestError::Abort(reason)) => panic!("{reason}"),
    }
    assert!(tally.compared > cases / 2, "{tally:?}");
    assert!(tally.narrowed > cases / 10, "{tally:?}");
    assert!(tally.dropped > cases / 20, "{tally:?}");
}
