//! What many runs cost, broken down.

use serde::{Deserialize, Serialize};

use super::{advice::Advice, agent::TrendPoint, money::Money, time::Timestamp, usage::TokenClass};

/// By what a cost is broken down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Breakdown {
    /// By model called.
    Model,
    /// By agent.
    Agent,
}

/// The cost of a window of time. Unknown is never zero: runs and calls without a price are counted beside the money.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CostReport {
    /// Start of the window.
    pub from: Timestamp,
    /// End of the window.
    pub to: Timestamp,
    /// Known cost of the runs of today (the user's calendar day).
    pub today: Money,
    /// Known cost in the window.
    pub total: Money,
    /// Runs in the window.
    pub runs: u64,
    /// Of those, runs whose cost is not known.
    pub unpriced_runs: u64,
    /// Per model or agent, dearest first.
    pub shares: Vec<CostShare>,
    /// Money by class of token, dearest first.
    pub by_class: Vec<(TokenClass, Money)>,
    /// Models without a price, most used first.
    pub unpriced: Vec<UnpricedModel>,
    /// Cost by bucket of time, oldest first.
    pub series: Vec<TrendPoint>,
    /// What could be saved, most a day first: by the newest runs of the agents that cost most.
    #[serde(default)]
    pub advice: Vec<Advice>,
    /// Agents whose senders log another cost than the one computed, by their newest runs.
    #[serde(default)]
    pub differences: Vec<LoggedDifference>,
}

/// An agent whose runs log a cost that is not what their tokens cost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoggedDifference {
    /// The agent.
    pub agent: String,
    /// Runs that differ.
    pub runs: u32,
    /// Of so many that log a cost.
    pub of: u32,
    /// What those that differ log.
    pub logged: Money,
    /// What they cost as computed.
    pub computed: Money,
}

/// One line of the breakdown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CostShare {
    /// The model or agent.
    pub name: String,
    /// Runs (by agent) or calls (by model).
    pub count: u64,
    /// Tokens in and out.
    pub tokens: u64,
    /// Known money.
    pub cost: Money,
    /// Part of the window's known total, 0 to 1.
    pub share: f64,
    /// Runs or calls without a known cost.
    pub unpriced: u64,
    /// Whether some of the tokens are estimated from text.
    #[serde(default)]
    pub estimated: bool,
    /// Cost by bucket of time, oldest first.
    pub series: Vec<Money>,
}

/// A model that has no price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnpricedModel {
    /// Its name as sent.
    pub model: String,
    /// Calls in the window.
    pub calls: u64,
    /// Tokens in the window.
    pub tokens: u64,
}
