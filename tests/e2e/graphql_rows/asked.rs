//! A document that asks for what a row names, and what else it needs.

use std::collections::BTreeSet;

use apollo_compiler::Name;
use apollo_compiler::ast::InputValueDefinition;
use narrowgate_catalog::{BoundaryType, Catalog, ListOwner, Listed, Lookup, LookupAnswer};
use narrowgate_graphql::GlobalId;
use narrowgate_graphql::guard::{ArgumentPath, Names as Naming, Source};
use narrowgate_graphql::plan::{Guarded, Limits, Variables, plan};
use narrowgate_graphql_tests::corpus::needs_of;
use narrowgate_graphql_tests::path::{Names, Paths, value};
use narrowgate_graphql_tests::schema;
use narrowgate_sandbox::{GraphqlPlace, RunningSandbox};
use narrowgate_tests::world::{ACME, MARIA, WEB};
use serde_json::{Value, json};

use super::at;
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

    /// Asks for a mutation of something at the row's boundary.
    pub(super) fn changing(row: &Row, serial: usize, listed: &Names) -> Option<Self> {
        let schema = schema::gitlab().as_apollo();
        let field = row.mutation();
        let definition = schema.type_field("Mutation", &field).ok()?;
        let guard = schema::guards().mutation(&field)?;
        let boundary = boundary(row);
        let sources =
            guard.needs.iter().flat_map(|need| &need.any).flat_map(|alternative| &alternative.sources);
        let paths: Vec<&ArgumentPath> = sources
            .filter_map(|source| match source {
                Source::Argument(path) if path.boundary == boundary => Some(path),
                _ => None,
            })
            .collect();
        let mut names = names(&row.boundary, serial);
        if boundary == BoundaryType::Project {
            names.extend(listed.clone());
        }
        for path in paths.iter().filter(|path| path.names == Naming::FullPath) {
            let text = if boundary == BoundaryType::Group { "acme" } else { "acme/web" };
            names.entry(path.steps.last()?.to_string()).or_insert_with(|| text.to_owned());
        }
        let input = definition.argument_by_name("input")?;
        let mut written = value(schema, input, &names)?;
        let is_given = |path: &&ArgumentPath| {
            path.steps.last().is_some_and(|name| written.contains(&format!("{name}:")))
        };
        if let (Some(path), false) = (paths.first(), paths.iter().any(is_given)) {
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

fn boundary(row: &Row) -> BoundaryType {
    match row.boundary.as_str() {
        "Project" => BoundaryType::Project,
        "Group" => BoundaryType::Group,
        "User" => BoundaryType::User,
        "Instance" => BoundaryType::Instance,
        other => panic!("`{other}` is no boundary"),
    }
}

/// The way there from each root field that leads to something of the row's kind.
fn documents(row: &Row, serial: usize) -> Vec<String> {
    let schema = schema::gitlab().as_apollo();
    let first: &[&str] = match row.boundary.as_str() {
        "Project" => &["project", "projects", "currentUser", "users"],
        "Group" => &["group", "currentUser", "users"],
        "User" => &["currentUser", "user", "project"],
        _ => &["runners", "users", "projects"],
    };
    if let Some(("Query", field)) = row.field() {
        let names = names(&row.boundary, serial);
        return Paths::from_root(schema, field, names)
            .and_then(|paths| paths.to_root())
            .into_iter()
            .collect();
    }
    let Some(query) = schema.get_object("Query") else { return Vec::new() };
    let others = query.fields.keys().map(Name::as_str).filter(|name| !first.contains(name));
    let roots = first.iter().copied().chain(others);
    roots
        .filter_map(|root| {
            let paths = Paths::from_root(schema, root, names(&row.boundary, serial))?;
            match row.field() {
                Some((owner, field)) => paths.to_field(owner, field),
                None => paths.to_type(&row.name),
            }
        })
        .collect()
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

/// The first global id of each model that the sandbox lists in a project, by scalar: as a client finds them.
pub(super) async fn listed_in_web(sandbox: &RunningSandbox) -> Names {
    let mut names = Names::new();
    let types = schema::gitlab().as_apollo().types.keys().map(Name::as_str);
    for scalar in types.filter(|name| name.ends_with("ID") && *name != "ID") {
        let model = model_of(scalar);
        let lookup = Catalog::embedded().global_id(&model);
        let listed = lookup.into_iter().flat_map(Lookup::ways).find_map(|way| match way {
            LookupAnswer::Listed(listed) if listed.within == BoundaryType::Project => Some(listed),
            _ => None,
        });
        let Some(Listed { lists, then: None, .. }) = listed else { continue };
        let document = lists[0].query(ListOwner::Project(WEB), None, None);
        let (answer, _) = sandbox.graphql_objects("maria", &json!({ "query": document })).await;
        let first = first_text(&answer, &format!("gid://gitlab/{model}/"));
        names.extend(first.map(|id| (scalar.to_owned(), id.to_owned())));
    }
    names
}

/// The first text of an answer that begins so.
fn first_text<'v>(answer: &'v Value, prefix: &str) -> Option<&'v str> {
    match answer {
        Value::String(text) => text.starts_with(prefix).then_some(text),
        Value::Array(items) => items.iter().find_map(|item| first_text(item, prefix)),
        Value::Object(fields) => fields.values().find_map(|value| first_text(value, prefix)),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

/// What names something at a boundary.
pub(crate) fn names(boundary: &str, serial: usize) -> Names {
    let (path, number) = match boundary {
        "Group" => ("acme", ACME),
        "User" => ("acme/web", MARIA),
        _ => ("acme/web", WEB),
    };
    let mut names = Names::new();
    let types = schema::gitlab().as_apollo().types.keys();
    for ty in types.map(Name::as_str).filter(|name| name.ends_with("ID") && *name != "ID") {
        let model = model_of(ty);
        names.insert(
            ty.to_owned(),
            format!("gid://gitlab/{model}/{}", number * 1_000_000 + 1_000 + serial as u64),
        );
    }
    let fixed = [
        ("ProjectID", format!("gid://gitlab/Project/{WEB}")),
        ("GroupID", format!("gid://gitlab/Group/{ACME}")),
        ("UsersSavedReplyID", format!("gid://gitlab/Users::SavedReply/{serial}")),
        ("NamespaceID", format!("gid://gitlab/Group/{ACME}")),
        ("UserID", format!("gid://gitlab/User/{MARIA}")),
        ("fullPath", path.to_owned()),
        ("namespacePath", path.to_owned()),
        ("resourcePath", path.to_owned()),
        ("projectPath", "acme/web".to_owned()),
        ("targetProjectPath", "acme/web".to_owned()),
        ("groupPath", "acme".to_owned()),
    ];
    // Scalars that hold the ids of several models.
    for ty in ["AwardableID", "IssuableID", "NoteableID", "TodoableID"] {
        names.insert(ty.to_owned(), names.get("IssueID").cloned().unwrap_or_default());
    }
    names.extend(fixed.map(|(name, text)| (name.to_owned(), text)));
    names
}

/// The scalar of an input object's field.
fn scalar_of(input: &InputValueDefinition, path: &ArgumentPath) -> Option<String> {
    let object = schema::gitlab().as_apollo().get_input_object(input.ty.inner_named_type())?;
    Some(object.fields.get(&**path.steps.last()?)?.ty.inner_named_type().to_string())
}

/// The model whose global ids a scalar holds: `Ci::Build` for `CiBuildID`.
fn model_of(scalar: &str) -> String {
    let wanted = scalar.trim_end_matches("ID");
    let known: BTreeSet<&str> = Catalog::embedded().global_id_models().map(|(model, _)| model).collect();
    let found = known.into_iter().find(|model| model.replace("::", "") == wanted);
    found.unwrap_or(wanted).to_owned()
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
        _ => true,
    }
}

/// Whether it is first in each list: a list that lacks items has others there.
fn is_first(path: &str) -> bool {
    path.split('/').all(|step| step == "0" || step.parse::<u64>().is_err())
}
