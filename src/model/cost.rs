//! What a run cost, with its working.

use serde::{Deserialize, Serialize};

use super::{ids::StepNumber, money::Money, usage::TokenClass};

/// The cost of a run. Unknown is never zero: `usd` is `None` when any call's price is unknown, or when nothing is known of calls.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Cost {
    /// The computed total of all calls; `None` when a price or usage is missing.
    pub usd: Option<Money>,
    /// What the sender logged.
    pub logged_usd: Option<Money>,
    /// Models without a price or calls without usage, by name, each once.
    pub unknown: Vec<String>,
    /// Class × count × rate, line by line.
    pub lines: Vec<CostLine>,
}

impl Cost {
    /// The figure to show and to sum: computed, else logged.
    #[must_use]
    pub fn best(&self) -> Option<Money> {
        self.usd.or(self.logged_usd)
    }

    /// The sum of the known lines, even where others are unknown.
    #[must_use]
    pub fn known_part(&self) -> Money {
        self.lines.iter().map(|line| line.usd).sum()
    }
}

/// One line of the working.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CostLine {
    /// The step that made the call.
    pub step: StepNumber,
    /// The model as priced.
    pub model: String,
    /// The class of token.
    pub class: TokenClass,
    /// How many.
    pub tokens: u64,
    /// The rate: money for a million.
    #[serde(rename = "usd_per_million")]
    pub per_million: Money,
    /// Tokens × rate.
    pub usd: Money,
}
