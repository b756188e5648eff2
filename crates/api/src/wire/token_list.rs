//! Lists of tokens: GitLab's filters in, one page out (WIRE 3).

use axum::extract::{FromRequest, Request};
use axum::response::Response;
use http::request::Parts;
use narrowgate_store::TenantId;
use narrowgate_store::time::Timestamp;
use narrowgate_store::tokens::{Cursor, Sort, SortKey, Token, TokenFilter};

use super::page::{Listing, PageRequest};
use super::params::Params;
use super::problem::Problem;
use super::token::TokenBody;
use crate::authority::TokenQuery;
use crate::state::ApiState;

/// A request for a list: its head, its filters and its page.
pub(crate) struct TokenListing {
    parts: Parts,
    page: PageRequest,
    pub(crate) query: TokenQuery,
}

impl FromRequest<ApiState> for TokenListing {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &ApiState) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let mut params = Params::from_request(Request::from_parts(parts.clone(), body), state).await?;
        let query = read_query(&mut params);
        let page = PageRequest::read(&mut params);
        params.finish()?;
        Ok(Self { parts, page, query })
    }
}

/// The filters and the order. Whose tokens these are is for the authority to say.
fn read_query(params: &mut Params) -> TokenQuery {
    let state = |text: &str| match text {
        "active" => Some(Some(true)),
        "inactive" => Some(Some(false)),
        "all" => Some(None),
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
        ..TokenFilter::all(TenantId::DEFAULT)
    };
    TokenQuery { user_id: params.number("user_id"), active: params.choice("state", state).flatten(), filter }
}

impl TokenListing {
    /// The page of what passes the filter, each token as `body` shows it.
    pub(crate) async fn respond<B>(
        self,
        state: &ApiState,
        mut filter: TokenFilter,
        body: B,
    ) -> Result<Response, Problem>
    where
        B: for<'a> Fn(&'a Token, Timestamp) -> TokenBody<'a>,
    {
        let tokens = state.store.tokens();
        let size = self.page.size();
        let (mut items, total) = match self.page.cursor() {
            None => {
                let found = tokens.list(&filter, self.page.one_more()).await?;
                (found.items, found.total)
            }
            Some(cursor) => {
                if !cursor.is_empty() {
                    let wrong = || Problem::parameters(&["cursor is invalid".to_owned()]);
                    filter.after = Some(Cursor::parse(cursor, filter.sort).map_err(|_| wrong())?);
                }
                (tokens.list_after(&filter, size.saturating_add(1)).await?, None)
            }
        };
        let has_more = items.len() > size as usize;
        items.truncate(size as usize);
        let next = items.last().filter(|_| has_more).map(|last| Cursor::after(last, filter.sort));
        let now = state.store.now();
        let bodies: Vec<_> = items.iter().map(|token| body(token, now)).collect();
        let listing = Listing { total, next: next.map(|cursor| cursor.to_string()), items: &bodies };
        Ok(self.page.respond(state, &self.parts, &listing))
    }
}
