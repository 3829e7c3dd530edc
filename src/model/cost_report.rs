//! What many runs cost, broken down.

use serde::{Deserialize, Serialize};

use super::{advice::Advice, agent::TrendPoint, budget::BudgetState, money::Money, time::Timestamp, usage::TokenClass};

/// By what a cost is broken down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Breakdown {
    /// By model called.
    Model,
    /// By agent.
    Agent,
    /// By tool that model calls asked for, over the newest runs.
    Tool,
    /// By model call of the run, over the newest runs.
    Step,
    /// By calendar day of the user.
    Day,
}

impl Breakdown {
    /// All, in the order in which a key goes through them.
    pub const ALL: &'static [Self] = &[Self::Model, Self::Agent, Self::Tool, Self::Step, Self::Day];

    /// Its name in the HTTP interface and on the screen.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::Agent => "agent",
            Self::Tool => "tool",
            Self::Step => "step",
            Self::Day => "day",
        }
    }

    /// The breakdown of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|breakdown| breakdown.name() == name)
    }

    /// The one after it, round and round.
    #[must_use]
    pub fn next(self) -> Self {
        let after = Self::ALL.iter().skip_while(|other| **other != self).nth(1);
        after.or(Self::ALL.first()).copied().unwrap_or(self)
    }

    /// What its counts count: `run`, or `call` of a model.
    #[must_use]
    pub const fn counts(self) -> &'static str {
        match self {
            Self::Agent | Self::Day => "run",
            Self::Model | Self::Tool | Self::Step => "call",
        }
    }
}

/// On what the shares of a breakdown rest that only the runs themselves tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CostSample {
    /// Runs that were opened: the newest of the window that called a model.
    pub runs: u32,
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
    /// Per model, agent, tool, step or day, dearest first.
    pub shares: Vec<CostShare>,
    /// The runs the shares rest on, where they are not all of the window; shares are then parts of what these cost.
    #[serde(default)]
    pub sample: Option<CostSample>,
    /// The budgets, with what is spent of each in its present period.
    #[serde(default)]
    pub budgets: Vec<BudgetState>,
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
    /// The model, agent, tool, step or day.
    pub name: String,
    /// The agent of a step; `None` elsewhere.
    #[serde(default)]
    pub agent: Option<String>,
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
