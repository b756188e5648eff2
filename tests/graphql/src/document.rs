//! Random documents that are valid for a schema, with all that clients write: aliases, fragments, directives, variables.

use apollo_compiler::Name;
use apollo_compiler::ast::{FieldDefinition, InputValueDefinition, Type};
use apollo_compiler::schema::ExtendedType;
use narrowgate_catalog::BoundaryType;
use serde_json::{Map, Value, json};

use crate::tape::Tape;
use crate::things::possible_types;
use crate::world::World;

/// Keys that a careless gate could take for its own or for GraphQL's.
const ODD_KEYS: [&str; 8] = ["id", "ng0_0", "ng_1", "nodes", "project", "webPath", "data", "errors"];

/// A request in the making.
#[derive(Debug)]
pub struct Request {
    /// The document.
    pub document: String,
    /// The operation that is meant, where there are several.
    pub operation_name: Option<String>,
    /// The variables.
    pub variables: Map<String, Value>,
}

/// Writes documents.
#[derive(Debug)]
pub struct Writer<'w, 't> {
    schema: &'w apollo_compiler::Schema,
    world: &'w World,
    tape: Tape<'t>,
    fields_left: usize,
    names: usize,
    definitions: Vec<String>,
    variables: Map<String, Value>,
    fragments: Vec<String>,
}

impl<'w, 't> Writer<'w, 't> {
    /// Writes by the choices of the tape, with names of the world's places where places are asked for.
    #[must_use]
    pub fn new(schema: &'w apollo_compiler::Schema, world: &'w World, tape: Tape<'t>) -> Self {
        Self {
            schema,
            world,
            tape,
            fields_left: 60,
            names: 0,
            definitions: Vec::new(),
            variables: Map::new(),
            fragments: Vec::new(),
        }
    }

    /// Writes one request.
    #[must_use]
    pub fn write(mut self) -> Request {
        let is_mutation = self.tape.one_in(6);
        let kind = if is_mutation { "mutation" } else { "query" };
        let root = if is_mutation { "Mutation" } else { "Query" };
        let selections =
            (0..1 + self.tape.below(3)).map(|_| self.root_field(root)).collect::<Vec<_>>().join(" ");
        let operation_name = self.tape.one_in(3).then(|| "Wanted".to_owned());
        let definitions = match self.definitions.join(", ") {
            none if none.is_empty() => none,
            some => format!("({some})"),
        };
        let name = operation_name.as_deref().unwrap_or_default();
        let mut parts = vec![format!("{kind} {name}{definitions} {{ {selections} }}")];
        parts.append(&mut self.fragments);
        if operation_name.is_some() && self.tape.one_in(2) {
            parts.insert(self.tape.below(2), "query Other { __typename metadata { version } }".to_owned());
        }
        Request { document: parts.join("\n"), operation_name, variables: self.variables }
    }

    fn root_field(&mut self, root: &str) -> String {
        let known =
            ["project", "group", "namespace", "issue", "mergeRequest", "currentUser", "projects", "runners"];
        let fields = self.fields_of(root);
        let favourite = known.get(self.tape.below(2 * known.len())).filter(|_| root == "Query");
        let field = match favourite.and_then(|name| fields.iter().copied().find(|field| field.name == *name))
        {
            Some(field) => Some(field),
            None => self.tape.pick(&fields).copied(),
        };
        field.map_or_else(|| "__typename".to_owned(), |field| self.field(field, 0))
    }

    fn fields_of(&self, type_name: &str) -> Vec<&'w FieldDefinition> {
        match self.schema.types.get(type_name) {
            Some(ExtendedType::Object(object)) => object.fields.values().map(|field| &***field).collect(),
            Some(ExtendedType::Interface(interface)) => {
                interface.fields.values().map(|field| &***field).collect()
            }
            _ => Vec::new(),
        }
    }

    fn field(&mut self, field: &FieldDefinition, depth: usize) -> String {
        self.fields_left = self.fields_left.saturating_sub(1);
        let arguments = self.arguments(&field.arguments);
        let alias = match self.tape.below(8) {
            0..4 if arguments.is_empty() => String::new(),
            0..2 => String::new(),
            7 => self.tape.pick(&ODD_KEYS).map_or_else(String::new, |key| format!("{key}: ")),
            _ => format!("{}: ", self.name("a")),
        };
        let directives = self.directives();
        let name = field.ty.inner_named_type();
        let is_leaf = self.schema.types.get(name).is_some_and(ExtendedType::is_leaf);
        let below =
            if is_leaf { String::new() } else { format!(" {{ {} }}", self.selections(name, depth + 1)) };
        format!("{alias}{}{arguments}{directives}{below}", field.name)
    }

    fn name(&mut self, prefix: &str) -> String {
        self.names += 1;
        format!("{prefix}{}", self.names)
    }

    fn directives(&mut self) -> String {
        let (name, condition) = match self.tape.below(24) {
            20 => ("include", true),
            21 => ("skip", false),
            22 => ("include", false),
            23 => ("skip", true),
            _ => return String::new(),
        };
        let condition = if self.tape.one_in(2) {
            self.variable(&Type::NonNullNamed(apollo_compiler::name!("Boolean")), json!(condition), "")
        } else {
            condition.to_string()
        };
        format!(" @{name}(if: {condition})")
    }

    fn selections(&mut self, type_name: &Name, depth: usize) -> String {
        let count = 1 + self.tape.below(4);
        (0..count).map(|_| self.selection(type_name, depth)).collect::<Vec<_>>().join(" ")
    }

    fn selection(&mut self, type_name: &Name, depth: usize) -> String {
        let deeper = depth < 7 && self.fields_left > 0;
        match self.tape.below(24) {
            18 => "__typename".to_owned(),
            19 => format!("{}: __typename", self.name("t")),
            20 | 21 if deeper => {
                let condition = self.condition(type_name);
                let directives = self.directives();
                let below = self.selections(&condition, depth + 1);
                let on = if condition == *type_name && self.tape.one_in(2) {
                    String::new()
                } else {
                    format!(" on {condition}")
                };
                format!("...{on}{directives} {{ {below} }}")
            }
            22 | 23 if deeper => {
                let condition = self.condition(type_name);
                let name = self.name("F");
                let below = self.selections(&condition, depth + 1);
                self.fragments.push(format!("fragment {name} on {condition} {{ {below} }}"));
                let directives = self.directives();
                format!("...{name}{directives}")
            }
            _ => self.any_field(type_name, depth, deeper),
        }
    }

    /// The type itself, or another that its objects may be.
    fn condition(&mut self, type_name: &Name) -> Name {
        let mut conditions = possible_types(self.schema, type_name);
        if let Some(ExtendedType::Object(object)) = self.schema.types.get(type_name) {
            conditions.extend(object.implements_interfaces.iter().map(|interface| interface.name.clone()));
        }
        conditions.insert(0, type_name.clone());
        self.tape.pick(&conditions).unwrap_or(type_name).clone()
    }

    fn any_field(&mut self, type_name: &Name, depth: usize, deeper: bool) -> String {
        let all = self.fields_of(type_name);
        let is_leaf = |field: &FieldDefinition| {
            self.schema.types.get(field.ty.inner_named_type()).is_some_and(ExtendedType::is_leaf)
        };
        let items: Vec<_> = all
            .iter()
            .copied()
            .filter(|field| matches!(field.name.as_str(), "nodes" | "edges" | "node"))
            .collect();
        let leaves: Vec<_> = all.iter().copied().filter(|field| is_leaf(field)).collect();
        let branches: Vec<_> = all.iter().copied().filter(|field| !is_leaf(field)).collect();
        let group = match self.tape.below(8) {
            0..=3 if !leaves.is_empty() => &leaves,
            _ if !deeper => &leaves,
            _ if !items.is_empty() => &items,
            _ => &branches,
        };
        match self.tape.pick(group).copied() {
            Some(field) => self.field(field, depth),
            None => "__typename".to_owned(),
        }
    }

    fn arguments(&mut self, definitions: &[apollo_compiler::Node<InputValueDefinition>]) -> String {
        let mut given = Vec::new();
        for definition in definitions {
            if definition.is_required() || self.tape.one_in(8) {
                let value = self.argument(definition, 0);
                given.push(format!("{}: {value}", definition.name));
            }
        }
        if given.is_empty() { String::new() } else { format!("({})", given.join(", ")) }
    }

    /// A value as text, or a variable that has it.
    fn argument(&mut self, definition: &InputValueDefinition, depth: usize) -> String {
        let value = self.input(&definition.ty, &definition.name, depth);
        if !self.tape.one_in(4) {
            return self.literal(&definition.ty, &value);
        }
        let default = if self.tape.one_in(4) && !value.is_null() {
            format!(" = {}", self.literal(&definition.ty, &value))
        } else {
            String::new()
        };
        self.variable(&definition.ty, value, &default)
    }

    fn variable(&mut self, ty: &Type, value: Value, default: &str) -> String {
        let name = self.name("v");
        self.definitions.push(format!("${name}: {ty}{default}"));
        if default.is_empty() || self.tape.one_in(2) {
            self.variables.insert(name.clone(), value);
        }
        format!("${name}")
    }

    fn input(&mut self, ty: &Type, name: &str, depth: usize) -> Value {
        if !ty.is_non_null() && self.tape.one_in(16) {
            return Value::Null;
        }
        match ty {
            Type::List(item) | Type::NonNullList(item) => {
                (0..self.tape.below(3)).map(|_| self.input(item, name, depth)).collect()
            }
            Type::Named(type_name) | Type::NonNullNamed(type_name) => {
                self.named_input(type_name, name, depth)
            }
        }
    }

    fn named_input(&mut self, type_name: &Name, name: &str, depth: usize) -> Value {
        match self.schema.types.get(type_name) {
            Some(ExtendedType::Enum(definition)) => {
                let values: Vec<_> = definition.values.keys().collect();
                self.tape.pick(&values).map_or(Value::Null, |value| value.as_str().into())
            }
            Some(ExtendedType::InputObject(definition)) => {
                let mut entries = Map::new();
                for field in definition.fields.values() {
                    if field.is_required() || (depth < 3 && self.tape.one_in(8)) {
                        entries.insert(field.name.to_string(), self.input(&field.ty, &field.name, depth + 1));
                    }
                }
                entries.into()
            }
            _ => self.scalar(type_name, name),
        }
    }

    fn scalar(&mut self, type_name: &str, name: &str) -> Value {
        match type_name {
            "Int" => json!(self.tape.below(20)),
            "Float" => json!(1.5),
            "Boolean" => json!(self.tape.one_in(2)),
            "ID" | "String" if name.ends_with("Path") => self.path().into(),
            "ID" if name.ends_with("iid") => self.tape.below(20).to_string().into(),
            "ProjectID" => self.place_id(BoundaryType::Project).into(),
            "GroupID" | "NamespaceID" => self.place_id(BoundaryType::Group).into(),
            "ID" => match self.tape.below(3) {
                0 => self.place_id(BoundaryType::Project).into(),
                1 => self.place_id(BoundaryType::Group).into(),
                _ => self.record_id("Issue").into(),
            },
            _ => match type_name.strip_suffix("ID") {
                Some(model) => self.record_id(model).into(),
                None => "text".into(),
            },
        }
    }

    fn path(&mut self) -> String {
        let known = self.tape.pick(&self.world.containers).map(|container| container.path.clone());
        known.filter(|_| !self.tape.one_in(12)).unwrap_or_else(|| "no/such".to_owned())
    }

    fn place_id(&mut self, kind: BoundaryType) -> String {
        let model = if kind == BoundaryType::Group { "Group" } else { "Project" };
        format!("gid://gitlab/{model}/{}", 1 + self.tape.below(6))
    }

    fn record_id(&mut self, model: &str) -> String {
        format!("gid://gitlab/{model}/{}", 1 + self.tape.below(200))
    }

    fn literal(&self, ty: &Type, value: &Value) -> String {
        match value {
            Value::String(text) => {
                let is_enum =
                    matches!(self.schema.types.get(ty.inner_named_type()), Some(ExtendedType::Enum(_)));
                if is_enum { text.clone() } else { value.to_string() }
            }
            Value::Array(items) => {
                let items: Vec<_> = items.iter().map(|item| self.literal(ty.item_type(), item)).collect();
                format!("[{}]", items.join(", "))
            }
            Value::Object(entries) => {
                let definition = match self.schema.types.get(ty.inner_named_type()) {
                    Some(ExtendedType::InputObject(definition)) => Some(definition),
                    _ => None,
                };
                let write = |(name, value): (&String, &Value)| {
                    let field = definition.and_then(|definition| definition.fields.get(name.as_str()));
                    let ty = field.map_or(ty, |field| &*field.ty);
                    format!("{name}: {}", self.literal(ty, value))
                };
                format!("{{{}}}", entries.iter().map(write).collect::<Vec<_>>().join(", "))
            }
            _ => value.to_string(),
        }
    }
}
