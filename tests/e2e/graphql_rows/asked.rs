//! A document that asks for what a row names, and what else it needs.

use apollo_compiler::Name;
use apollo_compiler::ast::{InputValueDefinition, OperationType};
use narrowgate_catalog::{BoundaryType, Catalog};
use narrowgate_graphql::GlobalId;
use narrowgate_graphql::guard::{ArgumentPath, Names as Naming, Need, Source};
use narrowgate_graphql::plan::{Guarded, Limits, Variables, plan};
use narrowgate_graphql_tests::corpus::needs_of;
use narrowgate_graphql_tests::path::{Names, Paths, value};
use narrowgate_graphql_tests::schema;
use narrowgate_sandbox::{GraphqlPlace, RunningSandbox};
use narrowgate_tests::world::{ACME, MARIA, WEB};
use serde_json::{Value, json};

use super::at;
use super::names::{names, one_of_several};
use super::row::{Kind, Row};
use crate::catalogue_rows::answers::answer;
use crate::catalogue_rows::row::Place;

/// One question.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) row: Row,
    pub(super) document: String,
    /// The permissions that the way to it takes.
    pub(super) others: Vec<String>,
    /// Where the answer stands.
    pointer: String,
    /// The mutation's field.
    pub(super) field: String,
}

impl Asked {
    /// Asks for a type or a field where the sandbox has it at the row's boundary.
    pub(super) async fn reading(row: &Row, serial: usize, sandbox: &RunningSandbox) -> Option<Self> {
        for document in documents(row, serial) {
            let request = json!({ "query": document });
            let (answer, objects) = sandbox.graphql_objects("maria", &request).await;
            let (owner, field) = row.field().unwrap_or((&row.name, ""));
            let found = objects.iter().find(|object| {
                object.type_name == owner && fits(row, &object.place) && is_first(&object.path)
            });
            let parent = if owner == "Query" { Some("") } else { found.map(|object| object.path.as_str()) };
            let pointer = match row.kind {
                Kind::Field => parent.map(|parent| format!("{parent}/{field}")),
                Kind::Type | Kind::Mutation => parent.map(str::to_owned),
            };
            if let Some(pointer) = pointer.filter(|pointer| at(&answer, pointer).is_some()) {
                let others = others(row, &document)?;
                return Some(Self { row: row.clone(), document, others, pointer, field: String::new() });
            }
        }
        None
    }

    /// Asks for a mutation of something at the row's boundary, where the sandbox lists these ids.
    pub(super) fn changing(row: &Row, serial: usize, listed: &Names) -> Option<Self> {
        let schema = schema::gitlab().as_apollo();
        let field = row.mutation();
        let definition = schema.type_field("Mutation", &field).ok()?;
        let guard = schema::guards().mutation(&field)?;
        let boundary = boundary(row);
        let paths = |need: &'static Need| {
            let sources = need.any.iter().flat_map(|alternative| &alternative.sources);
            sources.filter_map(move |source| match source {
                Source::Argument(path) if path.boundary == boundary => Some(path),
                _ => None,
            })
        };
        let own: Vec<&ArgumentPath> = guard.needs.first().into_iter().flat_map(paths).collect();
        let mut names = names(&row.boundary, serial);
        names.extend(listed.clone());
        one_of_several(&mut names);
        for path in guard.needs.iter().flat_map(paths).filter(|path| path.names == Naming::FullPath) {
            let text = match boundary {
                BoundaryType::Group => "acme",
                BoundaryType::User => "maria",
                BoundaryType::Project | BoundaryType::Instance => "acme/web",
            };
            names.insert(path.steps.last()?.to_string(), text.to_owned());
        }
        let input = definition.argument_by_name("input")?;
        let mut written = value(schema, input, &names)?;
        let is_given = |path: &&ArgumentPath| {
            path.steps.last().is_some_and(|name| written.contains(&format!("{name}:")))
        };
        if let (Some(path), false) = (own.first(), own.iter().any(is_given)) {
            let name = path.steps.last()?;
            let text = names.get(&**name).or_else(|| names.get(scalar_of(input, path)?.as_str()))?;
            let separator = if written == "{}" { "" } else { ", " };
            written = format!("{{{name}: \"{text}\"{separator}{}", &written[1..]);
        }
        let document = format!("mutation {{ {field}(input: {written}) {{ __typename }} }}");
        let others = others(row, &document)?;
        Some(Self { row: row.clone(), document, others, pointer: format!("/{field}"), field })
    }

    /// What the instance says over REST of the records that the document names, to lead to the row's boundary: targets and
    /// answers.
    pub(super) fn planted(&self) -> Vec<(String, String)> {
        let place = match boundary(&self.row) {
            BoundaryType::Project => Place::Project(WEB),
            BoundaryType::Group => Place::Group(ACME),
            BoundaryType::User => Place::User,
            BoundaryType::Instance => Place::Instance,
        };
        planted(&self.document, place)
    }

    /// Whether the answer has what was asked for.
    pub(super) fn is_shown(&self, answer: &Value) -> bool {
        at(answer, &self.pointer).is_some()
    }
}

pub(super) fn boundary(row: &Row) -> BoundaryType {
    match row.boundary.as_str() {
        "Project" => BoundaryType::Project,
        "Group" => BoundaryType::Group,
        "User" => BoundaryType::User,
        "Instance" => BoundaryType::Instance,
        other => panic!("`{other}` is no boundary"),
    }
}

/// The way there from each root field that leads to something of the row's kind: those of mutations for what nothing else
/// answers with.
fn documents(row: &Row, serial: usize) -> impl Iterator<Item = String> {
    let schema = schema::gitlab().as_apollo();
    let first: &[&str] = match row.boundary.as_str() {
        "Project" => &["project", "projects", "currentUser", "users"],
        "Group" => &["group", "currentUser", "users"],
        "User" => &["currentUser", "user", "project"],
        _ => &["runners", "users", "projects"],
    };
    let fields = |operation| {
        let root = schema.root_operation(operation).and_then(|root| schema.get_object(root));
        root.into_iter().flat_map(|root| root.fields.keys()).map(Name::as_str)
    };
    let others = fields(OperationType::Query).filter(|name| !first.contains(name));
    let queries = first.iter().copied().chain(others).map(|root| (OperationType::Query, root));
    let mutations = fields(OperationType::Mutation).map(|root| (OperationType::Mutation, root));
    let names = names(&row.boundary, serial);
    queries.chain(mutations).filter_map(move |(operation, root)| match row.field() {
        Some(("Query", field)) if (operation, root) != (OperationType::Query, field) => None,
        way => {
            let paths = Paths::from_root(schema, operation, root, names.clone())?;
            match way {
                Some(("Query", _)) => paths.to_root(),
                Some((owner, field)) => paths.to_field(owner, field),
                None => paths.to_type(&row.name),
            }
        }
    })
}

/// What the instance says over REST of the records that a document names, to lead to the place: targets and answers.
pub(crate) fn planted(document: &str, place: Place) -> Vec<(String, String)> {
    let ids = document.split('"').filter_map(GlobalId::parse);
    let planted = ids.filter_map(|id| {
        let lookup = Catalog::embedded().global_id(&id.model)?;
        answer(lookup, lookup.arguments.first()?, &id.id.to_string(), place)
    });
    planted.collect()
}

/// The scalar of an input object's field.
fn scalar_of(input: &InputValueDefinition, path: &ArgumentPath) -> Option<String> {
    let object = schema::gitlab().as_apollo().get_input_object(input.ty.inner_named_type())?;
    Some(object.fields.get(&**path.steps.last()?)?.ty.inner_named_type().to_string())
}

/// The permissions that a document needs besides the row's own.
fn others(row: &Row, document: &str) -> Option<Vec<String>> {
    let guarded = Guarded { schema: schema::gitlab(), guards: schema::guards() };
    let plan = plan(&guarded, document, None, &Variables::default(), &Limits::default()).ok()?;
    let needs = needs_of(&plan);
    let own = |need: &&String| need.split(" | ").any(|way| row.permissions.iter().any(|name| name == way));
    let other = needs.iter().filter(|need| !own(need));
    let names = other.flat_map(|need| need.split(" | ").flat_map(|way| way.split(" + ")));
    Some(names.filter(|name| !row.permissions.iter().any(|own| own == name)).map(str::to_owned).collect())
}

fn fits(row: &Row, place: &GraphqlPlace) -> bool {
    match row.boundary.as_str() {
        "Project" => *place == GraphqlPlace::Project(WEB),
        "Group" => *place == GraphqlPlace::Group(ACME),
        "User" => *place == GraphqlPlace::User(MARIA),
        _ => *place == GraphqlPlace::Instance,
    }
}

/// Whether it is first in each list: a list that lacks items has others there.
fn is_first(path: &str) -> bool {
    path.split('/').all(|step| step == "0" || step.parse::<u64>().is_err())
}
