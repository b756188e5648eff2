//! What an operation demands, and where the boundary is found.

use super::lookup::LookupId;
use crate::{BoundaryType, PermissionId, PermissionSet};

/// Permissions (all of them) on a boundary (any one of the alternatives).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Need {
    /// The permissions as a set.
    pub permissions: PermissionSet,
    /// The same permissions as a list, the operation's own first.
    pub permission_ids: Vec<PermissionId>,
    /// The alternatives in check order.
    pub boundaries: Vec<BoundarySource>,
    /// Whether this is a further container that a request need not name; the need falls away when it doesn't.
    pub optional: bool,
}

/// One alternative: a kind of boundary and where a request names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoundarySource {
    /// The kind of boundary.
    pub boundary: BoundaryType,
    /// Where it is found.
    pub source: Source,
}

/// Where a request names its boundary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A parameter of the path: an id or URL-encoded full path.
    Path {
        /// The parameter's name.
        param: String,
        /// Its position in [`crate::Params`].
        index: usize,
    },
    /// A query parameter; the first of these names that is present.
    Query {
        /// The names in order.
        names: Vec<String>,
    },
    /// A body parameter; the first of these names that is present. `a[][b]` is field `b` of every item of list `a`.
    Body {
        /// The names in order.
        names: Vec<String>,
    },
    /// A look-up on the instance.
    Lookup(LookupRef),
    /// The token's owner.
    Owner,
    /// The instance as a whole.
    Instance,
}

/// A look-up with its arguments filled from the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LookupRef {
    /// Which look-up.
    pub lookup: LookupId,
    /// Placeholder of the look-up and where its value is in the request.
    pub arguments: Vec<(String, Argument)>,
}

/// Where a look-up's argument is in the request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Argument {
    /// The path parameter at this position of [`crate::Params`].
    Path(usize),
    /// A query parameter.
    Query(String),
    /// A body parameter.
    Body(String),
}
