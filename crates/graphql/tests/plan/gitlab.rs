//! Random documents over GitLab's own schema: what is written anew is valid, and asks for all that the client asks for.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use apollo_compiler::ExecutableDocument;
use apollo_compiler::executable::{DirectiveList, Selection, SelectionSet};
use apollo_compiler::validation::Valid;
use narrowgate_catalog::Catalog;
use narrowgate_graphql::Schema;
use narrowgate_graphql::guard::{Class, Guards};
use narrowgate_graphql::plan::{Fault, Guarded, Limits, LocatedBy, Object, Shape, plan};
use proptest::prelude::*;

use crate::random::Documents;
use crate::small::{given, request};
use crate::support::gitlab;

/// Keys from the root down.
type Paths = BTreeSet<Vec<String>>;

fn world() -> &'static (Schema, Guards) {
    static WORLD: OnceLock<(Schema, Guards)> = OnceLock::new();
    WORLD.get_or_init(|| {
        let schema = gitlab();
        let guards = Guards::compile(&schema, Catalog::embedded());
        (schema, guards)
    })
}

/// Whether `@include` and `@skip` let it through, where `$on` is true and `$off` is false.
fn counts(directives: &DirectiveList) -> bool {
    directives.iter().all(|directive| {
        let condition = match directive.specified_argument_by_name("if").unwrap().as_variable() {
            Some(name) => name == "on",
            None => directive.specified_argument_by_name("if").unwrap().to_bool().unwrap(),
        };
        condition == (directive.name == "include")
    })
}

/// Every path of keys that a document asks for, type by type, fragments as often as they are spread.
fn paths(
    set: &SelectionSet,
    document: &Valid<ExecutableDocument>,
    above: &[String],
    paths_found: &mut Paths,
) {
    for selection in set.selections.iter().filter(|selection| counts(selection.directives())) {
        match selection {
            Selection::Field(field) => {
                let path = [above, &[field.response_key().to_string()]].concat();
                paths(&field.selection_set, document, &path, paths_found);
                paths_found.insert(path);
            }
            Selection::InlineFragment(inline) => paths(&inline.selection_set, document, above, paths_found),
            Selection::FragmentSpread(spread) => {
                let fragment = spread.fragment_def(document).unwrap();
                paths(&fragment.selection_set, document, above, paths_found);
            }
        }
    }
}

fn asked(schema: &Schema, text: &str) -> Paths {
    let document = ExecutableDocument::parse_and_validate(schema.as_apollo(), text, "document");
    let document = document.unwrap_or_else(|problem| panic!("{text}\n{}", problem.errors));
    let mut found = Paths::new();
    paths(&document.operations.iter().next().unwrap().selection_set, &document, &[], &mut found);
    found
}

/// Keys of the document that is forwarded that aren't the client's.
#[derive(Default)]
struct Wire {
    hidden: BTreeSet<String>,
    aliases: BTreeMap<String, String>,
}

impl Wire {
    fn shown(&self, path: Vec<String>) -> Option<Vec<String>> {
        let is_hidden = path.iter().any(|key| self.hidden.contains(key));
        let shown = path.into_iter().map(|key| self.aliases.get(&key).cloned().unwrap_or(key));
        (!is_hidden).then(|| shown.collect())
    }
}

/// Checks that a tree's objects can be decided, and finds keys that aren't the client's.
fn check(object: &Object, wire: &mut Wire) {
    let locators = match &object.class {
        Class::Guarded(guard) => guard.locators.len(),
        _ => 0,
    };
    assert_eq!(object.located_by.len(), locators, "{}", object.type_name);
    for located in &object.located_by {
        let LocatedBy::Field { path, .. } = located else { continue };
        let (last, above) = path.split_last().unwrap();
        let below = above.iter().fold(object, |object, index| one(&object.fields[*index].shape));
        assert!(matches!(named(&below.fields[*last].shape), Shape::Leaf(_)));
    }
    let is_edge = matches!(object.class, Class::Structural) && object.type_name.ends_with("Edge");
    let node = object.fields.iter().find(|field| &*field.name == "node");
    assert!(!is_edge || node.is_none_or(|node| node.takes_parent || !is_decided(&node.shape)));
    for field in &object.fields {
        if !field.is_shown {
            wire.hidden.insert(field.wire_key().to_owned());
        } else if let Some(alias) = &field.alias {
            let other = wire.aliases.insert(alias.to_string(), field.key.to_string());
            assert!(other.is_none_or(|other| *other == *field.key));
        }
        if let Shape::Object(object) = named(&field.shape) {
            assert!(!object.fields.is_empty(), "{}", object.type_name);
        }
        check_below(&field.shape, wire);
    }
}

fn check_below(shape: &Shape, wire: &mut Wire) {
    match named(shape) {
        Shape::Object(object) => check(object, wire),
        Shape::Abstract(several) => {
            wire.hidden.insert(several.typename_key.to_string());
            several.objects.iter().for_each(|object| check(object, wire));
        }
        _ => {}
    }
}

fn is_decided(shape: &Shape) -> bool {
    let is_decided = |object: &Object| matches!(object.class, Class::Guarded(_) | Class::Unclassified);
    match named(shape) {
        Shape::Object(object) => is_decided(object),
        Shape::Abstract(several) => several.objects.iter().any(is_decided),
        _ => false,
    }
}

fn named(shape: &Shape) -> &Shape {
    match shape {
        Shape::NonNull(inner) | Shape::List(inner) => named(inner),
        shape => shape,
    }
}

fn one(shape: &Shape) -> &Object {
    match named(shape) {
        Shape::Object(object) => object,
        shape => panic!("a probe leads through {shape:?}"),
    }
}

#[test]
fn only_what_is_sought_or_ordered_by_text_counts_beyond_its_items() {
    let (schema, guards) = world();
    let counted = |arguments: &str| {
        let list = format!("containerRepositories({arguments}) {{ nodes {{ id }} }}");
        let document = format!("{{ project(fullPath: \"acme/web\") {{ {list} }} }}");
        let guarded = Guarded { schema, guards };
        let plan = plan(&guarded, &document, None, &given("{}"), &Limits::default()).unwrap();
        let mut fields = one(&plan.root.fields[0].shape).fields.iter();
        !fields.find(|field| *field.name == *"containerRepositories").unwrap().counts.is_empty()
    };
    assert!(!counted(r#"after: "x""#));
    assert!(counted(r#"after: "x", sort: NAME_ASC"#));
    assert!(counted(r#"name: "x""#));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_anew_is_valid_and_complete(choices in prop::collection::vec(any::<u16>(), 20..2000), refused in any::<u8>()) {
        let (schema, guards) = world();
        let document = Documents::new(schema, &choices).document();
        let expected = asked(schema, &document);

        let variables = r#"{"on": true, "off": false}"#;
        let guarded = Guarded { schema, guards };
        let plan = match plan(&guarded, &document, None, &given(variables), &Limits::default()) {
            Ok(plan) => plan,
            Err(error) if error.fault == Fault::Limit => return Ok(()),
            Err(error) => panic!("{document}\n{error}"),
        };
        let mut wire = Wire::default();
        plan.root.fields.iter().for_each(|field| check_below(&field.shape, &mut wire));
        let is_ours = |key: &String| wire.hidden.contains(key) || wire.aliases.contains_key(key);
        prop_assert!(!expected.iter().flatten().any(is_ours));

        let is_refused = |index: usize| refused & (1 << (index % 8)) != 0;
        let keys = plan.root.fields.iter().enumerate().filter(|(index, _)| is_refused(*index));
        let refused: Vec<&str> = keys.map(|(_, field)| &*field.key).collect();
        let expected: Paths = expected.into_iter().filter(|path| !refused.contains(&path[0].as_str())).collect();
        match request(&plan, variables, &refused) {
            Some(request) => {
                let found = asked(schema, request["query"].as_str().unwrap());
                let found: Paths = found.into_iter().filter_map(|path| wire.shown(path)).collect();
                prop_assert_eq!(found, expected, "{}", document);
            }
            None => prop_assert!(expected.is_empty()),
        }
        prop_assert!(plan.root_checks(&given(variables)).is_ok());
    }
}
