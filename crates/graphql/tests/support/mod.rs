//! GitLab's own schema, as `cargo xtask test` installs it.

use std::path::{Path, PathBuf};

use narrowgate_graphql::{Schema, SchemaLimits};

/// The introspection of a GitLab, from the npm package `gitlab-graphql-types`.
pub(crate) fn introspection() -> Vec<u8> {
    let modules = std::env::var_os("NARROWGATE_TEST_NODE_MODULES").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/test-npm/node_modules"),
        PathBuf::from,
    );
    let path = modules.join("gitlab-graphql-types/graphql.schema.json");
    std::fs::read(&path)
        .unwrap_or_else(|problem| panic!("{}: {problem}: `cargo xtask test` installs it", path.display()))
}

/// GitLab's schema.
pub(crate) fn gitlab() -> Schema {
    Schema::from_introspection(&introspection(), &SchemaLimits::default()).expect("GitLab's schema")
}
