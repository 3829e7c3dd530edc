//! When an agent's success changed: places in its runs at which what came before and what came after are hard to explain by one rate.
//!
//! Binary segmentation by Bayes factors. A stretch of runs has the evidence of a Beta-Binomial with Jeffreys' prior; a place that parts it has the
//! product of the evidence of both sides over that of the whole. Where the mean of this factor over all places that leave [`FEWEST`] runs on each side
//! reaches [`FACTOR`], the stretch is parted at the likeliest place and both sides are looked at again. Runs of one rate show a mean factor of 20 in at
//! most one of 20 cases (Markov's inequality under the prior), wherever they are long or short, and no setting depends on the data. Runs weigh in with
//! their probability, which makes an uncertain run count less than a certain one.

use statrs::function::beta::ln_beta;

use super::trend;
use crate::model::{agent::ChangePoint, summary::Summary, time::Timestamp};

/// Fewest runs on each side of a change.
pub const FEWEST: usize = 10;

/// How many times likelier a change must make the runs than none.
pub const FACTOR: f64 = 20.0;

/// Most changes told of one window: beyond, the newest are told.
const MOST: usize = 8;

/// Half a success and half a failure.
const JEFFREYS: f64 = 0.5;

/// The changes among some runs, oldest first; runs of which nothing tells how they ended are passed over. The order of `rows` does not matter.
///
/// The size of each is the difference between the stretches on its two sides, with the interval of [`trend::change`]; a place whose stretches could
/// differ by chance, once the others are known, is dropped. That the place was chosen makes the sizes a little too large.
#[must_use]
pub fn find(rows: &[Summary]) -> Vec<ChangePoint> {
    let mut runs: Vec<_> = rows.iter().filter_map(|row| Some((row.time, row.sequence, row.probability?.get()))).collect();
    runs.sort_by_key(|(time, sequence, _)| (*time, *sequence));
    let times: Vec<Timestamp> = runs.iter().map(|(time, _, _)| *time).collect();
    let successes: Vec<f64> = runs.iter().map(|(_, _, probability)| *probability).collect();
    let mut places = Vec::new();
    part(&Sums::of(&successes), 0, successes.len(), &mut places);
    loop {
        let found = stated(&places, &times, &successes);
        // A place that could be chance goes, the least sure first: what it parted is one stretch again, and its neighbours are looked at anew.
        let doubtful = (0..).zip(&found).filter(|(_, point)| point.change.could_be_chance);
        let Some((weakest, _)) =
            doubtful.min_by(|(_, one), (_, other)| one.change.difference.abs().total_cmp(&other.change.difference.abs()))
        else {
            return found.into_iter().rev().take(MOST).rev().collect();
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
    let candidates = start + FEWEST..(end + 1).saturating_sub(FEWEST);
    let whole = sums.log_evidence(start, end);
    let factor = |place: usize| sums.log_evidence(start, place) + sums.log_evidence(place, end) - whole;
    let factors: Vec<f64> = candidates.clone().map(factor).collect();
    let (likeliest, highest) = candidates.zip(&factors).max_by(|(_, one), (_, other)| one.total_cmp(other))?;
    let mean = factors.iter().map(|factor| (factor - highest).exp()).sum::<f64>() / factors.len() as f64;
    (highest + mean.ln() >= FACTOR.ln()).then_some(likeliest)
}

/// Sums of successes up to each run.
struct Sums(Vec<f64>);

impl Sums {
    fn of(successes: &[f64]) -> Self {
        let mut sum = 0.0;
        Self(
            [0.0]
                .into_iter()
                .chain(successes.iter().map(|success| {
                    sum += success;
                    sum
                }))
                .collect(),
        )
    }

    /// The log of the probability of a stretch of runs under one unknown rate.
    fn log_evidence(&self, start: usize, end: usize) -> f64 {
        let at = |place: usize| self.0.get(place).copied().unwrap_or_default();
        let successes = (at(end) - at(start)).max(0.0);
        let failures = ((end - start) as f64 - successes).max(0.0);
        ln_beta(successes + JEFFREYS, failures + JEFFREYS) - ln_beta(JEFFREYS, JEFFREYS)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
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
        for (seed, (rate, count)) in (1..).zip([(0.5, 60), (0.5, 200), (0.7, 200), (0.85, 200), (0.95, 200), (0.8, 600)]) {
            let mut draws = Draws(seed);
            let series = 200;
            let alarms = (0..series).filter(|_| !find(&runs(draws.runs(count, rate))).is_empty()).count();
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
        assert!(found >= 85, "{found} of 100 falls from 85 % to 55 % are found");
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
