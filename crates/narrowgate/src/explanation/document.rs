//! Documents of GraphQL.

use std::collections::BTreeSet;

use narrowgate_api::own::explain::{DocumentExplanationView, ExplainedFieldView, LaterView};
use narrowgate_api::own::needs::NeededView;
use narrowgate_catalog::Catalog;
use narrowgate_gate::{ExplainedField, GraphqlExplanation, GraphqlWay};
use narrowgate_graphql::needs::Needed;
use narrowgate_graphql::plan::Kind;
use narrowgate_store::tokens::{Token, TokenPrivileges};

use super::{token, verdict};

/// The decision about a document, as far as it is made before anything is forwarded.
pub(crate) fn document(catalog: &Catalog, explanation: &GraphqlExplanation) -> DocumentExplanationView {
    let (reason, because) = verdict(&explanation.decision, explanation.detail);
    let view = DocumentExplanationView {
        token: explanation.token.as_deref().map(token),
        allowed: explanation.decision.is_allow(),
        reason,
        because,
        way: None,
        kind: None,
        fields: Vec::new(),
    };
    let held = explanation.token.as_deref().and_then(held);
    match &explanation.way {
        None => view,
        Some(GraphqlWay::Unanswered(reason)) => DocumentExplanationView {
            allowed: false,
            reason: "unanswered",
            because: format!("Nobody answers it: {reason}"),
            ..view
        },
        Some(GraphqlWay::Own) => DocumentExplanationView {
            way: Some("narrowgate"),
            because: "Narrowgate answers it, and holds each field to what the token may.".to_owned(),
            ..view
        },
        Some(GraphqlWay::Scopes) => DocumentExplanationView { way: Some("scopes"), ..view },
        Some(GraphqlWay::Objects { kind, fields }) => DocumentExplanationView {
            way: Some("objects"),
            because: "Each root field and each object of the answer is decided.".to_owned(),
            kind: Some(match kind {
                Kind::Query => "query",
                Kind::Mutation => "mutation",
            }),
            fields: fields.iter().map(|explained| field(catalog, held.as_ref(), explained)).collect(),
            ..view
        },
    }
}

/// The permissions that any grant of the token names; none if it has no grants.
fn held(token: &Token) -> Option<BTreeSet<&str>> {
    let TokenPrivileges::FineGrained(grants) = &token.privileges else { return None };
    Some(grants.iter().flat_map(|grant| &grant.permissions).map(String::as_str).collect())
}

fn field(catalog: &Catalog, held: Option<&BTreeSet<&str>>, field: &ExplainedField) -> ExplainedFieldView {
    let mut detail = field.refusal.as_ref().map(|refusal| refusal.detail.clone());
    // No request was sent.
    if let Some(detail) = &mut detail {
        detail.remove("request_id");
    }
    ExplainedFieldView {
        key: field.key.to_string(),
        name: field.name.to_string(),
        line: field.position.line,
        column: field.position.column,
        allowed: field.refusal.is_none(),
        decided_by: if field.is_open { "answer" } else { "arguments" },
        message: field.refusal.as_ref().map(|refusal| refusal.message.to_string()),
        refusal: detail,
        later: field.later.iter().map(|needed| later(catalog, held, needed)).collect(),
    }
}

fn later(catalog: &Catalog, held: Option<&BTreeSet<&str>>, needed: &Needed) -> LaterView {
    let part = NeededView::new(catalog, needed);
    let has_all = |held: &BTreeSet<&str>, permissions: &[String]| {
        permissions.iter().all(|permission| held.contains(permission.as_str()))
    };
    let granted_somewhere = held.map(|held| part.any.iter().any(|way| has_all(held, &way.permissions)));
    LaterView { part, granted_somewhere }
}
