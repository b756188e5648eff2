//! One page of a list of tokens, forwards or backwards (the GraphQL Cursor Connections Specification).

use async_graphql::{Error, Result, SimpleObject};
use narrowgate_store::tokens::{Cursor, Token, TokenFilter};
use narrowgate_store::{COUNTED, Page};

use super::token::PersonalAccessToken;
use crate::authority::AuthorityError;
use crate::graphql::permit;
use crate::state::ApiState;

/// As GitLab.
const LARGEST: usize = 100;

/// Which page.
pub(super) struct PageArguments {
    pub(super) first: Option<i32>,
    pub(super) last: Option<i32>,
    pub(super) before: Option<String>,
    pub(super) after: Option<String>,
}

/// A page of tokens.
#[derive(SimpleObject)]
pub(super) struct PersonalAccessTokenConnection {
    nodes: Vec<PersonalAccessToken>,
    edges: Vec<PersonalAccessTokenEdge>,
    page_info: PageInfo,
}

/// A token with its place in the list.
#[derive(SimpleObject)]
struct PersonalAccessTokenEdge {
    cursor: String,
    node: PersonalAccessToken,
}

/// Where the page lies.
#[derive(SimpleObject)]
struct PageInfo {
    has_next_page: bool,
    has_previous_page: bool,
    start_cursor: Option<String>,
    end_cursor: Option<String>,
}

impl PageArguments {
    /// Reads the page from the store.
    pub(super) async fn read(
        self,
        state: &ApiState,
        mut filter: TokenFilter,
    ) -> Result<PersonalAccessTokenConnection> {
        let sort = filter.sort;
        filter.after = self.after.as_deref().map(|text| cursor(text, &filter)).transpose()?;
        if self.last.is_some() || self.before.is_some() {
            return self.backwards(state, &filter).await;
        }
        let size = size(self.first)?;
        let limit = u32::try_from(size).unwrap_or(u32::MAX).saturating_add(1);
        let mut tokens = state.store.tokens().list_after(&filter, limit).await.map_err(failed)?;
        let has_next_page = tokens.len() > size;
        tokens.truncate(size);
        let cursors = tokens.iter().map(|token| Cursor::after(token, sort).to_string()).collect();
        Ok(page(state, tokens, cursors, has_next_page, filter.after.is_some()))
    }

    /// The end of a list, or what stands before a cursor: read from the start, as far as lists are counted.
    async fn backwards(
        self,
        state: &ApiState,
        filter: &TokenFilter,
    ) -> Result<PersonalAccessTokenConnection> {
        let sort = filter.sort;
        let before = self.before.as_deref().map(|text| cursor(text, filter)).transpose()?;
        let limit = u32::try_from(COUNTED).unwrap_or(u32::MAX);
        let mut tokens = match filter.after {
            Some(_) => state.store.tokens().list_after(filter, limit).await.map_err(failed)?,
            None => state.store.tokens().list(filter, Page { offset: 0, limit }).await.map_err(failed)?.items,
        };
        let total = tokens.len();
        if let Some(before) = before {
            let at = tokens.iter().position(|token| Cursor::after(token, sort) == before);
            tokens.truncate(at.unwrap_or(total));
        }
        let has_more = tokens.len() < total;
        if let Some(first) = self.first {
            tokens.truncate(size(Some(first))?);
        }
        let size = size(self.last)?;
        let skipped = tokens.len().saturating_sub(size);
        let tokens = tokens.split_off(skipped);
        let cursors = tokens.iter().map(|token| Cursor::after(token, sort).to_string()).collect();
        Ok(page(state, tokens, cursors, has_more, skipped > 0 || filter.after.is_some()))
    }
}

fn page(
    state: &ApiState,
    tokens: Vec<Token>,
    cursors: Vec<String>,
    has_next_page: bool,
    has_previous_page: bool,
) -> PersonalAccessTokenConnection {
    let now = state.store.now();
    let page_info = PageInfo {
        has_next_page,
        has_previous_page,
        start_cursor: cursors.first().cloned(),
        end_cursor: cursors.last().cloned(),
    };
    let nodes: Vec<_> = tokens.into_iter().map(|token| PersonalAccessToken::new(token, now)).collect();
    let edges = cursors.into_iter().zip(nodes.iter().cloned());
    let edges = edges.map(|(cursor, node)| PersonalAccessTokenEdge { cursor, node }).collect();
    PersonalAccessTokenConnection { nodes, edges, page_info }
}

fn size(wanted: Option<i32>) -> Result<usize> {
    match wanted {
        None => Ok(LARGEST),
        Some(wanted) => {
            let wanted =
                usize::try_from(wanted).map_err(|_| Error::new("a page cannot be smaller than none"))?;
            Ok(wanted.min(LARGEST))
        }
    }
}

fn cursor(text: &str, filter: &TokenFilter) -> Result<Cursor> {
    Cursor::parse(text, filter.sort).map_err(|error| Error::new(error.to_string()))
}

fn failed(error: narrowgate_store::StoreError) -> Error {
    permit::failure(&AuthorityError::Store(error))
}
