//! How to find the tokens that pass a filter on grants or names: these are not in the order of any list.
//!
//! Few tokens are found by an index, and put into order. Of many the first pages are found sooner by walking over the
//! list and looking at each token. Which it is, a bounded count tells.

use sqlx::{AssertSqlSafe, query_scalar_with};

use super::reach;
use crate::error::StoreError;
use crate::page::COUNTED;
use crate::sqlite::SqliteBackend;
use crate::sqlite::conditions::Conditions;
use crate::tokens::TokenFilter;

/// How to find what passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// By its own index.
    ByIndex,
    /// By walking over the list.
    OneByOne,
}

/// How to find what passes each of the filters that have an index of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ways {
    pub(super) reach: Way,
    pub(super) search: Way,
}

impl Ways {
    /// Where all that passes is wanted, not a page.
    pub(super) const BY_INDEX: Self = Self { reach: Way::ByIndex, search: Way::ByIndex };

    /// Whether so many pass one of the filters that counting those which pass them all could take long.
    pub(super) fn is_many(self) -> bool {
        self != Self::BY_INDEX
    }
}

impl SqliteBackend {
    pub(super) async fn ways(&self, filter: &TokenFilter) -> Result<Ways, StoreError> {
        let mut ways = Ways::BY_INDEX;
        if reach::asks(filter) {
            let mut conditions = Conditions::default();
            let tenant = conditions.bind(filter.tenant.0);
            let ids = reach::ids(&mut conditions, filter, &tenant)?;
            ways.reach = self.way(conditions, &ids).await?;
        }
        if let Some(phrase) = filter.search.as_deref().and_then(phrase) {
            let mut conditions = Conditions::default();
            let ids = named(&mut conditions, phrase);
            ways.search = self.way(conditions, &ids).await?;
        }
        Ok(ways)
    }

    async fn way(&self, mut conditions: Conditions, ids: &str) -> Result<Way, StoreError> {
        let limit = conditions.bind(i64::try_from(COUNTED).unwrap_or(i64::MAX).saturating_add(1));
        let text =
            format!("select count(*) from (select distinct id from ({ids}) found limit {limit}) counted");
        let counted: i64 =
            query_scalar_with(AssertSqlSafe(text), conditions.arguments()?).fetch_one(&self.readers).await?;
        Ok(if counted.unsigned_abs() > COUNTED { Way::OneByOne } else { Way::ByIndex })
    }
}

/// The search as the index of names takes it. It knows nothing of less than three letters: as on GitLab, such a search
/// is for the whole name.
pub(super) fn phrase(search: &str) -> Option<String> {
    let folded = search.to_lowercase();
    (folded.chars().count() >= 3).then(|| format!("\"{}\"", folded.replace('"', "\"\"")))
}

/// Selects the ids of the tokens with the phrase in their names.
pub(super) fn named(conditions: &mut Conditions, phrase: String) -> String {
    let phrase = conditions.bind(phrase);
    format!("select rowid as id from token_names where token_names match {phrase}")
}
