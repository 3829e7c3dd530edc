//! The choice among the steps of a run: each step's score as its share of all, and the step with most of it on and around itself.

use super::features::{NAMES, Row};
use crate::{
    analysis::linear::{LinearModel, log_odds_of, probability_of},
    model::probability::Probability,
};

/// The weights, as fitted by `benches/fit/root_cause.py`.
const MODEL: &str = include_str!("../../../assets/models/root_cause.json");

/// What the probability on and next to the step chosen was worth on runs that the weights had not seen.
const CONFIDENCE: &str = include_str!("../../../assets/models/root_cause_confidence.json");

/// The one number that the confidence rests on.
const CONFIDENCE_NAMES: &[&str] = &["log_odds_near"];

/// What the probability of the steps one, two and three away counts for when the answer is chosen: a near miss is worth something to one
/// who reads around the step shown.
const NEIGHBOURS: [f64; 3] = [0.3, 0.2, 0.1];

/// The fitted models; without the first, all steps are alike.
#[derive(Debug, Clone)]
pub(crate) struct Chooser {
    model: Option<LinearModel>,
    confidence: Option<LinearModel>,
}

impl Chooser {
    /// The model that comes with the program.
    pub(crate) fn bundled() -> Self {
        // A test reads the files, so they are always there.
        Self { model: LinearModel::read(MODEL, NAMES).ok(), confidence: LinearModel::read(CONFIDENCE, CONFIDENCE_NAMES).ok() }
    }

    /// The probability of each row to be the decisive mistake; they sum to 1.
    pub(super) fn probabilities(&self, rows: &[Row]) -> Vec<f64> {
        let scores: Vec<f64> = rows.iter().map(|row| self.model.as_ref().map_or(0.0, |model| model.log_odds(row))).collect();
        let highest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let mut shares: Vec<f64> = scores.iter().map(|score| (score - highest).exp()).collect();
        let sum: f64 = shares.iter().sum();
        shares.iter_mut().for_each(|share| *share /= sum);
        shares
    }

    /// How sure one may be that the mistake lies at a place or next to it; `None` where that is all there is.
    pub(super) fn confidence(&self, probabilities: &[f64], place: usize) -> Option<Probability> {
        let said = near(probabilities, place);
        let straightened = probability_of(self.confidence.as_ref()?.log_odds(&[log_odds_of(said)]));
        (probabilities.len() > 2).then(|| Probability::clamped(straightened))
    }

    /// What speaks for a row against the average of all: (place of the feature, log-odds), heaviest first, none that speaks against it.
    pub(super) fn reasons(&self, rows: &[Row], chosen: usize) -> Vec<(usize, f64)> {
        let (Some(model), Some(row)) = (&self.model, rows.get(chosen)) else { return Vec::new() };
        let mut average: Row = [0.0; NAMES.len()];
        for (place, mean) in average.iter_mut().enumerate() {
            *mean = rows.iter().map(|row| row[place]).sum::<f64>() / rows.len() as f64;
        }
        let usual = model.contributions(&average);
        let mut reasons: Vec<_> = model.contributions(row).zip(usual).map(|((place, own), (_, usual))| (place, own - usual)).collect();
        reasons.retain(|(_, weight)| *weight > 0.05);
        reasons.sort_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
        reasons
    }
}

/// The place with most probability on and around it; the first of equals.
pub(super) fn choose(probabilities: &[f64]) -> Option<usize> {
    let at = |place: Option<usize>| place.and_then(|place| probabilities.get(place)).copied().unwrap_or(0.0);
    let around = |place: usize| {
        let near = NEIGHBOURS.iter().zip(1..).map(|(share, away)| share * (at(place.checked_sub(away)) + at(place.checked_add(away))));
        probabilities[place] + near.sum::<f64>()
    };
    (0..probabilities.len())
        .map(|place| (place, around(place)))
        .reduce(|best, next| if next.1 > best.1 { next } else { best })
        .map(|best| best.0)
}

/// The probability that the decisive mistake lies at a place or next to it.
fn near(probabilities: &[f64], place: usize) -> f64 {
    probabilities.iter().skip(place.saturating_sub(1)).take(if place == 0 { 2 } else { 3 }).sum()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_bundled_models_can_be_read() {
        LinearModel::read(MODEL, NAMES).unwrap();
        LinearModel::read(CONFIDENCE, CONFIDENCE_NAMES).unwrap();
    }

    #[test]
    fn a_step_between_two_likely_ones_may_win() {
        assert_eq!(choose(&[0.3, 0.0, 0.28, 0.26, 0.16]), Some(2));
        assert_eq!(choose(&[0.5, 0.5]), Some(0));
        assert_eq!(choose(&[]), None);
        assert_eq!(near(&[0.3, 0.0, 0.7], 0), 0.3);
        assert_eq!(near(&[0.3, 0.0, 0.7], 1), 1.0);
    }

    proptest! {
        #[test]
        fn probabilities_sum_to_one(rows in proptest::collection::vec(proptest::collection::vec(-9.0..9.0_f64, NAMES.len()), 1..9)) {
            let rows: Vec<Row> = rows.into_iter().map(|row| std::array::from_fn(|place| row[place])).collect();
            let probabilities = Chooser::bundled().probabilities(&rows);
            prop_assert!((probabilities.iter().sum::<f64>() - 1.0).abs() < 1e-9);
            prop_assert!(choose(&probabilities).is_some());
        }
    }
}
