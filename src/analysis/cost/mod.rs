//! What a run cost.

use crate::model::{cost::Cost, summary::ModelUse, trace::Trace, usage::TokenUsage};

/// Prices of models.
#[derive(Debug, Clone, Default)]
pub struct PriceTable {}

impl PriceTable {
    /// The table that comes with the program.
    #[must_use]
    pub fn bundled() -> Self {
        Self {}
    }
}

/// The cost of all model calls of a run.
#[must_use]
pub fn cost_of(trace: &Trace, _prices: &PriceTable) -> Cost {
    Cost { logged_usd: trace.logged_cost, ..Cost::default() }
}

/// The tokens of all model calls of a run; `None` when none were reported.
#[must_use]
pub fn usage_of(trace: &Trace) -> Option<TokenUsage> {
    let mut sum: Option<TokenUsage> = None;
    for usage in trace.steps.iter().filter_map(|step| step.model.as_ref()?.usage.as_ref()) {
        sum.get_or_insert_default().add(usage);
    }
    sum
}

/// What a run used of each model, in the order of first use.
#[must_use]
pub fn uses_of(_trace: &Trace, _prices: &PriceTable) -> Vec<ModelUse> {
    Vec::new()
}
