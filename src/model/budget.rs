//! What may be spent, and how much of it is.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{money::Money, time::Timestamp};

/// How long a budget lasts: a calendar day, week or month of the user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    /// From midnight to midnight.
    Day,
    /// From Monday to Sunday.
    Week,
    /// From the first to the last day of a month.
    Month,
}

impl Period {
    /// All, shortest first.
    pub const ALL: &'static [Self] = &[Self::Day, Self::Week, Self::Month];

    /// The present one in words: `today`.
    #[must_use]
    pub const fn present(self) -> &'static str {
        match self {
            Self::Day => "today",
            Self::Week => "this week",
            Self::Month => "this month",
        }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        })
    }
}

/// What may be spent in a period: by all agents, or by one.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Budget {
    /// The agent; `None` for all together.
    pub agent: Option<String>,
    /// How long it lasts.
    pub period: Period,
    /// What may be spent.
    pub limit: Money,
}

/// From this part of a budget on it is worth a word.
pub const NEAR: f64 = 0.8;

/// How much of a budget is spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BudgetLevel {
    /// Less than four fifths.
    Fine,
    /// Four fifths or more.
    Near,
    /// All of it, or more.
    Over,
}

/// A budget and what was spent of it in the present period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BudgetState {
    /// The budget.
    #[serde(flatten)]
    pub budget: Budget,
    /// When the period began.
    pub from: Timestamp,
    /// When it ends.
    pub to: Timestamp,
    /// Known money spent in it.
    pub spent: Money,
    /// Runs in it.
    pub runs: u64,
    /// Of those, runs whose cost is not known: what they cost comes on top.
    pub unpriced: u64,
    /// What will have been spent at its end if it goes on as it did so far; `None` where too few runs or too little time tell.
    pub projected: Option<Money>,
}

impl BudgetState {
    /// The part that is spent: 1 is all of it. Nothing allowed and something spent is all of it.
    #[must_use]
    pub fn share(&self) -> f64 {
        match (self.budget.limit > Money::ZERO, self.spent > Money::ZERO) {
            (true, _) => self.spent.usd() / self.budget.limit.usd(),
            (false, spent) => f64::from(u8::from(spent)),
        }
    }

    /// How it stands.
    #[must_use]
    pub fn level(&self) -> BudgetLevel {
        match self.share() {
            share if share >= 1.0 => BudgetLevel::Over,
            share if share >= NEAR => BudgetLevel::Near,
            _ => BudgetLevel::Fine,
        }
    }
}
