//! A proposed mend for a failure.

use serde::{Deserialize, Serialize};

use super::{
    decision::Choice,
    failure::FailureCode,
    ids::{Fingerprint, StepNumber},
    probability::Probability,
};

/// What kind of help a fix is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FixKind {
    /// A change to the user's own file.
    Diff,
    /// Advice with a snippet, because the user's source was not looked at or not found.
    Guidance,
}

/// A proposed mend.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fix {
    /// Stable id: the same pattern and remedy give the same id.
    pub id: String,
    /// What it does: `give fetch_order a time limit and one retry`.
    pub title: String,
    /// Diff or guidance.
    pub kind: FixKind,
    /// The file concerned, where known.
    pub file: Option<String>,
    /// The unified diff; `None` for guidance.
    pub diff: Option<String>,
    /// The snippet.
    pub snippet: String,
    /// The snippet's language, for highlighting: `python`, `json`.
    pub language: String,
    /// Why this would help, in a sentence or two.
    pub why: String,
    /// What it rests on: steps and values of the run.
    pub evidence: Vec<FixEvidence>,
    /// The failure it mends.
    pub code: FailureCode,
    /// The pattern it mends.
    pub fingerprint: Option<Fingerprint>,
    /// The framework it is written for.
    pub framework: Option<String>,
    /// Runs of the pattern it would cover.
    pub covers: u64,
    /// Failed runs it would have spared, counted from the pattern.
    pub impact: Option<Impact>,
    /// How sure; `None` where nothing measured it.
    pub confidence: Option<Probability>,
    /// True only after a verification run.
    pub verified: bool,
    /// What a person decided.
    pub decision: Option<Choice>,
}

/// One thing a fix rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FixEvidence {
    /// The step.
    pub step: Option<StepNumber>,
    /// What it shows.
    pub says: String,
}

/// Failed runs spared, as a 90 % interval out of all failed runs of the agents concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Impact {
    /// At least.
    pub low: u64,
    /// At most.
    pub high: u64,
    /// Of so many failed runs.
    pub of: u64,
}
