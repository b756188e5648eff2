//! Step 6: the decision. Nothing is forwarded without the [`Permitted`] that only this module makes.

use std::net::IpAddr;

use http::request::Parts;
use narrowgate_catalog::{Method, Operation, PermissionId, ScopeSet, Surface};
use narrowgate_policy::{
    ActingAs, Basis, Decision, Denial, Enforcement, LocatedNeed, PermissionList, Place, Privileges, Push,
    Question, Reason, decide as ask,
};
use smallvec::SmallVec;

use crate::authenticate::{self, Principal};
use crate::body::RequestBody;
use crate::core::Core;
use crate::locate::{FoundNeed, with_needs};
use crate::refusal::Refusal;
use crate::rules::Enforced;
use crate::sudo::Impersonated;

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
    head: Box<Parts>,
    body: RequestBody,
    surface: Surface,
    send_as: SendAs,
    withheld: Withheld,
    operation: Option<&'static Operation>,
    sudo: Option<u64>,
}

/// What a [`Permitted`] holds.
pub(crate) struct Contents {
    /// The request's head, as it came.
    pub(crate) head: Box<Parts>,
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
    /// The user that the instance is to act as.
    pub(crate) sudo: Option<u64>,
}

impl Permitted {
    /// Uses the permission up.
    pub(crate) fn into_contents(self) -> Contents {
        let Self { head, body, surface, send_as, withheld, operation, sudo } = self;
        Contents { head, body, surface, send_as, withheld, operation, sudo }
    }
}

/// An allowed operation, before it is known whether it is forwarded or answered here.
#[derive(Debug)]
pub(crate) struct Allowed {
    operation: Option<&'static Operation>,
    surface: Surface,
    withheld: Withheld,
    /// What would be refused, were it not a dry run.
    pub(crate) would_deny: Option<Box<Denial>>,
    /// What it rests on.
    pub(crate) basis: Basis,
    sudo: Option<u64>,
}

impl Allowed {
    /// An operation that needs no cutting of its answer.
    fn plain(operation: Option<&'static Operation>, basis: Basis, would_deny: Option<Box<Denial>>) -> Self {
        let surface = operation.map_or(Surface::Rest, |operation| operation.surface);
        Self { operation, surface, withheld: Withheld::new(), would_deny, basis, sudo: None }
    }

    /// Whether anybody may do it: neither grants nor scopes nor an allowlist were needed.
    pub(crate) fn is_public(&self) -> bool {
        self.basis == Basis::PublicRead
    }

    /// The user that the instance is to act as.
    pub(crate) fn sudo(&self) -> Option<u64> {
        self.sudo
    }

    /// The permission to forward this request: with the connection's credential, or with the native token of a job. What
    /// is allowed only because it is public is asked for as anybody would: the owner may see more there.
    pub(crate) fn forward(self, principal: &Principal, head: Box<Parts>, body: RequestBody) -> Permitted {
        let is_public = self.is_public();
        let Self { operation, surface, withheld, sudo, .. } = self;
        let send_as = match &principal.token {
            _ if is_public => SendAs::Nobody,
            Some(_) => SendAs::Connection,
            None => SendAs::Itself,
        };
        Permitted { head, body, surface, send_as, withheld, operation, sudo }
    }
}

/// Who asks, as the decision has to know it.
#[derive(Clone, Copy)]
pub(crate) struct Asker<'a> {
    /// What all requests share.
    pub(crate) core: &'a Core,
    /// The token.
    pub(crate) principal: &'a Principal,
    /// Where the request came from.
    pub(crate) address: IpAddr,
    /// Where the tenant takes fine-grained tokens only.
    pub(crate) enforced: &'a Enforced,
}

/// Decides an operation with its located needs.
///
/// # Errors
///
/// The denial.
pub(crate) fn decide(
    asker: Asker<'_>,
    operation: &'static Operation,
    needs: &[FoundNeed],
    user: Option<&Impersonated>,
) -> Result<Allowed, Refusal> {
    if revokes_itself(operation) {
        return Ok(Allowed::plain(Some(operation), Basis::Itself, None));
    }
    let allowed = with_question(asker, operation, needs, user, |question| judge(asker, operation, question))?;
    Ok(Allowed { sudo: user.map(|user| user.id), ..allowed })
}

/// Lends the question that is decided about an operation.
pub(crate) fn with_question<R>(
    asker: Asker<'_>,
    operation: &Operation,
    needs: &[FoundNeed],
    user: Option<&Impersonated>,
    ask: impl FnOnce(&Question<'_>) -> R,
) -> R {
    let Asker { core, address, .. } = asker;
    let Some(user) = user else {
        return with_needs(needs, |needs| ask(&question(core, address, operation, needs)));
    };
    user.with_places(|places| {
        let acting_as = Some(ActingAs { administrator: user.administrator, places });
        with_needs(needs, |needs| {
            let question = question(core, address, operation, needs);
            // Who acts as somebody else does not ask as anybody.
            ask(&Question { acting_as, public_reads: false, ..question })
        })
    })
}

fn judge(
    asker: Asker<'_>,
    operation: &'static Operation,
    question: &Question<'_>,
) -> Result<Allowed, Refusal> {
    let Asker { principal, .. } = asker;
    let needs = question.needs;
    match ask(&principal.bearer, question) {
        Decision::Deny(denial) => {
            // Neither a bot nor whoever is acted as has the owner's powers.
            let is_owner = principal.bearer.confinement.is_none() && question.acting_as.is_none();
            let administrator = is_owner && principal.link.connection.administrator;
            Err(Denial { administrator, ..denial }.into())
        }
        Decision::Allow { basis, would_deny } => {
            let would_deny = enforce_everywhere(asker, needs, basis)?.or(would_deny);
            Ok(Allowed {
                withheld: withheld(principal, operation, needs, basis),
                ..Allowed::plain(Some(operation), basis, would_deny)
            })
        }
    }
}

/// Where the whole instance takes fine-grained tokens only, that holds for what lies in no project or group too.
fn enforce_everywhere(
    asker: Asker<'_>,
    needs: &[LocatedNeed<'_>],
    basis: Basis,
) -> Result<Option<Box<Denial>>, Refusal> {
    let is_located = || needs.iter().flat_map(|need| need.places).any(|place| place.located().is_some());
    if basis != Basis::Scopes || asker.enforced.is_silent() || is_located() {
        return Ok(None);
    }
    let denial = || {
        let need = needs.first();
        let required: PermissionList = need.map(|need| need.permissions.into()).unwrap_or_default();
        let boundary = need.and_then(|need| need.places.first()).map(Place::boundary);
        let plain = Denial::new(Reason::FineGrainedRequired).for_class(asker.principal.bearer.class);
        Denial { missing: required.clone(), required, boundary, ..plain }
    };
    match asker.enforced.everywhere(asker.core.store.now()) {
        Enforcement::Off => Ok(None),
        Enforcement::DryRun => Ok(Some(Box::new(denial()))),
        Enforcement::On => Err(denial().into()),
    }
}

/// The page on which a user finds itself. The instance knows no bots, so theirs is not the instance's to show.
pub(crate) const BOTS_PAGE: &str = "/user";

/// Every live token may revoke itself, whatever else it may do (WIRE 3).
fn revokes_itself(operation: &Operation) -> bool {
    operation.method == Method::Delete && operation.template == "/personal_access_tokens/self"
}

/// The question that the decision is asked about an operation.
fn question<'a>(
    core: &Core,
    address: IpAddr,
    operation: &Operation,
    needs: &'a [LocatedNeed<'a>],
) -> Question<'a> {
    Question {
        public_reads: core.config.public_reads,
        job_token: operation.job_token,
        push: push(operation),
        itself: operation.template.contains("access_tokens/self") || operation.template == BOTS_PAGE,
        ..Question::new(needs, operation.scopes, core.now(), address)
    }
}

/// The refs that an operation writes. A push names them in its commands; what else writes code names them in ways that
/// are too many to be held to patterns.
fn push(operation: &Operation) -> Push<'static> {
    match operation.surface {
        Surface::Git if operation.template.ends_with(" push") => Push::ByCommand,
        Surface::Rest if !operation.method.is_read() && writes_code(&operation.template) => Push::Unknown,
        _ => Push::Nothing,
    }
}

fn writes_code(template: &str) -> bool {
    let of_repository =
        |rest: &str| !["discussions", "comments", "blobs/batch"].iter().any(|word| rest.contains(word));
    template.split_once("/repository/").is_some_and(|(_, rest)| of_repository(rest))
        || template.starts_with("/suggestions/")
        || ["/merge", "/rebase", "/create_ci_config", "/releases"].iter().any(|end| template.ends_with(end))
}

/// Decides GraphQL as a whole, by scopes.
///
/// # Errors
///
/// The denial.
pub(crate) fn graphql(asker: Asker<'_>, scopes: ScopeSet) -> Result<Allowed, Refusal> {
    let Asker { core, principal, address, .. } = asker;
    let question =
        Question { fine_grained_supported: false, ..Question::new(&[], scopes, core.now(), address) };
    match ask(&principal.bearer, &question) {
        Decision::Deny(denial) => Err(denial.into()),
        Decision::Allow { basis, would_deny } => {
            let dry = enforce_everywhere(asker, &[], basis)?;
            Ok(Allowed::plain(None, basis, dry.or(would_deny)))
        }
    }
}

/// Decides a request in GraphQL whose objects are decided one by one, by [`object`]: what holds for all of it.
///
/// # Errors
///
/// The denial.
pub(crate) fn objects(asker: Asker<'_>, scopes: ScopeSet) -> Result<Allowed, Refusal> {
    let Asker { core, principal, address, .. } = asker;
    if let Privileges::FineGrained(_) = principal.bearer.privileges {
        let barred = authenticate::barred(core, principal, address);
        return barred
            .map_or_else(|| Ok(Allowed::plain(None, Basis::Grants, None)), |denial| Err(denial.into()));
    }
    // Where a token is confined to is asked of each object.
    let question = Question { itself: true, ..Question::new(&[], scopes, core.now(), address) };
    match ask(&principal.bearer, &question) {
        Decision::Deny(denial) => Err(denial.into()),
        Decision::Allow { basis, would_deny } => {
            let dry = enforce_everywhere(asker, &[], basis)?;
            Ok(Allowed::plain(None, basis, dry.or(would_deny)))
        }
    }
}

/// Decides one object or one action of GraphQL; what a dry run would deny of it is told.
///
/// # Errors
///
/// The denial.
pub(crate) fn object(
    asker: Asker<'_>,
    scopes: ScopeSet,
    need: LocatedNeed<'_>,
    push: Push<'_>,
) -> Result<Option<Box<Denial>>, Box<Denial>> {
    let Asker { core, principal, address, .. } = asker;
    let needs = [need];
    let question = Question { push, ..Question::new(&needs, scopes, core.now(), address) };
    match ask(&principal.bearer, &question) {
        Decision::Deny(denial) => Err(Box::new(denial)),
        Decision::Allow { would_deny, .. } => Ok(would_deny),
    }
}

/// Whether one of these permissions is for operations that write code, in REST or elsewhere: tokens that may push to some
/// refs only are held to that.
pub(crate) fn writes_refs(core: &Core, permissions: &[PermissionId]) -> bool {
    let writing = core.catalog.operations().filter(|operation| push(operation) == Push::Unknown);
    let mut needed = writing.flat_map(Operation::needs).flat_map(|need| &need.permission_ids);
    needed.any(|id| permissions.contains(id))
}

/// A public operation: whoever asks, it is asked for without a credential, so that the answer is what anybody gets.
pub(crate) fn public(operation: &'static Operation, head: Box<Parts>, body: RequestBody) -> Permitted {
    Permitted {
        head,
        body,
        surface: operation.surface,
        send_as: SendAs::Nobody,
        withheld: Withheld::new(),
        operation: Some(operation),
        sudo: None,
    }
}

/// A request that stands on a credential which is not Narrowgate's, where the catalogue or the operator lets it.
pub(crate) fn foreign(
    operation: Option<&'static Operation>,
    surface: Surface,
    head: Box<Parts>,
    body: RequestBody,
) -> Permitted {
    let (send_as, withheld) = (SendAs::Itself, Withheld::new());
    Permitted { head, body, surface, send_as, withheld, operation, sudo: None }
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
