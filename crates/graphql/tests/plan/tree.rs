//! What a plan knows of its positions.

use narrowgate_graphql::guard::{Class, Reads};
use narrowgate_graphql::plan::{Field, Leaf, LocatedBy, Object, Position, Shape};

use crate::small::Small;

fn child<'p>(object: &'p Object, key: &str) -> &'p Field {
    object.fields.iter().find(|field| &*field.key == key).unwrap_or_else(|| panic!("no {key}"))
}

fn object(shape: &Shape) -> &Object {
    match shape {
        Shape::NonNull(inner) | Shape::List(inner) => object(inner),
        Shape::Object(object) => object,
        Shape::Leaf(_) | Shape::Abstract(_) => panic!("no object: {shape:?}"),
    }
}

fn objects(shape: &Shape) -> &[Object] {
    match shape {
        Shape::NonNull(inner) | Shape::List(inner) => objects(inner),
        Shape::Abstract(several) => &several.objects,
        Shape::Leaf(_) | Shape::Object(_) => panic!("one type: {shape:?}"),
    }
}

fn at<'p>(root: &'p Object, path: &[&str]) -> &'p Field {
    let (last, above) = path.split_last().unwrap();
    child(above.iter().fold(root, |above, key| object(&child(above, key).shape)), last)
}

const fn letter(class: &Class) -> char {
    match class {
        Class::Guarded(_) => 'g',
        Class::Structural => 's',
        Class::Part => 'p',
        Class::Public => '*',
        Class::Unclassified => '?',
    }
}

#[test]
fn every_position_has_its_class() {
    let small = Small::new();
    let plan = small
        .plan("{ project(fullPath: \"a\") { badges { name } issues { edges { node { author { id } } } pageInfo { endCursor } } } metadata { version } orphan { id } __schema { queryType { name } } }")
        .unwrap();
    assert_eq!(letter(&plan.root.class), 's');
    for (path, class) in [
        (&["project"][..], 'g'),
        (&["project", "badges"], 'p'),
        (&["project", "issues"], 's'),
        (&["project", "issues", "edges"], 's'),
        (&["project", "issues", "edges", "node"], 'g'),
        (&["project", "issues", "edges", "node", "author"], 'g'),
        (&["project", "issues", "pageInfo"], '*'),
        (&["metadata"], '*'),
        (&["orphan"], '?'),
        (&["__schema"], '*'),
        (&["__schema", "queryType"], '*'),
    ] {
        assert_eq!(letter(&object(&at(&plan.root, path).shape).class), class, "{path:?}");
    }
}

#[test]
fn guarded_objects_tell_where_they_belong() {
    let small = Small::new();
    let plan = small
        .plan("{ project(fullPath: \"a\") { name issue { id notes { nodes { id } } author { id } } } }")
        .unwrap();
    let project = object(&at(&plan.root, &["project"]).shape);
    assert_eq!(*project.located_by, [LocatedBy::Field { path: [2].into(), reads: Reads::GlobalId }]);
    assert_eq!((&*project.fields[2].name, project.fields[2].is_shown), ("id", false));
    let issue = object(&at(&plan.root, &["project", "issue"]).shape);
    assert_eq!(*issue.located_by, [LocatedBy::Field { path: [3].into(), reads: Reads::ProjectId }]);
    let note = object(&at(&plan.root, &["project", "issue", "notes", "nodes"]).shape);
    assert_eq!(*note.located_by, [LocatedBy::Inherit]);
    let author = object(&at(&plan.root, &["project", "issue", "author"]).shape);
    assert!(author.located_by.is_empty() && author.fields.len() == 1);
}

#[test]
fn probes_may_lead_through_other_objects() {
    let small = Small::new();
    let plan = small.plan("{ noteable(id: \"gid://gitlab/Snippet/1\") { id } }").unwrap();
    let noteable = objects(&at(&plan.root, &["noteable"]).shape);
    let types: Vec<&str> = noteable.iter().map(|object| &*object.type_name).collect();
    assert_eq!(types, ["Issue", "Snippet"]);
    let snippet = &noteable[1];
    assert_eq!(*snippet.located_by, [LocatedBy::Field { path: [1, 0].into(), reads: Reads::GlobalId }]);
    let project = object(&snippet.fields[1].shape);
    assert_eq!((&*project.type_name, letter(&project.class)), ("Project", 'p'));
    assert!(project.located_by.is_empty() && !project.fields[0].is_shown);
}

#[test]
fn an_abstract_position_has_every_possible_type() {
    let small = Small::new();
    let plan = small.plan("{ related { ... on Issue { title } ... on Noteable { id } } }").unwrap();
    let related = objects(&at(&plan.root, &["related"]).shape);
    let shown = |object: &Object| object.fields.iter().filter(|field| field.is_shown).count();
    let found: Vec<_> =
        related.iter().map(|object| (&*object.type_name, shown(object), letter(&object.class))).collect();
    assert_eq!(found, [("Issue", 2, 'g'), ("Group", 0, 'g'), ("Badge", 0, 'p'), ("Orphan", 0, '?')]);
}

#[test]
fn what_tells_about_all_nodes_needs_what_they_need() {
    let small = Small::new();
    let plan = small
        .plan("{ project(fullPath: \"a\") { issues { count n: count statistics { name } pageInfo { endCursor } __typename nodes { id } edges { cursor } } } }")
        .unwrap();
    let issues = object(&at(&plan.root, &["project", "issues"]).shape);
    let counts: Vec<_> = issues.fields.iter().map(|field| (&*field.key, field.counts.len())).collect();
    let expected = [
        ("count", 1),
        ("n", 1),
        ("statistics", 1),
        ("pageInfo", 1),
        ("__typename", 0),
        ("nodes", 0),
        ("edges", 0),
    ];
    assert_eq!(counts, expected);
    assert!(matches!(&*child(issues, "count").counts, [Class::Guarded(_)]));
}

#[test]
fn a_node_takes_its_edge_with_it() {
    let small = Small::new();
    let plan = small
        .plan("{ project(fullPath: \"a\") { issues { shown: edges { node { id } other: node { title } } hidden: edges { cursor } } } }")
        .unwrap();
    let shown = object(&at(&plan.root, &["project", "issues", "shown"]).shape);
    assert!(shown.fields.iter().all(|field| field.takes_parent && field.is_shown));
    let hidden = object(&at(&plan.root, &["project", "issues", "hidden"]).shape);
    let flags: Vec<_> =
        hidden.fields.iter().map(|field| (&*field.name, field.takes_parent, field.is_shown)).collect();
    assert_eq!(flags, [("cursor", false, true), ("node", true, false)]);
    let node = object(&hidden.fields[1].shape);
    assert_eq!((letter(&node.class), node.located_by.len()), ('g', 1));
}

#[test]
fn guards_of_fields_and_positions_are_kept() {
    let small = Small::new();
    let plan = small
        .plan(
            "{\n  project(fullPath: \"a\") {\n    issue { é: title secret }\n  }\n}"
                .replace('é', "e")
                .as_str(),
        )
        .unwrap();
    let secret = at(&plan.root, &["project", "issue", "secret"]);
    assert!(secret.guard.is_some());
    assert_eq!(secret.position, Position { line: 3, column: 22 });
    assert!(at(&plan.root, &["project", "issue", "e"]).guard.is_none());
    assert!(at(&plan.root, &["project"]).guard.is_none() && plan.roots[0].guard.is_some());
}

#[test]
fn shapes_follow_the_schema() {
    let small = Small::new();
    let plan = small.plan("{ issue(id: \"gid://gitlab/Issue/1\") { id title state data createdAt matrix { name } related { __typename } } }").unwrap();
    let issue = object(&at(&plan.root, &["issue"]).shape);
    let shape = |key: &str| &child(issue, key).shape;
    assert!(matches!(shape("id"), Shape::NonNull(inner) if matches!(**inner, Shape::Leaf(Leaf::Plain))));
    assert!(matches!(shape("state"), Shape::Leaf(Leaf::Plain)));
    assert!(matches!(shape("createdAt"), Shape::Leaf(Leaf::Plain)));
    assert!(matches!(shape("data"), Shape::Leaf(Leaf::Any)));
    let Shape::List(row) = shape("matrix") else { panic!() };
    let Shape::NonNull(row) = &**row else { panic!() };
    let Shape::List(item) = &**row else { panic!() };
    assert!(matches!(&**item, Shape::NonNull(inner) if matches!(**inner, Shape::Object(_))));
    assert!(matches!(shape("related"), Shape::NonNull(inner) if matches!(**inner, Shape::List(_))));
}
