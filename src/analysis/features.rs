//! The numbers that fitted models weigh, by name, for the program that writes them out to be fitted again.

use super::{call_validity, cause, rules::Rules, success};
use crate::model::{ids::StepNumber, trace::Trace};

/// The features of a run, or of one of its steps.
#[derive(Debug, Clone, PartialEq)]
pub struct FeatureRow {
    /// The step, where the model chooses among steps.
    pub step: Option<StepNumber>,
    /// Names and values, in the model's order.
    pub values: Vec<(&'static str, f64)>,
}

/// What measures the features of a run: one row, or one a step.
pub type Measure = fn(&Trace, &Rules) -> Vec<FeatureRow>;

/// The models and what measures for them.
pub const MODELS: &[(&str, Measure)] =
    &[("root_cause", cause::rows), ("success", success::measure), ("tool_calls", call_validity::measure)];
