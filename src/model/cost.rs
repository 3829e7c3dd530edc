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
    /// The total with tokens estimated from the text where the sender counted none; `None` where nothing had to be, or not all can be estimated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimated_usd: Option<Money>,
    /// How the logged total differs from the computed one, where that is more than rounding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub difference: Option<CostDifference>,
}

/// A logged cost that is not what the tokens cost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CostDifference {
    /// Logged less computed.
    pub usd: Money,
    /// In a sentence, with what may explain it.
    pub says: String,
}

impl Cost {
    /// The figure to show and to sum: computed, else logged.
    #[must_use]
    pub fn best(&self) -> Option<Money> {
        self.usd.or(self.logged_usd)
    }

    /// The sum of the lines that were counted, even where others are estimated or unknown.
    #[must_use]
    pub fn known_part(&self) -> Money {
        self.lines.iter().filter(|line| !line.estimated).map(|line| line.usd).sum()
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
    /// How many; calls or searches where the class counts those.
    pub tokens: u64,
    /// The rate: money for a million.
    #[serde(rename = "usd_per_million")]
    pub per_million: Money,
    /// Tokens × rate.
    pub usd: Money,
    /// Whether the tokens are estimated from the text.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub estimated: bool,
}
