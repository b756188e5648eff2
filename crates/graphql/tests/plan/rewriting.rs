//! Documents as they are written anew: one snapshot each.

use crate::small::{Small, request};

/// A name, a document, the variables, and the keys of root fields that are refused.
type Case = (&'static str, &'static str, &'static str, &'static [&'static str]);

const CASES: &[Case] = &[
    (
        "aliases",
        "{ one: project(fullPath: \"a/b\") { title: name two: name } project(fullPath: \"c\") { name } }",
        "{}",
        &[],
    ),
    (
        "selections_of_one_key_are_merged",
        "{ project(fullPath: \"a\") { name issue { title } } project(fullPath: \"a\") { fullPath issue { state } name } }",
        "{}",
        &[],
    ),
    (
        "fragments_stand_in_their_places",
        "query { project(fullPath: \"a\") { ...P issue { ...I } } } fragment P on Project { name issue { ...I state } } fragment I on Issue { title }",
        "{}",
        &[],
    ),
    (
        "inline_fragments",
        "{ project(fullPath: \"a\") { ... { name } ... on Project { fullPath } } issue(id: \"gid://gitlab/Issue/1\") { ... on Noteable { author { username } } } }",
        "{}",
        &[],
    ),
    (
        "include_and_skip_are_decided",
        "query($yes: Boolean!, $no: Boolean = false) { project(fullPath: \"a\") { id @include(if: $yes) name @skip(if: $yes) issue @include(if: $no) { title } ... @skip(if: $no) { fullPath } ...P @include(if: true) @skip(if: false) } } fragment P on Project { description @include(if: $yes) @skip(if: $no) }",
        r#"{"yes": true}"#,
        &[],
    ),
    (
        "null_is_no_default",
        "query($p: ID! = \"acme\", $ids: [ID!] = [\"1\"]) { project(fullPath: $p) { name } projects(ids: $ids) { nodes { name } } }",
        r#"{"ids": null}"#,
        &[],
    ),
    (
        "an_object_without_fields_keeps_a_hidden_one",
        "{ project(fullPath: \"a\") { name @skip(if: true) badges { name @skip(if: true) } } }",
        "{}",
        &[],
    ),
    (
        "variables_stay_and_unused_ones_go",
        "query Q($p: ID!, $n: Int = 5, $l: [String!] = [\"a\"], $switch: Boolean!, $state: State = opened, $unused: Filter = {states: [closed]}) { project(fullPath: $p) { issues(state: $state, labels: $l) { nodes { title } } issue @include(if: $switch) { title } name @skip(if: $switch) } projects(first: $n) { nodes { id } } r: ref(filter: $unused) @skip(if: true) { name } }",
        r#"{"p": "a/b", "switch": false, "n": 1.0e1, "unused": {"name": "x"}, "extra": 1, "l": ["\u00e9", "x"]}"#,
        &[],
    ),
    (
        "refused_fields_take_their_variables_along",
        "query Q($p: ID!, $q: ID!, $both: State) { one: project(fullPath: $p) { issues(state: $both) { count } } two: project(fullPath: $q) { issues(state: $both) { count } } }",
        r#"{"p": "a", "q": "b", "both": "opened"}"#,
        &["one"],
    ),
    (
        "values_of_each_kind",
        "{ ref(name: \"quote\\\" back\\\\ line\\n tab\\t bell\\u0007 \\u00e9 \u{1f600} nul\\u0000\", filters: [{name: null, states: [opened, closed], nested: {not: []}}, {name: \"\"}]) { name } project(fullPath: \"a\") { issues(labels: \"one\", filter: {name: \"\"\"\n    block\n      \\\"\"\" \"quoted\"\n    \"\"\"}) { count } } }",
        "{}",
        &[],
    ),
    (
        "custom_scalars_take_anything",
        "mutation($w: Int) { createIssue(input: {projectPath: \"a\", title: \"t\", details: {a: [1, -2.50, true, null, E, $w, {b: 123456789012345678901234567890}]}}) { errors } }",
        r#"{"w": 3}"#,
        &[],
    ),
    (
        "lists_and_lists_of_lists",
        "{ project(fullPath: \"a\") { badges { name } issues { nodes { matrix { name } related { __typename ... on Issue { title } } } } } }",
        "{}",
        &[],
    ),
    (
        "an_interface_has_each_of_its_types",
        "{ noteable(id: \"gid://gitlab/Issue/1\") { id notes { nodes { body } } ... on Issue { title notes { count } } ... on Snippet { content } } }",
        "{}",
        &[],
    ),
    (
        "a_union_has_each_of_its_types",
        "{ related { ... on Issue { title badge { name } } ... on Noteable { author { username } } ... on Badge { label: name } } }",
        "{}",
        &[],
    ),
    (
        "types_that_differ_are_told_apart",
        "{ noteable(id: \"gid://gitlab/Issue/1\") { url link: url parent { url parent { url } } ... on Issue { parent { title } } } }",
        "{}",
        &[],
    ),
    (
        "nodes_and_edges_reveal_where_they_belong",
        "{ projects(first: 2) { nodes { name } edges { cursor node { name } } pageInfo { hasNextPage } } }",
        "{}",
        &[],
    ),
    (
        "edges_without_a_node_get_a_hidden_one",
        "{ project(fullPath: \"a\") { issues { edges { cursor } nodes { notes { edges { cursor } } } } } }",
        "{}",
        &[],
    ),
    (
        "mutations_keep_their_order",
        "mutation Make($t: String!) { first: createIssue(input: {projectPath: \"a\", title: $t}) { issue { title } errors } second: createIssue(input: {projectPath: \"b\", title: $t}) { errors } third: moveIssue(input: {id: \"gid://gitlab/Issue/3\", targetProjectPath: \"c\"}) { issue { id } } }",
        r#"{"t": "x"}"#,
        &["second"],
    ),
    (
        "a_key_that_looks_like_a_probe",
        "{ project(fullPath: \"a\") { ng0_0: name ng0_1: name ng1_: fullPath ng3_x: id } }",
        "{}",
        &[],
    ),
    (
        "typename_is_a_key_like_any_other",
        "{ __typename project(fullPath: \"a\") { __typename: name id: __typename } related { __typename kind: __typename ... on Badge { name: __typename } } }",
        "{}",
        &[],
    ),
    (
        "introspection",
        "{ __schema { queryType { name } types { name fields { name } } } __type(name: \"Project\") { kind ofType { name } } }",
        "{}",
        &[],
    ),
    (
        "harmless_directives_go",
        "{ project(fullPath: \"a\") { name @gl_introduced(version: \"17.0.0\") } }",
        "{}",
        &[],
    ),
    (
        "only_the_operation_that_is_meant",
        "query B { project(fullPath: \"b\") { name } } mutation A { createIssue(input: {projectPath: \"a\", title: \"t\"}) { errors } }",
        r#"{"operation": "B"}"#,
        &[],
    ),
];

#[test]
fn documents_are_written_anew() {
    let small = Small::new();
    for (name, document, variables, refused) in CASES {
        let operation = variables.contains("operation").then_some("B");
        let plan =
            small.plan_with(document, operation, variables).unwrap_or_else(|error| panic!("{name}: {error}"));
        let request = request(&plan, variables, refused).unwrap();
        let query = small.read_again(&request);
        let mut rest = request.clone();
        rest.as_object_mut().unwrap().remove("query");
        insta::assert_snapshot!(*name, format!("{query}\n{rest}"), document);
    }
}

#[test]
fn strings_keep_their_value() {
    let small = Small::new();
    let written = "{ ref(name: \"\"\"\n  first\n    second \\\"\"\" \"x\" \\n\n\"\"\") { name } }";
    let plan = small.plan(written).unwrap();
    let query = request(&plan, "{}", &[]).unwrap()["query"].as_str().unwrap().to_owned();
    assert!(query.contains(r#"ref(name: "first\n  second \"\"\" \"x\" \\n")"#), "{query}");
}

#[test]
fn numbers_of_variables_pass_as_they_are() {
    let small = Small::new();
    let document = "mutation($d: JSON, $w: Int) { createIssue(input: {projectPath: \"a\", title: \"t\", details: $d, weight: $w}) { errors } }";
    let variables = r#"{"d": {"n": [1.10, 12345678901234567890123]}, "w": 7}"#;
    let plan = small.plan_with(document, None, variables).unwrap();
    let decided = narrowgate_graphql::Decided { refused: vec![None], places: vec![None] };
    let body = narrowgate_graphql::forward::body(&plan, &decided, &crate::small::given(variables)).unwrap();
    let body = String::from_utf8(body).unwrap();
    assert!(body.contains(r#""variables":{"d":{"n": [1.10, 12345678901234567890123]},"w":7}"#), "{body}");
}

#[test]
fn what_leaves_nothing_is_not_forwarded() {
    let small = Small::new();
    let all_refused = small.plan("{ a: project(fullPath: \"a\") { name } b: metadata { version } }").unwrap();
    assert_eq!(request(&all_refused, "{}", &["a", "b"]), None);
    assert!(request(&all_refused, "{}", &["a"]).is_some());
    let all_skipped = small.plan("{ metadata @skip(if: true) { version } }").unwrap();
    assert_eq!(request(&all_skipped, "{}", &[]), None);
}

#[test]
fn a_root_field_that_nobody_decided_is_not_forwarded() {
    let small = Small::new();
    let plan = small.plan("{ a: metadata { version } b: metadata { version } }").unwrap();
    let decided = narrowgate_graphql::Decided { refused: vec![None], places: vec![None] };
    let body = narrowgate_graphql::forward::body(&plan, &decided, &crate::small::given("{}")).unwrap();
    assert_eq!(String::from_utf8(body).unwrap(), r#"{"query":"query { a: metadata { version } }"}"#);
}
