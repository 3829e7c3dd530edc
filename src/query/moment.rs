//! Moments as people write them: `1h` ago, `today`, `2026-11-01`, `2026-11-01T12:30`.

use std::time::Duration;

use jiff::{ToSpan, civil::DateTime, tz::TimeZone};

use super::quantity::{Quantity, Unit};
use crate::model::time::Timestamp;

/// How a moment is written, for help and errors.
pub(super) const WRITTEN: &str =
    "a time ago such as 1h or 7d, a day such as 2026-11-01, today or yesterday, or a moment such as 2026-11-01T12:30";

/// Reads a moment; days and times without an offset are those of `zone`.
pub(super) fn read(text: &str, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
    let today = || zone.to_datetime(now.to_jiff()).date();
    let civil = match text.to_ascii_lowercase().as_str() {
        "now" => return Some(now),
        "today" => today().to_datetime(jiff::civil::Time::midnight()),
        "yesterday" => today().checked_sub(1.day()).ok()?.to_datetime(jiff::civil::Time::midnight()),
        _ => {
            if let Some(ago) = Quantity::read(text, Unit::Time) {
                return Some(now.minus(Duration::from_micros(u64::try_from(ago.value).ok()?)));
            }
            if let Ok(moment) = text.parse::<jiff::Timestamp>() {
                return Some(Timestamp::from_micros(moment.as_microsecond()));
            }
            text.parse::<DateTime>().ok()?
        }
    };
    zone.to_ambiguous_zoned(civil).compatible().ok().map(|zoned| Timestamp::from_micros(zoned.timestamp().as_microsecond()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    fn moment(text: &str) -> Option<String> {
        let now = Timestamp::parse("2026-11-22T10:00:00Z").unwrap();
        read(text, now, &TimeZone::fixed(jiff::tz::offset(2))).map(|moment| moment.to_string())
    }

    #[test]
    fn moments_are_read_as_written() {
        for (text, expected) in [
            ("1h", "2026-11-22T09:00:00Z"),
            ("7d", "2026-11-15T10:00:00Z"),
            ("now", "2026-11-22T10:00:00Z"),
            ("today", "2026-11-21T22:00:00Z"),
            ("yesterday", "2026-11-20T22:00:00Z"),
            ("2026-11-01", "2026-10-31T22:00:00Z"),
            ("2026-11-01T12:30", "2026-11-01T10:30:00Z"),
            ("2026-11-01T12:30:05Z", "2026-11-01T12:30:05Z"),
            ("2026-11-01T12:30:05-05:00", "2026-11-01T17:30:05Z"),
        ] {
            assert_eq!(moment(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        for text in ["", "5", "soon", "2026-13-01", "2026-11", "-1h"] {
            assert_eq!(moment(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_and_no_present_panics(text in "\\PC{0,20}|[0-9]{1,17}[a-z]|-?[0-9]{1,6}-[0-9]{2}-[0-9]{2}", now in any::<i64>()) {
            let _ = read(&text, Timestamp::from_micros(now), &TimeZone::UTC);
            let _ = read("yesterday", Timestamp::from_micros(now), &TimeZone::UTC);
        }
    }
}
