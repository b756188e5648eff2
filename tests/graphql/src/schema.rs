//! GitLab's own schema, and what guards it.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use narrowgate_catalog::Catalog;
use narrowgate_graphql::guard::Guards;
use narrowgate_graphql::schema::{Schema, SchemaLimits};

use crate::things::Passages;

/// The schema of the npm package `gitlab-graphql-types`, which `cargo xtask test` installs below `target/`.
///
/// # Panics
///
/// When it isn't there. `NARROWGATE_TEST_NODE_MODULES` may name another folder of npm packages.
#[must_use]
pub fn gitlab() -> &'static Schema {
    static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
        Schema::from_introspection(&introspection(), &SchemaLimits::default()).expect("the schema is one")
    });
    &SCHEMA
}

/// What guards [`gitlab`] by the catalogue.
#[must_use]
pub fn guards() -> &'static Guards {
    static GUARDS: LazyLock<Guards> = LazyLock::new(|| Guards::compile(gitlab(), Catalog::embedded()));
    &GUARDS
}

/// What the probes of [`guards`] pass through.
#[must_use]
pub fn passages() -> &'static Passages {
    static PASSAGES: LazyLock<Passages> =
        LazyLock::new(|| Passages::of_schema(gitlab().as_apollo(), guards()));
    &PASSAGES
}

/// The introspection that [`gitlab`] is read from.
///
/// # Panics
///
/// As [`gitlab`].
#[must_use]
pub fn introspection() -> Vec<u8> {
    let path = introspection_path();
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The file of [`introspection`].
///
/// # Panics
///
/// As [`gitlab`].
#[must_use]
pub fn introspection_path() -> PathBuf {
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/test-npm/node_modules");
    let modules = std::env::var_os("NARROWGATE_TEST_NODE_MODULES").map_or(target, Into::into);
    let path = modules.join("gitlab-graphql-types/graphql.schema.json");
    assert!(path.exists(), "{}: `cargo xtask test` installs gitlab-graphql-types", path.display());
    path
}
