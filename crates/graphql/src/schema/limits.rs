//! How large a schema may be.

/// Bounds on schemas. A schema of GitLab 14 has 4 MB of introspection, 1,300 types and 13,000 members; later ones have twice that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SchemaLimits {
    /// Bytes of the introspection.
    pub bytes: usize,
    /// Types.
    pub types: usize,
    /// Fields, arguments, input fields, values of enums, and members of unions.
    pub members: usize,
}

impl Default for SchemaLimits {
    fn default() -> Self {
        Self { bytes: 32 * 1024 * 1024, types: 20_000, members: 250_000 }
    }
}
