//! Where a list goes on (keyset pagination).

use std::fmt;

use super::{Sort, SortKey, Token};
use crate::ids::TokenId;
use crate::time::{Date, Timestamp};

/// The place after one token in the order of one list.
///
/// Its text form is opaque to clients, and bound to the order that it was made for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    pub(crate) sort: Sort,
    pub(crate) value: Position,
    pub(crate) id: TokenId,
}

/// The value by which a token has its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Position {
    /// The id alone.
    Id,
    /// A time; `None` stands after all others.
    Time(Option<Timestamp>),
    /// A folded name.
    Name(String),
}

/// Why a text is no cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the cursor is not one of this list")]
pub struct ParseCursorError;

impl Cursor {
    /// The place after a token in a list of that order.
    #[must_use]
    pub fn after(token: &Token, sort: Sort) -> Self {
        let value = match sort.key {
            SortKey::Id => Position::Id,
            SortKey::Created => Position::Time(Some(token.created_at)),
            SortKey::Expires => Position::Time(token.expires_at.map(Date::midnight)),
            SortKey::LastUsed => Position::Time(token.last_used_at),
            SortKey::Name => Position::Name(token.name.to_lowercase()),
        };
        Self { sort, value, id: token.id }
    }

    /// Reads what [`fmt::Display`] wrote.
    ///
    /// # Errors
    /// When the text is no cursor, or one of a list in another order.
    pub fn parse(text: &str, sort: Sort) -> Result<Self, ParseCursorError> {
        Self::read(text, sort).ok_or(ParseCursorError)
    }

    fn read(text: &str, sort: Sort) -> Option<Self> {
        let (order, rest) = text.split_once('.')?;
        if order != order_text(sort) {
            return None;
        }
        let (id, value) = rest.split_once('.')?;
        let id = TokenId(id.parse().ok()?);
        let value = match sort.key {
            SortKey::Id => value.is_empty().then_some(Position::Id)?,
            SortKey::Created | SortKey::Expires | SortKey::LastUsed if value.is_empty() => {
                Position::Time(None)
            }
            SortKey::Created | SortKey::Expires | SortKey::LastUsed => {
                Position::Time(Some(Timestamp(value.parse().ok()?)))
            }
            SortKey::Name => Position::Name(unhex(value)?),
        };
        Some(Self { sort, value, id })
    }
}

/// Letters, digits, dots and a minus sign, so that it stands in a URL as it is.
impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.", order_text(self.sort), self.id)?;
        match &self.value {
            Position::Id | Position::Time(None) => Ok(()),
            Position::Time(Some(at)) => write!(f, "{}", at.0),
            Position::Name(name) => name.bytes().try_for_each(|byte| write!(f, "{byte:02x}")),
        }
    }
}

const fn order_text(sort: Sort) -> &'static str {
    match (sort.key, sort.descending) {
        (SortKey::Id, false) => "ia",
        (SortKey::Id, true) => "id",
        (SortKey::Created, false) => "ca",
        (SortKey::Created, true) => "cd",
        (SortKey::Expires, false) => "ea",
        (SortKey::Expires, true) => "ed",
        (SortKey::LastUsed, false) => "ua",
        (SortKey::LastUsed, true) => "ud",
        (SortKey::Name, false) => "na",
        (SortKey::Name, true) => "nd",
    }
}

fn unhex(text: &str) -> Option<String> {
    if !text.len().is_multiple_of(2) || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let byte = |at: usize| u8::from_str_radix(text.get(at..at + 2)?, 16).ok();
    let bytes: Option<Vec<u8>> = (0..text.len()).step_by(2).map(byte).collect();
    String::from_utf8(bytes?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_wrote_for_the_same_order_only() {
        let sort = |key, descending| Sort { key, descending };
        let cases = [
            (sort(SortKey::Id, true), Position::Id, "id.7."),
            (sort(SortKey::Created, false), Position::Time(Some(Timestamp(-5))), "ca.7.-5"),
            (sort(SortKey::Expires, true), Position::Time(None), "ed.7."),
            (sort(SortKey::LastUsed, false), Position::Time(Some(Timestamp(9))), "ua.7.9"),
            (sort(SortKey::Name, false), Position::Name("é.x".to_owned()), "na.7.c3a92e78"),
        ];
        for (sort, value, text) in cases {
            let cursor = Cursor { sort, value, id: TokenId(7) };
            assert_eq!(cursor.to_string(), text);
            assert_eq!(Cursor::parse(text, sort), Ok(cursor));
            let other = Sort { descending: !sort.descending, ..sort };
            assert_eq!(Cursor::parse(text, other), Err(ParseCursorError));
        }
        for wrong in ["", "id", "id.7", "id.7.5", "id.x.", "id.7.."] {
            assert_eq!(Cursor::parse(wrong, sort(SortKey::Id, true)), Err(ParseCursorError), "{wrong}");
        }
        for wrong in ["na.7.c3", "na.7.c", "na.7.zz", "na.7.+1+1"] {
            assert_eq!(Cursor::parse(wrong, sort(SortKey::Name, false)), Err(ParseCursorError), "{wrong}");
        }
    }
}
