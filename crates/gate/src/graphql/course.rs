//! Who answers the documents of a request, and what holds for all of it.

use narrowgate_catalog::ScopeSet;
use narrowgate_policy::Privileges;

use super::envelope::Envelope;
use crate::authenticate::Principal;
use crate::core::Core;
use crate::decide::{self, Allowed, Asker};
use crate::local::GraphqlOwner;
use crate::refusal::Refusal;
use crate::rules::Enforced;
use crate::ways::needs_places;

/// Whose the documents of a request are.
pub(crate) enum Owner {
    Narrowgate,
    Instance,
    /// Nobody's: they must not be forwarded, and this is why.
    Nobody(String),
}

impl Owner {
    /// Whose they all are.
    pub(crate) fn of(core: &Core, envelope: &Envelope) -> Self {
        let (mut ours, mut theirs) = (false, false);
        for request in &envelope.requests {
            let Some(document) = &request.query else { continue };
            match core.local.graphql_owner(document, request.operation_name.as_deref()) {
                Ok(GraphqlOwner::Narrowgate) => ours = true,
                Ok(GraphqlOwner::Instance) => theirs = true,
                Err(reason) => return Self::Nobody(reason),
            }
        }
        match (ours, theirs) {
            (true, true) => Self::Nobody(
                "some of these documents are answered by Narrowgate and some by the instance: send them apart"
                    .to_owned(),
            ),
            (true, false) => Self::Narrowgate,
            (false, _) => Self::Instance,
        }
    }
}

/// How the documents of a token of ours are dealt with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Course {
    /// Nobody answers them, and this is why.
    Unanswered(String),
    /// The control plane answers, and holds grants to the permissions that each field needs.
    OwnByGrants,
    /// The control plane answers, where the scopes admit it.
    OwnByScopes,
    /// The instance answers, and each object and each change is decided.
    ByObjects,
    /// The instance answers, where the scopes admit it.
    ByScopes,
}

impl Course {
    pub(crate) fn of(core: &Core, envelope: &Envelope, principal: &Principal, enforced: &Enforced) -> Self {
        let bearer = &principal.bearer;
        let is_grants = matches!(bearer.privileges, Privileges::FineGrained(_));
        match Owner::of(core, envelope) {
            Owner::Nobody(reason) => Self::Unanswered(reason),
            Owner::Narrowgate if is_grants && bearer.confinement.is_none() => Self::OwnByGrants,
            Owner::Narrowgate => Self::OwnByScopes,
            Owner::Instance if needs_places(principal, enforced) => Self::ByObjects,
            Owner::Instance => Self::ByScopes,
        }
    }

    /// Decides what holds for the request as a whole.
    ///
    /// # Errors
    ///
    /// The denial.
    pub(crate) fn admit(&self, asker: Asker<'_>, scopes: ScopeSet) -> Result<Allowed, Refusal> {
        match self {
            Self::Unanswered(_) | Self::OwnByGrants | Self::ByObjects => decide::objects(asker, scopes),
            Self::OwnByScopes | Self::ByScopes => decide::graphql(asker, scopes),
        }
    }
}
