//! What could be saved: advice that is arithmetic on stored runs.

use serde::{Deserialize, Serialize};

use super::{money::Money, usage::TokenClass};

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AdviceKind {
    /// Make the same calls of another model.
    SwitchModel,
    /// Let the provider cache the beginning that call after call repeats.
    CachePrefix,
    /// Leave out calls that brought what was known.
    DropRepeats,
    /// Stop trying what keeps failing.
    CapRetries,
}

/// One piece of advice about one agent, with what it rests on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Advice {
    /// What to do.
    pub kind: AdviceKind,
    /// Whose runs.
    pub agent: String,
    /// What to do, in a sentence.
    pub says: String,
    /// What it would have saved on a run, on average over all runs it rests on.
    pub saved_per_run: Money,
    /// The same times the runs a day of this agent in the time looked at; a time shorter than a day counts as a day, so nothing is extrapolated.
    pub saved_per_day: Money,
    /// The runs it rests on: all that were looked at.
    pub runs: u32,
    /// Of those, runs on which it would have saved something.
    pub runs_saving: u32,
    /// What it may cost in grade points.
    pub risk: Risk,
    /// Class × count × rate, dearest first.
    pub working: Vec<AdviceLine>,
}

impl Advice {
    /// The same for an agent that makes so many runs a day.
    #[must_use]
    pub fn each_day(mut self, runs: f64) -> Self {
        self.saved_per_day = Money::from_usd(self.saved_per_run.usd() * runs).unwrap_or(Money::ZERO);
        self
    }
}

/// What following the advice may do to the grade.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Risk {
    /// In a few words: `none: the answers stay the same`, `unknown: no run with gpt-4o-mini`, `-3 points, -9 to 4`.
    pub says: String,
    /// Points of grade with the advice less those without, where runs tell.
    pub points: Option<f64>,
    /// How many runs of the agent that tells.
    pub runs: u32,
}

/// One line of the working, over all runs the advice rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdviceLine {
    /// The class of token.
    pub class: TokenClass,
    /// How many tokens.
    pub tokens: u64,
    /// What a million cost.
    pub from_per_million: Money,
    /// What a million would have cost: nothing where they would not have been used.
    pub to_per_million: Money,
    /// Tokens × the difference; below zero where the advice costs something.
    pub saved: Money,
}
