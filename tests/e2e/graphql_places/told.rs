//! What an object tells of its place, read by the catalogue's locators.

use narrowgate_graphql::guard::{Guard, Locator, Probe, Reads};
use narrowgate_sandbox::GraphqlPlace;
use narrowgate_tests::world;
use serde_json::Value;

/// What locators find.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// A place.
    Place(GraphqlPlace),
    /// That of the record with this number in its global id.
    Record(u64),
    /// The object belongs where the one above it does.
    AsAbove,
    Nothing,
}

/// The projects and groups of the sandbox by their paths.
const PATHS: [(&str, GraphqlPlace); 13] = [
    ("acme", GraphqlPlace::Group(world::ACME)),
    ("acme/platform", GraphqlPlace::Group(world::PLATFORM)),
    ("globex", GraphqlPlace::Group(12)),
    ("acme/web", GraphqlPlace::Project(world::WEB)),
    ("acme/api", GraphqlPlace::Project(world::API)),
    ("acme/platform/infra", GraphqlPlace::Project(world::INFRA)),
    ("acme/site", GraphqlPlace::Project(world::SITE)),
    ("globex/lab", GraphqlPlace::Project(24)),
    ("root/home", GraphqlPlace::Project(world::ROOT_HOME)),
    ("maria/home", GraphqlPlace::Project(world::MARIA_HOME)),
    ("dev/home", GraphqlPlace::Project(world::DEV_HOME)),
    ("gus/home", GraphqlPlace::Project(world::GUS_HOME)),
    ("root/vault", GraphqlPlace::Project(world::VAULT)),
];

fn probes(guard: &Guard) -> impl Iterator<Item = (usize, &Probe)> {
    guard.locators.iter().enumerate().filter_map(|(index, locator)| match locator {
        Locator::Probe(probe) => Some((index, probe)),
        Locator::Inherit => None,
    })
}

fn key(index: usize) -> String {
    format!("probe{index}")
}

/// Whether a key is that of a locator.
pub(super) fn is_key(key: &str) -> bool {
    key.starts_with("probe")
}

/// Asks for all that the locators read.
pub(super) fn selection(guard: &Guard) -> String {
    probes(guard).fold("__typename".to_owned(), |asked, (index, probe)| {
        let steps = probe.steps.iter().rev();
        let path = steps.fold(String::new(), |below, step| match below.as_str() {
            "" => step.field.to_string(),
            below => format!("{} {{ {below} }}", step.field),
        });
        format!("{asked} {}: {path}", key(index))
    })
}

/// Whether this is an object that was asked for its locators, not one on the way there.
pub(super) fn was_asked(guard: &Guard, object: &Value) -> bool {
    object.is_object() && probes(guard).all(|(index, _)| object.get(key(index)).is_some())
}

/// Whether an object of the type tells its place itself.
pub(super) fn tells(guard: &Guard) -> bool {
    probes(guard).next().is_some()
}

/// What the first locator says that finds something.
pub(super) fn told(guard: &Guard, object: &Value) -> Told {
    for (index, locator) in guard.locators.iter().enumerate() {
        let Locator::Probe(probe) = locator else { return Told::AsAbove };
        let below = probe.steps.iter().skip(1);
        let value = below.fold(object.get(key(index)), |value, step| value?.get(&*step.field));
        if let Some(value) = value.filter(|value| !value.is_null()) {
            return place(probe.reads, value).unwrap_or(Told::Nothing);
        }
    }
    Told::Nothing
}

fn place(reads: Reads, value: &Value) -> Option<Told> {
    let number = || value.as_u64().or_else(|| value.as_str()?.parse().ok());
    let found = match reads {
        Reads::ProjectId => number().map(GraphqlPlace::Project),
        Reads::GroupId => number().map(GraphqlPlace::Group),
        Reads::GlobalId => return of_id(value.as_str()?),
        Reads::ProjectPath | Reads::GroupPath | Reads::FullPath => at_path(value.as_str()?),
        Reads::Page => at_page(value.as_str()?),
    };
    found.map(Told::Place)
}

fn of_id(id: &str) -> Option<Told> {
    let (model, number) = id.strip_prefix("gid://gitlab/")?.rsplit_once('/')?;
    let number = number.parse().ok()?;
    Some(match model {
        "Project" => Told::Place(GraphqlPlace::Project(number)),
        "Group" => Told::Place(GraphqlPlace::Group(number)),
        _ => Told::Record(number),
    })
}

fn at_page(page: &str) -> Option<GraphqlPlace> {
    let path = match page.split_once("://") {
        Some((_, rest)) => rest.split_once('/')?.1,
        None => page.strip_prefix('/')?,
    };
    let (container, _) = path.split_once("/-/")?;
    at_path(container.strip_prefix("groups/").unwrap_or(container))
}

/// Where the generated record with this number belongs: the sandbox counts by places.
pub(super) fn of_generated(number: u64) -> Option<GraphqlPlace> {
    let place = number / 1_000_000;
    let known = PATHS.iter().map(|(_, known)| *known);
    known
        .into_iter()
        .find(|known| matches!(known, GraphqlPlace::Project(id) | GraphqlPlace::Group(id) if *id == place))
}

pub(super) fn at_path(path: &str) -> Option<GraphqlPlace> {
    PATHS.iter().find(|(known, _)| *known == path).map(|(_, place)| *place)
}
