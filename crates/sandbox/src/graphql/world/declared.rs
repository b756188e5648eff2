//! The schema over the world, as declared in `sdl/`, and where each of its fields comes from.
//!
//! What GitLab repeats is left out there and added here: connections with their edges and arguments, and for every
//! mutation its input and its payload, which are made from the mutation's own arguments and type.

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use apollo_compiler::Schema;
use apollo_compiler::ast::{Directive, FieldDefinition, Type};
use apollo_compiler::schema::{Component, ExtendedType, ObjectType};
use apollo_compiler::validation::Valid;
use narrowgate_catalog::Role;

const SOURCES: [&str; 16] = [
    include_str!("sdl/directives.graphql"),
    include_str!("sdl/query.graphql"),
    include_str!("sdl/places.graphql"),
    include_str!("sdl/people.graphql"),
    include_str!("sdl/work.graphql"),
    include_str!("sdl/merge_requests.graphql"),
    include_str!("sdl/ci.graphql"),
    include_str!("sdl/stock.graphql"),
    include_str!("sdl/security.graphql"),
    include_str!("sdl/rules.graphql"),
    include_str!("sdl/settings.graphql"),
    include_str!("sdl/planning.graphql"),
    include_str!("sdl/boards.graphql"),
    include_str!("sdl/instance.graphql"),
    include_str!("sdl/mutation.graphql"),
    include_str!("sdl/values.graphql"),
];

/// The one schema over the world.
pub(super) static DECLARED: LazyLock<Declared> = LazyLock::new(|| {
    let (declared, faults) = Declared::load();
    if !faults.is_empty() {
        tracing::error!(faults, "the schema over the world is invalid");
    }
    declared
});

/// The schema with what its directives said.
pub(super) struct Declared {
    pub(super) schema: Valid<Schema>,
    plans: HashMap<(String, String), Plan>,
    shown: Vec<Shown>,
}

/// A type that shows records of a kind.
#[derive(Debug)]
pub(super) struct Shown {
    pub(super) type_name: String,
    pub(super) kind: String,
    /// The model in global ids, and the one for records of groups and users.
    pub(super) models: (String, String),
    /// The role that reads such records.
    pub(super) read: Role,
}

/// Where a field comes from; without a plan it shows the key of its own name.
#[derive(Debug)]
pub(super) enum Plan {
    /// A key of the record, or a path of keys with dots.
    Key(String),
    /// The record itself, seen as another type.
    Same,
    /// Records of a kind.
    List { kind: String, from: From, filter: Option<String>, ids: Option<String> },
    /// One record of a kind: by a number that stands at a key, or by what the first given of some arguments says.
    Find { kind: String, key: Option<String>, argument: Option<String> },
    /// A mutation.
    Mutation { does: Does, payload: Option<String> },
}

/// Where the records of a list lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum From {
    /// On the shelf of the object's place.
    Own,
    /// Also on those of the groups above.
    Above,
    /// In all projects of a group.
    Inside,
    /// On the shelf below the record itself.
    Below,
    Everywhere,
}

/// What a mutation is about whose input names no project or group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum On {
    User,
    Instance,
}

/// Fields of an input that a record or the REST API calls otherwise.
pub(super) type Renames = Vec<(String, String)>;

/// What a mutation does.
#[derive(Debug)]
pub(super) enum Does {
    /// Sets fields of a record from the input, and then those of `set`, a JSON object.
    Change { kind: String, needs: Role, set: String, renames: Renames },
    /// Takes a record away.
    Drop { kind: String, needs: Role },
    /// Makes a record from the input, with those fields of `set`.
    Make { kind: String, needs: Role, on: Option<On>, set: String, renames: Renames },
    /// Sets fields of the one record of its kind that a place has.
    Keep { kind: String, needs: Role, on: Option<On> },
    /// Sends a request to the REST API: method, path with arguments in braces, names that differ.
    Rest { method: String, path: String, kind: Option<String>, renames: Renames },
    /// Something that takes more words.
    Other(String),
}

impl Declared {
    /// Reads the sources. The second part says what is wrong with them; the tests see to it that nothing is.
    fn load() -> (Self, String) {
        let mut faults = String::new();
        let mut schema = Schema::parse(SOURCES.concat(), "world.graphql").unwrap_or_else(|invalid| {
            faults += &invalid.errors.to_string();
            invalid.partial
        });
        let (plans, shown) = read_directives(&schema);
        let additions = additions(&schema, &shown, &plans);
        expand(&mut schema);
        match Schema::parse(&additions, "additions.graphql") {
            Ok(more) => {
                let new = more.types.into_iter().filter(|(_, it)| !it.is_built_in());
                schema.types.extend(new);
            }
            Err(invalid) => faults += &invalid.errors.to_string(),
        }
        let valid = schema.validate().unwrap_or_else(|invalid| {
            faults += &invalid.errors.to_string();
            Valid::assume_valid(invalid.partial)
        });
        let mut schema = valid.into_inner();
        schema.directive_definitions.retain(|_, it| it.is_built_in());
        (Self { schema: Valid::assume_valid(schema), plans, shown }, faults)
    }

    pub(super) fn plan(&self, type_name: &str, field: &str) -> Option<&Plan> {
        self.plans.get(&(type_name.to_owned(), field.to_owned()))
    }

    /// How a type shows records.
    pub(super) fn shown(&self, type_name: &str) -> Option<&Shown> {
        self.shown.iter().find(|it| it.type_name == type_name)
    }

    /// The kind of record that a model in global ids stands for.
    pub(super) fn kind_of(&self, model: &str) -> Option<&str> {
        let found = self.shown.iter().find(|it| it.models.0 == model || it.models.1 == model);
        found.map(|it| it.kind.as_str())
    }

    /// The type that records of a kind have where nothing says otherwise.
    pub(super) fn first_of(&self, kind: &str) -> Option<&Shown> {
        self.shown.iter().find(|it| it.kind == kind)
    }
}

fn text(directive: &Directive, name: &str) -> Option<String> {
    let argument = directive.arguments.iter().find(|it| it.name == name)?;
    argument.value.as_str().map(str::to_owned)
}

fn role(directive: &Directive, name: &str) -> Role {
    match text(directive, name).as_deref() {
        Some("planner") => Role::Planner,
        Some("reporter") => Role::Reporter,
        Some("developer") => Role::Developer,
        Some("maintainer") => Role::Maintainer,
        Some("owner") => Role::Owner,
        Some("admin") => Role::Admin,
        _ => Role::Guest,
    }
}

type Plans = HashMap<(String, String), Plan>;

fn read_directives(schema: &Schema) -> (Plans, Vec<Shown>) {
    let (mut plans, mut shown) = (HashMap::new(), Vec::new());
    for object in schema.types.values().filter_map(ExtendedType::as_object) {
        let name = object.name.to_string();
        if let Some(record) = object.directives.get("record") {
            let model = text(record, "model").unwrap_or_else(|| name.clone());
            let other = text(record, "elsewhere").unwrap_or_else(|| model.clone());
            let kind = text(record, "kind").unwrap_or_default();
            shown.push(Shown {
                type_name: name.clone(),
                kind,
                models: (model, other),
                read: role(record, "read"),
            });
        }
        for (field, definition) in &object.fields {
            if let Some(plan) = definition.directives.iter().find_map(|it| plan(it)) {
                plans.insert((name.clone(), field.to_string()), plan);
            }
        }
    }
    (plans, shown)
}

fn plan(directive: &Directive) -> Option<Plan> {
    let get = |name: &str| text(directive, name);
    let kind = get("kind").unwrap_or_default();
    let needs = role(directive, "needs");
    let on = get("on").map(|on| if on == "user" { On::User } else { On::Instance });
    let set = get("set").unwrap_or_else(|| "{}".to_owned());
    let pair = |it: &str| it.split_once('=').map(|(from, to)| (from.to_owned(), to.to_owned()));
    let renames = get("renames").unwrap_or_default().split_whitespace().filter_map(pair).collect();
    let does = match directive.name.as_str() {
        "key" => return Some(Plan::Key(get("is")?)),
        "same" => return Some(Plan::Same),
        "list" => {
            let from = match get("from").as_deref() {
                Some("above") => From::Above,
                Some("inside") => From::Inside,
                Some("below") => From::Below,
                Some("everywhere") => From::Everywhere,
                _ => From::Own,
            };
            return Some(Plan::List { kind, from, filter: get("where"), ids: get("ids") });
        }
        "find" => return Some(Plan::Find { kind, key: get("key"), argument: get("arg") }),
        "change" => Does::Change { kind, needs, set, renames },
        "drop" => Does::Drop { kind, needs },
        "make" => Does::Make { kind, needs, on, set, renames },
        "keep" => Does::Keep { kind, needs, on },
        "rest" => {
            let call = get("call")?;
            let (method, path) = call.split_once(' ')?;
            Does::Rest { method: method.to_owned(), path: path.to_owned(), kind: get("kind"), renames }
        }
        "does" => Does::Other(get("what")?),
        _ => return None,
    };
    Some(Plan::Mutation { does, payload: get("payload") })
}

/// The name of a mutation's input and payload without what follows.
fn pascal(field: &str) -> String {
    let mut chars = field.chars();
    chars.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(chars).collect()
}

fn mutation_fields(schema: &Schema) -> impl Iterator<Item = &Component<FieldDefinition>> {
    schema.get_object("Mutation").into_iter().flat_map(|mutation| mutation.fields.values())
}

/// The definitions of connections, inputs and payloads.
fn additions(schema: &Schema, shown: &[Shown], plans: &Plans) -> String {
    let mut connections = BTreeSet::new();
    for definition in schema.types.values() {
        let fields = match definition {
            ExtendedType::Object(it) => &it.fields,
            ExtendedType::Interface(it) => &it.fields,
            _ => continue,
        };
        let names = fields.values().map(|field| field.ty.inner_named_type().as_str());
        connections.extend(names.filter_map(|name| name.strip_suffix("Connection")));
    }
    let mut text = String::new();
    for node in connections {
        let counted = shown.iter().any(|it| it.type_name == *node);
        let count = if counted { "count: Int!" } else { "" };
        text += &format!(
            "type {node}Connection {{ {count} edges: [{node}Edge] nodes: [{node}] pageInfo: PageInfo! }}\n"
        );
        text += &format!("type {node}Edge {{ cursor: String! node: {node} }}\n");
    }
    for field in mutation_fields(schema) {
        let name = pascal(&field.name);
        let arguments = field.arguments.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        text += &format!("input {name}Input {{ {arguments} clientMutationId: String }}\n");
        let plan = plans.get(&("Mutation".to_owned(), field.name.to_string()));
        let shown = match plan {
            Some(Plan::Mutation { payload: Some(payload), .. }) => format!("{payload}: {}", field.ty),
            _ => String::new(),
        };
        text += &format!("type {name}Payload {{ {shown} errors: [String!]! clientMutationId: String }}\n");
    }
    text
}

/// Gives connections their arguments, and mutations their input and payload.
fn expand(schema: &mut Schema) {
    let patterns = "type P { c(after: String before: String first: Int last: Int): Int } ".to_owned()
        + &mutation_fields(schema).fold(String::new(), |text, field| {
            let name = pascal(&field.name);
            text + &format!("type {name} {{ m(input: {name}Input!): {name}Payload }} ")
        });
    let Ok(patterns) = Schema::parse(patterns, "patterns.graphql") else { return };
    let pattern = |name: &str, field: &str| patterns.get_object(name)?.fields.get(field).cloned();
    let Some(pages) = pattern("P", "c").map(|it| it.arguments.clone()) else { return };
    for (name, definition) in &mut schema.types {
        let fields = match definition {
            ExtendedType::Object(it) => &mut it.make_mut().fields,
            ExtendedType::Interface(it) => &mut it.make_mut().fields,
            _ => continue,
        };
        for field in fields.values_mut() {
            if name == "Mutation"
                && let Some(whole) = pattern(&pascal(&field.name), "m")
            {
                let field = field.make_mut();
                field.arguments.clone_from(&whole.arguments);
                field.ty = whole.ty.clone();
            } else if field.ty.inner_named_type().ends_with("Connection") {
                field.make_mut().arguments.extend(pages.iter().cloned());
            }
        }
    }
}

/// Whether a type is a list or a connection.
pub(super) fn is_connection(of: &Type) -> bool {
    of.inner_named_type().ends_with("Connection")
}

/// The object type of this name.
pub(super) fn object_type(name: &str) -> Option<&'static ObjectType> {
    DECLARED.schema.get_object(name).map(|it| &**it)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sources_are_valid_and_every_kind_has_a_type() {
        let (declared, faults) = Declared::load();
        assert_eq!(faults, "");
        for ((on, field), plan) in &declared.plans {
            let kind = match plan {
                Plan::List { kind, .. } | Plan::Find { kind, .. } => kind,
                Plan::Mutation { does: Does::Change { kind, .. } | Does::Drop { kind, .. }, .. } => kind,
                _ => continue,
            };
            assert!(declared.first_of(kind).is_some(), "{on}.{field}: no type shows {kind}");
        }
    }
}
