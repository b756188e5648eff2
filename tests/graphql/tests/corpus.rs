//! What well-known clients ask is planned, and needs the permissions that one expects.

use narrowgate_graphql::plan::{Guarded, Limits, Variables, plan};
use narrowgate_graphql_tests::corpus::{needs_of, read};
use narrowgate_graphql_tests::schema::{gitlab, guards};
use serde_json::Value;

#[test]
fn each_document_needs_what_it_should() {
    let examples = read();
    assert!(examples.len() >= 40, "{} documents", examples.len());
    let guarded = Guarded { schema: gitlab(), guards: guards() };
    let mut wrong = Vec::new();
    for example in &examples {
        let text = Value::from(example.expected.variables.clone()).to_string();
        let variables = Variables::parse(Some(&text)).unwrap();
        match plan(&guarded, &example.document, None, &variables, &Limits::default()) {
            Ok(plan) if needs_of(&plan) == example.expected.needs => {}
            Ok(plan) => wrong.push(format!("{} needs {:?}", example.name, needs_of(&plan))),
            Err(error) => wrong.push(format!("{}: {error:?}", example.name)),
        }
    }
    assert!(wrong.is_empty(), "{} of {}\n{}", wrong.len(), examples.len(), wrong.join("\n"));
}
