//! What guards the types, fields and mutations of one schema.

mod arguments;
mod classify;
mod coverage;
mod fields;
mod locate;
mod model;
mod rules;

use std::collections::HashMap;
use std::sync::Arc;

use narrowgate_catalog::Catalog;

use crate::schema::Schema;

pub use coverage::Coverage;
pub use model::{
    Alternative, ArgumentPath, Class, FieldGuard, Guard, Locator, Names, Need, Probe, ProbeStep, Reads, Rule,
    Rules, Source,
};

/// What guards one schema, by one catalogue.
#[derive(Clone, Debug)]
pub struct Guards {
    classes: HashMap<Box<str>, Class>,
    fields: HashMap<Box<str>, HashMap<Box<str>, Arc<FieldGuard>>>,
    mutations: HashMap<Box<str>, Arc<FieldGuard>>,
    public: HashMap<Box<str>, Vec<Box<str>>>,
    coverage: Coverage,
}

impl Guards {
    /// Holds each object type, guarded field and mutation of a schema to the catalogue's entries.
    #[must_use]
    pub fn compile(schema: &Schema, catalog: &Catalog) -> Self {
        let schema = schema.as_apollo();
        let classes = classify::classes(schema, catalog);
        let fields = fields::fields(schema, catalog);
        let mutations = fields::mutations(schema, catalog);
        let public = fields::public(catalog);
        let mut guards = Self { classes, fields, mutations, public, coverage: Coverage::default() };
        guards.coverage = coverage::of(schema, catalog, &guards);
        guards
    }

    /// What an object type is; [`Class::Unclassified`] for a name that the schema doesn't have.
    #[must_use]
    pub fn class(&self, type_name: &str) -> &Class {
        self.classes.get(type_name).unwrap_or(&Class::Unclassified)
    }

    /// What guards a field beyond the type of its value. Mutations are in [`Self::mutation`].
    #[must_use]
    pub fn field(&self, type_name: &str, field: &str) -> Option<&Arc<FieldGuard>> {
        self.fields.get(type_name)?.get(field)
    }

    /// What guards a mutation; `None` for one that is in no file of the catalogue, or whose entries find no argument
    /// that names a boundary: it is refused.
    #[must_use]
    pub fn mutation(&self, field: &str) -> Option<&Arc<FieldGuard>> {
        self.mutations.get(field)
    }

    /// Whether anybody may ask for a field of a root type.
    #[must_use]
    pub fn is_public_field(&self, type_name: &str, field: &str) -> bool {
        self.public.get(type_name).is_some_and(|fields| fields.iter().any(|public| &**public == field))
    }

    /// What the schema has beyond the catalogue, and the other way round.
    #[must_use]
    pub const fn coverage(&self) -> &Coverage {
        &self.coverage
    }
}
