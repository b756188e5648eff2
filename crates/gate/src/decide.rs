//! Step 6: the decision. Nothing is forwarded without the [`Permitted`] that only this module makes.

use std::net::IpAddr;

use http::request::Parts;
use narrowgate_catalog::{Method, Operation, PermissionId, ScopeSet, Surface};
use narrowgate_policy::{Basis, Decision, LocatedNeed, Privileges, Push, Question, decide as ask};
use smallvec::SmallVec;

use crate::authenticate::Principal;
use crate::body::RequestBody;
use crate::core::Core;
use crate::locate::{FoundNeed, with_needs};
use crate::refusal::Refusal;

/// As whom a request is forwarded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SendAs {
    /// With the connection's credential.
    Connection,
    /// Without any credential.
    Nobody,
    /// With the credential that it came with, which is none of Narrowgate's.
    Itself,
}

/// Fields that have to be cut out of the response.
pub(crate) type Withheld = SmallVec<[&'static str; 1]>;

/// Proof that a request may be forwarded, with the request in it.
#[derive(Debug)]
pub(crate) struct Permitted {
    head: Parts,
    body: RequestBody,
    surface: Surface,
    send_as: SendAs,
    withheld: Withheld,
    operation: Option<&'static Operation>,
}

/// What a [`Permitted`] holds.
pub(crate) struct Contents {
    /// The request's head, as it came.
    pub(crate) head: Parts,
    /// The request's body.
    pub(crate) body: RequestBody,
    /// The interface.
    pub(crate) surface: Surface,
    /// As whom it is forwarded.
    pub(crate) send_as: SendAs,
    /// What has to be cut out of the response.
    pub(crate) withheld: Withheld,
    /// The operation, where there is one.
    pub(crate) operation: Option<&'static Operation>,
}

impl Permitted {
    /// Uses the permission up.
    pub(crate) fn into_contents(self) -> Contents {
        let Self { head, body, surface, send_as, withheld, operation } = self;
        Contents { head, body, surface, send_as, withheld, operation }
    }
}

/// An allowed operation, before it is known whether it is forwarded or answered here.
#[derive(Debug)]
pub(crate) struct Allowed {
    operation: Option<&'static Operation>,
    surface: Surface,
    withheld: Withheld,
}

impl Allowed {
    /// The permission to forward this request.
    pub(crate) fn forward(self, head: Parts, body: RequestBody) -> Permitted {
        let Self { operation, surface, withheld } = self;
        Permitted { head, body, surface, send_as: SendAs::Connection, withheld, operation }
    }
}

/// Decides an operation with its located needs.
///
/// # Errors
///
/// The denial.
pub(crate) fn decide(
    core: &Core,
    address: IpAddr,
    principal: &Principal,
    operation: &'static Operation,
    needs: &[FoundNeed],
) -> Result<Allowed, Refusal> {
    if revokes_itself(operation) {
        return Ok(Allowed {
            operation: Some(operation),
            surface: operation.surface,
            withheld: Withheld::new(),
        });
    }
    with_needs(needs, |needs| {
        let question = question(core, address, operation, needs);
        match ask(&principal.bearer, &question) {
            Decision::Deny(denial) => Err(denial.into()),
            Decision::Allow { basis, .. } => Ok(Allowed {
                operation: Some(operation),
                surface: operation.surface,
                withheld: withheld(principal, operation, needs, basis),
            }),
        }
    })
}

/// Every live token may revoke itself, whatever else it may do (WIRE 3).
fn revokes_itself(operation: &Operation) -> bool {
    operation.method == Method::Delete && operation.template == "/personal_access_tokens/self"
}

/// The question that the decision is asked about an operation.
pub(crate) fn question<'a>(
    core: &Core,
    address: IpAddr,
    operation: &Operation,
    needs: &'a [LocatedNeed<'a>],
) -> Question<'a> {
    Question {
        public_reads: core.config.public_reads,
        job_token: operation.job_token,
        push: push(operation),
        itself: operation.template.starts_with("/personal_access_tokens/self"),
        ..Question::new(needs, operation.scopes, core.now(), address)
    }
}

/// The refs that an operation writes: a push names them in its commands.
fn push(operation: &Operation) -> Push<'static> {
    if operation.surface == Surface::Git && operation.template.ends_with(" push") {
        Push::Unknown
    } else {
        Push::Nothing
    }
}

/// Decides GraphQL as a whole, by scopes.
///
/// # Errors
///
/// The denial.
pub(crate) fn graphql(
    core: &Core,
    address: IpAddr,
    principal: &Principal,
    scopes: ScopeSet,
) -> Result<Allowed, Refusal> {
    let question =
        Question { fine_grained_supported: false, ..Question::new(&[], scopes, core.now(), address) };
    match ask(&principal.bearer, &question) {
        Decision::Deny(denial) => Err(denial.into()),
        Decision::Allow { .. } => {
            Ok(Allowed { operation: None, surface: Surface::Rest, withheld: Withheld::new() })
        }
    }
}

/// A public operation: whoever asks, it is asked for without a credential, so that the answer is what anybody gets.
pub(crate) fn public(operation: &'static Operation, head: Parts, body: RequestBody) -> Permitted {
    Permitted {
        head,
        body,
        surface: operation.surface,
        send_as: SendAs::Nobody,
        withheld: Withheld::new(),
        operation: Some(operation),
    }
}

/// A request that stands on a credential which is not Narrowgate's, where the catalogue or the operator lets it.
pub(crate) fn foreign(
    operation: Option<&'static Operation>,
    surface: Surface,
    head: Parts,
    body: RequestBody,
) -> Permitted {
    Permitted { head, body, surface, send_as: SendAs::Itself, withheld: Withheld::new(), operation }
}

/// The fields for which the token lacks the permission on the operation's own places.
fn withheld(
    principal: &Principal,
    operation: &'static Operation,
    needs: &[LocatedNeed<'_>],
    basis: Basis,
) -> Withheld {
    let Privileges::FineGrained(grants) = &principal.bearer.privileges else {
        return Withheld::new();
    };
    let places = needs.first().map(|need| need.places).unwrap_or_default();
    let holds = |permission: PermissionId| {
        basis == Basis::Grants && places.iter().any(|place| grants.hold(&[permission], place))
    };
    let fields = operation.withheld.iter().filter(|field| !holds(field.permission));
    fields.map(|field| field.field.as_str()).collect()
}
