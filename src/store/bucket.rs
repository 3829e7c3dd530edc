//! Figures summed by buckets of time.

use serde::{Deserialize, Serialize};

use crate::model::{money::Money, time::Timestamp, usage::TokenUsage};

/// How wide a bucket of time is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Resolution {
    /// One minute.
    Minute,
    /// One hour.
    Hour,
    /// One day of UTC.
    Day,
}

impl Resolution {
    /// The width in microseconds.
    #[must_use]
    pub const fn micros(self) -> i64 {
        match self {
            Self::Minute => 60_000_000,
            Self::Hour => 3_600_000_000,
            Self::Day => 86_400_000_000,
        }
    }

    /// The start of the bucket a moment falls in.
    #[must_use]
    pub const fn start_of(self, moment: Timestamp) -> Timestamp {
        Timestamp::from_micros(moment.micros().div_euclid(self.micros()).saturating_mul(self.micros()))
    }
}

/// What one agent did in one bucket of time.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct AgentBucket {
    /// Start of the bucket.
    pub start: Timestamp,
    /// The agent.
    pub agent: String,
    /// Runs.
    pub runs: u32,
    /// Runs whose success is known.
    pub known: u32,
    /// How many of the known runs fell into each twentieth of probability, 0 first.
    pub histogram: [u32; 20],
    /// Sum of their probabilities in millionths, so that taking a run out again is exact.
    pub success_millionths: u64,
    /// Known money.
    pub cost: Money,
    /// Runs whose cost is not known.
    pub unpriced: u32,
    /// Tokens.
    pub usage: TokenUsage,
    /// Tool calls.
    pub tool_calls: u32,
    /// Wrong tool calls.
    pub wrong_tool_calls: u32,
    /// Total time taken, in microseconds, over runs that tell.
    pub took_micros: u64,
    /// Runs that tell how long they took.
    pub timed: u32,
    /// Runs with at least one failure that was not recovered from.
    pub failed_unrecovered: u32,
}

/// What one agent used of one model in one bucket of time.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ModelBucket {
    /// Start of the bucket.
    pub start: Timestamp,
    /// The agent.
    pub agent: String,
    /// The model.
    pub model: String,
    /// Calls.
    pub calls: u32,
    /// Calls whose cost is not known.
    pub unpriced_calls: u32,
    /// Tokens.
    pub usage: TokenUsage,
    /// Known money.
    pub cost: Money,
    /// The money by class: input, cached input, cache write, output, reasoning.
    pub by_class: [Money; 5],
}
