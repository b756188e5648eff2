//! GraphQL over the world of the forge.

use std::sync::LazyLock;

use apollo_compiler::executable::{Operation, OperationType};
use apollo_compiler::resolvers::{FieldError, ObjectValue, ResolveInfo, ResolvedValue};
use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Schema};

use super::answer::{Served, Trace};
use super::gid;
use crate::forge::Forge;
use crate::http::Viewer;

const SDL: &str =
    "type Query { currentUser: UserCore } type UserCore { id: ID! username: String! name: String! }";

static SCHEMA: LazyLock<Valid<Schema>> = LazyLock::new(|| {
    let parsed = Schema::parse_and_validate(SDL, "world.graphql");
    parsed.unwrap_or_else(|invalid| Valid::assume_valid(invalid.partial))
});

/// The world as a viewer sees it.
pub(crate) struct Worldly {
    forge: Forge,
    viewer: Viewer,
}

impl Worldly {
    pub(crate) fn new(forge: Forge, viewer: Viewer) -> Self {
        Self { forge, viewer }
    }
}

impl Served for Worldly {
    fn schema(&self) -> &Valid<Schema> {
        &SCHEMA
    }

    fn refuse(&self, _document: &Valid<ExecutableDocument>, _operation: &Operation) -> Option<String> {
        None
    }

    fn root(&self, _: OperationType, _: &Trace) -> Box<dyn ObjectValue + '_> {
        Box::new(Root(self))
    }
}

struct Root<'s>(&'s Worldly);

struct CurrentUser {
    id: u64,
    username: String,
    name: String,
}

impl ObjectValue for Root<'_> {
    fn type_name(&self) -> &str {
        "Query"
    }

    fn resolve_field<'a>(&'a self, _: &'a ResolveInfo<'a>) -> Result<ResolvedValue<'a>, FieldError> {
        let world = self.0.forge.world();
        let user = self.0.viewer.user.and_then(|id| world.users.get(&id));
        Ok(ResolvedValue::nullable_object(user.map(|user| CurrentUser {
            id: user.id,
            username: user.username.clone(),
            name: user.name.clone(),
        })))
    }
}

impl ObjectValue for CurrentUser {
    fn type_name(&self) -> &str {
        "UserCore"
    }

    fn resolve_field<'a>(&'a self, info: &'a ResolveInfo<'a>) -> Result<ResolvedValue<'a>, FieldError> {
        Ok(ResolvedValue::leaf(match info.field_name() {
            "id" => gid::write("User", self.id),
            "username" => self.username.clone(),
            _ => self.name.clone(),
        }))
    }
}
