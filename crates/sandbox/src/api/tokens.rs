//! The forge's own personal access tokens.

use ::http::StatusCode;
use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::{get, post};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use crate::forge::Forge;
use crate::http::{ApiError, Call, Reply, created, date, deleted, iso, json as answer};
use crate::view::extend;
use crate::world::{NativeToken, TokenRequest, World};

pub(super) fn routes() -> Router<Forge> {
    Router::new()
        .route("/personal_access_tokens", get(list))
        .route("/personal_access_tokens/{id}", get(show).delete(revoke))
        .route("/personal_access_tokens/{id}/rotate", post(rotate))
        .route("/user/personal_access_tokens", post(create))
        .route("/users/{id}/personal_access_tokens", post(create_for))
}

fn token_view(token: &NativeToken, now: i64) -> Value {
    let expired = token.expires_at.as_ref().is_some_and(|expiry| *expiry <= date(now));
    json!({
        "id": token.id,
        "name": token.name,
        "revoked": token.revoked,
        "created_at": iso(token.created_at),
        "description": token.description,
        "scopes": token.scopes,
        "user_id": token.user,
        "last_used_at": token.last_used_at.map(iso),
        "active": !token.revoked && !expired,
        "granular": false,
        "expires_at": token.expires_at,
    })
}

/// The token that a path names, if the viewer may handle it.
fn find<'w>(call: &Call, world: &'w World, id: &str) -> Result<&'w NativeToken, ApiError> {
    let user = call.viewer.signed_in()?;
    let id = if id == "self" { call.viewer.token } else { id.parse().ok() };
    match id.and_then(|id| world.token(id)) {
        Some(token) if token.user == user || call.viewer.admin => Ok(token),
        None if call.viewer.admin => Err(ApiError::missing()),
        _ => Err(ApiError::unauthorized()),
    }
}

async fn list(call: Call) -> Reply {
    let user = call.viewer.signed_in()?;
    let wanted = call.params.number("user_id");
    if wanted.is_some_and(|id| id != user) && !call.viewer.admin {
        return Err(ApiError::unauthorized());
    }
    let now = call.forge.now();
    let tokens: Vec<Value> = {
        let world = call.forge.world();
        let owner = wanted.or((!call.viewer.admin).then_some(user));
        let tokens = world.tokens().filter(|token| owner.is_none_or(|owner| token.user == owner));
        tokens.map(|token| token_view(token, now)).collect()
    };
    call.page(tokens)
}

async fn show(Path(id): Path<String>, call: Call) -> Reply {
    let world = call.forge.world();
    let token = find(&call, &world, &id)?;
    let mut view = token_view(token, call.forge.now());
    extend(&mut view, json!({ "last_used_ips": ["127.0.0.1"] }));
    Ok(answer(StatusCode::OK, &view))
}

async fn revoke(Path(id): Path<String>, call: Call) -> Reply {
    let mut world = call.forge.world();
    let id = find(&call, &world, &id)?.id;
    if let Some(token) = world.token_mut(id) {
        token.revoked = true;
    }
    Ok(deleted())
}

async fn rotate(Path(id): Path<String>, call: Call) -> Reply {
    let mut world = call.forge.world();
    let old = find(&call, &world, &id)?.clone();
    if old.revoked {
        return Err(ApiError::unauthorized());
    }
    if let Some(token) = world.token_mut(old.id) {
        token.revoked = true;
    }
    let week = call.forge.now() + 7 * 86_400 * 1_000_000;
    let expires_at = call.params.text("expires_at").unwrap_or_else(|| date(week));
    let request = TokenRequest {
        user: old.user,
        name: old.name,
        description: old.description,
        scopes: old.scopes,
        expires_at: Some(expires_at),
    };
    Ok(answer(StatusCode::OK, &mint(&call, &mut world, request)?))
}

async fn create(call: Call) -> Reply {
    let user = call.viewer.signed_in()?;
    mint_from_params(&call, user)
}

async fn create_for(Path(id): Path<String>, call: Call) -> Reply {
    call.viewer.administrator()?;
    let user = id.parse().map_err(|_| ApiError::not_found("User"))?;
    mint_from_params(&call, user)
}

fn mint_from_params(call: &Call, user: u64) -> Result<Response, ApiError> {
    let mut world = call.forge.world();
    if !world.users.contains_key(&user) {
        return Err(ApiError::not_found("User"));
    }
    let scopes = call.params.list("scopes").ok_or_else(|| ApiError::bad_parameter("scopes is missing"))?;
    let request = TokenRequest {
        user,
        name: call.params.required("name")?,
        description: call.params.text("description"),
        scopes,
        expires_at: call.params.text("expires_at"),
    };
    Ok(created(&mint(call, &mut world, request)?))
}

fn mint(call: &Call, world: &mut World, request: TokenRequest) -> Result<Value, ApiError> {
    let now = call.forge.now();
    let (id, plain) = world.mint(request, now);
    let token = world.token(id).ok_or_else(ApiError::missing)?;
    let mut view = token_view(token, now);
    extend(&mut view, json!({ "token": plain.expose_secret() }));
    Ok(view)
}
