//! When an agent's success changed: places in its runs at which what came before and what came after are hard to explain by one rate.
//!
//! Binary segmentation by likelihood ratios. The likeliest place to part a stretch of runs is where two rates explain them best against one. The stretch
//! is parted there if one rate would show a ratio as high at some place in at most 5 % of cases (the tail of the largest of all the places' ratios:
//! James, James & Siegmund, Biometrika 74, 1987), and then both sides are looked at again. Runs weigh in with their probability; where they spread less
//! than coins of that rate would, the ratio counts for more, as quasi-likelihood has it.
//!
//! Counted over drawn series of one rate from .5 to .99 and 40 to 2,000 runs, a change is seen in 0 to 5 % of them. A fall from 85 % to 55 % after 100 runs
//! of 200 is found in 96 of 100 cases, one from 81 % to 62 % in 60. (Bayes factors averaged over the places, tried first at 20 to 1, found 68 and 12.)

use super::trend;
use crate::model::{agent::ChangePoint, summary::Summary, time::Timestamp};

/// Fewest runs on each side of a change.
pub const FEWEST: usize = 10;

/// How often one rate may seem to have changed.
pub const ALARMS: f64 = 0.05;

/// Most changes told of one window: beyond, the newest are told.
const MOST: usize = 8;

/// Runs are taken to spread at least half as much as coins of their rate: where nearly all are alike, the few that differ say too little of the spread.
const LEAST_SPREAD: f64 = 0.5;

/// The changes among some runs, oldest first; runs of which nothing tells how they ended are passed over. The order of `rows` does not matter.
///
/// The size of each is the difference between the stretches on its two sides, with the interval of [`trend::change`]; a place whose stretches could
/// differ by chance, once the others are known, is dropped. That the place was chosen makes the sizes a little too large.
#[must_use]
pub fn find(rows: &[Summary]) -> Vec<ChangePoint> {
    let mut runs: Vec<_> = rows.iter().filter_map(|row| Some((row.time, row.sequence, row.probability?.get()))).collect();
    runs.sort_by_key(|(time, sequence, _)| (*time, *sequence));
    let mut times: Vec<Timestamp> = runs.iter().map(|(time, _, _)| *time).collect();
    let mut successes: Vec<f64> = runs.iter().map(|(_, _, probability)| *probability).collect();
    let mut places = Vec::new();
    part(&Sums::of(&successes), 0, successes.len(), &mut places);
    // What lies before the changes that are told is not looked at again.
    if let Some(start) = places.len().checked_sub(MOST + 1).and_then(|last| places.get(last).copied()) {
        places = places.split_off(places.len() - MOST).into_iter().map(|place| place - start).collect();
        (times, successes) = (times.split_off(start), successes.split_off(start));
    }
    loop {
        let found = stated(&places, &times, &successes);
        // A place that could be chance goes, the least sure first: what it parted is one stretch again, and its neighbours are looked at anew.
        let doubtful = (0..).zip(&found).filter(|(_, point)| point.change.could_be_chance);
        let Some((weakest, _)) =
            doubtful.min_by(|(_, one), (_, other)| one.change.difference.abs().total_cmp(&other.change.difference.abs()))
        else {
            return found;
        };
        places.remove(weakest);
    }
}

fn stated(places: &[usize], times: &[Timestamp], successes: &[f64]) -> Vec<ChangePoint> {
    let ends = places.iter().copied().skip(1).chain([successes.len()]);
    let starts = [0].into_iter().chain(places.iter().copied());
    let stretches = starts.zip(places).zip(ends);
    stretches
        .filter_map(|((start, place), end)| {
            let (before, after) = (successes.get(start..*place)?, successes.get(*place..end)?);
            let change = trend::change(before, after)?;
            Some(ChangePoint { at: *times.get(*place)?, before: trend::score(before)?, after: trend::score(after)?, change })
        })
        .collect()
}

/// Parts the runs from `start` up to `end` where they changed, and both sides again; places come out in order.
fn part(sums: &Sums, start: usize, end: usize, places: &mut Vec<usize>) {
    let Some(place) = split(sums, start, end) else { return };
    part(sums, start, place, places);
    places.push(place);
    part(sums, place, end, places);
}

/// The likeliest place of a change; `None` where one rate explains the runs well enough.
fn split(sums: &Sums, start: usize, end: usize) -> Option<usize> {
    let whole = sums.log_likelihood(start, end);
    let ratio = |place: usize| sums.log_likelihood(start, place) + sums.log_likelihood(place, end) - whole;
    let candidates = (start + FEWEST..(end + 1).saturating_sub(FEWEST)).map(|place| (place, ratio(place)));
    let (likeliest, ratio) = candidates.max_by(|(_, one), (_, other)| one.total_cmp(other))?;
    (chance(2.0 * ratio / sums.spread(start, end), end - start) <= ALARMS).then_some(likeliest)
}

/// How likely it is that the largest of all places' ratios (doubled, as is usual) is this large in so many runs of one rate.
fn chance(ratio: f64, runs: usize) -> f64 {
    let deviations = ratio.max(0.0).sqrt();
    // Below this the tail's formula does not hold, nor is there anything to tell.
    if deviations < 2.0 {
        return 1.0;
    }
    let density = (-deviations * deviations / 2.0).exp() / std::f64::consts::TAU.sqrt();
    let odds = (runs - FEWEST) as f64 / FEWEST as f64;
    density * ((deviations - 1.0 / deviations) * 2.0 * odds.ln() + 4.0 / deviations)
}

/// Sums of successes, and of their squares, up to each run.
struct Sums(Vec<(f64, f64)>);

impl Sums {
    fn of(successes: &[f64]) -> Self {
        let sums = successes.iter().scan((0.0, 0.0), |(sum, squares), success| {
            (*sum, *squares) = (*sum + success, *squares + success * success);
            Some((*sum, *squares))
        });
        Self([(0.0, 0.0)].into_iter().chain(sums).collect())
    }

    /// Successes, their squares and runs of a stretch.
    fn stretch(&self, start: usize, end: usize) -> (f64, f64, f64) {
        let at = |place: usize| self.0.get(place).copied().unwrap_or_default();
        let ((sum, squares), (sum_before, squares_before)) = (at(end), at(start));
        (sum - sum_before, squares - squares_before, (end - start) as f64)
    }

    /// The log of the likelihood of a stretch of runs at its own rate.
    fn log_likelihood(&self, start: usize, end: usize) -> f64 {
        let (successes, _, runs) = self.stretch(start, end);
        let term = |part: f64| if part > 0.0 { part * (part / runs).ln() } else { 0.0 };
        term(successes) + term(runs - successes)
    }

    /// How much the runs of a stretch spread, against coins of their rate.
    fn spread(&self, start: usize, end: usize) -> f64 {
        let (successes, squares, runs) = self.stretch(start, end);
        let rate = successes / runs;
        let coins = rate * (1.0 - rate);
        if coins > 0.0 { ((squares / runs - rate * rate) / coins).max(LEAST_SPREAD) } else { 1.0 }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use proptest::prelude::*;

    use super::*;
    use crate::{analysis::sample::row, model::probability::Probability};

    fn runs(successes: impl IntoIterator<Item = f64>) -> Vec<Summary> {
        (0..).zip(successes).map(|(index, success)| Summary { probability: Probability::new(success), ..row(index) }).collect()
    }

    /// Draws that are the same on every machine and in every run (splitmix64: Steele, Lea & Flood, OOPSLA 2014).
    struct Draws(u64);

    impl Draws {
        fn next(&mut self) -> f64 {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut mixed = self.0;
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
        }

        /// Runs that report themselves, ok at some rate.
        fn runs(&mut self, count: usize, rate: f64) -> Vec<f64> {
            (0..count).map(|_| if self.next() < rate { 0.95 } else { 0.05 }).collect()
        }
    }

    #[test]
    fn a_fall_is_found_where_it_is_with_its_size() {
        let mut draws = Draws(7);
        let before = draws.runs(100, 0.9);
        let rows = runs(before.into_iter().chain(draws.runs(100, 0.4)));
        let [point] = find(&rows)[..] else { panic!("{:?}", find(&rows)) };
        let found = rows.iter().position(|row| row.time == point.at).unwrap();
        assert!(found.abs_diff(100) <= 5, "at run {found}");
        assert!(point.before - point.after > 30.0 && !point.change.could_be_chance, "{point:?}");
        assert!((point.change.difference - (point.after - point.before)).abs() < 1e-9);
    }

    #[test]
    fn a_dip_has_two_ends() {
        let rows = runs([vec![0.95; 60], vec![0.05; 30], vec![0.95; 60]].concat());
        let found = find(&rows);
        let times: Vec<_> = found.iter().map(|point| point.at).collect();
        assert_eq!(times, [rows[60].time, rows[90].time]);
        assert!(found[0].change.difference < -50.0 && found[1].change.difference > 50.0);
    }

    /// Constant series seem to change in at most one of 20 cases. The draws are fixed, so this test has one answer.
    #[test]
    fn chance_is_seldom_taken_for_a_change() {
        for (seed, (rate, count)) in (1..).zip([(0.5, 60), (0.5, 200), (0.7, 200), (0.85, 200), (0.95, 200), (0.99, 400), (0.8, 600)]) {
            let mut draws = Draws(seed);
            let series = 1_000;
            let alarms = (0..series).filter(|_| split(&Sums::of(&draws.runs(count, rate)), 0, count).is_some()).count();
            assert!(alarms * 20 <= series, "at a rate of {rate}, {alarms} of {series} series of {count} runs seem to change");
        }
    }

    #[test]
    fn a_change_worth_knowing_is_mostly_found() {
        let mut draws = Draws(3);
        let found = (0..100)
            .filter(|_| {
                let before = draws.runs(100, 0.85);
                !find(&runs(before.into_iter().chain(draws.runs(100, 0.55)))).is_empty()
            })
            .count();
        assert!(found >= 90, "{found} of 100 falls from 85 % to 55 % are found");
    }

    #[test]
    fn of_very_many_changes_the_newest_are_told() {
        let rows = runs((0..4_000).map(|index| if index / 40 % 2 == 0 { 0.95 } else { 0.05 }));
        let found: Vec<_> = find(&rows).into_iter().map(|point| point.at).collect();
        let newest: Vec<_> = (92..100).map(|block| rows[block * 40].time).collect();
        assert_eq!(found, newest);
    }

    #[test]
    fn few_runs_and_unknown_runs_show_no_change() {
        assert_eq!(find(&[]), []);
        assert_eq!(find(&runs([vec![0.95; 9], vec![0.05; 9]].concat())), [], "too few on each side");
        let mut rows = runs([vec![0.95; 40], vec![0.05; 40]].concat());
        let told = find(&rows);
        rows.extend((80..200).map(row));
        assert_eq!(find(&rows), told, "a run that does not tell changes nothing");
    }

    proptest! {
        #[test]
        fn any_runs_in_any_order_give_stretches_of_enough_runs(successes in proptest::collection::vec(0.0..=1.0_f64, 0..120)) {
            let mut rows = runs(successes);
            let found = find(&rows);
            rows.reverse();
            prop_assert_eq!(&find(&rows), &found);
            for point in &found {
                prop_assert!(point.change.before_runs as usize >= FEWEST && point.change.current_runs as usize >= FEWEST);
                prop_assert!(!point.change.could_be_chance);
            }
        }
    }
}
