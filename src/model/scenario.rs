//! A small test made from a failing run.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    decision::Choice,
    failure::{FailureCode, Severity},
    ids::{Fingerprint, StepNumber, TraceId},
};

/// A test made from a failing run by one change of one field, or by repeating it as it was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Scenario {
    /// Stable id: the same pattern and mutation give the same id.
    pub id: String,
    /// A short name: `empty amount`.
    pub title: String,
    /// The failure it stands for.
    pub code: FailureCode,
    /// Its pattern.
    pub fingerprint: Option<Fingerprint>,
    /// The run it was made from.
    pub trace_id: TraceId,
    /// The step it is about.
    pub step: Option<StepNumber>,
    /// The agent to run.
    pub agent: String,
    /// The tool concerned.
    pub tool: Option<String>,
    /// How much the failure mattered.
    pub severity: Severity,
    /// The input of the run.
    pub input: Option<Value>,
    /// The one change.
    pub mutation: Mutation,
    /// Preconditions, a sentence each.
    pub given: Vec<String>,
    /// The action.
    pub when: String,
    /// What must be true afterwards, each with a machine-readable form.
    pub then: Vec<Assertion>,
    /// Past runs of the pattern it stands for.
    pub stands_for: u64,
    /// How hard it has been so far; `None` for a change that no run has met yet.
    #[serde(default)]
    pub difficulty: Option<Difficulty>,
    /// What is to be said of a person's edits of it: where they are, or why they cannot be read; `None` for one as it was made.
    #[serde(skip)]
    pub edits: Option<String>,
    /// What a person decided.
    pub decision: Option<Choice>,
}

/// How hard a scenario has been, counted over past runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difficulty {
    /// Runs that met it and did not get over it.
    pub failed: u64,
    /// Runs that met it, at least 1.
    pub of: u64,
}

/// The one change that makes the scenario.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mutation {
    /// What kind: `replay`, `empty`, `null`, `wrong_type`, `comma_decimal`, `negative`, `very_long`, `unicode`, `tool_timeout`, `tool_error`, `empty_result`, …
    pub kind: String,
    /// JSON pointer of the changed field inside the tool's arguments or the run's input; `None` when the environment is changed.
    pub field: Option<String>,
    /// The value before.
    pub from: Option<Value>,
    /// The value after.
    pub to: Option<Value>,
}

/// One thing that must be true after the run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Assertion {
    /// `no_uncaught_error`, `tool_called`, `tool_not_called_more_than`, `output_not_empty`, `within_ms`, `within_usd`, …
    pub check: String,
    /// What it is checked against.
    pub value: Value,
    /// The same in words.
    pub says: String,
}
