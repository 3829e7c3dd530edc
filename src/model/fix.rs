//! A proposed mend for a failure.

use serde::{Deserialize, Serialize};

use super::{
    decision::Choice,
    failure::FailureCode,
    ids::{Fingerprint, StepNumber, TraceId},
    probability::Probability,
    time::Timestamp,
};

/// What kind of help a fix is; the better first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
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
    /// The file concerned, where known: of a diff its path from the project's root.
    pub file: Option<String>,
    /// The unified diff, as its file has it: not cleaned for display. `None` for guidance.
    pub diff: Option<String>,
    /// Where in the user's source it belongs; `None` where that was not found.
    #[serde(default)]
    pub place: Option<FixPlace>,
    /// What the diff changes, exactly; `None` for guidance.
    #[serde(default)]
    pub change: Option<FixChange>,
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
    /// What has come since, of one that was accepted.
    #[serde(default)]
    pub watch: Option<Watch>,
}

/// A place in the user's source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FixPlace {
    /// The project's root, canonical.
    pub root: String,
    /// The file's path from the root, `/` between its parts.
    pub path: String,
    /// The line, from 1.
    pub line: u32,
}

/// What a diff changes: with these the change is made on the file it was made for, and on no other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FixChange {
    /// SHA-256 of the file before, hexadecimal.
    pub base: String,
    /// SHA-256 of the file after.
    pub result: String,
    /// The file's encoding: `utf-8` or `latin-1`.
    pub encoding: String,
    /// The version of the Python that compiled the result; `None` where none could be asked. The result parses in any case.
    pub compiled: Option<String>,
    /// Under what the change is kept once it is applied, for undoing it.
    pub applied: Option<String>,
}

/// What came since a fix was accepted, counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watch {
    /// Since when.
    pub since: Timestamp,
    /// Runs of the pattern's agents since.
    pub runs: u64,
    /// Of those, runs that failed with the pattern again.
    pub again: u64,
    /// The newest of them.
    pub back: Option<TraceId>,
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
