//! Days.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use time::macros::{date, format_description};

use super::{ParseTimeError, Timestamp};

const EPOCH: time::Date = date!(1970 - 01 - 01);
const MICROS_PER_DAY: i64 = 86_400_000_000;

/// A day in UTC, such as the `expires_at` of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(time::Date);

impl Date {
    /// Reads `YYYY-MM-DD`.
    ///
    /// # Errors
    /// When the text is not such a date, or the day does not exist.
    pub fn parse(text: &str) -> Result<Self, ParseTimeError> {
        let form = format_description!("[year repr:full range:standard sign:automatic]-[month]-[day]");
        let wrong = || ParseTimeError { text: text.to_owned(), expected: "a date such as `2026-06-24`" };
        if text.len() != 10 || !text.starts_with(|first: char| first.is_ascii_digit()) {
            return Err(wrong());
        }
        time::Date::parse(text, form).map(Self).map_err(|_| wrong())
    }

    /// The day of a point in time, in UTC.
    #[must_use]
    pub fn of(at: Timestamp) -> Self {
        // Beyond the calendar's end, its last day.
        let days = at.0.div_euclid(MICROS_PER_DAY);
        let end = if days < 0 { time::Date::MIN } else { time::Date::MAX };
        Self(EPOCH.checked_add(time::Duration::days(days)).unwrap_or(end))
    }

    /// The day's first moment in UTC: a token that expires on this day no longer works from then on.
    #[must_use]
    pub fn midnight(self) -> Timestamp {
        Timestamp((self.0 - EPOCH).whole_days() * MICROS_PER_DAY)
    }

    /// The day that many days later, at most the calendar's last.
    #[must_use]
    pub fn plus_days(self, days: u32) -> Self {
        Self(self.0.saturating_add(time::Duration::days(i64::from(days))))
    }
}

/// `YYYY-MM-DD`.
impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let form = format_description!("[year]-[month]-[day]");
        f.write_str(&self.0.format(form).map_err(|_| fmt::Error)?)
    }
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        Date::parse(text).unwrap()
    }

    #[test]
    fn begins_at_midnight() {
        assert_eq!(date("1970-01-01").midnight(), Timestamp(0));
        assert_eq!(date("2026-06-24").midnight().to_string(), "2026-06-24T00:00:00.000Z");
        assert_eq!(Date::of(date("2026-06-24").midnight()), date("2026-06-24"));
        assert_eq!(Date::of(Timestamp(date("2026-06-24").midnight().0 - 1)), date("2026-06-23"));
        assert_eq!(Date::of(Timestamp(-1)), date("1969-12-31"));
    }

    #[test]
    fn refuses_what_is_no_date() {
        for text in
            ["", "2026-6-24", "2026-02-30", "24.06.2026", "2026-06-24T00:00:00Z", "+2026-1-01", "-026-01-01"]
        {
            assert!(Date::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn adds_days() {
        assert_eq!(date("2026-12-31").plus_days(1), date("2027-01-01"));
        assert_eq!(date("2028-02-28").plus_days(1), date("2028-02-29"));
        assert_eq!(date("9999-12-31").plus_days(1), date("9999-12-31"));
    }

    proptest::proptest! {
        #[test]
        fn midnight_and_day_agree(days in -700_000_i64..2_900_000, inside in 0..MICROS_PER_DAY) {
            let midnight = Timestamp(days * MICROS_PER_DAY);
            let day = Date::of(Timestamp(midnight.0 + inside));
            proptest::prop_assert_eq!(day.midnight(), midnight);
            if (0..=9999).contains(&day.0.year()) {
                proptest::prop_assert_eq!(Date::parse(&day.to_string()), Ok(day));
            }
        }
    }
}
