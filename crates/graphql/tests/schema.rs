//! Schemas: GitLab's own is read as it is, and what doesn't hold together isn't.

#[cfg(test)]
mod support;

use apollo_compiler::ExecutableDocument;
use narrowgate_graphql::{Schema, SchemaError, SchemaLimits};
use serde_json::{Value, json};

#[test]
fn gitlabs_schema_is_read_and_read_again() {
    let schema = support::gitlab();
    assert_eq!(schema.quirks(), 0);
    assert!(schema.as_apollo().get_object("Project").is_some());
    assert!(!schema.sdl().contains("\"\"\""), "no descriptions");
    let again = Schema::from_sdl(schema.sdl()).unwrap();
    assert_eq!(again.sdl(), schema.sdl());
    assert_eq!(again.as_apollo().types.len(), schema.as_apollo().types.len());
    let document =
        r#"query($n: Int = 2) { project(fullPath: "acme/web") { issues(first: $n) { nodes { iid } } } }"#;
    ExecutableDocument::parse_and_validate(schema.as_apollo(), document, "document").unwrap();
    let unknown = "{ project(fullPath: \"acme/web\") { secrets } }";
    assert!(ExecutableDocument::parse_and_validate(schema.as_apollo(), unknown, "document").is_err());
}

#[test]
fn possible_types_are_those_of_interfaces_and_unions() {
    let schema = support::gitlab();
    let names = |of: &str| schema.possible_types(of).iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(names("MemberInterface"), ["GroupMember", "ProjectMember"]);
    assert!(names("PackageMetadata").contains(&"ConanMetadata".to_owned()));
    assert!(names("Project").is_empty());
}

#[test]
fn larger_schemas_than_the_limits_allow_are_refused() {
    let small =
        |limits: SchemaLimits| Schema::from_introspection(&support::introspection(), &limits).unwrap_err();
    let defaults = SchemaLimits::default();
    let too_large = |what, most| SchemaError::TooLarge { what, most };
    assert_eq!(small(SchemaLimits { bytes: 1000, ..defaults }), too_large("bytes", 1000));
    assert_eq!(small(SchemaLimits { types: 1000, ..defaults }), too_large("types", 1000));
    assert_eq!(small(SchemaLimits { members: 1000, ..defaults }), too_large("members", 1000));
}

/// A schema of two types, with the changes of a case.
fn described(change: impl FnOnce(&mut Value)) -> Result<Schema, SchemaError> {
    let scalar = |name: &str| json!({ "kind": "SCALAR", "name": name, "ofType": null });
    let mut schema = json!({
        "queryType": { "name": "Query" },
        "mutationType": null,
        "subscriptionType": null,
        "directives": [],
        "types": [
            { "kind": "OBJECT", "name": "Query", "interfaces": [], "fields": [
                {
                    "name": "thing",
                    "type": { "kind": "NON_NULL", "name": null, "ofType": { "kind": "OBJECT", "name": "Thing" } },
                    "args": [{ "name": "id", "type": scalar("ID"), "defaultValue": "\"a\"" }],
                },
            ] },
            { "kind": "OBJECT", "name": "Thing", "interfaces": [], "fields": [
                { "name": "id", "args": [], "type": scalar("ID") },
            ] },
            { "kind": "SCALAR", "name": "ID" },
        ],
    });
    change(&mut schema);
    let answer = json!({ "data": { "__schema": schema } }).to_string();
    Schema::from_introspection(answer.as_bytes(), &SchemaLimits::default())
}

#[test]
fn a_small_schema_reads_as_text() {
    let text = "schema {\nquery: Query\n}\ntype Query {\nthing(id: ID = \"a\"): Thing!\n}\ntype Thing {\nid: ID\n}\n";
    assert_eq!(described(|_| ()).unwrap().sdl(), text);
}

#[test]
fn what_does_not_hold_together_is_refused() {
    let name = |name: &str| SchemaError::Name(name.to_owned());
    let result = described(|schema| schema["types"][1]["name"] = json!("Thing { a: ID } type Other"));
    assert_eq!(result.unwrap_err(), name("Thing { a: ID } type Other"));
    let result = described(|schema| schema["types"][1]["fields"][0]["name"] = json!("id: ID other"));
    assert_eq!(result.unwrap_err(), name("id: ID other"));
    let unusable: [fn(&mut Value); 5] = [
        |schema| schema["queryType"]["name"] = json!("Missing"),
        |schema| schema["queryType"]["name"] = json!("ID"),
        |schema| schema["types"][0]["fields"][0]["type"]["ofType"]["name"] = json!("Missing"),
        |schema| schema["types"][0]["fields"][0]["args"][0]["type"]["name"] = json!("Thing"),
        |schema| {
            let twice = schema["types"][1].clone();
            schema["types"].as_array_mut().unwrap().push(twice);
        },
    ];
    for change in unusable {
        let problem = described(change).unwrap_err();
        assert!(matches!(problem, SchemaError::Unusable(_)), "{problem}");
    }
}

#[test]
fn quirks_are_counted_and_documents_still_held_to_it() {
    let schema = described(|schema| {
        schema["types"].as_array_mut().unwrap().push(json!({
            "kind": "INTERFACE", "name": "Named", "possibleTypes": [{ "name": "Thing" }], "fields": [
                { "name": "name", "args": [], "type": { "kind": "SCALAR", "name": "String" } },
            ],
        }));
    })
    .unwrap();
    assert!(schema.quirks() > 0, "{schema:?}");
    assert_eq!(schema.possible_types("Named").len(), 1);
    let valid =
        |document: &str| ExecutableDocument::parse_and_validate(schema.as_apollo(), document, "d").is_ok();
    assert!(valid("{ thing { id ... on Named { name } } }"));
    assert!(!valid("{ thing { name } }"));
}

#[test]
fn a_default_value_that_is_none_stays_a_default() {
    let default = |value: &str| {
        described(|schema| schema["types"][0]["fields"][0]["args"][0]["defaultValue"] = json!(value)).unwrap()
    };
    for text in ["\"a\") { x } #", "", "$a", "1), b(x: 2"] {
        assert!(default(text).sdl().contains("thing(id: ID = null): Thing!"), "{text}");
    }
    assert!(default("[ONE, {a: 1}]").sdl().contains("= [ONE, {a: 1}]"));
}

#[test]
fn refusals_and_other_answers_are_told_apart() {
    let read =
        |answer: &str| Schema::from_introspection(answer.as_bytes(), &SchemaLimits::default()).unwrap_err();
    let refused = read(r#"{"errors":[{"message":"Introspection is disabled"}],"data":null}"#);
    assert_eq!(refused, SchemaError::Refused("Introspection is disabled".to_owned()));
    for answer in ["", "<html>", "{}", "[]", r#"{"data":null}"#, r#"{"data":{"__schema":{"types":7}}}"#] {
        assert!(matches!(read(answer), SchemaError::Unreadable(_)), "{answer}");
    }
}
