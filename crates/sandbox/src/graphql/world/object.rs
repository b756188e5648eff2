//! Resolving the fields of an item.

use apollo_compiler::ast::Type;
use apollo_compiler::resolvers::{FieldError, ObjectValue, ResolveInfo, ResolvedValue};
use apollo_compiler::schema::ExtendedType;
use serde_json::{Map, Value, json};

use super::connection::Connection;
use super::declared::{DECLARED, Plan, is_connection};
use super::item::{Found, Item};
use super::{Worldly, mutation, records, special};
use crate::graphql::answer::Trace;
use crate::graphql::gid;
use crate::world::Container;

/// An item at a position of an answer.
pub(super) struct Node<'s> {
    pub(super) served: &'s Worldly,
    pub(super) item: Item,
    pub(super) path: String,
    pub(super) trace: Trace,
}

/// The moment of what has none: that of the first commits.
const BEGINNING: &str = "2026-01-05T09:00:00.000Z";

/// The arguments of a field.
pub(super) type Arguments = Map<String, Value>;

/// An argument that is a text.
pub(super) fn text<'a>(arguments: &'a Arguments, name: &str) -> Option<&'a str> {
    arguments.get(name).and_then(Value::as_str)
}

impl<'s> Node<'s> {
    pub(super) fn new(served: &'s Worldly, item: Item, path: String, trace: &Trace) -> Self {
        trace.note(&path, &item.type_name, item.place);
        Self { served, item, path, trace: trace.clone() }
    }

    fn find(&self, field: &str, arguments: &Arguments) -> Result<Found, FieldError> {
        let type_name = self.item.type_name.as_str();
        if let Some(Plan::Mutation { does, payload }) = DECLARED.plan(type_name, field) {
            let payload = payload.as_deref();
            return mutation::perform(self.served, field, does, payload, arguments)
                .map(|it| Found::One(Some(it)));
        }
        if let Some(found) = special::find(self.served, &self.item, field, arguments) {
            return Ok(found);
        }
        Ok(match DECLARED.plan(type_name, field) {
            Some(Plan::Key(key)) => self.item.at(key).cloned().map_or(Found::Nothing, Found::Value),
            Some(Plan::Same) => Found::One(Some(self.item.clone())),
            Some(plan) => records::find(self.served, &self.item, plan, arguments),
            None => {
                let value = self.item.data.get(&snake(field)).or_else(|| self.item.data.get(field));
                value.cloned().map_or(Found::Nothing, Found::Value)
            }
        })
    }

    pub(super) fn complete(
        &self,
        field: &str,
        kind: &Type,
        found: Found,
        arguments: &Arguments,
        path: &str,
    ) -> ResolvedValue<'s> {
        let name = kind.inner_named_type();
        let leaf = DECLARED.schema.types.get(name).filter(|it| it.is_leaf());
        match (found, leaf) {
            (Found::Value(Value::Null) | Found::Nothing, _) => {
                self.nothing(field, kind, leaf, arguments, path)
            }
            (Found::Value(Value::Array(values)), Some(leaf)) if kind.is_list() => {
                let values =
                    values.into_iter().map(|value| ResolvedValue::leaf(self.leaf(field, leaf, value)));
                ResolvedValue::list(values.collect::<Vec<_>>())
            }
            (Found::Value(value), Some(leaf)) => ResolvedValue::leaf(self.leaf(field, leaf, value)),
            (Found::Value(Value::Array(values)), None) => {
                let items = values.into_iter().filter_map(|value| self.inside(name, value)).collect();
                self.complete(field, kind, Found::Many(items), arguments, path)
            }
            (Found::Value(value), None) => {
                let item = self.inside(name, value);
                self.complete(field, kind, Found::One(item), arguments, path)
            }
            (Found::One(None), _) => ResolvedValue::null(),
            (Found::One(Some(item)), _) => ResolvedValue::object(self.node(item, name, path)),
            (Found::Many(items), _) if is_connection(kind) => {
                let connection = Connection::of(name, self.served, items, arguments, path, &self.trace);
                ResolvedValue::object(connection)
            }
            (Found::Many(items), _) => {
                let items = items.into_iter().enumerate();
                let items = items.map(|(index, item)| self.node(item, name, &format!("{path}/{index}")));
                ResolvedValue::list(items.map(ResolvedValue::object).collect::<Vec<_>>())
            }
        }
    }

    fn node(&self, item: Item, declared: &str, path: &str) -> Node<'s> {
        Node::new(self.served, as_declared(item, declared), path.to_owned(), &self.trace)
    }

    /// An object inside the record: a user, or a part of it.
    fn inside(&self, declared: &str, value: Value) -> Option<Item> {
        let Value::Object(data) = value else { return None };
        let declared = declared.strip_suffix("Connection").unwrap_or(declared);
        if USERS.contains(&declared) {
            let id = data.get("id")?.as_u64()?;
            let world = self.served.forge.world();
            return world.users.get(&id).map(|user| Item::of_user(self.served.forge.url(), user));
        }
        Some(Item { type_name: declared.to_owned(), place: self.item.place, data })
    }

    /// What a field shows about which nothing is known.
    fn nothing(
        &self,
        field: &str,
        kind: &Type,
        leaf: Option<&ExtendedType>,
        arguments: &Arguments,
        path: &str,
    ) -> ResolvedValue<'s> {
        if is_connection(kind) {
            return self.complete(field, kind, Found::Many(Vec::new()), arguments, path);
        }
        if !kind.is_non_null() {
            return ResolvedValue::null();
        }
        match leaf {
            _ if kind.is_list() => ResolvedValue::list(Vec::<ResolvedValue<'s>>::new()),
            None => self.complete(field, kind, Found::One(Some(self.item.clone())), arguments, path),
            Some(ExtendedType::Enum(it)) => {
                ResolvedValue::leaf(json!(it.values.keys().next().map(apollo_compiler::Name::as_str)))
            }
            Some(scalar) => ResolvedValue::leaf(match scalar.name().as_str() {
                "Int" => json!(0),
                "Float" => json!(0.0),
                "Boolean" => json!(false),
                "Time" => self.item.at("created_at").cloned().unwrap_or_else(|| json!(BEGINNING)),
                _ => json!(""),
            }),
        }
    }

    fn leaf(&self, field: &str, leaf: &ExtendedType, value: Value) -> Value {
        if let (ExtendedType::Enum(it), Some(text)) = (leaf, value.as_str()) {
            let upper = text.to_uppercase().replace('-', "_");
            let known = [text, upper.as_str()].into_iter().find(|name| it.values.contains_key(*name));
            return json!(known);
        }
        match (leaf.name().as_str(), &value) {
            // Where REST tells parts of a second, GraphQL tells seconds.
            ("Int", Value::Number(number)) if number.is_f64() => json!(number.as_f64().map(|it| it as i64)),
            ("Int" | "Boolean" | "JSON", _) => value,
            ("Float", number) => json!(number.as_f64()),
            (_, Value::Number(number)) if field == "id" => {
                number.as_u64().map_or(Value::Null, |id| json!(gid::write(self.item.model(), id)))
            }
            (_, Value::String(_)) => value,
            (_, other) => json!(other.to_string()),
        }
    }
}

/// The interface of users and the types that implement it.
const USERS: [&str; 8] = [
    "User",
    "UserCore",
    "CurrentUser",
    "AutocompletedUser",
    "MergeRequestAuthor",
    "MergeRequestAssignee",
    "MergeRequestReviewer",
    "MergeRequestParticipant",
];

/// The item as the type of its position, where that is an object type.
pub(super) fn as_declared(item: Item, declared: &str) -> Item {
    match DECLARED.schema.types.get(declared) {
        Some(ExtendedType::Object(_)) => item.seen_as(declared),
        _ => item,
    }
}

impl ObjectValue for Node<'_> {
    fn type_name(&self) -> &str {
        &self.item.type_name
    }

    fn resolve_field<'a>(&'a self, info: &'a ResolveInfo<'a>) -> Result<ResolvedValue<'a>, FieldError> {
        let field = info.field_name();
        let arguments: Arguments =
            info.arguments().iter().map(|(name, value)| (name.as_str().to_owned(), json!(value))).collect();
        let key =
            info.field_selections().first().map_or(field, |selection| selection.response_key().as_str());
        let path = format!("{}/{key}", self.path);
        let found = self.find(field, &arguments)?;
        Ok(self.complete(field, &info.field_definition().ty, found, &arguments, &path))
    }
}

/// `webUrl` as records spell it: `web_url`.
pub(super) fn snake(name: &str) -> String {
    name.chars().fold(String::with_capacity(name.len() + 4), |mut text, c| {
        if c.is_ascii_uppercase() {
            text.push('_');
        }
        text.push(c.to_ascii_lowercase());
        text
    })
}

/// The root of an operation.
pub(super) fn root<'s>(served: &'s Worldly, name: &str, trace: &Trace) -> Node<'s> {
    let item = Item::new(name, Container::Instance, json!({}));
    Node { served, item, path: String::new(), trace: trace.clone() }
}
