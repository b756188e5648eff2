//! Requests that act as another user: the parameter `sudo`, or else the header `Sudo`.

use ::http::HeaderMap;

use super::error::ApiError;
use super::params::Params;
use super::viewer::Viewer;
use crate::world::{User, World};

/// The scope without which a token acts as nobody else.
const SCOPE: &str = "sudo";

/// The user that a request asks to act as, by id or name.
pub(super) fn asked(params: &Params, headers: &HeaderMap) -> Option<String> {
    let header = || headers.get("sudo").and_then(|value| value.to_str().ok()).map(str::to_owned);
    params.text("sudo").or_else(header)
}

/// The viewer as another user, with GitLab's refusals in GitLab's order (`API::Helpers#sudo!`). The scopes stay those of
/// the token.
pub(super) fn act_as(viewer: &Viewer, name: &str, world: &World) -> Result<Viewer, ApiError> {
    viewer.signed_in()?;
    if !viewer.admin {
        return Err(ApiError::forbidden_because("Must be admin to use sudo"));
    }
    if !viewer.has(SCOPE) {
        return Err(ApiError::insufficient_scope(SCOPE));
    }
    let missing = || ApiError::not_found(&format!("User with ID or username '{name}'"));
    let user = find(world, name).ok_or_else(missing)?;
    if !user.is_active() {
        return Err(ApiError::forbidden_because("Your account has been blocked."));
    }
    Ok(Viewer { user: Some(user.id), admin: user.admin, ..viewer.clone() })
}

/// Digits are an id, and nothing else.
fn find<'w>(world: &'w World, name: &str) -> Option<&'w User> {
    if name.bytes().all(|byte| byte.is_ascii_digit()) {
        return world.users.get(&name.parse().ok()?);
    }
    world.users.values().find(|user| user.username.eq_ignore_ascii_case(name))
}
