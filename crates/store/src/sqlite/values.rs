//! Values between Rust and columns.

use std::net::IpAddr;
use std::str::FromStr;

use crate::error::StoreError;

/// An id of GitLab's as a column holds it.
pub(super) fn signed(id: u64) -> Result<i64, StoreError> {
    i64::try_from(id).map_err(|_| StoreError::Conflict(format!("id {id} is too large"), None))
}

/// As [`signed`], for ids that may be absent.
pub(super) fn signed_option(id: Option<u64>) -> Result<Option<i64>, StoreError> {
    id.map(signed).transpose()
}

/// An id of GitLab's from its column.
pub(super) fn unsigned(id: i64) -> Result<u64, StoreError> {
    u64::try_from(id).map_err(|_| StoreError::corrupt(format!("id {id} is negative")))
}

/// As [`unsigned`], for ids that may be absent.
pub(super) fn unsigned_option(id: Option<i64>) -> Result<Option<u64>, StoreError> {
    id.map(unsigned).transpose()
}

/// Names, such as those of scopes or permissions, in one column, separated by spaces.
pub(super) fn join(names: &[String]) -> Result<String, StoreError> {
    match names.iter().find(|name| name.is_empty() || name.contains(char::is_whitespace)) {
        Some(name) => {
            Err(StoreError::Conflict(format!("`{name}` can't be stored: it is empty or has a space"), None))
        }
        None => Ok(names.join(" ")),
    }
}

/// The names that [`join`] put together.
pub(super) fn split(column: &str) -> Vec<String> {
    column.split_ascii_whitespace().map(str::to_owned).collect()
}

/// Addresses from their column.
pub(super) fn addresses(column: &str) -> Result<Vec<IpAddr>, StoreError> {
    parse_all(column, "a network address is malformed")
}

/// Values separated by spaces.
pub(super) fn parse_all<T: FromStr>(column: &str, malformed: &'static str) -> Result<Vec<T>, StoreError> {
    let parse = |text: &str| text.parse().map_err(|_| StoreError::corrupt(malformed));
    column.split_ascii_whitespace().map(parse).collect()
}

/// One address from its column.
pub(super) fn address(column: &str) -> Result<IpAddr, StoreError> {
    column.parse().map_err(|_| StoreError::corrupt("a network address is malformed"))
}

/// The member of a closed set that a column names.
pub(super) fn member<T>(parse: impl Fn(&str) -> Option<T>, column: &str) -> Result<T, StoreError> {
    parse(column)
        .ok_or_else(|| StoreError::corrupt(format!("`{column}` is not among the values of its column")))
}
