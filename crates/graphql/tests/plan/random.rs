//! Random documents that fit a schema.

use std::fmt::Write;

use apollo_compiler::ast::{FieldDefinition, InputValueDefinition, Type};
use apollo_compiler::schema::ExtendedType;
use narrowgate_graphql::Schema;

/// Selection sets within one another.
const DEPTH: usize = 6;
const DIRECTIVES: [&str; 12] = [
    "",
    "",
    "",
    "",
    "",
    "",
    "",
    " @include(if: $on)",
    " @skip(if: $off)",
    " @include(if: $off)",
    " @skip(if: true)",
    " @include(if: true) @skip(if: $on)",
];

/// Makes a document of choices, taken one by one; after the last all are 0.
pub(crate) struct Documents<'s> {
    schema: &'s apollo_compiler::Schema,
    possible: &'s Schema,
    choices: std::slice::Iter<'s, u16>,
    aliases: usize,
    fragments: Vec<(String, String)>,
    text: String,
}

impl<'s> Documents<'s> {
    pub(crate) fn new(schema: &'s Schema, choices: &'s [u16]) -> Self {
        Self {
            schema: schema.as_apollo(),
            possible: schema,
            choices: choices.iter(),
            aliases: 0,
            fragments: Vec::new(),
            text: String::new(),
        }
    }

    /// A query or mutation; each fragment is spread somewhere.
    pub(crate) fn document(mut self) -> String {
        let (kind, root) = if self.choose(4) == 0 { ("mutation", "Mutation") } else { ("query", "Query") };
        let selections = self.selections(root, DEPTH, false);
        let mut document = format!("{kind} Random($on: Boolean! = true, $off: Boolean!) {{ ");
        // Both variables are used, whatever is chosen.
        write!(document, "a: __typename @include(if: $on) b: __typename @skip(if: $off) {selections}}}")
            .unwrap();
        document + &self.text
    }

    fn choose(&mut self, of: usize) -> usize {
        usize::from(self.choices.next().copied().unwrap_or_default()) % of
    }

    /// Selections of a type. Below a position of several types each key is new: types differ in what a name means.
    fn selections(&mut self, type_name: &str, depth: usize, is_new: bool) -> String {
        let mut selections = String::new();
        for _ in 0..=self.choose(6) {
            match self.choose(16) {
                0 => {
                    let fragment = self.fragment(type_name, depth);
                    selections.push_str(&fragment);
                }
                1 => {
                    let on = self.one_of(type_name);
                    let is_new = is_new || on != type_name;
                    let directive = DIRECTIVES[self.choose(DIRECTIVES.len())];
                    if depth > 0 {
                        let inner = self.selections(&on, depth - 1, is_new);
                        write!(selections, "... on {on}{directive} {{ {inner}}} ").unwrap();
                    }
                }
                2 => selections.push_str("__typename "),
                _ => {
                    let field = self.field(type_name, depth, is_new);
                    selections.push_str(&field);
                }
            }
        }
        if selections.is_empty() { "__typename ".to_owned() } else { selections }
    }

    /// The type itself, or one that it may be.
    fn one_of(&mut self, type_name: &str) -> String {
        let possible = self.possible.possible_types(type_name);
        if possible.is_empty() {
            return type_name.to_owned();
        }
        possible[self.choose(possible.len())].to_string()
    }

    /// A fragment that is there, or a new one. Its keys are its own, so that it may be spread anywhere.
    fn fragment(&mut self, type_name: &str, depth: usize) -> String {
        let directive = DIRECTIVES[self.choose(DIRECTIVES.len())];
        let known = self.fragments.iter().find(|(on, _)| on == type_name).map(|(_, name)| name.clone());
        if let Some(name) = known.filter(|_| self.choices.len().is_multiple_of(2)) {
            return format!("...{name}{directive} ");
        }
        if depth == 0 || self.fragments.len() > 5 {
            return String::new();
        }
        let inner = self.selections(type_name, depth - 1, true);
        let name = format!("F{}", self.fragments.len());
        write!(self.text, " fragment {name} on {type_name} {{ {inner}}}").unwrap();
        self.fragments.push((type_name.to_owned(), name.clone()));
        format!("...{name}{directive} ")
    }

    fn field(&mut self, type_name: &str, depth: usize, is_new: bool) -> String {
        let fields: Vec<&FieldDefinition> = match self.schema.types.get(type_name) {
            Some(ExtendedType::Object(object)) => object.fields.values().map(|field| &***field).collect(),
            Some(ExtendedType::Interface(object)) => object.fields.values().map(|field| &***field).collect(),
            _ => Vec::new(),
        };
        if fields.is_empty() {
            return "__typename ".to_owned();
        }
        // Most fields are scalars; half of those chosen are not.
        let deep = |field: &&FieldDefinition| !self.schema.types[field.ty.inner_named_type()].is_leaf();
        let (deep, plain): (Vec<_>, Vec<_>) = fields.into_iter().partition(deep);
        let is_deep = plain.is_empty() || (self.choose(2) == 0 && !deep.is_empty());
        let fields = if is_deep { deep } else { plain };
        let field = fields[self.choose(fields.len())];
        let below = field.ty.inner_named_type();
        let is_leaf = self.schema.types[below].is_leaf();
        if depth == 0 && !is_leaf {
            return "__typename ".to_owned();
        }
        let alias = if is_new || self.choose(3) == 0 { self.alias() } else { String::new() };
        let arguments: Vec<&InputValueDefinition> = field
            .arguments
            .iter()
            .map(|argument| &**argument)
            .filter(|argument| argument.is_required())
            .collect();
        let arguments: Vec<String> = arguments
            .iter()
            .map(|argument| format!("{}: {}", argument.name, self.value(&argument.ty, &argument.name)))
            .collect();
        let arguments =
            if arguments.is_empty() { String::new() } else { format!("({})", arguments.join(", ")) };
        let directive = DIRECTIVES[self.choose(DIRECTIVES.len())];
        let inner = if is_leaf {
            String::new()
        } else {
            format!(" {{ {}}}", self.selections(below, depth - 1, is_new))
        };
        format!("{alias}{}{arguments}{directive}{inner} ", field.name)
    }

    /// A new key, some of which look like those of probes.
    fn alias(&mut self) -> String {
        self.aliases += 1;
        match self.choose(6) {
            0 => format!("ng{}_{}: ", self.aliases % 3, self.aliases),
            _ => format!("k{}: ", self.aliases),
        }
    }

    fn value(&self, ty: &Type, name: &str) -> String {
        match ty {
            Type::List(item) | Type::NonNullList(item) => format!("[{}]", self.value(item, name)),
            Type::Named(named) | Type::NonNullNamed(named) => match &self.schema.types[named] {
                ExtendedType::Enum(kind) => kind.values.keys().next().unwrap().to_string(),
                ExtendedType::InputObject(input) => {
                    let required = input.fields.values().filter(|field| field.is_required());
                    let fields: Vec<String> = required
                        .map(|field| format!("{}: {}", field.name, self.value(&field.ty, &field.name)))
                        .collect();
                    format!("{{{}}}", fields.join(", "))
                }
                _ => match named.as_str() {
                    "Int" | "Float" => "7".to_owned(),
                    "Boolean" => "true".to_owned(),
                    _ if name.to_ascii_lowercase().contains("path") => "\"acme/web\"".to_owned(),
                    _ => "\"gid://gitlab/Project/7\"".to_owned(),
                },
            },
        }
    }
}
