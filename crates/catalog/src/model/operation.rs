//! What a request does.

use serde::Serialize;

use super::job_token::JobTokenRule;
use super::need::Need;
use crate::{Method, PermissionId, ScopeSet};

/// An operation of one compiled catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OperationId(u16);

impl OperationId {
    /// The id at `index`, or `None` past 65,535.
    #[must_use]
    pub fn new(index: usize) -> Option<Self> {
        u16::try_from(index).ok().map(Self)
    }

    /// The position in the catalogue's list of operations.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// Which of the instance's interfaces an operation belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Surface {
    /// REST below `/api/v4`.
    Rest,
    /// SCIM: its templates begin with `/api/scim` and are below the instance's root, not below `/api/v4`.
    Scim,
    /// Narrowgate's own API: its templates begin with `/api/narrowgate` and are below the root, too.
    Narrowgate,
    /// Git over HTTPS.
    Git,
    /// Git LFS.
    Lfs,
    /// The container registry and the dependency proxy.
    Registry,
}

/// One operation and what it demands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operation {
    /// Its number in this catalogue.
    pub id: OperationId,
    /// The interface it belongs to.
    pub surface: Surface,
    /// The HTTP method.
    pub method: Method,
    /// The path below `/api/v4` as in GitLab's tables, for instance `/projects/:id/jobs`; for Git, LFS and the registry a
    /// name such as `project push`.
    pub template: String,
    /// The names of the template's parameters in path order; positions are those of [`crate::Params`].
    pub parameters: Vec<String>,
    /// What it demands.
    pub access: OperationAccess,
    /// The legacy scopes any one of which admits it.
    pub scopes: ScopeSet,
    /// Whether a fine-grained token may call it without a grant where the project or group is public.
    pub public_read: bool,
    /// Fields of the answer that are shown only with a further permission.
    pub withheld: Vec<WithheldField>,
    /// On what terms it takes CI job tokens; `None` if it takes none.
    pub job_token: Option<JobTokenRule>,
}

impl Operation {
    /// The needs of a guarded operation; none for the others.
    #[must_use]
    pub fn needs(&self) -> &[Need] {
        match &self.access {
            OperationAccess::Guarded { needs } => needs,
            OperationAccess::Public | OperationAccess::OtherCredential { .. } => &[],
        }
    }
}

/// What an operation demands of its caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OperationAccess {
    /// All of these needs must hold.
    Guarded {
        /// The needs; the first is the operation's own, the others are further containers it names.
        needs: Vec<Need>,
    },
    /// Nothing: the instance answers anybody.
    Public,
    /// A credential that no Narrowgate token stands for.
    OtherCredential {
        /// Whose credential, in GitLab's words: `CI job token`.
        reason: String,
        /// Where that credential arrives; a request that carries one of them is passed through, every other is
        /// refused. Empty: always refused.
        carriers: Vec<Carrier>,
    },
}

/// Where a foreign credential arrives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Carrier {
    /// A header of this name.
    Header(String),
    /// A query or body parameter of this name.
    Parameter(String),
}

/// A field of the answer that is cut out unless the token holds a permission on the same boundary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WithheldField {
    /// The field's name at the top level of each returned object.
    pub field: String,
    /// The permission that shows it.
    pub permission: PermissionId,
}
