//! What an instance's GraphQL knows: read from its introspection, kept as text, checked before documents are held to it.

mod check;
mod introspection;
mod limits;
mod write;

use std::collections::HashMap;
use std::fmt;

use apollo_compiler::Name;
use apollo_compiler::parser::Parser;
use apollo_compiler::schema::ExtendedType;
use apollo_compiler::validation::Valid;

pub use introspection::QUERY as INTROSPECTION_QUERY;
pub use limits::SchemaLimits;

/// The name that [`INTROSPECTION_QUERY`] goes by: GitLab keeps the answer to an operation of this name.
pub const INTROSPECTION_NAME: &str = "IntrospectionQuery";

/// An instance's schema, without descriptions and deprecations.
///
/// Documents can be validated against it: each type that it refers to exists and is of a kind that fits there, and its
/// root types are object types. Beyond that it may break rules of the specification, as schemas of some versions do: an
/// object type may lack a field of an interface that it implements.
#[derive(Clone)]
pub struct Schema {
    apollo: Valid<apollo_compiler::Schema>,
    possible: HashMap<Name, Vec<Name>>,
    sdl: Box<str>,
    quirks: usize,
}

impl Schema {
    /// Reads the answer to [`INTROSPECTION_QUERY`], with or without `data` around it.
    ///
    /// # Errors
    ///
    /// What is no such answer, is too large, or doesn't hold together.
    pub fn from_introspection(json: &[u8], limits: &SchemaLimits) -> Result<Self, SchemaError> {
        if json.len() > limits.bytes {
            return Err(SchemaError::TooLarge { what: "bytes", most: limits.bytes });
        }
        let description = introspection::read(json)?;
        Self::from_sdl(&write::sdl(&description, limits)?)
    }

    /// Reads a schema's text, as [`Self::sdl`] gives it.
    ///
    /// # Errors
    ///
    /// What is no schema, or one that doesn't hold together.
    pub fn from_sdl(sdl: &str) -> Result<Self, SchemaError> {
        let parsed = Parser::new().parse_schema(sdl, "schema.graphql");
        let schema = parsed.map_err(|problem| SchemaError::unusable(&problem.errors))?;
        // Strictly valid or not: what documents are validated by is checked here.
        let (apollo, quirks) = match schema.validate() {
            Ok(valid) => (valid, 0),
            Err(problem) => (Valid::assume_valid(problem.partial), problem.errors.len()),
        };
        check::holds_together(&apollo)?;
        Ok(Self { possible: possible(&apollo), apollo, sdl: sdl.into(), quirks })
    }

    /// The schema as text, the same for the same schema.
    #[must_use]
    pub fn sdl(&self) -> &str {
        &self.sdl
    }

    /// The schema as documents are validated against it.
    #[must_use]
    pub fn as_apollo(&self) -> &Valid<apollo_compiler::Schema> {
        &self.apollo
    }

    /// The object types that an interface or union stands for, in the order of the schema; none for other types.
    #[must_use]
    pub fn possible_types(&self, name: &str) -> &[Name] {
        self.possible.get(name).map_or(&[], Vec::as_slice)
    }

    /// How often it breaks a rule of the specification that documents don't depend on.
    #[must_use]
    pub fn quirks(&self) -> usize {
        self.quirks
    }
}

impl fmt::Debug for Schema {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { apollo, sdl, quirks, possible: _ } = self;
        let (types, bytes) = (apollo.types.len(), sdl.len());
        write!(out, "Schema {{ types: {types}, bytes: {bytes}, quirks: {quirks} }}")
    }
}

fn possible(schema: &apollo_compiler::Schema) -> HashMap<Name, Vec<Name>> {
    let mut possible: HashMap<Name, Vec<Name>> = HashMap::new();
    for (name, definition) in &schema.types {
        match definition {
            ExtendedType::Object(object) => {
                for interface in &object.implements_interfaces {
                    possible.entry(interface.name.clone()).or_default().push(name.clone());
                }
            }
            ExtendedType::Union(union) => {
                let members = union.members.iter().map(|member| member.name.clone());
                possible.insert(name.clone(), members.collect());
            }
            _ => {}
        }
    }
    possible
}

/// Why there is no schema.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SchemaError {
    /// The answer is no introspection.
    #[error("the answer to the introspection query can't be read: {0}")]
    Unreadable(String),
    /// The instance answered with errors.
    #[error("the instance refused the introspection query: {0}")]
    Refused(String),
    /// It is larger than the limits allow.
    #[error("the schema has more than {most} {what}")]
    TooLarge {
        /// What there is too much of.
        what: &'static str,
        /// How much there may be.
        most: usize,
    },
    /// A name isn't one.
    #[error("the schema has the name `{0}`")]
    Name(String),
    /// It refers to what isn't there, or to what doesn't belong there.
    #[error("the schema doesn't hold together: {0}")]
    Unusable(String),
}

impl SchemaError {
    /// The first problem, and how many more there are.
    fn unusable(problems: &apollo_compiler::validation::DiagnosticList) -> Self {
        let first = problems.iter().next().map(|problem| problem.error.to_string());
        let more = problems.len().saturating_sub(1);
        let first = first.unwrap_or_default();
        Self::Unusable(if more == 0 { first } else { format!("{first}, and {more} more") })
    }
}
