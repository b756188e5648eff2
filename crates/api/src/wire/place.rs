//! The project or group that a path names, in the caller's eyes.

use axum::extract::{FromRequestParts, RawPathParams};
use http::request::Parts;
use narrowgate_gitlab::Reference;

use super::problem::Problem;
use crate::authority::{Place, ResourceKind, place};
use crate::caller::Caller;
use crate::state::ApiState;

/// The `:id` of a path below `/projects` or `/groups`, found on the instance.
pub(crate) struct Here(pub(crate) Place);

impl FromRequestParts<ApiState> for Here {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Problem> {
        let is_group = parts.uri.path().starts_with("/api/v4/groups/");
        let kind = if is_group { ResourceKind::Group } else { ResourceKind::Project };
        let missing = if is_group { "Group Not Found" } else { "Project Not Found" };
        let caller = parts.extensions.get::<Caller>().cloned().ok_or_else(Problem::forbidden)?;
        let params =
            RawPathParams::from_request_parts(parts, state).await.map_err(|_| Problem::not_found(missing))?;
        let id = params.iter().find(|(name, _)| *name == "id").map_or("", |(_, id)| id);
        let reference = Reference::parse_decoded(id).map_err(|_| Problem::not_found(missing))?;
        Ok(Self(place(state, &caller.connection, kind, &reference).await?))
    }
}
