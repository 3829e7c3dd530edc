//! How many traces arrive a second, from the sequence numbers of the news, for the status line.

use std::collections::VecDeque;

use crate::model::{ids::Sequence, time::Timestamp};

/// How many whole seconds are remembered.
const SECONDS: usize = 12;
/// Over how many of them the rate is taken.
const MEAN_OVER: u64 = 3;
const SECOND: i64 = 1_000_000;

/// Arrivals by second.
#[derive(Debug, Default)]
pub struct Rate {
    /// Second since 1970 and what arrived in it, oldest first.
    buckets: VecDeque<(i64, u64)>,
    last: Option<u64>,
}

impl Rate {
    /// Takes note of the newest trace. The first note only sets the mark to count from.
    pub fn note(&mut self, newest: Option<Sequence>, now: Timestamp) {
        let newest = newest.map_or(0, |sequence| sequence.0);
        let arrived = self.last.map_or(0, |last| newest.saturating_sub(last));
        self.last = Some(newest);
        if arrived == 0 {
            return;
        }
        let second = now.micros().div_euclid(SECOND);
        match self.buckets.back_mut() {
            Some((newest, count)) if *newest == second => *count += arrived,
            _ => self.buckets.push_back((second, arrived)),
        }
        self.forget(second);
    }

    fn forget(&mut self, second: i64) {
        let oldest = second - SECONDS as i64;
        while self.buckets.front().is_some_and(|(bucket, _)| *bucket <= oldest) {
            self.buckets.pop_front();
        }
    }

    /// Arrivals a second over the last three seconds, the present one included.
    #[must_use]
    pub fn per_second(&self, now: Timestamp) -> u64 {
        let second = now.micros().div_euclid(SECOND);
        let from = second - MEAN_OVER as i64;
        let sum: u64 = self.buckets.iter().filter(|(bucket, _)| *bucket > from).map(|(_, count)| count).sum();
        sum.div_ceil(MEAN_OVER)
    }

    /// Arrivals in each of the last seconds, oldest first.
    #[must_use]
    pub fn history(&self, now: Timestamp) -> Vec<Option<f64>> {
        let second = now.micros().div_euclid(SECOND);
        (0..SECONDS as i64)
            .rev()
            .map(|back| {
                let wanted = second - back;
                let count = self.buckets.iter().find(|(bucket, _)| *bucket == wanted).map_or(0, |(_, count)| *count);
                Some(count as f64)
            })
            .collect()
    }

    /// The start of the next second while there is anything to show fall; `None` at rest.
    #[must_use]
    pub fn wake_at(&self, now: Timestamp) -> Option<Timestamp> {
        let second = now.micros().div_euclid(SECOND);
        let lively = self.buckets.back().is_some_and(|(bucket, _)| second - bucket < SECONDS as i64);
        lively.then(|| Timestamp::from_micros((second + 1) * SECOND)).filter(|at| *at > now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * SECOND + 1)
    }

    #[test]
    fn what_was_there_at_the_start_did_not_arrive() {
        let mut rate = Rate::default();
        rate.note(Some(Sequence(100_000)), at(0));
        assert_eq!(rate.per_second(at(0)), 0);
        assert_eq!(rate.wake_at(at(0)), None, "nothing moves, so nothing need be woken");
    }

    #[test]
    fn arrivals_raise_the_rate_and_silence_lets_it_fall_to_nothing() {
        let mut rate = Rate::default();
        rate.note(Some(Sequence(0)), at(0));
        for second in 1..=3 {
            rate.note(Some(Sequence(u64::try_from(second).unwrap_or(0) * 100)), at(second));
        }
        assert_eq!(rate.per_second(at(3)), 100);
        assert_eq!(rate.wake_at(at(3)), Some(Timestamp::from_micros(4 * SECOND)));
        assert_eq!(rate.per_second(at(6)), 0);
        assert_eq!(rate.wake_at(at(3 + SECONDS as i64)), None);
        assert_eq!(rate.history(at(3)).len(), SECONDS);
    }
}
