//! Documents as well-known clients send them, and the permissions that they need: `corpus/*.graphql`, `corpus/needs.toml`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use narrowgate_catalog::Catalog;
use narrowgate_graphql::needs::{self, Needed, Way};
use narrowgate_graphql::plan::{Plan, Variables};
use serde::Deserialize;
use serde_json::{Map, Value};

/// One document.
#[derive(Debug)]
pub struct Example {
    /// The name of its file.
    pub name: String,
    /// Its text.
    pub document: String,
    /// What it is asked with, and what it needs.
    pub expected: Expected,
}

/// What `needs.toml` says of a document.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// Values for its variables.
    #[serde(default)]
    pub variables: Map<String, Value>,
    /// What must hold for a complete answer: permissions, or `a | b` where any of them will do, `a + b` where it takes both.
    pub needs: BTreeSet<String>,
}

/// What `world.toml` says of a document: how the sandbox's world is asked, and what is known of its answer.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Worldly {
    /// Why the world has nothing to ask for.
    pub absent: Option<String>,
    /// Who asks.
    #[serde(rename = "as", default = "maria")]
    pub user: String,
    /// What must be held on acme/web.
    #[serde(default)]
    pub project: BTreeSet<String>,
    /// What must be held on acme.
    #[serde(default)]
    pub group: BTreeSet<String>,
    /// What must be held on the projects in the user's own namespace.
    #[serde(default)]
    pub personal: BTreeSet<String>,
    /// What must be held on the user.
    #[serde(default, rename = "user")]
    pub own: BTreeSet<String>,
    /// What must be held on the instance.
    #[serde(default)]
    pub instance: BTreeSet<String>,
    /// Values for its variables, and for those of what is prepared.
    #[serde(default)]
    pub variables: Map<String, Value>,
    /// Documents that are carried out before.
    #[serde(default)]
    pub prepare: Vec<String>,
    /// Variables from the answers of these.
    #[serde(default)]
    pub found: BTreeMap<String, Pointers>,
    /// What the answer shows.
    #[serde(default)]
    pub shows: Map<String, Value>,
    /// What a mutation leaves behind.
    pub effect: Option<Effect>,
}

/// Where a variable stands in an answer: JSON pointers.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Pointers {
    /// Its value.
    One(String),
    /// The items of its value.
    List(Vec<String>),
}

/// What a query shows after a mutation, and did not show before.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Effect {
    /// The query, with the mutation's variables.
    pub query: String,
    /// What is there.
    #[serde(default)]
    pub shows: Map<String, Value>,
    /// What is null.
    #[serde(default)]
    pub gone: Vec<String>,
}

fn maria() -> String {
    "maria".to_owned()
}

/// What `world.toml` says, by the name of the document.
///
/// # Panics
///
/// When the file can't be read.
#[must_use]
pub fn of_world() -> BTreeMap<String, Worldly> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/world.toml");
    let text = std::fs::read_to_string(&path).expect("corpus/world.toml can be read");
    toml::from_str(&text).unwrap_or_else(|error| panic!("corpus/world.toml: {error}"))
}

/// All of them, by name.
///
/// # Panics
///
/// When a file can't be read, a document has no entry in `needs.toml`, or an entry no document.
#[must_use]
pub fn read() -> Vec<Example> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let needs = std::fs::read_to_string(folder.join("needs.toml")).expect("corpus/needs.toml can be read");
    let entries: BTreeMap<String, Expected> =
        toml::from_str(&needs).expect("corpus/needs.toml is well formed");
    let files = std::fs::read_dir(&folder).expect("the corpus can be listed");
    let count = files
        .filter(|file| file.as_ref().is_ok_and(|file| file.path().extension() == Some("graphql".as_ref())));
    assert_eq!(count.count(), entries.len(), "each document has an entry in needs.toml");
    let example = |(name, expected): (String, Expected)| {
        let path = folder.join(format!("{name}.graphql"));
        let document =
            std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Example { name, document, expected }
    };
    entries.into_iter().map(example).collect()
}

/// What a plan asks for without values for variables that may be null, in the form of `needs.toml`.
#[must_use]
pub fn needs_of(plan: &Plan) -> BTreeSet<String> {
    needs::of(plan, &Variables::default()).iter().map(any_of).collect()
}

fn any_of(needed: &Needed) -> String {
    if !needed.is_classified() {
        return "not covered".to_owned();
    }
    let catalog = Catalog::embedded();
    let way = |way: &Way| {
        let names: Vec<&str> = way.permissions.iter().map(|id| catalog.describe(*id).name.as_str()).collect();
        names.join(" + ")
    };
    let ways: BTreeSet<String> = needed.any.iter().map(way).collect();
    ways.into_iter().collect::<Vec<_>>().join(" | ")
}
