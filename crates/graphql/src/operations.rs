//! What can be said of a document without a schema.

use apollo_compiler::ast::{Definition, OperationType};
use apollo_compiler::parser::Parser;

/// Lexical tokens beyond which no document is read.
const TOKENS: usize = 50_000;
/// Selection sets within one another.
const DEPTH: usize = 200;

/// Whether no operation of a document can be anything but a query. Errs on the side of "no".
#[must_use]
pub fn only_queries(document: &str) -> bool {
    // Nothing but a query can be written without these words.
    if !document.contains("mutation") && !document.contains("subscription") {
        return true;
    }
    let parsed =
        Parser::new().token_limit(TOKENS).recursion_limit(DEPTH).parse_ast(document, "document.graphql");
    parsed.is_ok_and(|parsed| {
        parsed.definitions.iter().all(|definition| match definition {
            Definition::OperationDefinition(operation) => operation.operation_type == OperationType::Query,
            Definition::FragmentDefinition(_) => true,
            _ => false,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::only_queries;

    #[test]
    fn queries_are_told_from_the_rest() {
        for document in [
            "{ a }",
            "query { mutation subscription }",
            "{ __schema { mutationType { name } } } fragment mutation on A { b }",
            "# mutation\n{ a }",
            "{ a(b: \"mutation { c }\") }",
        ] {
            assert!(only_queries(document), "{document}");
        }
        for document in [
            "mutation { a }",
            "{ a } mutation B { b }",
            "subscription { a }",
            "{ mutation",
            "query A { a }\u{2028}mutation B { b }",
            "type mutation { a: Int }",
        ] {
            assert!(!only_queries(document), "{document}");
        }
        assert!(!only_queries(&format!("{}mutation{}", "{a".repeat(1000), "}".repeat(1000))));
    }
}
