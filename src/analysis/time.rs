//! Which moment a run is filed under: the sender's, unless it cannot be believed.

use std::time::Duration;

use crate::model::time::Timestamp;

/// How far a sender's clock may run ahead of ours.
pub const MOST_AHEAD: Duration = Duration::from_secs(5 * 60);

/// How long after it ran a trace may arrive and still be filed under the day it ran.
pub const MOST_BEHIND: Duration = Duration::from_secs(400 * 24 * 60 * 60);

/// The moment charts and windows use, and a note for the verdict's `incomplete` when the sender's was not believed.
#[must_use]
pub fn effective(sent: Option<Timestamp>, arrived: Timestamp) -> (Timestamp, Option<String>) {
    let Some(sent) = sent else { return (arrived, None) };
    let doubt = if sent > arrived.plus(MOST_AHEAD) {
        "more than 5 minutes after it arrived"
    } else if sent < arrived.minus(MOST_BEHIND) {
        "more than 400 days before it arrived"
    } else {
        return (sent, None);
    };
    (arrived, Some(format!("timestamp: {sent} lies {doubt}; the time of arrival is used")))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60_000_000;
    const DAY: i64 = 24 * 60 * MINUTE;
    const ARRIVED: Timestamp = Timestamp::from_micros(1_795_000_000_000_000);

    fn moved(by: i64) -> Timestamp {
        Timestamp::from_micros(ARRIVED.micros() + by)
    }

    #[test]
    fn a_believable_time_is_kept() {
        for by in [0, 5 * MINUTE, -MINUTE, -400 * DAY] {
            assert_eq!(effective(Some(moved(by)), ARRIVED), (moved(by), None));
        }
        assert_eq!(effective(None, ARRIVED), (ARRIVED, None));
    }

    #[test]
    fn an_unbelievable_time_is_replaced_and_said_so() {
        for (by, says) in [(5 * MINUTE + 1, "5 minutes"), (-400 * DAY - 1, "400 days")] {
            let (time, note) = effective(Some(moved(by)), ARRIVED);
            assert_eq!(time, ARRIVED);
            assert!(note.is_some_and(|note| note.contains(says)));
        }
    }

    #[test]
    fn the_ends_of_time_do_not_break_it() {
        for sent in [i64::MIN, i64::MAX] {
            for arrived in [i64::MIN, 0, i64::MAX] {
                let (time, _) = effective(Some(Timestamp::from_micros(sent)), Timestamp::from_micros(arrived));
                assert!(time.micros() == sent || time.micros() == arrived);
            }
        }
    }
}
