//! What the audit log gets to know of requests: denials, what a dry run would deny, uses of dangerous permissions, and
//! families revoked by a thief's mistake.

use narrowgate_catalog::{BoundaryType, Method, Operation, PermissionId};
use narrowgate_policy::Denial;
use narrowgate_secret::TokenDigest;
use narrowgate_store::TokenId;
use narrowgate_store::audit::{ActorKind, AuditEvent};
use serde_json::{Value, json};

use super::{Exchange, metrics};
use crate::core::Core;
use crate::decide::Allowed;
use crate::graphql::Tally;

/// A denial. Refusals of nobody's requests are in the metrics and the log only: they cost an attacker nothing, and must
/// not cost the store anything.
pub(super) fn denied(core: &Core, exchange: &Exchange, denial: &Denial) {
    append(core, exchange, "request.denied", || about(core, exchange, denial));
}

/// An allowed request: what a dry run would have denied of it, the dangerous permissions that it used, and all of them if
/// it acts as another user.
pub(crate) fn allowed(core: &Core, exchange: &Exchange, allowed: &Allowed) {
    if let Some(denial) = &allowed.would_deny {
        metrics::would_refuse(denial.reason.as_str());
        append(core, exchange, "request.would_deny", || about(core, exchange, denial));
    }
    if allowed.is_public() {
        return;
    }
    let needs = exchange.operation.map(Operation::needs).unwrap_or_default();
    let tells = |id: &&PermissionId| allowed.sudo().is_some() || core.catalog.describe(**id).dangerous;
    let mut used = needs.iter().flat_map(|need| &need.permission_ids).filter(tells).peekable();
    if used.peek().is_some() {
        let permissions = names(core, used);
        append(core, exchange, "permission.used", || {
            json!({
                "method": exchange.method.map(Method::as_str),
                "template": exchange.template(),
                "permissions": permissions,
                "sudo": exchange.acting_as,
                "acting_as": allowed.sudo(),
            })
        });
    }
}

/// What came of the objects and changes of a request in GraphQL.
pub(crate) fn decided(core: &Core, exchange: &Exchange, tally: &Tally) {
    for denial in &tally.denials {
        metrics::withheld(denial.reason.as_str());
        append(core, exchange, "request.denied", || about(core, exchange, denial));
    }
    for denial in &tally.would_deny {
        metrics::would_refuse(denial.reason.as_str());
        append(core, exchange, "request.would_deny", || about(core, exchange, denial));
    }
    let dangerous: Vec<_> = tally.used.iter().filter(|id| core.catalog.describe(*id).dangerous).collect();
    if !dangerous.is_empty() {
        append(core, exchange, "permission.used", || {
            json!({
                "method": exchange.method.map(Method::as_str),
                "template": exchange.template(),
                "permissions": names(core, &dangerous),
            })
        });
    }
}

/// Somebody used a token again that had been rotated.
pub(crate) fn family_revoked(core: &Core, exchange: &Exchange, revoked: &[TokenId]) {
    let ids: Vec<i64> = revoked.iter().map(|id| id.0).collect();
    append(core, exchange, "token.family_revoked", || json!({ "reason": "reused", "tokens": ids }));
}

fn append(core: &Core, exchange: &Exchange, action: &str, details: impl FnOnce() -> Value) {
    let Some((tenant, connection, user_id)) = exchange.connection else { return };
    core.recorder.audit(AuditEvent {
        actor: ActorKind::Token,
        user_id: Some(user_id),
        connection: Some(connection),
        token: exchange.token,
        digest_prefix: exchange.digest.as_ref().map(prefix),
        address: Some(exchange.address),
        request_id: Some(exchange.id.as_str().into_owned()),
        details: details(),
        ..AuditEvent::new(tenant, core.store.now(), action)
    });
}

fn about(core: &Core, exchange: &Exchange, denial: &Denial) -> Value {
    let boundary = denial.place.map(|(boundary, _)| boundary).or(denial.boundary);
    json!({
        "reason": denial.reason.as_str(),
        "method": exchange.method.map(Method::as_str),
        "template": exchange.template(),
        "permissions": names(core, &denial.missing),
        "boundary": boundary.map(BoundaryType::as_str),
        "place_id": denial.place.map(|(_, id)| id),
        "ref": denial.ref_name,
        "sudo": exchange.acting_as,
    })
}

fn names<'a>(core: &'a Core, ids: impl IntoIterator<Item = &'a PermissionId>) -> Vec<&'a str> {
    ids.into_iter().map(|id| core.catalog.describe(*id).name.as_str()).collect()
}

/// Enough of a digest to tell tokens apart, and too little to look one up.
fn prefix(digest: &TokenDigest) -> String {
    digest.as_bytes().iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}
