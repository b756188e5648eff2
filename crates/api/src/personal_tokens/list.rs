//! `GET /personal_access_tokens`

use axum::Extension;
use axum::extract::{FromRequest, Request, State};
use axum::response::Response;
use narrowgate_store::tokens::{Sort, SortKey, TokenFilter};

use crate::authority::{self, Actor, TokenQuery};
use crate::caller::Caller;
use crate::state::ApiState;
use crate::wire::{PageRequest, Params, Problem, TokenBody, paged};

pub(crate) async fn handle(
    State(state): State<ApiState>,
    Extension(caller): Extension<Caller>,
    request: Request,
) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let mut params = Params::from_request(Request::from_parts(parts.clone(), body), &state).await?;
    let actor = Actor::Caller(&caller);
    let query = read(actor, &mut params);
    let page = PageRequest::read(&mut params);
    params.finish()?;
    let found = authority::list(&state, actor, &query, page.page()).await?;
    let now = state.store.now();
    let bodies: Vec<_> = found.items.iter().map(|token| TokenBody::shown(token, now)).collect();
    Ok(paged(&state, &parts, page, found.total, &bodies))
}

fn read(actor: Actor<'_>, params: &mut Params) -> TokenQuery {
    let state = |text: &str| match text {
        "active" => Some(true),
        "inactive" => Some(false),
        _ => None,
    };
    let filter = TokenFilter {
        created_after: params.time("created_after"),
        created_before: params.time("created_before"),
        last_used_after: params.time("last_used_after"),
        last_used_before: params.time("last_used_before"),
        expires_after: params.date("expires_after"),
        expires_before: params.date("expires_before"),
        revoked: params.flag("revoked"),
        search: params.text("search").filter(|text| !text.is_empty()),
        sort: params.choice("sort", Sort::parse).unwrap_or(Sort { key: SortKey::Id, descending: false }),
        ..TokenFilter::all(actor.tenant())
    };
    TokenQuery { user_id: params.number("user_id"), active: params.choice("state", state), filter }
}
