//! Listing tokens.

use sqlx::{AssertSqlSafe, query_as_with, query_scalar, query_scalar_with};

use super::narrow::{Way, Ways, named, phrase};
use super::reach;
use super::row::{TokenRow, select_tokens, tokens};
use crate::error::StoreError;
use crate::page::{COUNTED, Page, Paged};
use crate::sqlite::SqliteBackend;
use crate::sqlite::conditions::Conditions;
use crate::sqlite::values::{signed, signed_option};
use crate::time::{Date, Timestamp};
use crate::tokens::{Cursor, Position, Resource, Sort, SortKey, State, Token, TokenFilter};

impl SqliteBackend {
    pub(super) async fn list_tokens(
        &self,
        filter: &TokenFilter,
        page: Page,
    ) -> Result<Paged<Token>, StoreError> {
        let ways = self.ways(filter).await?;
        let total = self.count_tokens(filter, ways).await?;
        let items = match total.and_then(|total| from_the_end(page, total)) {
            None => self.read_page(filter, ways, page, Direction::Forward).await?,
            Some(mirrored) => {
                let mut items = self.read_page(filter, ways, mirrored, Direction::Backward).await?;
                items.reverse();
                items
            }
        };
        Ok(Paged { items, total })
    }

    pub(super) async fn list_tokens_after(
        &self,
        filter: &TokenFilter,
        limit: u32,
    ) -> Result<Vec<Token>, StoreError> {
        let ways = self.ways(filter).await?;
        self.read_page(filter, ways, Page { offset: 0, limit }, Direction::Forward).await
    }

    /// The number of tokens that pass, as far as it is worth counting.
    async fn count_tokens(&self, filter: &TokenFilter, ways: Ways) -> Result<Option<u64>, StoreError> {
        let unrestricted = TokenFilter { sort: filter.sort, ..TokenFilter::all(filter.tenant) };
        if *filter == unrestricted {
            let kept: Option<i64> = query_scalar("select token_count from tenants where id = $1")
                .bind(filter.tenant.0)
                .fetch_optional(&self.readers)
                .await?;
            return Ok(Some(kept.unwrap_or_default().unsigned_abs()));
        }
        if ways.is_many() && !is_of_few(filter) {
            return Ok(None);
        }
        let mut conditions = conditions(filter, ways)?;
        let clause = conditions.clause().to_owned();
        let limit = conditions.bind(i64::try_from(COUNTED).unwrap_or(i64::MAX).saturating_add(1));
        let from = sources(filter);
        let text = format!("select count(*) from (select 1 {from} {clause} limit {limit}) counted");
        let counted: i64 =
            query_scalar_with(AssertSqlSafe(text), conditions.arguments()?).fetch_one(&self.readers).await?;
        Ok(Some(counted.unsigned_abs()).filter(|counted| *counted <= COUNTED))
    }

    async fn read_page(
        &self,
        filter: &TokenFilter,
        ways: Ways,
        page: Page,
        direction: Direction,
    ) -> Result<Vec<Token>, StoreError> {
        let mut conditions = conditions(filter, ways)?;
        let text = page_text(&mut conditions, filter, page, direction);
        let rows: Vec<TokenRow> =
            query_as_with(AssertSqlSafe(text), conditions.arguments()?).fetch_all(&self.readers).await?;
        tokens(rows)
    }
}

/// Whether a filter asks for the tokens of one owner, which are few whatever else it asks.
const fn is_of_few(filter: &TokenFilter) -> bool {
    filter.connection.is_some()
        || filter.user_id.is_some()
        || filter.resource.is_some()
        || filter.job.is_some()
        || !filter.ids.is_empty()
        || !filter.digests.is_empty()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Direction {
    Forward,
    Backward,
}

/// The same page counted from the list's end, where that is nearer: a database walks over what is skipped.
fn from_the_end(page: Page, total: u64) -> Option<Page> {
    let offset = u64::from(page.offset);
    if offset <= total / 2 || offset >= total {
        return None;
    }
    let limit = u64::from(page.limit).min(total - offset);
    let mirrored = |number: u64| u32::try_from(number).ok();
    Some(Page { offset: mirrored(total - offset - limit)?, limit: mirrored(limit)? })
}

/// Whether a page is found by walking over the list: nothing that the filter asks has an index of its own.
const fn walks(filter: &TokenFilter) -> bool {
    !is_of_few(filter) && filter.search.is_none() && !reach::asks(filter)
}

/// Where the rows that a filter looks at come from: uses are joined only where they matter.
pub(super) const fn sources(filter: &TokenFilter) -> &'static str {
    let uses = filter.last_used_after.is_some()
        || filter.last_used_before.is_some()
        || filter.unused_since.is_some()
        || matches!(filter.sort.key, SortKey::LastUsed);
    match uses {
        false => "from tokens t",
        // Walks over the uses in their order, and finds the token of each.
        true if matches!(filter.sort.key, SortKey::LastUsed) && walks(filter) => {
            "from token_uses u cross join tokens t"
        }
        true => "from tokens t join token_uses u on u.token_id = t.id",
    }
}

/// Picks the page's tokens first, because each takes as many rows as it has grants.
fn page_text(conditions: &mut Conditions, filter: &TokenFilter, page: Page, direction: Direction) -> String {
    let order = order(filter.sort, direction);
    let limit = conditions.bind(i64::from(page.limit));
    let offset = conditions.bind(i64::from(page.offset));
    let select = select_tokens!("page join tokens t on t.id = page.id", "order by");
    let (from, clause) = (sources(filter), conditions.clause());
    format!(
        "with page as (select t.id {from} {clause} order by {order} limit {limit} offset {offset})
         {select} {order}, g.ordinal"
    )
}

const fn column(key: SortKey) -> &'static str {
    match key {
        SortKey::Id => "t.id",
        SortKey::Created => "t.created_at",
        SortKey::Expires => "t.expires_at",
        SortKey::LastUsed => "u.last_used_at",
        SortKey::Name => "t.name_folded",
    }
}

fn order(Sort { key, descending }: Sort, direction: Direction) -> String {
    let backward = direction == Direction::Backward;
    let way = if descending == backward { "asc" } else { "desc" };
    // Only where a value may be absent: databases disagree on the place of nulls.
    let nulls = match key {
        SortKey::Expires | SortKey::LastUsed if backward => " nulls first",
        SortKey::Expires | SortKey::LastUsed => " nulls last",
        SortKey::Id => return format!("t.id {way}"),
        SortKey::Created | SortKey::Name => "",
    };
    // The same number by the name under which the index has it.
    let id = if key == SortKey::LastUsed { "u.token_id" } else { "t.id" };
    format!("{} {way}{nulls}, {id} {way}", column(key))
}

/// The conditions of a filter.
pub(super) fn conditions(filter: &TokenFilter, ways: Ways) -> Result<Conditions, StoreError> {
    let mut all = Conditions::default();
    let tenant = all.bind(filter.tenant.0);
    all.require(&format!("t.tenant_id = {tenant}"));
    if matches!(filter.sort.key, SortKey::LastUsed) && walks(filter) {
        all.require("t.id = u.token_id");
    }
    all.compare_some("t.connection_id = ?", filter.connection.map(|id| id.0));
    let on_instance = "t.connection_id in (select id from connections where instance_url = ?)";
    all.compare_some(on_instance, filter.instance_url.clone());
    all.compare_some("t.user_id = ?", signed_option(filter.user_id)?);
    all.compare_some("t.kind = ?", filter.kind.map(|kind| kind.as_str().to_owned()));
    if let Some(resource) = filter.resource {
        all.compare("t.kind = ?", resource.kind().to_owned());
        all.compare("t.resource_id = ?", signed(Resource::id(resource))?);
    }
    all.compare_some("t.impersonation = ?", filter.impersonation.map(i64::from));
    if let Some(job) = filter.job {
        all.compare("t.job_project_id = ?", signed(job.project_id)?);
        all.compare("t.job_id = ?", signed(job.job_id)?);
    }
    times(&mut all, filter);
    state(&mut all, filter);
    if let Some(text) = &filter.search {
        search(&mut all, text, ways.search);
    }
    all.any_of("t.id", filter.ids.iter().map(|id| id.0));
    all.any_of("t.digest", filter.digests.iter().map(|digest| digest.as_bytes().to_vec()));
    if reach::asks(filter) {
        reach::require(&mut all, filter, &tenant, ways.reach)?;
    }
    after(&mut all, filter)?;
    Ok(all)
}

fn search(all: &mut Conditions, text: &str, way: Way) {
    match (phrase(text), way) {
        (None, _) if text.is_empty() => {}
        (None, _) => all.compare("t.name_folded = ?", text.to_lowercase()),
        (Some(phrase), Way::ByIndex) => {
            let ids = named(all, phrase);
            all.require(&format!("t.id in ({ids})"));
        }
        (Some(_), Way::OneByOne) => all.compare(r"t.name_folded like ? escape '\'", containing(text)),
    }
}

fn times(all: &mut Conditions, filter: &TokenFilter) {
    all.compare_some("t.created_at >= ?", filter.created_after.map(|at| at.0));
    all.compare_some("t.created_at <= ?", filter.created_before.map(|at| at.0));
    all.compare_some("u.last_used_at >= ?", filter.last_used_after.map(|at| at.0));
    all.compare_some("u.last_used_at <= ?", filter.last_used_before.map(|at| at.0));
    all.compare_some("t.expires_at >= ?", filter.expires_after.map(midnight));
    all.compare_some("t.expires_at < ?", filter.expires_before.map(midnight));
    all.compare_some("coalesce(u.last_used_at, t.created_at) < ?", filter.unused_since.map(|at| at.0));
}

fn state(all: &mut Conditions, filter: &TokenFilter) {
    match filter.revoked {
        Some(true) => all.require("t.revoked_at is not null"),
        Some(false) => all.require("t.revoked_at is null"),
        None => {}
    }
    match filter.state {
        Some(State::Active(now)) => {
            let now = all.bind(now.0);
            all.require(&format!(
                "t.revoked_at is null and (t.expires_at is null or t.expires_at > {now})
                 and (t.ends_at is null or t.ends_at > {now})"
            ));
        }
        Some(State::Inactive(now)) => {
            let now = all.bind(now.0);
            all.require(&format!(
                "(t.revoked_at is not null or t.expires_at <= {now} or t.ends_at <= {now})"
            ));
        }
        None => {}
    }
}

/// What comes after a cursor in the filter's order.
fn after(all: &mut Conditions, filter: &TokenFilter) -> Result<(), StoreError> {
    let Some(Cursor { sort, value, id }) = &filter.after else { return Ok(()) };
    if *sort != filter.sort {
        return Err(StoreError::Conflict("the cursor is another list's".to_owned(), None));
    }
    let beyond = if sort.descending { "<" } else { ">" };
    let column = column(sort.key);
    let id = all.bind(id.0);
    let condition = match value {
        Position::Id => format!("t.id {beyond} {id}"),
        Position::Time(None) => format!("({column} is null and t.id {beyond} {id})"),
        Position::Time(Some(Timestamp(at))) => beyond_value(&all.bind(*at), column, beyond, &id, sort.key),
        Position::Name(name) => beyond_value(&all.bind(name.clone()), column, beyond, &id, sort.key),
    };
    all.require(&condition);
    Ok(())
}

fn beyond_value(value: &str, column: &str, beyond: &str, id: &str, key: SortKey) -> String {
    let row = format!("({column}, t.id) {beyond} ({value}, {id})");
    match key {
        // What lacks the value comes last.
        SortKey::Expires | SortKey::LastUsed => format!("({row} or {column} is null)"),
        SortKey::Id | SortKey::Created | SortKey::Name => row,
    }
}

fn midnight(day: Date) -> i64 {
    day.midnight().0
}

/// A `like` pattern for texts that contain a text as it stands, in any case.
fn containing(search: &str) -> String {
    format!("%{}%", escaped(&search.to_lowercase()))
}

/// A text as a part of a `like` pattern.
pub(super) fn escaped(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern
}
