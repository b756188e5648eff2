//! Documents and requests made to be read differently, or to take long.

use narrowgate_graphql::plan::{Fault, Limits, Plan, PlanCache, PlanError, Variables, plan};

use crate::small::{Small, given};

const INVALID: Fault = Fault::Invalid { unknown_name: false };
const UNKNOWN: Fault = Fault::Invalid { unknown_name: true };

/// A fragment that has the next one three times, and so on: the last one's field stands there 6,561 times.
fn exponential() -> String {
    let group = |key: &str, n: usize| format!("{key}: group {{ projects {{ nodes {{ ...F{n} }} }} }} ");
    let groups = |n: usize| ["a", "b", "c"].map(|key| group(key, n)).concat();
    let spread = |n: usize| format!("fragment F{n} on Project {{ {} }} ", groups(n + 1));
    let fragments: String = (0..8).map(spread).collect();
    format!("{{ project(fullPath: \"a\") {{ ...F0 }} }} {fragments} fragment F8 on Project {{ name }}")
}

/// As many fields as there are, in each fragment as many spreads: the sum is beyond counting.
fn immense() -> String {
    let spreads = |n: usize| format!("...F{n} ").repeat(40);
    let fragment = |n: usize| format!("fragment F{n} on Project {{ {} }} ", spreads(n + 1));
    let fragments: String = (0..20).map(fragment).collect();
    format!("{{ project(fullPath: \"a\") {{ ...F0 }} }} {fragments} fragment F20 on Project {{ name }}")
}

#[test]
fn what_asks_for_too_much_is_refused_before_it_is_carried_out() {
    let aliases: String = (0..201).map(|n| format!("a{n}: name ")).collect();
    let fields = "name ".repeat(100);
    let spreads: String = (0..51).map(|n| format!("b{n}: badges {{ ...F }} ")).collect();
    let levels = |n: usize| format!("{{{}name{}}}", "a{".repeat(n), "}".repeat(n));
    let chain: String = (0..200).map(|n| format!("fragment F{n} on Project {{ ...F{} }} ", n + 1)).collect();
    let cases = [
        ("bytes", format!("{{ metadata {{ version }} }} #{}", "x".repeat(64 * 1024)), "bytes"),
        ("tokens", format!("{{ {} }}", "a ".repeat(10_000)), "tokens"),
        ("aliases", format!("{{ project(fullPath: \"a\") {{ {aliases} }} }}"), "aliases"),
        (
            "fields",
            format!("{{ project(fullPath: \"a\") {{ {spreads} }} }} fragment F on Badge {{ {fields} }}"),
            "fields",
        ),
        ("31 levels", levels(31), "selection sets"),
        ("1,000 levels", levels(1_000), "selection sets"),
        ("3,000 levels", levels(3_000), "selection sets"),
        (
            "lists",
            format!("{{ ref(name: {}{}) {{ name }} }}", "[".repeat(4_000), "]".repeat(4_000)),
            "values",
        ),
        ("exponential fragments", exponential(), "fields"),
        ("immense fragments", immense(), "fields"),
        (
            "a chain of fragments",
            format!("{{ project(fullPath: \"a\") {{ ...F0 }} }} {chain} fragment F200 on Project {{ name }}"),
            "fragments",
        ),
        (
            "introspection",
            "{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }".to_owned(),
            "schema",
        ),
    ];
    let small = Small::new();
    for (name, document, about) in cases {
        let error = small.plan(&document).map(|plan| plan.root.count_fields()).expect_err(name);
        assert_eq!(error.fault, Fault::Limit, "{name}: {error}");
        assert!(error.to_string().contains(about), "{name}: {error}");
    }
}

#[test]
fn ten_thousand_levels_take_no_stack() {
    let limits = Limits { document_bytes: usize::MAX, tokens: usize::MAX, ..Limits::default() };
    let small = Small::new();
    let try_plan = |document: &str| plan(&small.guarded(), document, None, &Variables::default(), &limits);
    for open in ["a { ", "... { ", "a(b: [", "a(b: {c: "] {
        let error = try_plan(&format!("{{ {}", open.repeat(10_000))).unwrap_err();
        assert!(matches!(error.fault, Fault::Limit | Fault::Syntax), "{open}: {error}");
    }
}

#[test]
fn limits_hold_while_a_plan_grows() {
    let small = Small::new();
    let try_plan = |document: &str, limits: Limits| {
        plan(&small.guarded(), document, None, &Variables::default(), &limits)
            .map(|plan| plan.root.count_fields())
    };
    // Each of the four types of a union counts, and has its own selections: five fields beside the first, two probes.
    let document = "{ related { __typename ... on Badge { name } } }";
    assert_eq!(try_plan(document, Limits::default()), Ok(8));
    assert_eq!(try_plan(document, Limits { fields: 10, ..Limits::default() }), Ok(8));
    let error = try_plan(document, Limits { fields: 9, ..Limits::default() }).unwrap_err();
    assert_eq!(error.fault, Fault::Limit);
    let error = try_plan(document, Limits { probes: 1, ..Limits::default() }).unwrap_err();
    assert_eq!(error.to_string(), "the document has more than 1 probes");
}

#[test]
fn looking_at_selections_is_bounded_too() {
    // Nothing of what is looked at is asked for: no field is ever counted.
    let small = Small::new();
    let inner = "... on Badge { name } ".repeat(100);
    let limits = Limits { fields: 400, ..Limits::default() };
    let mut document = inner;
    for _ in 0..4 {
        document = format!("... on Issue {{ related {{ {document} }} }} ");
    }
    let document = format!("{{ related {{ {document} }} }}");
    assert!(plan(&small.guarded(), &document, None, &Variables::default(), &limits).is_ok());
    let wide = "... on Issue { title @skip(if: true) } ".repeat(390);
    let many: String = (0..150).map(|n| format!("r{n}: related {{ ...F }} ")).collect();
    let document = format!("{{ {many} }} fragment F on Related {{ {wide} }}");
    let error = plan(&small.guarded(), &document, None, &Variables::default(), &limits).unwrap_err();
    assert_eq!(error.fault, Fault::Limit, "{error}");
}

#[test]
fn what_has_no_one_meaning_is_refused() {
    let cases = [
        ("", Fault::Syntax),
        ("{", Fault::Syntax),
        ("{ project(fullPath: \"a) { name } }", Fault::Syntax),
        ("{ project(fullPath: \"a\") { name } } }", Fault::Syntax),
        ("{ metadata { version } } type Query { a: Int }", INVALID),
        ("{ unknown }", UNKNOWN),
        ("{ project(fullPath: \"a\") { unknown } }", UNKNOWN),
        ("{ project(fullPath: \"a\", unknown: 1) { name } }", UNKNOWN),
        ("{ project(fullPath: \"a\") { ... on Unknown { name } } }", UNKNOWN),
        ("{ project(fullPath: \"a\") @unknown { name } }", UNKNOWN),
        ("{ project(fullPath: $p) { name } }", UNKNOWN),
        ("{ project { name } }", INVALID),
        ("{ project(fullPath: \"a\", fullPath: \"b\") { name } }", INVALID),
        ("{ project(fullPath: 1.5) { name } }", INVALID),
        ("{ project(fullPath: \"a\") }", INVALID),
        ("{ project(fullPath: \"a\") { name { x } } }", INVALID),
        ("query($p: ID!, $p: ID!) { project(fullPath: $p) { name } }", INVALID),
        ("query($p: Int!) { project(fullPath: $p) { name } }", INVALID),
        ("query($unused: Int) { metadata { version } }", INVALID),
        ("query($p: Project) { metadata { version } }", INVALID),
        ("{ p: project(fullPath: \"a\") { name } p: project(fullPath: \"b\") { name } }", INVALID),
        ("{ project(fullPath: \"a\") { x: name x: fullPath } }", INVALID),
        ("{ p: projects(ids: [\"1\"]) { count } p: projects(ids: [\"1\", \"2\"]) { count } }", INVALID),
        ("{ ref(filter: {name: \"a\", name: \"b\"}) { name } }", INVALID),
        (
            "mutation { createIssue(input: {projectPath: \"a\", title: \"t\", projectPath: \"b\"}) { errors } }",
            INVALID,
        ),
        (
            "mutation { createIssue(input: {projectPath: \"a\", title: \"t\", details: {x: {y: 1, y: 2}}}) { errors } }",
            INVALID,
        ),
        ("query($f: Filter = {name: \"a\", name: \"b\"}) { ref(filter: $f) { name } }", INVALID),
        ("{ ...F } fragment F on Query { ...F }", INVALID),
        ("{ ...F } fragment F on Query { ...G } fragment G on Query { metadata { version } ...F }", INVALID),
        ("{ metadata { version } } fragment F on Query { ...G } fragment G on Query { ...F }", INVALID),
        ("{ ...F } fragment F on Query { metadata { version } } fragment F on Query { __typename }", INVALID),
        ("{ ...F }", UNKNOWN),
        ("query A { metadata { version } } query A { metadata { version } }", INVALID),
        ("{ metadata { version } } query A { metadata { version } }", INVALID),
        ("subscription { issueUpdated(id: \"1\") { title } }", Fault::Unsupported),
        ("query @live { metadata { version } }", Fault::Unsupported),
        ("{ project(fullPath: \"a\") { name @live } }", Fault::Unsupported),
        ("{ project(fullPath: \"a\") { ...F } } fragment F on Project @live { name }", Fault::Unsupported),
        ("query($p: ID! @live) { project(fullPath: $p) { name } }", Fault::Unsupported),
    ];
    let small = Small::new();
    for (document, fault) in cases {
        let error = small.plan(document).expect_err(document);
        assert_eq!(error.fault, fault, "{document}: {error}");
    }
}

#[test]
fn operations_are_chosen_as_the_specification_has_it() {
    let small = Small::new();
    let one = "query A { metadata { version } }";
    let two = "query A { metadata { version } } mutation B { createIssue(input: {projectPath: \"a\", title: \"t\"}) { errors } }";
    let name = |document: &str, operation: Option<&str>| {
        small.plan_with(document, operation, "{}").map(|plan| plan.name).map_err(|error| error.to_string())
    };
    let named = |name: &str| Ok(Some(Box::from(name)));
    assert_eq!(name(one, None), named("A"));
    assert_eq!(name(one, Some("")), named("A"));
    assert_eq!(name(one, Some("A")), named("A"));
    assert_eq!(name("{ metadata { version } }", None), Ok(None));
    assert_eq!(name(two, Some("B")), named("B"));
    let none = "the document has several operations: `operationName` must name one";
    assert_eq!(name(two, None), Err(none.to_owned()));
    assert_eq!(name(two, Some("")), Err(none.to_owned()));
    for (document, operation) in [(one, "a"), (one, "B"), (two, "C"), ("{ metadata { version } }", "A")] {
        let missing = format!("the document has no operation named `{operation}`");
        assert_eq!(name(document, Some(operation)), Err(missing));
    }
}

#[test]
fn directives_need_their_variables() {
    let small = Small::new();
    let document = "query($on: Boolean!) { metadata { version @include(if: $on) } }";
    for variables in ["{}", r#"{"on": null}"#, r#"{"on": "true"}"#, r#"{"on": 1}"#, r#"{"on": [true]}"#] {
        assert_eq!(
            small.plan_with(document, None, variables).unwrap_err().fault,
            Fault::Variables,
            "{variables}"
        );
    }
    assert!(small.plan_with(document, None, r#"{"on": true}"#).is_ok());
    // With a default a variable may be left out, but null is no Boolean.
    let document = "query($on: Boolean = true) { metadata { version @include(if: $on) } }";
    assert!(small.plan_with(document, None, "{}").is_ok());
    assert_eq!(small.plan_with(document, None, r#"{"on": null}"#).unwrap_err().fault, Fault::Variables);
}

#[test]
fn errors_tell_where_they_are() {
    let small = Small::new();
    let error = small.plan("{\n  project(fullPath: \"\u{e9}\") { name unknown }\n}").unwrap_err();
    assert_eq!(
        error.to_json(),
        serde_json::json!({ "errors": [{
            "message": "type `Project` does not have a field `unknown`",
            "locations": [{ "line": 2, "column": 33 }],
        }] }),
    );
    let many: String = (0..100).map(|n| format!("unknown{n} ")).collect();
    let error: PlanError = small.plan(&format!("{{ {many} }}")).unwrap_err();
    assert_eq!(error.complaints.len(), 20);
}

#[test]
fn a_cached_plan_belongs_to_one_document_operation_and_choice() {
    let small = Small::new();
    let cache = PlanCache::new(1 << 20);
    let ask = |document: &str, operation: Option<&str>, variables: &str| {
        let guarded = small.guarded();
        cache.plan(&guarded, document, operation, &given(variables), &Limits::default())
    };
    let keys = |plan: &Plan| plan.root.fields.iter().map(|field| field.key.to_string()).collect::<Vec<_>>();
    let two = "query A { a: metadata { version } } query B { b: metadata { version } }";
    assert_eq!(keys(&ask(two, Some("A"), "{}").unwrap()), ["a"]);
    assert_eq!(keys(&ask(two, Some("B"), "{}").unwrap()), ["b"]);
    assert!(ask(two, None, "{}").is_err());

    let first = ask(two, Some("A"), r#"{"x": 1}"#).unwrap();
    let again = ask(two, Some("A"), r#"{"x": 2}"#).unwrap();
    assert!(std::sync::Arc::ptr_eq(&first, &again));

    let switched = "query($a: Boolean!, $b: Boolean = true) { a: metadata @include(if: $a) { version } b: metadata @skip(if: $b) { version } c: metadata { version } }";
    for _ in 0..2 {
        assert_eq!(keys(&ask(switched, None, r#"{"a": true}"#).unwrap()), ["a", "c"]);
        assert_eq!(keys(&ask(switched, None, r#"{"a": false}"#).unwrap()), ["c"]);
        assert_eq!(keys(&ask(switched, None, r#"{"a": true, "b": false}"#).unwrap()), ["a", "b", "c"]);
        assert_eq!(ask(switched, None, "{}").unwrap_err().fault, Fault::Variables);
        assert_eq!(ask(switched, None, r#"{"a": 1}"#).unwrap_err().fault, Fault::Variables);
        assert_eq!(ask(switched, None, r#"{"a": true, "b": null}"#).unwrap_err().fault, Fault::Variables);
    }
    let first = ask(switched, None, r#"{"a": true}"#).unwrap();
    let again = ask(switched, None, r#"{"a": true}"#).unwrap();
    assert!(std::sync::Arc::ptr_eq(&first, &again));
}
