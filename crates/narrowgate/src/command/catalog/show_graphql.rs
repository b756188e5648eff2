//! `narrowgate catalog show CiJob`, `… Project.runners`, `… jobPlay`: what guards a name of the GraphQL schema.

use std::io::{BufWriter, Write as _, stdout};

use anyhow::Result;
use narrowgate_catalog::{Catalog, GraphqlEntry, GraphqlLocator};
use serde_json::{Value, json};

/// What the catalogue says of one name.
pub(super) struct Named<'c> {
    catalog: &'c Catalog,
    entries: Vec<&'c GraphqlEntry>,
    name: &'c str,
}

/// The name, by its entries or by what is said of it beside permissions. A mutation may be given by its field.
pub(super) fn find<'c>(catalog: &'c Catalog, name: &'c str) -> Option<Named<'c>> {
    let is_named = |entry: &&GraphqlEntry| entry.name == name || is_field_of(name, &entry.name);
    let entries: Vec<_> = catalog.graphql().filter(is_named).collect();
    let facts = catalog.graphql_facts();
    let is_known = !entries.is_empty() || facts.parts.contains(name) || facts.public.contains(name);
    is_known.then_some(Named { catalog, entries, name })
}

/// `jobPlay` is the field of `JobPlay`.
fn is_field_of(field: &str, mutation: &str) -> bool {
    let mut letters = field.chars();
    letters.next().is_some_and(|first| {
        mutation.strip_prefix(first.to_ascii_uppercase()).is_some_and(|rest| rest == letters.as_str())
    })
}

impl Named<'_> {
    pub(super) fn print(&self) -> Result<()> {
        let mut out = BufWriter::new(stdout().lock());
        writeln!(out, "name        {}", self.name)?;
        if let Some(class) = self.class() {
            writeln!(out, "class       {class}")?;
        }
        for entry in &self.entries {
            let boundaries = entry.boundaries.iter().map(|at| at.boundary.as_str()).collect::<Vec<_>>();
            writeln!(
                out,
                "{:<12}{} on {}",
                super::show::kind(entry.kind),
                self.permissions(entry).join(" and "),
                boundaries.join(", "),
            )?;
        }
        for locator in self.locators() {
            writeln!(out, "located by  {locator}")?;
        }
        Ok(out.flush()?)
    }

    pub(super) fn to_json(&self) -> Value {
        let entries = self.entries.iter().map(|entry| {
            json!({
                "kind": entry.kind,
                "permissions": self.permissions(entry),
                "boundaries": entry.boundaries,
            })
        });
        json!({
            "name": self.name,
            "class": self.class(),
            "entries": entries.collect::<Vec<_>>(),
            "located_by": self.locators(),
        })
    }

    fn class(&self) -> Option<&'static str> {
        let facts = self.catalog.graphql_facts();
        let class = |named: bool, class| named.then_some(class);
        class(facts.parts.contains(self.name), "part of its parent")
            .or_else(|| class(facts.public.contains(self.name), "public"))
    }

    fn permissions(&self, entry: &GraphqlEntry) -> Vec<&str> {
        entry.permission_ids.iter().map(|id| self.catalog.describe(*id).name.as_str()).collect()
    }

    fn locators(&self) -> Vec<String> {
        let declared = self.catalog.graphql_facts().locators.get(self.name);
        let locators = declared.into_iter().flatten().map(|locator| match locator {
            GraphqlLocator::Path(steps) => steps.join("."),
            GraphqlLocator::Inherit => "the nearest guarded object above".to_owned(),
        });
        locators.collect()
    }
}
