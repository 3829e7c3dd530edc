//! What each feature adds to the judgement, as sentences: the fact, what it means, its weight and its steps.

use super::features::{FEATURES, Measured};
use crate::{analysis::linear::LinearModel, model::verdict::Evidence};

/// Pieces of evidence shown of one run.
const MOST_PIECES: usize = 8;

/// Below this many log-odds a piece is not worth a line: it moves a probability by at most one hundredth.
const LEAST_WEIGHT: f64 = 0.04;

/// The heaviest contributions to a row of features, heaviest first.
pub(super) fn of(model: &LinearModel, row: &[f64], measured: &[Measured]) -> Vec<Evidence> {
    let mut weighed: Vec<(usize, f64)> = model.contributions(row).filter(|(_, weight)| weight.abs() >= LEAST_WEIGHT).collect();
    weighed.sort_by(|(left, one), (right, other)| other.abs().total_cmp(&one.abs()).then(left.cmp(right)));
    weighed.truncate(MOST_PIECES);
    weighed
        .into_iter()
        .filter_map(|(place, weight)| {
            let (feature, measured) = (FEATURES.get(place)?, measured.get(place)?);
            let mut steps = measured.steps.clone();
            steps.dedup();
            Some(Evidence {
                code: feature.name.to_owned(),
                step: steps.first().copied(),
                steps,
                weight: Some((weight * 1_000.0).round() / 1_000.0),
                says: format!("{}; {}.", (feature.fact)(measured.value), feature.means),
            })
        })
        .collect()
}
