//! The walls between the crates, checked over `cargo metadata`.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::workspace::Workspace;

/// What a pure crate may not reach, through however many crates.
const IMPURE: [&str; 8] = ["async-std", "axum", "hyper", "reqwest", "rusqlite", "smol", "sqlx", "tokio"];

/// The crates that Narrowgate exists for, usable on their own.
const PURE: [&str; 3] = ["narrowgate-catalog", "narrowgate-policy", "narrowgate-graphql"];

/// Who alone may name a library as its own dependency.
const RESERVED: [(&str, &[&str]); 2] = [
    ("sqlx", &["narrowgate-store"]),
    ("axum", &["narrowgate", "narrowgate-api", "narrowgate-gate", "narrowgate-sandbox", "narrowgate-web"]),
];

/// Each crate, and the crates of the workspace below it. Arrows point down only.
const BELOW: [(&str, &[&str]); 11] = [
    ("narrowgate-catalog", &[]),
    ("narrowgate-secret", &[]),
    ("narrowgate-scan", &["secret"]),
    ("narrowgate-policy", &["catalog"]),
    ("narrowgate-graphql", &["catalog", "policy"]),
    ("narrowgate-gitlab", &["catalog", "policy", "secret"]),
    ("narrowgate-store", &["catalog", "policy", "secret"]),
    ("narrowgate-sandbox", &["catalog"]),
    ("narrowgate-gate", &["catalog", "gitlab", "graphql", "policy", "secret", "store"]),
    ("narrowgate-api", &["catalog", "gitlab", "graphql", "policy", "secret", "store"]),
    ("narrowgate-web", &["api", "catalog", "gitlab", "policy", "secret", "store"]),
];

/// Fails with one line for every dependency that goes through a wall.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let graph = Graph::read(&workspace.metadata(&[])?)?;
    let mut breaches = Vec::new();
    for member in &graph.members {
        breaches.extend(graph.impure(member));
        breaches.extend(graph.reserved(member));
        breaches.extend(graph.upward(member));
    }
    if breaches.is_empty() {
        return Ok(());
    }
    bail!("dependencies through a wall:\n  {}", breaches.join("\n  "))
}

/// Who depends on whom; development dependencies are left out.
struct Graph {
    members: BTreeSet<String>,
    dependencies: BTreeMap<String, BTreeSet<String>>,
}

impl Graph {
    fn read(metadata: &Value) -> Result<Graph> {
        let names: BTreeMap<&str, &str> = list(metadata, "packages")?
            .iter()
            .filter_map(|package| Some((package.get("id")?.as_str()?, package.get("name")?.as_str()?)))
            .collect();
        let name = |id: &Value| id.as_str().and_then(|id| names.get(id)).map(|name| (*name).to_owned());
        let members = list(metadata, "workspace_members")?.iter().filter_map(name).collect();
        let mut dependencies: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for node in list(metadata.get("resolve").context("cargo metadata resolves nothing")?, "nodes")? {
            let Some(from) = node.get("id").and_then(name) else { continue };
            let to = list(node, "deps")?.iter().filter(|dependency| ships(dependency));
            let to = to.filter_map(|dependency| dependency.get("pkg").and_then(name));
            dependencies.entry(from).or_default().extend(to);
        }
        Ok(Graph { members, dependencies })
    }

    fn of(&self, package: &str) -> impl Iterator<Item = &str> {
        self.dependencies.get(package).into_iter().flatten().map(String::as_str)
    }

    fn impure(&self, member: &str) -> Vec<String> {
        if !PURE.contains(&member) {
            return Vec::new();
        }
        let mut seen = BTreeSet::new();
        let mut pending = vec![member];
        while let Some(next) = pending.pop() {
            pending.extend(self.of(next).filter(|name| seen.insert(*name)));
        }
        let found = IMPURE.iter().filter(|name| seen.contains(**name));
        found.map(|name| format!("{member} is pure, but reaches {name}")).collect()
    }

    fn reserved(&self, member: &str) -> Vec<String> {
        let breaks = |library: &&str, allowed: &&[&str]| {
            self.of(member).any(|name| name == *library) && !allowed.contains(&member)
        };
        RESERVED
            .iter()
            .filter(|(library, allowed)| breaks(library, allowed))
            .map(|(library, allowed)| {
                format!("{member} names {library}, reserved for {}", allowed.join(", "))
            })
            .collect()
    }

    fn upward(&self, member: &str) -> Vec<String> {
        let Some((_, below)) = BELOW.iter().find(|(name, _)| *name == member) else { return Vec::new() };
        let ours = self.of(member).filter(|name| self.members.contains(*name));
        ours.filter(|name| !below.contains(&name.trim_start_matches("narrowgate-")))
            .map(|name| format!("{member} must not know {name}"))
            .collect()
    }
}

/// Tells whether a dependency ends up in what is shipped.
fn ships(dependency: &Value) -> bool {
    let kinds = dependency.get("dep_kinds").and_then(Value::as_array);
    kinds.is_some_and(|kinds| kinds.iter().any(|kind| kind.get("kind").is_none_or(Value::is_null)))
}

fn list<'v>(value: &'v Value, key: &str) -> Result<&'v Vec<Value>> {
    value.get(key).and_then(Value::as_array).with_context(|| format!("cargo metadata has no list `{key}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(edges: &[(&str, &str)]) -> Graph {
        let mut dependencies: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (from, to) in edges {
            dependencies.entry((*from).to_owned()).or_default().insert((*to).to_owned());
        }
        let members = ["narrowgate-api", "narrowgate-catalog", "narrowgate-gate", "narrowgate-policy"];
        Graph { members: members.map(str::to_owned).into(), dependencies }
    }

    #[test]
    fn pure_crate_reaching_tokio_through_another_is_found() {
        let graph = graph(&[("narrowgate-policy", "middle"), ("middle", "tokio")]);
        assert_eq!(graph.impure("narrowgate-policy"), ["narrowgate-policy is pure, but reaches tokio"]);
    }

    #[test]
    fn reserved_library_is_found_only_in_the_wrong_crate() {
        let graph = graph(&[("narrowgate-gate", "axum"), ("narrowgate-policy", "axum")]);
        assert!(graph.reserved("narrowgate-gate").is_empty());
        assert_eq!(graph.reserved("narrowgate-policy").len(), 1);
    }

    #[test]
    fn gate_and_api_must_not_know_each_other() {
        let graph =
            graph(&[("narrowgate-gate", "narrowgate-api"), ("narrowgate-gate", "narrowgate-catalog")]);
        assert_eq!(graph.upward("narrowgate-gate"), ["narrowgate-gate must not know narrowgate-api"]);
    }
}
