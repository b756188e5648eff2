//! `GET /api/narrowgate/v1/calendar.ics`

use std::fmt::Write;

use axum::Extension;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use narrowgate_store::Page;
use narrowgate_store::time::Timestamp;
use narrowgate_store::tokens::{Sort, SortKey, State as TokenState, Token, TokenFilter};

use super::access;
use super::problem::Problem;
use super::state::OwnState;
use crate::caller::Caller;

/// How many tokens the calendar holds: the first to expire.
const MOST_TOKENS: u32 = 1000;
/// How many bytes a line has at most (RFC 5545, 3.1).
const LONGEST_LINE: usize = 75;

/// The caller's tokens as a calendar of the days on which they expire, each with reminders a week and a day before. Calendar
/// programs that know no headers send the token as `private_token`.
#[utoipa::path(
    get,
    path = "/api/narrowgate/v1/calendar.ics",
    operation_id = "calendar",
    tag = "tokens",
    responses((status = 200, description = "An iCalendar file", body = String, content_type = "text/calendar"))
)]
pub(super) async fn handle(
    State(state): State<OwnState>,
    Extension(caller): Extension<Caller>,
) -> Result<Response, Problem> {
    access::person(&caller)?;
    let now = state.now();
    let filter = TokenFilter {
        connection: Some(caller.connection.id),
        state: Some(TokenState::Active(now)),
        sort: Sort { key: SortKey::Expires, descending: false },
        ..TokenFilter::all(caller.connection.tenant)
    };
    let tokens = state.store().tokens().list(&filter, Page { offset: 0, limit: MOST_TOKENS }).await?.items;
    let headers = [(CONTENT_TYPE, "text/calendar; charset=utf-8"), (CACHE_CONTROL, "private, max-age=3600")];
    Ok((headers, calendar(&tokens, &caller.connection.instance_url, now)).into_response())
}

fn calendar(tokens: &[Token], instance: &str, now: Timestamp) -> String {
    let mut text = String::new();
    for line in ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Narrowgate//Tokens//EN", "CALSCALE:GREGORIAN"] {
        add(&mut text, line);
    }
    add(&mut text, "X-WR-CALNAME:Access tokens");
    for token in tokens {
        let Some(day) = token.expires_at else { continue };
        event(
            &mut text,
            token,
            &compact(&day.to_string()),
            &compact(&day.plus_days(1).to_string()),
            instance,
            now,
        );
    }
    add(&mut text, "END:VCALENDAR");
    text
}

fn event(text: &mut String, token: &Token, first: &str, next: &str, instance: &str, now: Timestamp) {
    let host = instance.split("://").nth(1).unwrap_or(instance).split('/').next().unwrap_or_default();
    let name = escaped(&token.name);
    for line in [
        "BEGIN:VEVENT".to_owned(),
        format!("UID:token-{}@{}", token.id, escaped(host)),
        format!("DTSTAMP:{}", stamp(now)),
        format!("DTSTART;VALUE=DATE:{first}"),
        format!("DTEND;VALUE=DATE:{next}"),
        format!("SUMMARY:Access token \"{name}\" expires"),
        format!("DESCRIPTION:Token {} for {} stops working at 00:00 UTC.", token.id, escaped(instance)),
        "TRANSP:TRANSPARENT".to_owned(),
    ] {
        add(text, &line);
    }
    for before in ["-P7D", "-P1D"] {
        for line in ["BEGIN:VALARM", "ACTION:DISPLAY"] {
            add(text, line);
        }
        add(text, &format!("DESCRIPTION:Access token \"{name}\" expires"));
        add(text, &format!("TRIGGER:{before}"));
        add(text, "END:VALARM");
    }
    add(text, "END:VEVENT");
}

/// `2026-06-24` as `20260624`.
fn compact(day: &str) -> String {
    day.replace('-', "")
}

/// `2026-06-24T22:56:00.409Z` as `20260624T225600Z`.
fn stamp(at: Timestamp) -> String {
    let text = at.to_string();
    let seconds = text.split(['.', 'Z']).next().unwrap_or_default();
    format!("{}Z", seconds.replace(['-', ':'], ""))
}

/// A text as a value (RFC 5545, 3.3.11).
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' | ';' | ',' => out.extend(['\\', character]),
            '\n' => out.push_str("\\n"),
            character if character.is_control() => {}
            character => out.push(character),
        }
    }
    out
}

/// Adds a line, folded where it is too long, and never within a character.
fn add(text: &mut String, line: &str) {
    let mut length = 0;
    for character in line.chars() {
        if length + character.len_utf8() > LONGEST_LINE {
            text.push_str("\r\n ");
            length = 1;
        }
        length += character.len_utf8();
        // Writing to a string does not fail.
        let _ = text.write_char(character);
    }
    text.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_long_lines_between_characters() {
        let mut text = String::new();
        add(&mut text, &"é".repeat(60));
        assert!(text.split("\r\n").all(|line| line.len() <= LONGEST_LINE));
        assert_eq!(text.replace("\r\n ", "").trim_end(), "é".repeat(60));
    }

    #[test]
    fn escapes_what_has_a_meaning() {
        assert_eq!(escaped("a,b;c\\d\ne\rf"), "a\\,b\\;c\\\\d\\nef");
    }
}
