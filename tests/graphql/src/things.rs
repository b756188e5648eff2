//! The data of a random world: every object is made when it is asked for, and is always the same.
//!
//! A thing's number tells where it belongs, so a global id alone leads to its place. What a field answers is a function of
//! the thing, the field and its arguments. A thing tells its place truthfully by the fields that its type is located by;
//! what else it refers to may belong anywhere.

use std::collections::BTreeMap;

use apollo_compiler::Name;
use apollo_compiler::ast::{FieldDefinition, Type};
use apollo_compiler::schema::ExtendedType;
use narrowgate_catalog::BoundaryType;
use narrowgate_graphql::guard::{ArgumentPath, Class, Guard, Guards, Locator, Names, Probe, Reads, Source};
use serde_json::Value;

use crate::hash::Dice;
use crate::json::Json;
use crate::sought::Sought;
use crate::world::{Container, Ground, Home, World};

/// The arguments of a field, with variables and defaults filled in.
pub type Arguments = BTreeMap<String, Value>;

/// An object of an object type.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Thing {
    /// Its object type.
    pub type_name: Name,
    /// Its number; that of a project or group is its id.
    pub number: u64,
    /// Where it belongs.
    pub home: Home,
}

/// What a field answers.
#[derive(Clone, Debug)]
pub enum Data {
    /// Nothing.
    Null,
    /// An error.
    Fault,
    /// A scalar.
    Leaf(Json),
    /// An object.
    Thing(Thing),
    /// A list.
    List(Vec<Data>),
}

/// What makes things.
#[derive(Clone, Copy, Debug)]
pub struct Maker<'w> {
    /// The projects and groups.
    pub world: &'w World,
    /// The schema.
    pub schema: &'w apollo_compiler::Schema,
    /// What the schema's types are located by.
    pub guards: &'w Guards,
    /// What probes pass through.
    pub passages: &'w Passages,
    /// Makes one world's things differ from another's.
    pub seed: u64,
    /// Whether fields fail now and then.
    pub fails: bool,
}

/// Types that tell no place of their own, and what is left of the probes that pass through them.
#[derive(Debug, Default)]
pub struct Passages(BTreeMap<String, Vec<Probe>>);

impl Passages {
    /// Follows the probes of all types.
    #[must_use]
    pub fn of_schema(schema: &apollo_compiler::Schema, guards: &Guards) -> Self {
        let mut passages = Self::default();
        for object in schema.types.values().filter_map(ExtendedType::as_object) {
            let Class::Guarded(guard) = guards.class(&object.name) else { continue };
            for locator in &guard.locators {
                if let Locator::Probe(probe) = locator {
                    passages.follow(schema, &object.name, probe);
                }
            }
        }
        passages
    }

    fn follow(&mut self, schema: &apollo_compiler::Schema, type_name: &str, probe: &Probe) {
        let mut of = type_name.to_owned();
        for (index, step) in probe.steps.iter().enumerate() {
            let owner = step.on.as_deref().unwrap_or(&of).to_owned();
            let steps: Box<[_]> = probe.steps.iter().skip(index).cloned().collect();
            let left = Probe { steps, reads: probe.reads };
            let known = self.0.entry(owner.clone()).or_default();
            if !known.contains(&left) {
                known.push(left);
            }
            let Ok(field) = schema.type_field(&owner, &step.field) else { return };
            of = field.ty.inner_named_type().to_string();
        }
    }

    fn of(&self, type_name: &str) -> &[Probe] {
        self.0.get(type_name).map_or(&[], Vec::as_slice)
    }
}

/// What a field is asked of.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The object.
    pub thing: &'a Thing,
    /// The home of the nearest guarded object, itself included.
    pub context: Home,
    /// The field.
    pub field: &'a FieldDefinition,
    /// Its arguments.
    pub arguments: &'a Arguments,
    /// Whether it has arguments beyond those that lead from page to page.
    pub is_filtered: bool,
    /// By what it is searched.
    pub sought: Sought,
    /// By what the field is searched whose value the object is.
    pub above: Sought,
}

/// Where a thing in the making has to belong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Demand {
    /// Anywhere that its type can tell of.
    Any,
    /// Just there; if it can't be, there is none.
    At(Home),
    /// Nowhere: there is none.
    Nowhere,
}

impl Maker<'_> {
    /// The number of places, and nowhere.
    fn places(&self) -> u64 {
        self.world.containers.len() as u64 + 1
    }

    /// Where the record with a number belongs.
    #[must_use]
    pub fn home_of(&self, number: u64) -> Home {
        let code = usize::try_from(number % self.places()).unwrap_or_default();
        code.checked_sub(1).map_or(Home::Nowhere, Home::At)
    }

    fn number_at(&self, home: Home, dice: &mut Dice) -> u64 {
        let code = match home {
            Home::At(index) => index as u64 + 1,
            Home::Nowhere | Home::Untold | Home::Missing => 0,
        };
        (1 + dice.below(40) as u64) * self.places() + code
    }

    fn container(&self, home: Home) -> Option<&Container> {
        match home {
            Home::At(index) => self.world.containers.get(index),
            Home::Nowhere | Home::Untold | Home::Missing => None,
        }
    }

    /// The home that what is below a thing inherits.
    #[must_use]
    pub fn home_below(&self, thing: &Thing, above: Home) -> Home {
        match self.guards.class(&thing.type_name) {
            Class::Guarded(_) => thing.home,
            Class::Public => Home::Untold,
            Class::Structural | Class::Part | Class::Unclassified => above,
        }
    }

    /// The home that what is below a field inherits.
    #[must_use]
    pub fn home_of_field(&self, asked: Asked<'_>, is_root: bool) -> Home {
        let (parent, name) = (asked.thing.type_name.as_str(), asked.field.name.as_str());
        let guard =
            if parent == "Mutation" { self.guards.mutation(name) } else { self.guards.field(parent, name) };
        if !is_root {
            return if guard.is_some_and(|guard| guard.elsewhere) { Home::Untold } else { asked.context };
        }
        let needs = guard.into_iter().flat_map(|guard| &guard.needs);
        let sources = needs.flat_map(|need| &need.any).flat_map(|alternative| &alternative.sources);
        let mut told = sources.filter_map(|source| match source {
            Source::Argument(path) => {
                let value = *values(path, asked.arguments).first()?;
                let home = self.named_by(path, value);
                matches!(self.world.ground(home, path.boundary)?, Ground::Container(_)).then_some(home)
            }
            Source::Parent(_) | Source::User | Source::Instance => None,
        });
        let own = || {
            let is_own = matches!(asked.field.ty.inner_named_type().as_str(), "Project" | "Group");
            let name = ["fullPath", "id"].into_iter().find(|name| asked.arguments.contains_key(*name))?;
            let value = asked.arguments.get(name).filter(|_| is_own && asked.field.ty.is_named())?;
            Some(self.named_by_text(value.as_str()?))
        };
        told.next().or_else(own).unwrap_or(Home::Untold)
    }

    /// What the value of an argument names.
    #[must_use]
    pub fn named_by(&self, path: &ArgumentPath, value: &Value) -> Home {
        match (path.names, value.as_str()) {
            (_, None) => Home::Missing,
            (Names::FullPath, Some(text)) => self.world.by_path(text),
            (Names::GlobalId, Some(text)) => {
                text.strip_prefix("gid://gitlab/").map_or(Home::Missing, |rest| self.record(rest))
            }
        }
    }

    fn named_by_text(&self, text: &str) -> Home {
        text.strip_prefix("gid://gitlab/").map_or_else(|| self.world.by_path(text), |rest| self.record(rest))
    }

    /// What a field answers.
    #[must_use]
    pub fn answer(&self, asked: Asked<'_>) -> Data {
        let field = asked.field;
        let mut dice =
            Dice::of(&(self.seed, asked.thing, field.name.as_str(), argument_text(asked.arguments)));
        let bears = self.bears_place(asked.thing, &field.name);
        if bears && field.ty.is_named() && self.is_leaf(field.ty.inner_named_type()) {
            return self.place_text(asked.thing, &field.name).map_or(Data::Null, Data::Leaf);
        }
        if let Some(own) = self.own_text(asked.thing, &field.name) {
            return Data::Leaf(own);
        }
        let demand = match (bears, self.named(asked.arguments)) {
            (true, _) => demand(asked.thing.home),
            (false, Some(home)) => demand(home),
            (false, None) => Demand::Any,
        };
        let may_fail = self.fails && !bears && !field.ty.is_non_null() && field.name != "node";
        if may_fail && dice.one_in(24) {
            return Data::Fault;
        }
        self.value(&field.ty, asked, demand, &mut dice)
    }

    fn value(&self, ty: &Type, asked: Asked<'_>, demand: Demand, dice: &mut Dice) -> Data {
        let nullable = !ty.is_non_null();
        if nullable && demand == Demand::Any && dice.one_in(8) {
            return Data::Null;
        }
        match ty {
            Type::List(item) | Type::NonNullList(item) => {
                let count = dice.below(4);
                Data::List((0..count).map(|_| self.value(item, asked, demand, dice)).collect())
            }
            Type::Named(name) | Type::NonNullNamed(name) => {
                if self.is_leaf(name) {
                    return Data::Leaf(self.leaf(name, dice));
                }
                let mut thing = self.thing(name, asked, demand, dice);
                if thing.is_none() && !nullable {
                    thing = self.thing(name, asked, Demand::Any, dice);
                }
                thing.map_or(Data::Null, Data::Thing)
            }
        }
    }

    fn is_leaf(&self, name: &str) -> bool {
        self.schema.types.get(name).is_some_and(ExtendedType::is_leaf)
    }

    fn thing(&self, name: &Name, asked: Asked<'_>, demand: Demand, dice: &mut Dice) -> Option<Thing> {
        let possible = possible_types(self.schema, name);
        let type_name = dice.pick(&possible)?.clone();
        let Class::Guarded(guard) = self.guards.class(&type_name) else {
            let home = match demand {
                Demand::Any => Home::Untold,
                Demand::At(home) => home,
                Demand::Nowhere => return None,
            };
            return Some(Thing { type_name, number: dice.below(1000) as u64, home });
        };
        let choices = self.choices(guard, &type_name, asked.context);
        let home = match demand {
            Demand::Nowhere => return None,
            Demand::At(home) if choices.contains(&home) => home,
            // What belongs to nobody is there whatever was named.
            Demand::At(_) if !choices.iter().any(|home| matches!(home, Home::At(_))) => {
                *dice.pick(&choices)?
            }
            Demand::At(_) => return None,
            Demand::Any if choices.contains(&asked.context) && !dice.one_in(3) => asked.context,
            Demand::Any => *dice.pick(&choices)?,
        };
        let number = match self.container(home) {
            Some(container) if is_container(&type_name) => container.id,
            _ => self.number_at(home, dice),
        };
        Some(Thing { type_name, number, home })
    }

    /// Where a thing of the type may belong so that its locators tell it.
    fn choices(&self, guard: &Guard, type_name: &str, context: Home) -> Vec<Home> {
        let mut choices = Vec::new();
        let mut may_be_silent = true;
        let all = || (0..self.world.containers.len()).map(Home::At);
        for locator in &guard.locators {
            match locator {
                Locator::Inherit if may_be_silent => {
                    let is_asked = guard.locators.len() > 1;
                    choices.push(if is_asked && context == Home::Untold { Home::Nowhere } else { context });
                    may_be_silent = false;
                }
                Locator::Inherit => {}
                Locator::Probe(probe) => {
                    choices.extend(all().filter(|home| self.tells(type_name, probe, *home)));
                    let first = probe.steps.first().and_then(|step| self.field(type_name, &step.field));
                    may_be_silent &= first.is_some_and(|field| !field.ty.is_non_null());
                }
            }
        }
        if may_be_silent && !is_container(type_name) {
            choices.push(Home::Nowhere);
        }
        choices.retain(|home| self.is_tellable(guard, type_name, *home));
        choices
    }

    /// Whether no field that can't be null would have to be null for a thing that belongs there, and the locators say
    /// nothing else.
    fn is_tellable(&self, guard: &Guard, type_name: &str, home: Home) -> bool {
        let probes = guard.locators.iter().filter_map(|locator| match locator {
            Locator::Probe(probe) => Some(probe),
            Locator::Inherit => None,
        });
        let mut probes = probes.map(|probe| {
            let first = probe.steps.first().and_then(|step| self.field(type_name, &step.field));
            self.tells(type_name, probe, home) || first.is_none_or(|field| !field.ty.is_non_null())
        });
        probes.all(|is_tellable| is_tellable)
    }

    fn field(&self, type_name: &str, field: &str) -> Option<&FieldDefinition> {
        self.schema.type_field(type_name, field).ok().map(|component| &***component)
    }

    /// Whether the value at a probe's end can name the place.
    fn tells(&self, type_name: &str, probe: &Probe, home: Home) -> bool {
        let Some(kind) = self.container(home).map(|container| container.kind) else { return false };
        let (mut owner, mut of) = (type_name, type_name);
        for step in &probe.steps {
            owner = step.on.as_deref().unwrap_or(of);
            of = self.field(owner, &step.field).map_or("", |field| field.ty.inner_named_type());
        }
        match (owner, probe.reads) {
            ("Project", _) | (_, Reads::ProjectId | Reads::ProjectPath) => kind == BoundaryType::Project,
            ("Group", _) | (_, Reads::GroupId | Reads::GroupPath) => kind == BoundaryType::Group,
            (_, Reads::GlobalId | Reads::FullPath | Reads::Page) => true,
        }
    }

    /// Whether the field is on the way of a probe.
    fn bears_place(&self, thing: &Thing, field: &str) -> bool {
        self.bearing(thing, field).next().is_some()
    }

    /// The probes, or what is left of them, that begin with the field.
    fn bearing<'s>(&'s self, thing: &'s Thing, field: &'s str) -> impl Iterator<Item = &'s Probe> {
        let locators: &[Locator] = match self.guards.class(&thing.type_name) {
            Class::Guarded(guard) => &guard.locators,
            _ => &[],
        };
        let own = locators.iter().filter_map(|locator| match locator {
            Locator::Probe(probe) => Some(probe),
            Locator::Inherit => None,
        });
        let passing = self.passages.of(&thing.type_name).iter().filter(|_| locators.is_empty());
        let begins = move |probe: &&Probe| probe.steps.first().is_some_and(|step| *step.field == *field);
        own.chain(passing).filter(begins)
    }

    /// A thing's place in the form that one of its own fields has.
    fn place_text(&self, thing: &Thing, field: &str) -> Option<Json> {
        let container = self.container(thing.home)?;
        let probe =
            self.bearing(thing, field).find(|probe| self.tells(&thing.type_name, probe, thing.home))?;
        let model = if container.kind == BoundaryType::Group { "Group" } else { "Project" };
        let text = match probe.reads {
            Reads::GlobalId => format!("gid://gitlab/{model}/{}", container.id),
            Reads::ProjectId | Reads::GroupId => return Some(Json::Scalar(container.id.to_string().into())),
            Reads::ProjectPath | Reads::GroupPath | Reads::FullPath => container.path.clone(),
            Reads::Page if container.kind == BoundaryType::Group => {
                format!("/groups/{}/-/things/{}", container.path, thing.number)
            }
            Reads::Page => format!("/{}/-/things/{}", container.path, thing.number),
        };
        Some(string(&text))
    }

    /// A thing's own name.
    fn own_text(&self, thing: &Thing, field: &str) -> Option<Json> {
        if field != "id" {
            return None;
        }
        let type_name = thing.type_name.as_str();
        let definition = self.field(type_name, field)?;
        let is_number = definition.ty.inner_named_type() == "Int";
        let text = format!("gid://gitlab/{type_name}/{}", thing.number);
        Some(if is_number { Json::Scalar(thing.number.to_string().into()) } else { string(&text) })
    }

    /// What arguments name; `None` if they name nothing.
    #[must_use]
    pub fn named(&self, arguments: &Arguments) -> Option<Home> {
        let input = arguments.get("input").and_then(Value::as_object);
        let given = arguments.iter().map(|(name, value)| (name.as_str(), value));
        let within = input.into_iter().flatten().map(|(name, value)| (name.as_str(), value));
        given.chain(within).find_map(|(name, value)| {
            let text = value.as_str()?;
            match name {
                "fullPath" | "projectPath" | "groupPath" | "namespacePath" => Some(self.world.by_path(text)),
                _ => text.strip_prefix("gid://gitlab/").map(|rest| self.record(rest)),
            }
        })
    }

    /// Where the record with a global id (without its first part) belongs.
    #[must_use]
    pub fn record(&self, rest: &str) -> Home {
        let Some((model, number)) = rest.split_once('/') else { return Home::Missing };
        match (model, number.parse()) {
            ("Project", Ok(number)) => self.world.by_id(BoundaryType::Project, number),
            ("Group", Ok(number)) => self.world.by_id(BoundaryType::Group, number),
            (_, Ok(number)) => self.home_of(number),
            (_, Err(_)) => Home::Missing,
        }
    }

    fn leaf(&self, name: &str, dice: &mut Dice) -> Json {
        if let Some(ExtendedType::Enum(definition)) = self.schema.types.get(name) {
            let names: Vec<_> = definition.values.keys().collect();
            return dice.pick(&names).map_or_else(Json::null, |name| string(name));
        }
        let spellings: &[&str] = match name {
            "Int" => &["0", "7", "-3", "2147483647"],
            "Float" => &["0.50", "1e3", "-0.0", "12", "3.141592653589793238462643"],
            "Boolean" => &["true", "false"],
            "BigInt" => &["\"18446744073709551617\""],
            "JSON" | "JsonString" => &["{\"a\":[1,{\"b\":null}]}", "[]", "\"text\"", "12.00"],
            _ => &["\"text\"", "\"\\u00e9\\\"\\n\"", "\"\"", "\"grün\"", "\"2026-11-21\""],
        };
        dice.pick(spellings).and_then(|text| Json::parse(text).ok()).unwrap_or_else(Json::null)
    }
}

/// The object types that a type stands for, in the order of the schema.
#[must_use]
pub fn possible_types(schema: &apollo_compiler::Schema, name: &str) -> Vec<Name> {
    match schema.types.get(name) {
        Some(ExtendedType::Object(object)) => vec![object.name.clone()],
        Some(ExtendedType::Union(union)) => union.members.iter().map(|member| member.name.clone()).collect(),
        Some(ExtendedType::Interface(_)) => schema
            .types
            .values()
            .filter_map(ExtendedType::as_object)
            .filter(|object| schema.is_subtype(name, &object.name))
            .map(|object| object.name.clone())
            .collect(),
        _ => Vec::new(),
    }
}

/// What is asked for by naming what belongs to it.
fn demand(home: Home) -> Demand {
    match home {
        Home::At(_) => Demand::At(home),
        Home::Nowhere | Home::Untold | Home::Missing => Demand::Nowhere,
    }
}

/// What an argument holds, one by one.
#[must_use]
pub fn values<'v>(path: &ArgumentPath, arguments: &'v Arguments) -> Vec<&'v Value> {
    let mut steps = path.steps.iter();
    let first = steps.next().and_then(|name| arguments.get(&**name));
    let value = steps.try_fold(first, |value, name| value.map(|value| value.get(&**name)));
    match value.flatten() {
        Some(Value::Array(items)) => items.iter().collect(),
        Some(Value::Null) | None => Vec::new(),
        Some(value) => vec![value],
    }
}

/// Whether objects of the type are places themselves.
fn is_container(type_name: &str) -> bool {
    matches!(type_name, "Project" | "Group" | "Namespace")
}

fn string(text: &str) -> Json {
    Json::Scalar(serde_json::Value::from(text).to_string().into())
}

fn argument_text(arguments: &Arguments) -> String {
    serde_json::to_string(arguments).unwrap_or_default()
}
