//! The catalogue, held to GitLab's own schema.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test says what is wrong by failing")]

#[allow(dead_code, reason = "each test binary uses some of it")]
mod support;

use narrowgate_catalog::Catalog;
use narrowgate_graphql::guard::Guards;

#[test]
fn the_catalogue_says_something_of_all_that_gitlab_has() {
    let guards = Guards::compile(&support::gitlab(), Catalog::embedded());
    let coverage = guards.coverage();
    assert!(coverage.is_complete(), "{:#?}\n{:#?}\n{:#?}", coverage.types, coverage.queries, coverage.mutations);
}
