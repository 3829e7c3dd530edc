//! What people decide, and what they are told back: feedback, baselines.

use crate::{
    model::{
        grade::Grade,
        ids::{Sequence, TraceId},
    },
    query::Filter,
};

/// What a person says about a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FeedbackInput {
    /// This, replacing what was said before.
    Give {
        /// Right or wrong.
        correct: Option<bool>,
        /// From 1 (bad) to 5 (good).
        score: Option<u8>,
        /// A comment.
        notes: Option<String>,
    },
    /// Nothing any more.
    Clear,
}

/// What feedback changed. Scores are those of the run's agent over [`super::window::Window::Auto`].
#[derive(Debug, Clone, PartialEq)]
pub struct FeedbackReceipt {
    /// The run's place.
    pub sequence: Sequence,
    /// Its agent.
    pub agent: String,
    /// The agent's score before, 0 to 100; `None` when nothing told.
    pub before: Option<f64>,
    /// The agent's score now.
    pub after: Option<f64>,
    /// The agent's grade before.
    pub grade_before: Option<Grade>,
    /// The agent's grade now.
    pub grade_after: Option<Grade>,
}

/// Which runs a baseline holds.
#[derive(Debug, Clone)]
pub enum BaselineChoice {
    /// These.
    Ids(Vec<TraceId>),
    /// Those a filter lets through, newest first, at most 10,000.
    Matching(Box<Filter>),
    /// An agent's runs of [`super::window::Window::Auto`].
    Agent(String),
}
