//! What each feature adds to the judgement, as sentences: the fact, what it means, its weight and its steps.

use super::features::{FEATURES, Feature, Measured};
use crate::{
    analysis::{excerpt, linear::LinearModel},
    model::verdict::Evidence,
};

/// Pieces of evidence shown of one run.
const MOST_PIECES: usize = 8;

/// Below this many log-odds a piece is not worth a line: it moves a probability by at most one hundredth.
const LEAST_WEIGHT: f64 = 0.04;

/// What is lacking is named up to so many.
const MOST_NAMED: usize = 4;

/// The heaviest contributions to a row of features, heaviest first. What a run lacks of what goes with failure is one piece, with the
/// weights of its parts together.
pub(super) fn of(model: &LinearModel, row: &[f64], measured: &[Measured]) -> Vec<Evidence> {
    let known = model.contributions(row).filter_map(|(place, weight)| Some((FEATURES.get(place)?, measured.get(place)?, weight)));
    let (lacking, there): (Vec<_>, Vec<_>) = known.partition(|(_, measured, _)| measured.value == 0.0);
    let mut pieces: Vec<Evidence> = there.into_iter().filter_map(|(feature, measured, weight)| piece(feature, measured, weight)).collect();
    pieces.extend(lack(lacking.into_iter().map(|(feature, _, weight)| (feature, weight)).collect()));
    pieces.sort_by(|one, other| {
        let size = |piece: &Evidence| piece.weight.unwrap_or_default().abs();
        size(other).total_cmp(&size(one)).then_with(|| one.code.cmp(&other.code))
    });
    pieces.truncate(MOST_PIECES);
    pieces
}

fn piece(feature: &Feature, measured: &Measured, weight: f64) -> Option<Evidence> {
    let mut steps = measured.steps.clone();
    steps.dedup();
    (weight.abs() >= LEAST_WEIGHT).then(|| Evidence {
        code: feature.name.to_owned(),
        step: steps.first().copied(),
        steps,
        weight: Some(rounded(weight)),
        says: format!("{}; {}.", (feature.fact)(measured.value), feature.means),
    })
}

fn lack(mut lacking: Vec<(&Feature, f64)>) -> Option<Evidence> {
    lacking.retain(|(_, weight)| weight.abs() >= LEAST_WEIGHT);
    lacking.sort_by(|(_, one), (_, other)| other.total_cmp(one));
    (!lacking.is_empty()).then(|| {
        let names = lacking.iter().map(|(feature, _)| format!("no {}", feature.lack)).collect::<Vec<_>>();
        Evidence {
            code: "nothing_of_the_kind".to_owned(),
            step: None,
            steps: Vec::new(),
            weight: Some(rounded(lacking.iter().map(|(_, weight)| weight).sum())),
            says: format!("Of what goes with failure there is {}.", excerpt::list(names.iter(), MOST_NAMED)),
        }
    })
}

/// Thousandths of log-odds are enough to read.
fn rounded(weight: f64) -> f64 {
    (weight * 1_000.0).round() / 1_000.0
}
