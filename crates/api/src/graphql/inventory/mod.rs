//! The tokens of a user.

mod namespace;
mod page;
mod scope;
mod token;

use async_graphql::{Context, Enum, Error, Object, Result};
use narrowgate_store::TenantId;
use narrowgate_store::connections::Connection;
use narrowgate_store::tokens::{Sort, SortKey, TokenFilter};

pub(super) use namespace::Namespaces;
use page::{PageArguments, PersonalAccessTokenConnection};
pub(super) use scope::GranularScopeAccess;

use super::permit::{self, Purpose};
use super::scalar::{Day, Time, UserId};
use crate::authority::{Actor, TokenQuery, filters};

/// A user, as far as tokens go.
#[derive(Clone, Debug)]
pub(super) struct UserCore {
    pub(super) id: u64,
    pub(super) username: String,
}

impl UserCore {
    pub(super) fn of(connection: &Connection) -> Self {
        Self { id: connection.user_id, username: connection.username.clone() }
    }
}

/// The orders of a list of tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
enum AccessTokenSort {
    CreatedAsc,
    CreatedDesc,
    ExpiresAsc,
    ExpiresDesc,
    LastUsedAsc,
    LastUsedDesc,
    NameAsc,
    NameDesc,
    IdAsc,
    IdDesc,
}

impl From<AccessTokenSort> for Sort {
    fn from(sort: AccessTokenSort) -> Self {
        let (key, descending) = match sort {
            AccessTokenSort::CreatedAsc => (SortKey::Created, false),
            AccessTokenSort::CreatedDesc => (SortKey::Created, true),
            AccessTokenSort::ExpiresAsc => (SortKey::Expires, false),
            AccessTokenSort::ExpiresDesc => (SortKey::Expires, true),
            AccessTokenSort::LastUsedAsc => (SortKey::LastUsed, false),
            AccessTokenSort::LastUsedDesc => (SortKey::LastUsed, true),
            AccessTokenSort::NameAsc => (SortKey::Name, false),
            AccessTokenSort::NameDesc => (SortKey::Name, true),
            AccessTokenSort::IdAsc => (SortKey::Id, false),
            AccessTokenSort::IdDesc => (SortKey::Id, true),
        };
        Self { key, descending }
    }
}

/// Whether a token can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
enum AccessTokenState {
    Active,
    Inactive,
}

#[Object]
impl UserCore {
    async fn id(&self) -> UserId {
        UserId(self.id)
    }

    async fn username(&self) -> &str {
        &self.username
    }

    /// The user's tokens.
    #[expect(clippy::too_many_arguments, reason = "they are GitLab's")]
    #[graphql(
        complexity = "first.or(last).map_or(100, |size| size.unsigned_abs() as usize) * child_complexity / 10 + 1"
    )]
    async fn personal_access_tokens(
        &self,
        context: &Context<'_>,
        first: Option<i32>,
        last: Option<i32>,
        before: Option<String>,
        after: Option<String>,
        sort: Option<AccessTokenSort>,
        state: Option<AccessTokenState>,
        revoked: Option<bool>,
        expires_before: Option<Day>,
        expires_after: Option<Day>,
        created_before: Option<Time>,
        created_after: Option<Time>,
        last_used_before: Option<Time>,
        last_used_after: Option<Time>,
        search: Option<String>,
    ) -> Option<Result<PersonalAccessTokenConnection>> {
        let filter = TokenFilter {
            sort: sort.map_or(Sort { key: SortKey::Id, descending: true }, Into::into),
            revoked,
            expires_before: expires_before.map(|day| day.0),
            expires_after: expires_after.map(|day| day.0),
            created_before: created_before.map(|time| time.0),
            created_after: created_after.map(|time| time.0),
            last_used_before: last_used_before.map(|time| time.0),
            last_used_after: last_used_after.map(|time| time.0),
            search: search.filter(|text| !text.is_empty()),
            ..TokenFilter::all(TenantId::DEFAULT)
        };
        let active = state.map(|state| state == AccessTokenState::Active);
        let query = TokenQuery { user_id: Some(self.id), active, filter };
        // The error is inside the option, so that it leaves `null` for this field alone.
        Some(list(context, &query, PageArguments { first, last, before, after }).await)
    }
}

async fn list(
    context: &Context<'_>,
    query: &TokenQuery,
    page: PageArguments,
) -> Result<PersonalAccessTokenConnection> {
    let (state, caller) = permit::demand(context, "read_personal_access_token", Purpose::Read)?;
    let filter = filters::personal(state, Actor::Caller(caller), query);
    page.read(state, filter.map_err(|_| Error::new(permit::HIDDEN))?).await
}
