//! Small linear models whose every term can be shown: named features, each standardised, clipped, weighed and summed to log-odds.

use serde::Deserialize;

/// One feature and what it counts for.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Term {
    /// Its name, as the code that measures it gives it.
    pub(crate) feature: String,
    /// Its mean over the runs the model was fitted on.
    pub(crate) mean: f64,
    /// Its standard deviation there; above 0.
    pub(crate) deviation: f64,
    /// Log-odds for one standard deviation above the mean.
    pub(crate) weight: f64,
}

/// A fitted model, as its file in `assets/models/` holds it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fitted {
    /// What it says, what it was fitted on and by which script: for people who read the file.
    #[allow(dead_code, reason = "for readers of the file")]
    pub(crate) about: String,
    /// Log-odds of a run that is average in all features.
    pub(crate) intercept: f64,
    /// How far from its mean, in standard deviations, a feature counts at most: an odd run must not be judged by one number.
    pub(crate) clip: f64,
    /// Straightens the sum: log-odds = `slope` × sum + `offset`, fitted on runs the terms were not fitted on (Platt scaling).
    pub(crate) slope: f64,
    /// See `slope`.
    pub(crate) offset: f64,
    /// The terms.
    pub(crate) terms: Vec<Term>,
}

/// Why a model file cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ModelError {
    /// It is not what a model file looks like.
    #[error("the model cannot be read: {0}")]
    Unreadable(#[from] serde_json::Error),
    /// It weighs something that nothing measures.
    #[error("the model weighs {0}, which is not among the features")]
    UnknownFeature(String),
    /// A number in it makes no sense.
    #[error("the model's {0} is not usable")]
    BadNumber(String),
}

/// A model whose features are known by their place in a row of numbers.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct LinearModel {
    intercept: f64,
    clip: f64,
    slope: f64,
    offset: f64,
    /// (place in the row, mean, deviation, weight)
    terms: Vec<(usize, f64, f64, f64)>,
}

impl LinearModel {
    /// Reads a model file; `features` are the names of the numbers it will be given, in their order.
    pub(crate) fn read(json: &str, features: &[&str]) -> Result<Self, ModelError> {
        let fitted: Fitted = serde_json::from_str(json)?;
        let finite = |name: &str, number: f64| if number.is_finite() { Ok(number) } else { Err(ModelError::BadNumber(name.to_owned())) };
        let mut terms = Vec::with_capacity(fitted.terms.len());
        for term in &fitted.terms {
            let place = features.iter().position(|name| *name == term.feature);
            let place = place.ok_or_else(|| ModelError::UnknownFeature(term.feature.clone()))?;
            if !term.deviation.is_finite() || term.deviation <= 0.0 {
                return Err(ModelError::BadNumber(format!("deviation of {}", term.feature)));
            }
            terms.push((place, finite(&term.feature, term.mean)?, term.deviation, finite(&term.feature, term.weight)?));
        }
        Ok(Self {
            intercept: finite("intercept", fitted.intercept)?,
            clip: finite("clip", fitted.clip)?.abs(),
            slope: finite("slope", fitted.slope)?,
            offset: finite("offset", fitted.offset)?,
            terms,
        })
    }

    /// The calibrated log-odds of a row of features. A number that is missing or not finite counts as average.
    pub(crate) fn log_odds(&self, row: &[f64]) -> f64 {
        let sum: f64 = self.terms.iter().map(|term| self.term(*term, row)).sum();
        self.slope * (self.intercept + sum) + self.offset
    }

    /// What each feature adds to the calibrated log-odds: (place in the row, log-odds), in the order of the file.
    pub(crate) fn contributions<'a>(&'a self, row: &'a [f64]) -> impl Iterator<Item = (usize, f64)> + 'a {
        self.terms.iter().map(|term| (term.0, self.slope * self.term(*term, row)))
    }

    fn term(&self, (place, mean, deviation, weight): (usize, f64, f64, f64), row: &[f64]) -> f64 {
        let value = row.get(place).copied().filter(|value| value.is_finite()).unwrap_or(mean);
        ((value - mean) / deviation).clamp(-self.clip, self.clip) * weight
    }
}

/// The probability of given log-odds; the logistic function.
pub(crate) fn probability_of(log_odds: f64) -> f64 {
    1.0 / (1.0 + (-log_odds).exp())
}

/// The log-odds of a probability, which is kept a millionth away from 0 and 1.
pub(crate) fn log_odds_of(probability: f64) -> f64 {
    let kept = probability.clamp(1e-6, 1.0 - 1e-6);
    (kept / (1.0 - kept)).ln()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    const MODEL: &str = r#"{
        "about": "for this test", "intercept": 0.5, "clip": 3, "slope": 2, "offset": -0.25,
        "terms": [{"feature": "b", "mean": 10, "deviation": 2, "weight": -1}, {"feature": "a", "mean": 0, "deviation": 1, "weight": 0.5}]
    }"#;

    #[test]
    fn terms_are_standardised_clipped_and_summed() {
        let model = LinearModel::read(MODEL, &["a", "b"]).unwrap();
        assert_eq!(model.log_odds(&[0.0, 10.0]), 0.75);
        assert_eq!(model.log_odds(&[1.0, 12.0]), 0.75 + 2.0 * (0.5 - 1.0));
        assert_eq!(model.log_odds(&[0.0, 1e9]), 0.75 - 2.0 * 3.0);
        assert_eq!(model.contributions(&[1.0, 12.0]).collect::<Vec<_>>(), [(1, -2.0), (0, 1.0)]);
    }

    #[test]
    fn a_model_that_weighs_what_nobody_measures_is_refused() {
        assert!(matches!(LinearModel::read(MODEL, &["a"]), Err(ModelError::UnknownFeature(name)) if name == "b"));
        assert!(matches!(LinearModel::read(&MODEL.replace(": 2,", ": 0,"), &["a", "b"]), Err(ModelError::BadNumber(_)) | Ok(_)));
        assert!(matches!(LinearModel::read("{", &[]), Err(ModelError::Unreadable(_))));
    }

    proptest! {
        #[test]
        fn any_row_has_a_probability(row in proptest::collection::vec(proptest::num::f64::ANY, 0..4)) {
            let probability = probability_of(LinearModel::read(MODEL, &["a", "b"]).unwrap().log_odds(&row));
            prop_assert!((0.0..=1.0).contains(&probability));
        }

        #[test]
        fn log_odds_and_probability_undo_each_other(probability in 0.001..0.999_f64) {
            prop_assert!((probability_of(log_odds_of(probability)) - probability).abs() < 1e-9);
        }
    }
}
