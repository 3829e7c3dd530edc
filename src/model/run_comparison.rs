//! Two runs beside each other, step by step.

use serde::{Deserialize, Serialize};

/// A part of a step in which two runs differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepPart {
    /// What a tool or model was given.
    Arguments,
    /// What a tool or model gave back.
    Result,
    /// What was said or thought.
    Text,
    /// What went wrong, or whether it did.
    Error,
    /// Which agent acted.
    Agent,
}

impl StepPart {
    /// Every part, in the order in which they are told.
    pub const ALL: &'static [Self] = &[Self::Error, Self::Arguments, Self::Result, Self::Text, Self::Agent];

    /// A word for it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Arguments => "arguments",
            Self::Result => "result",
            Self::Text => "text",
            Self::Error => "error",
            Self::Agent => "agent",
        }
    }
}

/// A step of one run beside the step of the other that does the same; one side may be missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepPair {
    /// Place in the left run's steps, from 0; `None` where only the right run has it.
    pub left: Option<u32>,
    /// Place in the right run's steps, from 0; `None` where only the left run has it.
    pub right: Option<u32>,
    /// In what they differ; empty where a side is missing.
    pub differs: Vec<StepPart>,
}

impl StepPair {
    /// Whether both runs have the step and it is the same in both.
    #[must_use]
    pub const fn same(&self) -> bool {
        self.left.is_some() && self.right.is_some() && self.differs.is_empty()
    }
}

/// How the steps of two runs stand to each other.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RunComparison {
    /// The steps of both, in order, each once.
    pub pairs: Vec<StepPair>,
    /// Pairs that are the same.
    pub same: u32,
    /// Pairs that differ in something.
    pub differ: u32,
    /// Steps only the left run has.
    pub only_left: u32,
    /// Steps only the right run has.
    pub only_right: u32,
    /// The first pair that is not the same.
    pub first_difference: Option<u32>,
    /// True when the runs have so little in common that the pairs are good but perhaps not the best.
    pub approximate: bool,
    /// Steps of the left and of the right run that were left out because there are too many.
    pub cut: (u32, u32),
}
