//! `POST /user/personal_access_tokens`

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use http::StatusCode;
use http::header::CACHE_CONTROL;
use narrowgate_catalog::Scope;
use narrowgate_store::connections::Connection;
use narrowgate_store::tokens::GrantAccess;
use serde_json::Value;

use crate::authority::{self, Actor, Expiry, NewPersonalToken, Requested, RequestedGrant};
use crate::caller::Caller;
use crate::state::ApiState;
use crate::wire::{Params, Problem, TokenBody};

pub(crate) async fn handle(
    State(state): State<ApiState>,
    Extension(caller): Extension<Caller>,
    params: Params,
) -> Result<Response, Problem> {
    let owner = Arc::clone(&caller.connection);
    respond(&state, &caller, owner, params).await
}

/// Creates and shows a token of `owner`.
pub(super) async fn respond(
    state: &ApiState,
    caller: &Caller,
    owner: Arc<Connection>,
    params: Params,
) -> Result<Response, Problem> {
    let new = read(owner, params)?;
    let created = authority::create(state, Actor::Caller(caller), &new).await?;
    let body = TokenBody::created(&created.token, &created.plain, state.store.now());
    Ok((StatusCode::CREATED, [(CACHE_CONTROL, "no-store")], Json(body)).into_response())
}

/// The token that the parameters describe.
pub(crate) fn read(owner: Arc<Connection>, params: Params) -> Result<NewPersonalToken, Problem> {
    let Details { name, description, expires_at, privileges } = read_details(params)?;
    Ok(NewPersonalToken { description, expires_at, ..NewPersonalToken::new(owner, name, privileges) })
}

/// What is said of a new token of any kind.
pub(crate) struct Details {
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) expires_at: Expiry,
    pub(crate) privileges: Requested,
}

/// Reads what all kinds have in common.
pub(crate) fn read_details(mut params: Params) -> Result<Details, Problem> {
    if !params.has("name") {
        params.complain("name is missing");
    }
    let name = params.text("name").unwrap_or_default();
    let description = params.text("description");
    let expires_at = params.expiry("expires_at");
    let privileges = read_privileges(&mut params);
    params.finish()?;
    Ok(Details { name, description, expires_at, privileges })
}

/// Either kind. Some clients send `granular` as the only scope beside grants, as GitLab's answers do.
fn read_privileges(params: &mut Params) -> Requested {
    let any = params.has("scopes") || params.has("granular_scopes");
    let scopes = params.texts("scopes");
    let grants = params.has("granular_scopes").then(|| read_grants(params));
    match (scopes, grants) {
        (None, Some(grants)) => Requested::FineGrained(grants),
        (Some(scopes), Some(grants)) if scopes == ["granular"] => Requested::FineGrained(grants),
        (Some(_), Some(_)) => {
            params.complain("scopes, granular_scopes are mutually exclusive");
            Requested::Legacy(Vec::new())
        }
        (Some(scopes), None) => {
            if scopes.is_empty() {
                params.complain("scopes is empty");
            } else if scopes.iter().any(|scope| Scope::parse(scope).is_none()) {
                params.complain("scopes does not have a valid value");
            }
            Requested::Legacy(scopes)
        }
        (None, None) => {
            if !any {
                params
                    .complain("scopes, granular_scopes are missing, at least one parameter must be provided");
            }
            Requested::Legacy(Vec::new())
        }
    }
}

fn read_grants(params: &mut Params) -> Vec<RequestedGrant> {
    let entries = match params.take("granular_scopes") {
        Some(Value::Array(entries)) => entries,
        // A form with numbered entries.
        Some(Value::Object(entries)) => entries.into_iter().map(|(_, entry)| entry).collect(),
        _ => {
            params.complain("granular_scopes is invalid");
            Vec::new()
        }
    };
    entries.into_iter().enumerate().filter_map(|(at, entry)| read_grant(params, at, entry)).collect()
}

fn read_grant(params: &mut Params, at: usize, entry: Value) -> Option<RequestedGrant> {
    let Value::Object(fields) = entry else {
        params.complain(format!("granular_scopes[{at}] is invalid"));
        return None;
    };
    let mut fields = Params::of(fields);
    for name in ["access", "permissions"] {
        if !fields.has(name) {
            fields.complain(format!("{name} is missing"));
        }
    }
    let access = fields.choice("access", GrantAccess::parse);
    let permissions = fields.texts("permissions");
    let project_ids = fields.numbers("project_ids").unwrap_or_default();
    let group_ids = fields.numbers("group_ids").unwrap_or_default();
    for complaint in fields.complaints() {
        let (name, rest) = complaint.split_once(' ').unwrap_or((complaint, ""));
        params.complain(format!("granular_scopes[{at}][{name}] {rest}"));
    }
    Some(RequestedGrant { access: access?, permissions: permissions?, project_ids, group_ids })
}
