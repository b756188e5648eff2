//! Moments as GitLab writes them.

use time::OffsetDateTime;

fn moment(micros: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp_nanos(i128::from(micros) * 1000).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

/// `2026-01-05T09:00:00.000Z`.
pub(crate) fn iso(micros: i64) -> String {
    let at = moment(micros);
    format!(
        "{}T{:02}:{:02}:{:02}.{:03}Z",
        date(micros),
        at.hour(),
        at.minute(),
        at.second(),
        at.millisecond()
    )
}

/// `2026-01-05`.
pub(crate) fn date(micros: i64) -> String {
    let at = moment(micros);
    format!("{:04}-{:02}-{:02}", at.year(), u8::from(at.month()), at.day())
}
