//! What the oracle feeds on is worth something: documents are valid, and things answer them.

use apollo_compiler::ExecutableDocument;
use narrowgate_graphql_tests::document::Writer;
use narrowgate_graphql_tests::execute::Execution;
use narrowgate_graphql_tests::hash::Dice;
use narrowgate_graphql_tests::schema::{gitlab, guards, passages};
use narrowgate_graphql_tests::tape::Tape;
use narrowgate_graphql_tests::things::Maker;
use narrowgate_graphql_tests::world::World;

#[test]
fn most_random_documents_are_valid_and_answered() {
    let schema = gitlab().as_apollo();
    let (mut valid, mut answered) = (0, 0);
    for seed in 0..300_u64 {
        let mut dice = Dice::of(&seed);
        let words: Vec<u32> = (0..400).map(|_| u32::try_from(dice.below(1 << 30)).unwrap()).collect();
        let world = World::make(&mut Tape::new(&words));
        let request = Writer::new(schema, &world, Tape::new(&words)).write();
        let parsed = ExecutableDocument::parse_and_validate(schema, &request.document, "random.graphql");
        let Ok(document) = parsed else { continue };
        valid += 1;
        let maker =
            Maker { world: &world, schema, guards: guards(), passages: passages(), seed, fails: true };
        let name = request.operation_name.as_deref();
        let outcome = Execution::new(maker, &document, name, &request.variables, None).unwrap().run();
        answered += usize::from(!outcome.data.is_null());
    }
    assert!(valid >= 240, "{valid} of 300 are valid");
    assert!(answered >= 200, "{answered} of 300 are answered");
}
