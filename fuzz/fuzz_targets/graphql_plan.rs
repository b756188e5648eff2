//! Any text as a document: it is refused, or planned and written anew as a document that is valid.

#![no_main]

use apollo_compiler::ExecutableDocument;
use libfuzzer_sys::fuzz_target;
use narrowgate_graphql::plan::{Guarded, Limits, Variables, plan};
use narrowgate_graphql::{Decided, forward};
use narrowgate_graphql_tests::schema::{gitlab, guards};

fuzz_target!(|text: &str| {
    let guarded = Guarded { schema: gitlab(), guards: guards() };
    let variables = Variables::default();
    let Ok(plan) = plan(&guarded, text, None, &variables, &Limits::default()) else { return };
    let fields = plan.root.fields.len();
    let decided = Decided { refused: vec![None; fields], places: vec![None; fields] };
    let body = forward::body(&plan, &decided, &variables).expect("something is left to forward");
    let body: serde_json::Value = serde_json::from_slice(&body).expect("what is forwarded is JSON");
    let written = body["query"].as_str().expect("what is forwarded holds a document");
    let again = ExecutableDocument::parse_and_validate(gitlab().as_apollo(), written, "forwarded.graphql");
    assert!(again.is_ok(), "{text}\n{written}");
});
