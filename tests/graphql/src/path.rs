//! The shortest documents that lead to a type or a field of a schema.

use std::collections::{BTreeMap, VecDeque};

use apollo_compiler::Schema;
use apollo_compiler::ast::{FieldDefinition, InputValueDefinition, OperationType, Type};
use apollo_compiler::schema::ExtendedType;

use crate::things::possible_types;

/// Values for arguments that name something: by the argument's name, or by the type of its value.
pub type Names = BTreeMap<String, String>;

/// One field on the way.
#[derive(Clone, Debug)]
struct Hop {
    /// The field with its arguments.
    text: String,
    /// The object type that it leads to.
    to: String,
    /// Whether its value may have other types, too.
    narrows: bool,
}

/// Ways through a schema.
#[derive(Debug)]
pub struct Paths<'s> {
    schema: &'s Schema,
    names: Names,
    /// For each object type the first field of the way there, and the type before.
    ways: BTreeMap<String, (String, Hop)>,
    root: Hop,
    /// `query` or `mutation`.
    operation: OperationType,
}

impl<'s> Paths<'s> {
    /// Finds the shortest ways from a field of the query or mutation root; `None` if the schema lacks it or its arguments
    /// can't be filled in.
    #[must_use]
    pub fn from_root(schema: &'s Schema, operation: OperationType, root: &str, names: Names) -> Option<Self> {
        let field = schema.type_field(schema.root_operation(operation)?, root).ok()?;
        let text = call(schema, field, &names)?;
        let to = possible_types(schema, field.ty.inner_named_type()).first()?.to_string();
        let narrows = field.ty.inner_named_type().as_str() != to;
        let root = Hop { text, to, narrows };
        let mut paths = Self { schema, names, ways: BTreeMap::new(), root, operation };
        paths.search();
        Some(paths)
    }

    fn search(&mut self) {
        let mut open = VecDeque::from([self.root.to.clone()]);
        while let Some(from) = open.pop_front() {
            let Some(object) = self.schema.get_object(&from) else { continue };
            for field in object.fields.values() {
                let Some(text) = call(self.schema, field, &self.names) else { continue };
                let named = field.ty.inner_named_type();
                for to in possible_types(self.schema, named) {
                    if *to != *self.root.to && !self.ways.contains_key(to.as_str()) {
                        let narrows = to != *named;
                        let hop = Hop { text: text.clone(), to: to.to_string(), narrows };
                        self.ways.insert(to.to_string(), (from.clone(), hop));
                        open.push_back(to.to_string());
                    }
                }
            }
        }
    }

    /// A document that asks for the root field itself.
    #[must_use]
    pub fn to_root(&self) -> Option<String> {
        self.to_type(&self.root.to)
    }

    /// A document that asks for objects of the type.
    #[must_use]
    pub fn to_type(&self, type_name: &str) -> Option<String> {
        self.asking(type_name, "__typename")
    }

    /// A document that asks for this of objects of the type.
    #[must_use]
    pub fn asking(&self, type_name: &str, asked: &str) -> Option<String> {
        self.document(type_name, asked)
    }

    /// A document that asks for this of what a field of objects of the type leads to.
    #[must_use]
    pub fn asking_through(&self, type_name: &str, field: &str, asked: &str) -> Option<String> {
        let field = self.schema.type_field(type_name, field).ok()?;
        self.document(type_name, &format!("{} {{ {asked} }}", call(self.schema, field, &self.names)?))
    }

    /// A document that asks for this of the root field itself, if that is of the type.
    #[must_use]
    pub fn to_root_of(&self, type_name: &str, asked: &str) -> Option<String> {
        if self.root.to == type_name { self.document(type_name, asked) } else { None }
    }

    /// A document that asks for a field of objects of the type.
    #[must_use]
    pub fn to_field(&self, type_name: &str, field: &str) -> Option<String> {
        let field = self.schema.type_field(type_name, field).ok()?;
        let below = if self.is_leaf(&field.ty) { "" } else { " { __typename }" };
        self.document(type_name, &format!("{}{below}", call(self.schema, field, &self.names)?))
    }

    fn is_leaf(&self, ty: &Type) -> bool {
        self.schema.types.get(ty.inner_named_type()).is_some_and(ExtendedType::is_leaf)
    }

    fn document(&self, type_name: &str, asked: &str) -> Option<String> {
        let mut document = asked.to_owned();
        let mut at = type_name;
        while at != self.root.to {
            let (from, hop) = self.ways.get(at)?;
            document = around(hop, &document);
            at = from;
        }
        Some(format!("{} {{ {} }}", self.operation.name(), around(&self.root, &document)))
    }
}

fn around(hop: &Hop, inner: &str) -> String {
    if hop.narrows {
        format!("{} {{ __typename ... on {} {{ {inner} }} }}", hop.text, hop.to)
    } else {
        format!("{} {{ {inner} }}", hop.text)
    }
}

/// A field with what its arguments have to hold, and what `names` says of them: `environment.name`.
fn call(schema: &Schema, field: &FieldDefinition, names: &Names) -> Option<String> {
    let given = field.arguments.iter().filter_map(|argument| {
        let said = names.get(&format!("{}.{}", field.name, argument.name));
        match said {
            Some(text) => Some(Some(format!("{}: \"{text}\"", argument.name))),
            None if argument.is_required() => {
                Some(value(schema, argument, names).map(|value| format!("{}: {value}", argument.name)))
            }
            None => None,
        }
    });
    let given: Option<Vec<String>> = given.collect();
    let given = given?;
    Some(if given.is_empty() {
        field.name.to_string()
    } else {
        format!("{}({})", field.name, given.join(", "))
    })
}

/// A value that fits an argument or a field of an input object, as GraphQL text.
#[must_use]
pub fn value(schema: &Schema, argument: &InputValueDefinition, names: &Names) -> Option<String> {
    of_type(schema, &argument.ty, &argument.name, names)
}

/// A value of a type for what goes by a name, as GraphQL text.
#[must_use]
pub fn of_type(schema: &Schema, ty: &Type, name: &str, names: &Names) -> Option<String> {
    within(schema, ty, name, names, 0)
}

fn within(schema: &Schema, ty: &Type, name: &str, names: &Names, depth: usize) -> Option<String> {
    if ty.is_list() {
        return Some(format!("[{}]", within(schema, ty.item_type(), name, names, depth)?));
    }
    let type_name = ty.inner_named_type().as_str();
    if let Some(text) = names.get(name).or_else(|| names.get(type_name)) {
        return Some(format!("\"{text}\""));
    }
    match schema.types.get(type_name)? {
        ExtendedType::Enum(definition) => definition.values.keys().next().map(ToString::to_string),
        ExtendedType::InputObject(definition) if depth < 4 => {
            let required = definition.fields.values().filter(|field| field.is_required());
            let entry = |field: &InputValueDefinition| {
                Some(format!("{}: {}", field.name, within(schema, &field.ty, &field.name, names, depth + 1)?))
            };
            let entries: Option<Vec<String>> = required.map(|field| entry(field)).collect();
            Some(format!("{{{}}}", entries?.join(", ")))
        }
        ExtendedType::Scalar(_) => Some(match type_name {
            "Int" | "Float" | "BigInt" => "1".to_owned(),
            "Boolean" => "true".to_owned(),
            "Time" | "Date" | "ISO8601Date" | "ISO8601DateTime" => "\"2026-11-21\"".to_owned(),
            "ID" => "\"1\"".to_owned(),
            _ if type_name.ends_with("ID") => return None,
            _ => "\"text\"".to_owned(),
        }),
        _ => None,
    }
}
