//! Points in time.

use std::fmt;
use std::ops::Add;
use std::time::Duration;

use serde::{Serialize, Serializer};
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{OffsetDateTime, UtcOffset};

use super::{Date, ParseTimeError};

/// Microseconds since 1970 in UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// Reads RFC 3339 such as `2026-06-24T22:56:00.409Z`, or a date, which stands for its midnight in UTC.
    ///
    /// # Errors
    /// When the text is neither.
    pub fn parse(text: &str) -> Result<Self, ParseTimeError> {
        if let Ok(date) = Date::parse(text) {
            return Ok(date.midnight());
        }
        let wrong = || ParseTimeError {
            text: text.to_owned(),
            expected: "a date or time such as `2026-06-24T22:56:00Z`",
        };
        let parsed = OffsetDateTime::parse(text, &Rfc3339).map_err(|_| wrong())?;
        i64::try_from(parsed.unix_timestamp_nanos() / 1000).map(Self).map_err(|_| wrong())
    }

    /// The day in UTC.
    #[must_use]
    pub fn date(self) -> Date {
        Date::of(self)
    }

    /// The calendar's view, at the calendar's end for what lies beyond it.
    fn calendar(self) -> OffsetDateTime {
        let nanos = i128::from(self.0) * 1000;
        let end = if self.0 < 0 { time::PrimitiveDateTime::MIN } else { time::PrimitiveDateTime::MAX };
        OffsetDateTime::from_unix_timestamp_nanos(nanos).unwrap_or(end.assume_offset(UtcOffset::UTC))
    }
}

/// A duration in microseconds, at most about 292,000 years.
pub(super) fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

impl Add<Duration> for Timestamp {
    type Output = Self;

    fn add(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(micros(duration)))
    }
}

/// ISO 8601 with milliseconds and `Z`, as GitLab writes it: `2026-06-24T22:56:00.409Z`.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let form = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
        f.write_str(&self.calendar().format(form).map_err(|_| fmt::Error)?)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_milliseconds() {
        let at = Timestamp::parse("2026-06-24T22:56:00.409999Z").unwrap();
        assert_eq!(at.to_string(), "2026-06-24T22:56:00.409Z");
        assert_eq!(Timestamp(0).to_string(), "1970-01-01T00:00:00.000Z");
        assert_eq!(Timestamp(-1).to_string(), "1969-12-31T23:59:59.999Z");
        assert_eq!(serde_json::to_string(&at).unwrap(), r#""2026-06-24T22:56:00.409Z""#);
    }

    #[test]
    fn reads_offsets_and_dates() {
        assert_eq!(Timestamp::parse("1970-01-01T01:00:00+01:00").unwrap(), Timestamp(0));
        assert_eq!(Timestamp::parse("1970-01-02").unwrap(), Timestamp(86_400_000_000));
        assert_eq!(
            Timestamp::parse("yesterday").unwrap_err().to_string(),
            "`yesterday` is not a date or time such as `2026-06-24T22:56:00Z`"
        );
    }

    #[test]
    fn does_not_overflow() {
        assert!(Timestamp(i64::MAX).to_string().starts_with("9999"));
        assert!(Timestamp(i64::MIN).to_string().starts_with("-9999"));
        assert_eq!(Timestamp(i64::MAX) + Duration::MAX, Timestamp(i64::MAX));
    }
}
