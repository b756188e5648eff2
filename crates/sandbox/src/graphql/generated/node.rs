//! A generated object.

use apollo_compiler::ast::Type;
use apollo_compiler::resolvers::{FieldError, ObjectValue, ResolveInfo, ResolvedValue};
use serde_json::{Map, Value, json};

use super::Generated;
use super::named::Naming;
use super::places::Places;
use super::scalar::number_at;
use super::shape::{Shape, item, possible};
use crate::graphql::answer::Trace;
use crate::graphql::gid;
use crate::world::Container;

/// How many items a list has at least; lists of interfaces and unions have one of each type.
const ITEMS: usize = 3;

/// An object: everything about it follows from its type, its place and the names of the fields that led to it.
pub(super) struct Node<'s> {
    pub(super) served: &'s Generated,
    pub(super) type_name: String,
    pub(super) shape: Shape,
    /// Where things reached through it are, if they tell their place.
    at: Container,
    /// What it belongs to itself.
    place: Container,
    /// What its values and all below it follow from.
    seed: u64,
    /// The number in its global id, which tells its place.
    pub(super) number: u64,
    /// Its index in a list.
    index: Option<usize>,
    /// Where it stands in the answer.
    path: String,
    /// The global id by which it was asked for.
    pub(super) given_id: Option<String>,
    /// What the arguments said about what it connects.
    connected: Naming,
    pub(super) client_mutation_id: Option<String>,
    trace: Trace,
}

/// What is known about a position before an object is put there.
struct Position {
    at: Container,
    seed: u64,
    index: Option<usize>,
    path: String,
    naming: Naming,
}

impl<'s> Node<'s> {
    pub(super) fn root(served: &'s Generated, name: &str, at: Container, trace: Trace) -> Self {
        Self {
            served,
            type_name: name.to_owned(),
            shape: Shape::Part,
            at,
            place: Container::Instance,
            seed: 0,
            number: 0,
            index: None,
            path: String::new(),
            given_id: None,
            connected: Naming::default(),
            client_mutation_id: None,
            trace,
        }
    }

    /// The place that the object's own fields tell.
    pub(super) fn told(&self) -> Container {
        self.place
    }

    fn is(&self, suffix: &str) -> bool {
        self.type_name.ends_with(suffix)
    }

    /// What a field leads to starts from this number. `nodes` and `edges` of a connection hold the same objects, and
    /// an alias changes nothing.
    fn seed_below(&self, field: &str) -> u64 {
        if self.connects_by(field) { self.seed } else { mix(self.seed, field.as_bytes()) }
    }

    fn connects_by(&self, field: &str) -> bool {
        (self.is("Connection") && matches!(field, "nodes" | "edges")) || (self.is("Edge") && field == "node")
    }

    fn value(&self, field: &str, kind: &Type, position: Position, client: Option<&str>) -> ResolvedValue<'s> {
        if field == "errors" && self.is("Payload") {
            return ResolvedValue::list(Vec::<ResolvedValue<'s>>::new());
        }
        if let Some(inner) = item(kind) {
            let schema = &self.served.file.0.schema;
            let given = position.naming.ids.as_deref();
            let all = || possible(schema, inner.inner_named_type()).len().max(ITEMS);
            let length = given.map_or_else(all, <[String]>::len);
            let items: Vec<_> = (0..length)
                .map(|index| {
                    let seed = mix(position.seed, &index.to_be_bytes());
                    let path = format!("{}/{index}", position.path);
                    let naming = match given.and_then(|ids| ids.get(index)) {
                        Some(id) => Naming::of_id(id, &self.served.places),
                        None => Naming { place: None, ..position.naming.clone() },
                    };
                    let at = naming.place.unwrap_or(position.at);
                    let position = Position { at, seed, index: Some(index), path, naming };
                    self.value(field, inner, position, client)
                })
                .collect();
            return ResolvedValue::list(items);
        }
        let name = kind.inner_named_type();
        let types = possible(&self.served.file.0.schema, name);
        match self.served.file.0.schema.types.get(name) {
            Some(leaf) if types.is_empty() => ResolvedValue::leaf(self.leaf(field, leaf, position.seed)),
            _ => ResolvedValue::nullable_object(self.object(field, kind, &types, position, client)),
        }
    }

    fn object(
        &self,
        field: &str,
        kind: &Type,
        types: &[&apollo_compiler::schema::ObjectType],
        position: Position,
        client: Option<&str>,
    ) -> Option<Node<'s>> {
        let places = &self.served.places;
        // An edge holds what stands at its own index of the list.
        let index = if self.is("Edge") { self.index } else { position.index };
        let choice = index.or_else(|| usize::try_from(position.seed).ok()).unwrap_or_default();
        let named = position.naming.ids.as_deref().unwrap_or_default().first();
        let models = &self.served.file.0.models;
        let named = named.and_then(|id| gid::parse(id));
        let by_id = named.and_then(|(model, _)| types.iter().find(|it| models.are_of(&it.name, model)));
        let chosen = by_id.or_else(|| types.get(choice.checked_rem(types.len())?))?;
        let shape = Shape::of(chosen);
        let type_name = chosen.name.to_string();
        let connects = type_name.ends_with("Connection") || type_name.ends_with("Edge");
        let given = position.naming.ids.iter().flatten().next().filter(|_| !connects).cloned();
        let is_above = shape == Shape::OfGroupOrAbove
            && matches!(position.at, Container::Group(_))
            && index.is_some_and(|index| index + 1 == ITEMS)
            && !position.naming.without_ancestors;
        let elsewhere = index == Some(1) && shape.is_located(position.at) && given.is_none();
        let at = match (shape, self.place) {
            _ if elsewhere => Places::away_from(position.at),
            _ if is_above && given.is_none() => places.top_of(position.at),
            // A user's snippets begin with a personal one.
            (Shape::OfProjectOrUser, Container::User(_)) if index == Some(0) && given.is_none() => self.place,
            (Shape::Namespace, Container::User(_)) if self.shape == Shape::User => self.place,
            _ => position.at,
        };
        if self.contradicts(field, shape, position.naming.place) && !kind.is_non_null() {
            return None;
        }
        if field == "currentUser" && self.served.viewer == Container::Instance {
            return None;
        }
        let at = shape.settle(places, at);
        let place = match shape {
            Shape::User if field == "currentUser" => self.served.viewer,
            Shape::User if field == "author" && self.is_personal() => self.place,
            Shape::User => position.naming.user.unwrap_or_else(|| places.user(position.seed)),
            Shape::OfUser if matches!(self.place, Container::User(_)) => self.place,
            Shape::OfUser => self.served.viewer,
            Shape::Part => position.naming.place.unwrap_or(self.place),
            _ => at,
        };
        let asked = given.as_deref().and_then(gid::parse).filter(|_| shape != Shape::User);
        let from = match (shape, index) {
            // The same wherever they are listed.
            (Shape::OfTopGroup | Shape::OfGroupOrAbove, Some(index)) => {
                mix(mix(0, type_name.as_bytes()), &index.to_be_bytes())
            }
            _ => position.seed,
        };
        let number = asked.map_or_else(|| number_at(place, from), |(_, number)| number);
        // Asked for by its id it is the same as in a list.
        let seed = if shape == Shape::Part { position.seed } else { mix(0, &number.to_be_bytes()) };
        self.trace.note(&position.path, &type_name, place);
        Some(Node {
            served: self.served,
            type_name,
            shape,
            at,
            place,
            seed,
            number,
            index: position.index,
            path: position.path,
            given_id: given,
            connected: if connects { position.naming } else { Naming::default() },
            client_mutation_id: client.map(str::to_owned),
            trace: self.trace.clone(),
        })
    }

    /// Whether a field has a value whatever its arguments name: what a member does in a merge request of any project.
    fn leads_anywhere(&self, kind: &Type) -> bool {
        let of = self.served.file.0.schema.get_object(kind.inner_named_type());
        kind.is_non_null() || of.is_some_and(|of| Shape::of(of) == Shape::OfDeed)
    }

    /// Whether it belongs to a user alone.
    fn is_personal(&self) -> bool {
        self.shape == Shape::OfProjectOrUser && matches!(self.place, Container::User(_))
    }

    /// What belongs to a group or a user has no project, and what belongs to a project only shows that project.
    fn contradicts(&self, field: &str, of: Shape, named: Option<Container>) -> bool {
        match (named.unwrap_or(self.place), of, field) {
            (Container::Group(_), Shape::Project, "project") => true,
            (Container::User(_), Shape::Project, "project") => named.is_some() || self.is_personal(),
            (Container::User(_), Shape::Group, "group") => named.is_some(),
            (Container::Project(_), Shape::Group, "group") => self.shape != Shape::Project || named.is_some(),
            _ => false,
        }
    }
}

impl ObjectValue for Node<'_> {
    fn type_name(&self) -> &str {
        &self.type_name
    }

    fn resolve_field<'a>(&'a self, info: &'a ResolveInfo<'a>) -> Result<ResolvedValue<'a>, FieldError> {
        let field = info.field_name();
        let arguments: Map<String, Value> =
            info.arguments().iter().map(|(name, value)| (name.as_str().to_owned(), json!(value))).collect();
        let mut naming = Naming::read(&arguments, &self.served.places);
        let kind = &info.field_definition().ty;
        if self.connects_by(field) {
            naming = Naming { place: None, user: None, unknown: false, ..self.connected.clone() };
        } else if matches!(self.place, Container::Project(_) | Container::Group(_)) {
            let places = &self.served.places;
            if lists(kind) {
                naming = naming.within(self.place, places);
            } else if naming.is_elsewhere(self.place, places) && !self.leads_anywhere(kind) {
                return Ok(ResolvedValue::null());
            }
        }
        if naming.unknown && !kind.is_non_null() {
            return Ok(ResolvedValue::null());
        }
        let input = arguments.get("input").and_then(|input| input.get("clientMutationId"));
        let client = input.and_then(Value::as_str).or(self.client_mutation_id.as_deref());
        let key =
            info.field_selections().first().map_or(field, |selection| selection.response_key().as_str());
        let position = Position {
            at: naming.place.unwrap_or(self.at),
            seed: self.seed_below(field),
            index: None,
            path: format!("{}/{key}", self.path),
            naming,
        };
        Ok(self.value(field, kind, position, client))
    }
}

/// Whether a type is a list, or connects one.
fn lists(kind: &Type) -> bool {
    item(kind).is_some() || kind.inner_named_type().ends_with("Connection")
}

/// Mixes bytes into a number, by FNV-1a: the same everywhere and always.
fn mix(seed: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(seed ^ 0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
