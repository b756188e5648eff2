//! What the files say, before names are resolved.

use super::place::{Located, Place};
use crate::route::template::Template;
use crate::{
    BoundaryType, Carrier, GraphqlKind, GraphqlLocator, JobTokenRule, LookupAnswer, Method,
    RegistryOperation, RepositoryOperation, Role, ScopeSet, Surface,
};

/// Everything that a set of files says.
#[derive(Default)]
pub(super) struct Raw {
    pub(super) resources: Vec<RawResource>,
    pub(super) lookups: Vec<RawLookup>,
    pub(super) global_ids: Vec<(Located<String>, Located<String>)>,
    pub(super) graphql: RawFacts,
    pub(super) public: Vec<RawEndpoint>,
    pub(super) credentials: Vec<RawCredential>,
    pub(super) scopes: Vec<ScopeRule>,
    pub(super) job_tokens: Vec<JobTokenEntry>,
}

/// One resource file.
pub(super) struct RawResource {
    pub(super) resource: Located<String>,
    pub(super) category: Option<Located<String>>,
    pub(super) about: Option<Located<String>>,
    pub(super) actions: Vec<RawAction>,
}

/// One permission of a resource file.
pub(super) struct RawAction {
    pub(super) action: Located<String>,
    pub(super) boundaries: Vec<BoundaryType>,
    pub(super) role: Option<Located<Role>>,
    pub(super) dangerous: bool,
    pub(super) routes: Vec<RawRoute>,
    pub(super) graphql: Vec<RawGraphql>,
    pub(super) repository: Vec<Located<RepositoryOperation>>,
    pub(super) registry: Vec<Located<RegistryOperation>>,
}

/// A method and a template.
pub(super) struct RawEndpoint {
    pub(super) method: Method,
    pub(super) template: Template,
    pub(super) place: Place,
    pub(super) replace: bool,
}

/// One guarded route.
pub(super) struct RawRoute {
    pub(super) endpoint: RawEndpoint,
    pub(super) boundaries: Vec<RawBoundary>,
    pub(super) also_on: Vec<RawContainer>,
    pub(super) also: Vec<Located<String>>,
    pub(super) public: bool,
    pub(super) withheld: Vec<(String, Located<String>)>,
}

/// A boundary and the source expression that finds it.
pub(super) struct RawBoundary {
    pub(super) boundary: BoundaryType,
    pub(super) source: Located<String>,
}

/// A further container.
pub(super) struct RawContainer {
    pub(super) boundary: RawBoundary,
    pub(super) optional: bool,
}

/// One GraphQL entry.
pub(super) struct RawGraphql {
    pub(super) kind: GraphqlKind,
    pub(super) name: String,
    pub(super) arguments: Vec<String>,
    pub(super) methods: Vec<String>,
    pub(super) boundaries: Vec<BoundaryType>,
    pub(super) also: Vec<Located<String>>,
    pub(super) also_on: Vec<Located<String>>,
    pub(super) place: Place,
}

/// What is said of a GraphQL schema beside permissions.
#[derive(Default)]
pub(super) struct RawFacts {
    pub(super) parts: Vec<Located<String>>,
    pub(super) public: Vec<Located<String>>,
    pub(super) elsewhere: Vec<Located<String>>,
    pub(super) referred: Vec<Located<String>>,
    /// Types of global ids, with the name of a permission.
    pub(super) linked: Vec<(Located<String>, Located<String>)>,
    pub(super) locators: Vec<(Located<String>, Vec<GraphqlLocator>)>,
}

/// One look-up.
pub(super) struct RawLookup {
    pub(super) name: Located<String>,
    pub(super) about: String,
    pub(super) arguments: Vec<String>,
    pub(super) answer: LookupAnswer,
    pub(super) otherwise: Vec<LookupAnswer>,
}

/// Endpoints of one foreign credential.
pub(super) struct RawCredential {
    pub(super) reason: String,
    pub(super) carriers: Vec<Carrier>,
    pub(super) endpoints: Vec<RawEndpoint>,
}

/// Scopes that a rule adds to the operations it names.
pub(super) struct ScopeRule {
    pub(super) scopes: ScopeSet,
    pub(super) surface: Surface,
    pub(super) methods: Vec<Method>,
    pub(super) paths: Vec<Located<String>>,
}

/// Operations that take job tokens on the same terms.
pub(super) struct JobTokenEntry {
    pub(super) rule: JobTokenRule,
    pub(super) operations: Vec<Located<OperationPattern>>,
}

/// Operations by surface, method and template.
pub(super) struct OperationPattern {
    pub(super) surface: Surface,
    pub(super) method: Option<Method>,
    pub(super) template: String,
}
