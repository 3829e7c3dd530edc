//! Whether a run did what it was asked to, by its own evidence: readable features, a small fitted model, and what each feature adds.

mod evidence;
mod exchange;
mod features;
mod measures;
mod model;
#[cfg(test)]
mod tests;
pub(super) mod text;
mod vocabulary;

use super::{
    features::FeatureRow,
    rules::Rules,
    run::{Ended, Run},
};
use crate::model::{trace::Trace, verdict::Evidence};

use exchange::Exchange;
use features::{FEATURES, Measured};

/// What a run's own evidence says.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Inferred {
    /// Calibrated log-odds of success.
    pub(crate) log_odds: f64,
    /// What speaks for and against, heaviest first; weights in log-odds against an average run.
    pub(crate) evidence: Vec<Evidence>,
}

/// Judges a run by its own evidence; `None` when it does not show both what was asked and what the agent said.
pub(crate) fn infer(run: &Run<'_>) -> Option<Inferred> {
    let exchange = Exchange::of(run);
    if !exchange.shows_something() {
        return None;
    }
    let model = model::bundled()?;
    let measured = measured(&exchange);
    let row: Vec<f64> = measured.iter().zip(FEATURES).map(|(measured, feature)| feature.scaled(measured)).collect();
    Some(Inferred { log_odds: model.log_odds(&row), evidence: evidence::of(model, &row, &measured) })
}

/// The features of a run as the model weighs them, for fitting.
pub(crate) fn measure(trace: &Trace, rules: &Rules) -> Vec<FeatureRow> {
    let run = Run::of(trace, rules, Ended::Unknown);
    let measured = measured(&Exchange::of(&run));
    let values = measured.iter().zip(FEATURES).map(|(measured, feature)| (feature.name, feature.scaled(measured))).collect();
    vec![FeatureRow { step: None, values }]
}

fn measured(exchange: &Exchange<'_>) -> Vec<Measured> {
    FEATURES.iter().map(|feature| (feature.measure)(exchange)).collect()
}
