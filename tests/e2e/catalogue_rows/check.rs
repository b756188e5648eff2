//! What is tried with each row, and what must come of it.

use narrowgate_catalog::{Carrier, Catalog, Method, Operation, OperationAccess, PermissionId, Scope};
use narrowgate_tests::{Reply, world};

use super::request::{Credential, Draft, Request};
use super::row::{Place, Row};
use super::wallet::{Hold, Privileges, Wallet};

/// One request by one token.
pub(super) struct Check {
    pub(super) name: String,
    pub(super) request: Request,
    /// The token's number in the wallet; none at all without.
    pub(super) token: Option<usize>,
    pub(super) credential: Credential,
    pub(super) expected: Expected,
    /// Answered by the gate itself, so that nothing arrives at the instance even when it is allowed.
    local: bool,
}

/// What must come of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Expected {
    /// It arrives, once.
    Allowed,
    /// 403 that names the permission; nothing arrives.
    Denied(String),
    /// 403; nothing arrives.
    DeniedElsewhere,
    /// 404; nothing arrives.
    Hidden,
    /// It arrives with any token.
    Open,
    /// Refused for want of another credential; nothing arrives.
    OtherCredential,
    /// It carries another credential, and arrives with it.
    PassedThrough,
    /// A legacy token with such a scope: it arrives.
    InScope,
    /// A legacy token without such a scope: 403, nothing arrives.
    OutOfScope,
}

impl Expected {
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Allowed => "allowed with exactly the permissions named",
            Self::Denied(_) => "refused without one of them, with all others there are",
            Self::DeniedElsewhere => "refused with the permissions elsewhere",
            Self::Hidden => "not found, for want of a look-up",
            Self::Open => "public",
            Self::OtherCredential => "refused without another credential",
            Self::PassedThrough => "passed through with another credential",
            Self::InScope => "legacy, in scope",
            Self::OutOfScope => "legacy, out of scope",
        }
    }

    const fn arrives(&self) -> bool {
        matches!(self, Self::Allowed | Self::Open | Self::PassedThrough | Self::InScope)
    }

    fn status_fits(&self, status: u16) -> bool {
        match self {
            Self::Denied(_) | Self::DeniedElsewhere | Self::OutOfScope => status == 403,
            Self::Hidden => status == 404,
            Self::OtherCredential => status == 401,
            Self::Allowed | Self::Open | Self::PassedThrough | Self::InScope => true,
        }
    }
}

impl Check {
    /// What is wrong about the answer and about what arrived.
    pub(super) fn judge(&self, reply: &Reply, arrived: &[String]) -> Option<String> {
        let reason = reply.reason();
        let as_expected = match &self.expected {
            // The answer to HEAD has no body to name anything in.
            Expected::Denied(permission) => reply.names_permission(permission) || reply.body.is_empty(),
            expected if expected.arrives() => !is_refusal(&reason),
            _ => true,
        };
        let count = usize::from(self.expected.arrives() && !self.local);
        if as_expected && self.expected.status_fits(reply.status) && arrived.len() == count {
            return None;
        }
        Some(format!(
            "{}: expected {:?}, got {} {} ({} arrived) {}",
            self.name,
            self.expected,
            reply.status,
            reason,
            arrived.len(),
            reply.text().chars().take(300).collect::<String>()
        ))
    }
}

/// Whether a reason is the gate's decision, and not what its own token endpoints say of a token.
fn is_refusal(reason: &str) -> bool {
    narrowgate_policy::Reason::parse(reason).is_some()
}

/// Narrowgate's own endpoints: its tokens are not the instance's.
fn is_local(operation: &Operation) -> bool {
    let starts = [
        "/groups/:id/access_tokens",
        "/groups/:id/service_accounts/:user_id/personal_access_tokens",
        "/personal_access_tokens",
        "/projects/:id/access_tokens",
        "/projects/:id/service_accounts/:user_id/personal_access_tokens",
        "/user/personal_access_tokens",
        "/users/:user_id/impersonation_tokens",
        "/users/:user_id/personal_access_tokens",
    ];
    starts.iter().any(|start| operation.template.starts_with(start)) || is_native_rotation(operation)
}

/// What would hand out a token of the instance is refused here, whoever asks.
fn is_native_rotation(operation: &Operation) -> bool {
    operation.template.starts_with("/groups/:id/manage/") && operation.template.ends_with("/rotate")
}

/// Whether the request would use its token up.
fn uses_up(operation: &Operation) -> bool {
    is_local(operation) && operation.template.contains("/self")
}

/// Every token may end itself (WIRE 3).
fn is_always_allowed(operation: &Operation) -> bool {
    operation.method == Method::Delete && operation.template == "/personal_access_tokens/self"
}

/// All checks of one row.
pub(super) fn of_row(catalog: &Catalog, row: &Row<'_>, wallet: &mut Wallet) -> Vec<Check> {
    let exact = row.places.iter().map(|(place, ids)| (Hold::At(*place), names(catalog, ids))).collect();
    let exact = token(row, wallet, Privileges::Grants(exact));
    if row.unanswerable {
        return vec![check(row, exact, Expected::Hidden, "whatever the token holds")];
    }
    let mut checks = vec![check(row, exact, Expected::Allowed, "exact")];
    for permission in row.places.iter().flat_map(|(_, ids)| *ids) {
        let name = &catalog.describe(*permission).name;
        let token = token(row, wallet, all_but(catalog, *permission, row));
        checks.push(check(row, token, Expected::Denied(name.clone()), &format!("without {name}")));
    }
    let elsewhere = token(row, wallet, elsewhere(catalog, row));
    let in_projects = row.lookup.as_ref().is_some_and(|lookup| lookup.in_projects);
    let expected = if in_projects { Expected::Hidden } else { Expected::DeniedElsewhere };
    checks.push(check(row, elsewhere, expected, "elsewhere"));
    for left_out in (1..row.places.len()).filter(|index| row.is_apart(*index)) {
        let token = token(row, wallet, without_place(catalog, row, left_out));
        checks.push(check(row, token, Expected::DeniedElsewhere, "without the further container"));
    }
    checks
}

fn token(row: &Row<'_>, wallet: &mut Wallet, privileges: Privileges) -> usize {
    if uses_up(row.operation) { wallet.single(privileges) } else { wallet.token(privileges) }
}

fn check(row: &Row<'_>, token: usize, expected: Expected, what: &str) -> Check {
    let name = format!("{}, {what}", row.name());
    let expected = if is_always_allowed(row.operation) { Expected::Allowed } else { expected };
    Check {
        name,
        request: row.request.clone(),
        token: Some(token),
        credential: Credential::Token,
        expected,
        local: is_local(row.operation),
    }
}

fn names(catalog: &Catalog, ids: &[PermissionId]) -> Vec<String> {
    ids.iter().map(|id| catalog.describe(*id).name.clone()).collect()
}

/// Every permission there is, at every place that the row names, but one.
fn all_but(catalog: &Catalog, without: PermissionId, row: &Row<'_>) -> Privileges {
    let others: Vec<String> = catalog
        .permissions()
        .filter(|permission| permission.id != without)
        .map(|permission| permission.name.clone())
        .collect();
    let mut places: Vec<Place> = row.places.iter().map(|(place, _)| *place).collect();
    places.sort_unstable();
    places.dedup();
    Privileges::Grants(places.into_iter().map(|place| (Hold::At(place), others.clone())).collect())
}

/// The row's permissions everywhere but where it needs them.
fn elsewhere(catalog: &Catalog, row: &Row<'_>) -> Privileges {
    let permissions: Vec<String> = row.places.iter().flat_map(|(_, ids)| names(catalog, ids)).collect();
    let holds: &[Hold] = match row.places[0].0 {
        Place::Project(_) => &[
            Hold::At(Place::Project(world::API)),
            Hold::At(Place::Project(world::INFRA)),
            Hold::At(Place::Group(world::PLATFORM)),
            Hold::Personal,
        ],
        Place::Group(_) => {
            &[Hold::At(Place::Project(world::WEB)), Hold::At(Place::Project(world::INFRA)), Hold::Personal]
        }
        Place::User if row.has_alternatives() => &[Hold::Personal, Hold::At(Place::Instance)],
        Place::User => &[Hold::Memberships, Hold::At(Place::Instance)],
        Place::Instance => &[Hold::Memberships, Hold::At(Place::User)],
    };
    Privileges::Grants(holds.iter().map(|hold| (*hold, permissions.clone())).collect())
}

/// The exact grants, without those for one of the further containers.
fn without_place(catalog: &Catalog, row: &Row<'_>, left_out: usize) -> Privileges {
    let all: Vec<String> = row.places.iter().flat_map(|(_, ids)| names(catalog, ids)).collect();
    let kept = row.places.iter().enumerate().filter(|(index, _)| *index != left_out);
    Privileges::Grants(kept.map(|(_, (place, _))| (Hold::At(*place), all.clone())).collect())
}

/// What doesn't depend on a grant: public operations, and those for other credentials.
pub(super) fn without_grants(operation: &Operation, wallet: &mut Wallet) -> Vec<Check> {
    let request = Draft::of(operation, true).finish();
    let name = format!("{:?} {}", operation.method, operation.template);
    let unrelated = vec!["read_work_item".to_owned()];
    let unrelated =
        wallet.token(Privileges::Grants(vec![(Hold::At(Place::Project(world::MARIA_HOME)), unrelated)]));
    let simple = |token, credential, expected| Check {
        name: format!("{name}, {credential:?}"),
        request: request.clone(),
        token,
        credential,
        expected,
        local: is_local(operation),
    };
    match &operation.access {
        OperationAccess::Guarded { .. } => Vec::new(),
        OperationAccess::Public => vec![
            simple(Some(unrelated), Credential::Token, Expected::Open),
            simple(None, Credential::Token, Expected::Open),
        ],
        OperationAccess::OtherCredential { carriers, .. } => {
            let mut checks = vec![
                simple(None, Credential::Token, Expected::OtherCredential),
                simple(Some(unrelated), Credential::Token, Expected::OtherCredential),
                simple(Some(unrelated), Credential::TokenAsBearer, Expected::OtherCredential),
            ];
            checks.extend(carriers.iter().map(|carrier| match carrier {
                Carrier::Header(name) => {
                    simple(None, Credential::Header(name.clone()), Expected::PassedThrough)
                }
                Carrier::Parameter(name) => {
                    simple(None, Credential::Parameter(name.clone()), Expected::PassedThrough)
                }
            }));
            checks
        }
    }
}

/// A legacy token of each kind of scope.
pub(super) fn legacy(row: &Row<'_>, wallet: &mut Wallet) -> Vec<Check> {
    [Scope::Api, Scope::ReadApi, Scope::ReadUser]
        .into_iter()
        .map(|scope| {
            let privileges = Privileges::Scopes(vec![scope.as_str().to_owned()]);
            let token =
                if uses_up(row.operation) { wallet.single(privileges) } else { wallet.token(privileges) };
            let inside = row.operation.scopes.iter().any(|known| known == scope);
            let expected = if inside { Expected::InScope } else { Expected::OutOfScope };
            check(row, token, expected, scope.as_str())
        })
        .collect()
}
