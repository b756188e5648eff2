//! What lists are searched by: text that objects are compared with, and order by text, where pages begin and end at a
//! text of the client's. Both tell of an object that isn't shown what is written in it.

use apollo_compiler::ast::InputValueDefinition;
use apollo_compiler::executable;

use super::reader::Reader;
use super::{Field, nodes};
use crate::Schema;

/// How the names of arguments end that are compared as a whole, with what can't be found out letter by letter.
const WHOLE: [&str; 17] = [
    "branches",
    "emoji",
    "id",
    "iid",
    "iids",
    "ids",
    "image",
    "label",
    "labelname",
    "labels",
    "milestonetitle",
    "path",
    "paths",
    "ref",
    "sha",
    "username",
    "usernames",
];
/// What the values of an order by text have in their names.
const TEXTS: [&str; 3] = ["name", "path", "title"];
/// How deep input objects within an argument are looked into.
const DEEPEST: usize = 4;

/// An argument that a list is searched by, and the input fields below it.
pub(super) type Steps = Box<[Box<str>]>;

/// The arguments that a list may be searched by.
#[derive(Default)]
pub(super) struct Seeking {
    /// Those with a text.
    pub(super) texts: Vec<Steps>,
    /// Those with an order.
    pub(super) orders: Vec<Steps>,
}

impl Seeking {
    /// Those that the document gives, and orders that hold without.
    pub(super) fn of(schema: &Schema, field: &executable::Field) -> Self {
        let mut seeking = Self::default();
        let searched = field.definition.arguments.iter().filter(|argument| !nodes::pages(&argument.name));
        for argument in searched.filter(|argument| is_given(field, argument) || tells_by_default(argument)) {
            if field.argument_by_name(&argument.name).is_ok_and(|value| !value.is_null()) {
                seeking.look_into(schema, argument, &mut Vec::new());
            }
        }
        seeking
    }

    /// The names of the arguments.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.texts.iter().chain(&self.orders).filter_map(|steps| steps.first()).map(|name| &**name)
    }

    fn look_into(&mut self, schema: &Schema, argument: &InputValueDefinition, above: &mut Vec<Box<str>>) {
        let name = argument.name.to_ascii_lowercase();
        let kind = argument.ty.inner_named_type();
        above.push(argument.name.as_str().into());
        if let Some(object) = schema.as_apollo().get_input_object(kind).filter(|_| above.len() < DEEPEST) {
            object.fields.values().for_each(|field| self.look_into(schema, field, above));
        } else if is_order(&name) {
            self.orders.push(above.as_slice().into());
        } else if kind == "String" && !WHOLE.iter().any(|whole| name.ends_with(whole)) {
            self.texts.push(above.as_slice().into());
        }
        above.pop();
    }
}

/// Whether anybody may look for objects of a type by a text: projects and groups, whose names are all that it could tell, and
/// which clients find in no other way.
pub(super) fn may_be_found(type_name: &str) -> bool {
    matches!(type_name, "Project" | "Group" | "Namespace")
}

fn is_given(field: &executable::Field, argument: &InputValueDefinition) -> bool {
    field.arguments.iter().any(|given| given.name == argument.name)
}

/// Whether what holds without the argument tells of texts: most lists are ordered by time or id.
fn tells_by_default(argument: &InputValueDefinition) -> bool {
    let name = argument.name.to_ascii_lowercase();
    argument.default_value.as_ref().is_some_and(|value| !is_order(&name) || is_by_text(&value.to_string()))
}

fn is_by_text(order: &str) -> bool {
    let order = order.to_ascii_lowercase();
    TEXTS.iter().any(|text| order.contains(text))
}

fn is_order(name: &str) -> bool {
    name.contains("sort") || name.starts_with("order")
}

impl Field {
    /// Whether any of the arguments that it may be searched by has a value that does so.
    pub(crate) fn seeks(&self, plan: &super::Plan, variables: &super::Variables) -> bool {
        let reader = Reader::new(self, plan, variables);
        self.sought_by.iter().any(|steps| {
            let orders = steps.last().is_some_and(|name| is_order(&name.to_ascii_lowercase()));
            let tells = |value: &String| if orders { is_by_text(value) } else { !value.is_empty() };
            // What is no text is for the instance to refuse.
            reader.places(steps).ok().flatten().is_some_and(|values| values.iter().any(tells))
        })
    }
}
