//! Where the catalogue says that an object belongs, and where it does: of every guarded type, in GitLab's own schema over
//! generated data, and over the sandbox's world.
//!
//! The oracle of `tests/graphql` believes the catalogue's locators. The sandbox knows nothing of them, and tells of each
//! object in an answer what it truly belongs to.

mod told;

use std::collections::{BTreeMap, BTreeSet};

use apollo_compiler::Name;
use apollo_compiler::ast::{FieldDefinition, OperationType};
use apollo_compiler::schema::ExtendedType;
use narrowgate_catalog::{BoundaryType, Catalog};
use narrowgate_graphql::guard::{Class, Guard, Guards, Locator};
use narrowgate_graphql::plan::{At, Guarded, Limits, Variables, plan};
use narrowgate_graphql::schema::{INTROSPECTION_QUERY, Schema, SchemaLimits};
use narrowgate_graphql::{Named, Reference};
use narrowgate_graphql_tests::path::{Names, Paths};
use narrowgate_graphql_tests::schema;
use narrowgate_graphql_tests::things::possible_types;
use narrowgate_sandbox::{GraphqlObject, GraphqlPlace, RunningSandbox, Sandbox, SandboxConfig};
use narrowgate_tests::world::{ACME, PLATFORM};
use serde_json::json;

use crate::graphql_rows::names::names;
use told::{Told, selection};

/// Ways to an object whose field leads to a type, by different root fields.
const WAYS: usize = 4;

/// Types that tell nothing of their place, and are reached by the id of a record elsewhere: they are withheld.
const UNTOLD: &[&str] = &["DesignVersion", "UserMergeRequestInteraction"];

/// Types that payloads of mutations alone lead to.
const UNREACHED: &[&str] = &["Branch", "JiraUser", "NamespaceCiCdSetting"];

/// Types that tell their place, and that the sandbox makes nowhere but where they are reached through.
const INSIDE: &[&str] = &[
    "CiJob",
    "ClusterAgentToken",
    "CoverageFuzzingCorpus",
    "CustomerRelationsContact",
    "CustomerRelationsOrganization",
    "DesignCollection",
    "NamespaceCiCdSetting",
    "ProjectCiCdSetting",
    "TimelineEventType",
];

/// Types that links of the world lead to from another project or group.
const LINKED: &[&str] =
    &["CiJob", "CiRunner", "Epic", "Group", "Issue", "MergeRequest", "Milestone", "Pipeline", "Project"];

/// Types that are shown where they are listed, as over REST: a project lists the labels of the groups above.
const AS_LISTED: &[&str] = &["Label"];

/// A sandbox and what guards its schema.
struct Ground<'s> {
    sandbox: &'s RunningSandbox,
    schema: &'s Schema,
    guards: &'s Guards,
    /// What names something below a project, and below a group.
    names: [Names; 2],
    /// The place of a record by the number in its global id, as far as the sandbox tells it so.
    of_number: fn(u64) -> Option<GraphqlPlace>,
}

/// What was found.
#[derive(Debug, Default)]
struct Findings {
    /// Objects whose place was compared.
    compared: usize,
    /// Types with an object that belongs elsewhere than what it was reached through.
    elsewhere: BTreeSet<String>,
    /// Types that tell their place, and that no document reached.
    unreached: BTreeSet<String>,
    /// Types with objects whose place the catalogue doesn't find, so that they are withheld, and the first of these.
    untold: BTreeMap<String, String>,
    /// Types with objects that the catalogue places wrongly, and the first of these.
    wrong: BTreeMap<String, String>,
}

impl Ground<'_> {
    /// The guarded types whose objects are decided in projects or groups.
    fn types(&self) -> BTreeMap<&str, &Guard> {
        let types = self.schema.as_apollo().types.keys().map(Name::as_str);
        let guarded = types.filter_map(|name| match self.guards.class(name) {
            Class::Guarded(guard) if knows_places(guard) => Some((name, &**guard)),
            _ => None,
        });
        guarded.collect()
    }

    async fn compare(&self) -> Findings {
        let schema = self.schema.as_apollo();
        let query = schema.get_object("Query").expect("every schema has a query root");
        let first = ["project", "group", "projects", "groups", "currentUser", "users"];
        let others = query.fields.keys().map(Name::as_str).filter(|name| !first.contains(name));
        let roots: Vec<Paths<'_>> = first
            .into_iter()
            .chain(others)
            .filter_map(|root| {
                let names = &self.names[usize::from(root.starts_with("group"))];
                Paths::from_root(schema, OperationType::Query, root, names.clone())
            })
            .collect();
        let mut findings = Findings::default();
        for (type_name, guard) in self.types() {
            let asked = format!("__typename ... on {type_name} {{ {} }}", selection(guard));
            let mut reached = false;
            for document in self.documents(&roots, type_name, &asked) {
                reached |= self.check(type_name, guard, &document, &mut findings).await;
            }
            if !reached {
                findings.unreached.insert(type_name.to_owned());
            }
        }
        findings
    }

    /// A document for each root field that leads to the type, and one for each other field that does.
    fn documents(&self, roots: &[Paths<'_>], type_name: &str, asked: &str) -> Vec<String> {
        let schema = self.schema.as_apollo();
        let leads = |field: &FieldDefinition| {
            possible_types(schema, field.ty.inner_named_type()).iter().any(|it| it.as_str() == type_name)
        };
        let objects = schema.types.values().filter_map(ExtendedType::as_object);
        let fields = objects.flat_map(|owner| owner.fields.values().map(move |field| (&owner.name, field)));
        let through = fields.filter(|(_, field)| leads(field)).flat_map(|(owner, field)| {
            let ways = roots.iter().filter_map(|root| root.asking_through(owner, &field.name, asked));
            ways.take(WAYS).collect::<Vec<_>>()
        });
        let at_root = roots.iter().filter_map(|root| root.to_root_of(type_name, asked));
        at_root.chain(through).collect()
    }

    /// Compares the objects of a type in one answer; whether there are any.
    async fn check(&self, type_name: &str, guard: &Guard, document: &str, findings: &mut Findings) -> bool {
        let (answer, objects) = self.sandbox.graphql_objects("root", &json!({ "query": document })).await;
        let data = &answer["data"];
        let found = objects.iter().filter(|object| object.type_name == type_name && !is_probed(object));
        let mut reached = false;
        for object in found {
            let value = data.pointer(&object.path).filter(|value| told::was_asked(guard, value));
            let Some(value) = value else { continue };
            let above = self.above(object, &objects, document);
            let told = match told::told(guard, value) {
                Told::Place(place) => Some(place),
                Told::Record(number) => (self.of_number)(number),
                Told::AsAbove => above,
                Told::Nothing => None,
            };
            let truth = Some(object.place).filter(is_container);
            reached = true;
            findings.compared += 1;
            if truth.is_some() && truth != above {
                findings.elsewhere.insert(type_name.to_owned());
            }
            if told != truth {
                let say = || {
                    let at = &object.path;
                    format!("{told:?} for {truth:?}, above {above:?}, at {at} of {document}\n    {value}")
                };
                let faults = if told.is_none() { &mut findings.untold } else { &mut findings.wrong };
                faults.entry(type_name.to_owned()).or_insert_with(say);
            }
        }
        reached
    }

    /// What is handed down to an object: where the nearest one above belongs, and at the root what its arguments name.
    fn above(
        &self,
        object: &GraphqlObject,
        objects: &[GraphqlObject],
        document: &str,
    ) -> Option<GraphqlPlace> {
        let mut path = object.path.as_str();
        while let Some((above, field)) = path.rsplit_once('/') {
            path = above;
            let Some(found) = objects.iter().find(|other| other.path == path) else { continue };
            if self.guards.field(&found.type_name, field).is_some_and(|guard| guard.elsewhere) {
                return None;
            }
            let Class::Guarded(guard) = self.guards.class(&found.type_name) else { continue };
            let only_inherits = guard.locators.iter().all(|locator| *locator == Locator::Inherit);
            if knows_places(guard) || !only_inherits {
                return Some(found.place).filter(is_container);
            }
            // A user in a merge request is handed its place; any other has none.
            if guard.locators.is_empty() {
                return None;
            }
        }
        self.named_at_root(document)
    }

    /// The place that the arguments of the root field name.
    fn named_at_root(&self, document: &str) -> Option<GraphqlPlace> {
        let guarded = Guarded { schema: self.schema, guards: self.guards };
        let variables = Variables::default();
        let plan = plan(&guarded, document, None, &variables, &Limits::default()).ok()?;
        let checks = plan.root_checks(&variables).ok()?;
        let candidates = checks.iter().flat_map(|check| &check.requirements).flat_map(|needed| &needed.any);
        let mut named = candidates.filter_map(|candidate| match &candidate.at {
            At::Place { named, .. } => self.of_name(named),
            At::Parent(_) | At::User | At::Instance => None,
        });
        named.next()
    }

    fn of_name(&self, named: &Named) -> Option<GraphqlPlace> {
        match named {
            Named::Project(Reference::Id(id)) => Some(GraphqlPlace::Project(*id)),
            Named::Group(Reference::Id(id)) => Some(GraphqlPlace::Group(*id)),
            Named::Project(Reference::Path(path)) | Named::Group(Reference::Path(path)) => {
                told::at_path(path)
            }
            Named::Container(path) => told::at_path(path),
            Named::Record(id) => (self.of_number)(id.id.to_string().parse().ok()?),
            Named::OwnNamespace(_) | Named::User | Named::Instance => None,
        }
    }
}

fn knows_places(guard: &Guard) -> bool {
    let boundaries = || guard.rules.any.iter().flat_map(|rule| &rule.boundaries);
    boundaries().any(|kind| matches!(kind, BoundaryType::Project | BoundaryType::Group))
}

fn is_container(place: &GraphqlPlace) -> bool {
    matches!(place, GraphqlPlace::Project(_) | GraphqlPlace::Group(_))
}

/// Whether an object stands in the answer for the sake of a locator alone.
fn is_probed(object: &GraphqlObject) -> bool {
    object.path.split('/').any(told::is_key)
}

/// What names something in the world: the first record of each kind.
fn of_world(boundary: &str) -> Names {
    let mut names = names(boundary, 7);
    for text in names.values_mut().filter(|text| text.ends_with("001007")) {
        let (model, _) = text.rsplit_once('/').expect("a global id has a number");
        *text = format!("{model}/1");
    }
    let said = [
        ("iid", "1"),
        ("tagName", "v1"),
        ("title", "bug"),
        ("name", "production"),
        ("clusterAgent.name", "agent"),
        ("environment.name", "production"),
        ("epic.iid", "1"),
        ("issue.iid", "1"),
        ("pipeline.iid", "1"),
    ];
    names.extend(said.map(|(name, text)| (name.to_owned(), text.to_owned())));
    names
}

fn of(names: &[&str]) -> BTreeSet<String> {
    names.iter().map(ToString::to_string).collect()
}

/// Where the world's iteration cadences are, which alone tell nothing but their id: each group has one, in this order.
fn of_cadence(number: u64) -> Option<GraphqlPlace> {
    match number {
        1 => Some(GraphqlPlace::Group(ACME)),
        2 => Some(GraphqlPlace::Group(PLATFORM)),
        _ => None,
    }
}

fn keys(faults: &BTreeMap<String, String>) -> BTreeSet<String> {
    faults.keys().cloned().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_type_of_gitlabs_schema_is_placed_where_it_belongs() {
    let sandbox = crate::graphql_rows::sandbox().await;
    let ground = Ground {
        sandbox: &sandbox,
        schema: schema::gitlab(),
        guards: schema::guards(),
        names: ["Project", "Group"].map(|boundary| names(boundary, 7)),
        of_number: told::of_generated,
    };
    let findings = ground.compare().await;
    println!("{} objects compared, {} types elsewhere", findings.compared, findings.elsewhere.len());
    assert!(findings.wrong.is_empty(), "{:#?}", findings.wrong);
    assert_eq!(keys(&findings.untold), of(UNTOLD), "{:#?}", findings.untold);
    assert_eq!(findings.unreached, of(UNREACHED));
    let mut inside = ground.types();
    inside.retain(|name, guard| told::tells(guard) && !findings.elsewhere.contains(*name));
    assert_eq!(inside.into_keys().map(str::to_owned).collect::<BTreeSet<_>>(), of(INSIDE));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_type_of_the_world_is_placed_where_it_belongs() {
    let config = SandboxConfig { furnished: true, ..SandboxConfig::default() };
    let sandbox = Sandbox::start(config).await.expect("the sandbox starts");
    let (answer, _) = sandbox.graphql_objects("root", &json!({ "query": INTROSPECTION_QUERY })).await;
    let schema = Schema::from_introspection(answer.to_string().as_bytes(), &SchemaLimits::default());
    let schema = schema.expect("the sandbox describes its schema");
    let guards = Guards::compile(&schema, Catalog::embedded());
    let names = ["Project", "Group"].map(of_world);
    let ground = Ground { sandbox: &sandbox, schema: &schema, guards: &guards, names, of_number: of_cadence };
    let findings = ground.compare().await;
    println!("{} objects compared, {} types elsewhere", findings.compared, findings.elsewhere.len());
    assert_eq!(keys(&findings.wrong), of(AS_LISTED), "{:#?}", findings.wrong);
    assert_eq!(keys(&findings.untold), of(&[]), "{:#?}", findings.untold);
    let missed: Vec<&&str> = LINKED.iter().filter(|name| !findings.elsewhere.contains(**name)).collect();
    assert!(missed.is_empty(), "{missed:?} of {:?}", findings.elsewhere);
}
