//! Listing tokens.

use sqlx::{AssertSqlSafe, query_as_with, query_scalar_with};

use super::row::{TokenRow, select_tokens, tokens};
use crate::error::StoreError;
use crate::page::{Page, Paged};
use crate::sqlite::SqliteBackend;
use crate::sqlite::conditions::Conditions;
use crate::sqlite::values::signed;
use crate::time::Date;
use crate::tokens::{Sort, SortKey, State, Token, TokenFilter};

const FROM: &str = "from tokens t left join token_uses u on u.token_id = t.id";

impl SqliteBackend {
    pub(super) async fn list_tokens(
        &self,
        filter: &TokenFilter,
        page: Page,
    ) -> Result<Paged<Token>, StoreError> {
        let mut conditions = conditions(filter)?;
        let count = format!("select count(*) {FROM} {}", conditions.clause());
        let total: i64 =
            query_scalar_with(AssertSqlSafe(count), conditions.arguments()?).fetch_one(&self.readers).await?;
        let text = page_text(&mut conditions, filter.sort, page);
        let rows: Vec<TokenRow> =
            query_as_with(AssertSqlSafe(text), conditions.arguments()?).fetch_all(&self.readers).await?;
        Ok(Paged { items: tokens(rows)?, total: total.unsigned_abs() })
    }
}

/// Picks the page's tokens first, because each takes as many rows as it has grants.
fn page_text(conditions: &mut Conditions, sort: Sort, page: Page) -> String {
    let order = order(sort);
    let limit = conditions.bind(i64::from(page.limit));
    let offset = conditions.bind(i64::from(page.offset));
    let select = select_tokens!("page join tokens t on t.id = page.id", "order by");
    let clause = conditions.clause();
    format!(
        "with page as (select t.id {FROM} {clause} order by {order} limit {limit} offset {offset})
         {select} {order}, g.ordinal"
    )
}

fn order(Sort { key, descending }: Sort) -> String {
    let column = match key {
        SortKey::Id => "t.id",
        SortKey::Created => "t.created_at",
        SortKey::Expires => "t.expires_at",
        SortKey::LastUsed => "u.last_used_at",
        SortKey::Name => "t.name_folded",
    };
    let direction = if descending { "desc" } else { "asc" };
    format!("{column} {direction} nulls last, t.id {direction}")
}

fn conditions(filter: &TokenFilter) -> Result<Conditions, StoreError> {
    let mut all = Conditions::default();
    all.compare("t.tenant_id = ?", filter.tenant.0);
    all.compare_some("t.connection_id = ?", filter.connection.map(|id| id.0));
    let on_instance = "t.connection_id in (select id from connections where instance_url = ?)";
    all.compare_some(on_instance, filter.instance_url.clone());
    all.compare_some("t.user_id = ?", filter.user_id.map(signed).transpose()?);
    all.compare_some("t.created_at >= ?", filter.created_after.map(|at| at.0));
    all.compare_some("t.created_at <= ?", filter.created_before.map(|at| at.0));
    all.compare_some("u.last_used_at >= ?", filter.last_used_after.map(|at| at.0));
    all.compare_some("u.last_used_at <= ?", filter.last_used_before.map(|at| at.0));
    all.compare_some("t.expires_at >= ?", filter.expires_after.map(midnight));
    all.compare_some("t.expires_at < ?", filter.expires_before.map(midnight));
    match filter.revoked {
        Some(true) => all.require("t.revoked_at is not null"),
        Some(false) => all.require("t.revoked_at is null"),
        None => {}
    }
    match filter.state {
        Some(State::Active(today)) => {
            all.require("t.revoked_at is null");
            all.compare("(t.expires_at is null or t.expires_at > ?)", midnight(today));
        }
        Some(State::Inactive(today)) => {
            all.compare("(t.revoked_at is not null or t.expires_at <= ?)", midnight(today));
        }
        None => {}
    }
    all.compare_some(r"t.name_folded like ? escape '\'", filter.search.as_deref().map(pattern));
    Ok(all)
}

fn midnight(day: Date) -> i64 {
    day.midnight().0
}

/// A `like` pattern for names that contain a text as it stands.
fn pattern(search: &str) -> String {
    let mut pattern = String::from("%");
    for character in search.to_lowercase().chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}
