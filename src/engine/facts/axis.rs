//! The time axis of a chart: whole buckets, the empty ones too.

use crate::{
    engine::window::Window,
    model::{agent::TrendPoint, money::Money, time::Timestamp},
    store::{AgentBucket, Resolution},
};

/// Most buckets of a chart; what spans more shows its newest.
const MOST_BUCKETS: i64 = 400;

/// The buckets of a chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Axis {
    /// Start of the first bucket.
    pub(super) from: Timestamp,
    resolution: Resolution,
    len: usize,
}

impl Axis {
    /// The buckets of a window that ends with the bucket of `end`; `oldest` is where [`Window::All`] begins.
    pub(super) fn over(window: Window, resolution: Resolution, end: Timestamp, oldest: Option<Timestamp>) -> Self {
        let (width, last) = (resolution.micros(), resolution.start_of(end).micros());
        let buckets = match window.micros() {
            Some(length) => length / width,
            None => oldest.map_or(1, |oldest| last.saturating_sub(resolution.start_of(oldest).micros()) / width + 1),
        }
        .clamp(1, MOST_BUCKETS);
        let from = Timestamp::from_micros(last.saturating_sub((buckets - 1) * width));
        Self { from, resolution, len: usize::try_from(buckets).unwrap_or(1) }
    }

    pub(super) const fn resolution(&self) -> Resolution {
        self.resolution
    }

    /// How many buckets there are; at least one.
    pub(super) const fn len(&self) -> usize {
        self.len
    }

    /// The place of a bucket; runs whose sender's clock is ahead belong to the last.
    pub(super) fn place(&self, start: Timestamp) -> usize {
        let offset = start.micros().saturating_sub(self.from.micros()) / self.resolution.micros();
        usize::try_from(offset).unwrap_or(0).min(self.len - 1)
    }

    fn start(&self, place: usize) -> Timestamp {
        Timestamp::from_micros(self.from.micros() + i64::try_from(place).unwrap_or(0) * self.resolution.micros())
    }

    /// One point a bucket, oldest first.
    pub(super) fn series(&self, buckets: &[AgentBucket]) -> Vec<TrendPoint> {
        let empty = |place| TrendPoint { start: self.start(place), known: 0, runs: 0, successes: 0.0, cost: Money::ZERO, unpriced: 0 };
        let mut points: Vec<TrendPoint> = (0..self.len).map(empty).collect();
        for bucket in buckets {
            if let Some(point) = points.get_mut(self.place(bucket.start)) {
                point.known += bucket.known;
                point.runs += bucket.runs;
                point.successes += bucket.success_millionths as f64 / 1e6;
                point.cost += bucket.cost;
                point.unpriced += bucket.unpriced;
            }
        }
        points
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600_000_000;

    #[test]
    fn a_window_has_its_number_of_buckets_and_ends_with_the_present_one() {
        let end = Timestamp::from_micros(100 * HOUR + 5);
        let axis = Axis::over(Window::Day, Resolution::Hour, end, None);
        assert_eq!((axis.len(), axis.from), (24, Timestamp::from_micros(77 * HOUR)));
        assert_eq!(axis.place(end), 23);
        assert_eq!(axis.place(Timestamp::from_micros(999 * HOUR)), 23, "a clock that is ahead counts as now");
        assert_eq!(axis.place(Timestamp::from_micros(0)), 0);
    }

    #[test]
    fn everything_begins_with_the_oldest_but_stays_within_bounds() {
        let end = Timestamp::from_micros(24 * 1000 * HOUR);
        let some = Axis::over(Window::All, Resolution::Day, end, Some(Timestamp::from_micros(24 * 990 * HOUR)));
        assert_eq!(some.len(), 11);
        assert_eq!(Axis::over(Window::All, Resolution::Day, end, Some(Timestamp::from_micros(0))).len(), 400);
        assert_eq!(Axis::over(Window::All, Resolution::Day, end, None).len(), 1);
        let odd = Axis::over(Window::All, Resolution::Day, Timestamp::from_micros(i64::MIN), Some(Timestamp::from_micros(i64::MAX)));
        assert_eq!(odd.len(), 1);
    }

    #[test]
    fn empty_buckets_are_points_too() {
        let axis = Axis::over(Window::Hour, Resolution::Minute, Timestamp::from_micros(HOUR - 1), None);
        let bucket = |start, runs| AgentBucket {
            start: Timestamp::from_micros(start),
            runs,
            known: 1,
            success_millionths: 950_000,
            ..AgentBucket::default()
        };
        let series = axis.series(&[bucket(0, 2), bucket(60_000_000, 1), bucket(60_000_000, 3)]);
        assert_eq!(series.len(), 60);
        assert_eq!(series.iter().map(|point| point.runs).take(3).collect::<Vec<_>>(), [2, 4, 0]);
        assert_eq!(series[1].mean(), Some(0.95));
        assert_eq!(series[2].mean(), None);
    }
}
