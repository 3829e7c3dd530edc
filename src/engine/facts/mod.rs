//! Reads: everything people are told, computed from one consistent view of the store. Every method may block on disk.

mod types;

use std::collections::BTreeMap;

pub use types::{AgentTrend, Anchor, FilterCount, Overview, RowQuery, RowWindow, Total, TraceBody, TraceDetail};

use super::{error::EngineError, window::Window};
use crate::{
    model::{
        agent::AgentReport,
        baseline::Baseline,
        comparison::Comparison,
        cost_report::{Breakdown, CostReport},
        decision::Decision,
        ids::{Fingerprint, Sequence, TraceId},
        pattern::PatternReport,
        summary::Summary,
        time::Timestamp,
    },
    query::Filter,
    store::Snapshot,
};

/// One consistent view of everything committed when it was taken. `Send`, not `Sync`: take one per thread and per question.
pub struct Facts {
    snapshot: Box<dyn Snapshot>,
    now: Timestamp,
}

impl Facts {
    /// The moment windows end at.
    pub fn now(&self) -> Timestamp {
        self.now
    }
    /// The whole store in one line.
    pub fn overview(&self) -> Result<Overview, EngineError> {
        todo!()
    }
    /// Rows around an anchor.
    pub fn rows(&self, query: &RowQuery<'_>) -> Result<RowWindow, EngineError> {
        todo!()
    }
    /// How many of the newest rows (at most `budget`) a filter lets through.
    pub fn count(&self, filter: &Filter, budget: u64) -> Result<FilterCount, EngineError> {
        todo!()
    }
    /// Every agent, last seen first (at most 500).
    pub fn agents(&self, window: Window) -> Result<Vec<AgentReport>, EngineError> {
        todo!()
    }
    /// One agent; `None` when never seen.
    pub fn agent(&self, agent: &str, window: Window) -> Result<Option<AgentReport>, EngineError> {
        todo!()
    }
    /// The newest runs of one agent in a window, newest first.
    pub fn agent_rows(&self, agent: &str, window: Window, limit: usize) -> Result<Vec<Summary>, EngineError> {
        todo!()
    }
    /// How each agent's success moved.
    pub fn trends(&self, window: Window) -> Result<Vec<AgentTrend>, EngineError> {
        todo!()
    }
    /// What runs cost.
    pub fn costs(&self, window: Window, breakdown: Breakdown) -> Result<CostReport, EngineError> {
        todo!()
    }
    /// Failure patterns, most runs first.
    pub fn patterns(&self, limit: usize) -> Result<Vec<PatternReport>, EngineError> {
        todo!()
    }
    /// One failure pattern.
    pub fn pattern(&self, fingerprint: Fingerprint) -> Result<Option<PatternReport>, EngineError> {
        todo!()
    }
    /// The newest runs that show a pattern.
    pub fn pattern_rows(&self, fingerprint: Fingerprint, limit: usize) -> Result<Vec<Summary>, EngineError> {
        todo!()
    }
    /// The place of a trace.
    pub fn find(&self, id: &TraceId) -> Result<Option<Sequence>, EngineError> {
        todo!()
    }
    /// One row.
    pub fn summary(&self, sequence: Sequence) -> Result<Option<Summary>, EngineError> {
        todo!()
    }
    /// One trace, opened: decoded again from its body, so not for lists.
    pub fn trace(&self, sequence: Sequence) -> Result<Option<TraceDetail>, EngineError> {
        todo!()
    }
    /// One trace as sent.
    pub fn body(&self, sequence: Sequence) -> Result<Option<TraceBody>, EngineError> {
        todo!()
    }
    /// Two sets of runs beside each other. A side is `today`, `yesterday`, or a baseline's id or name (the newest of that name).
    pub fn compare(&self, before: &str, current: &str) -> Result<Comparison, EngineError> {
        todo!()
    }
    /// Baselines, newest first.
    pub fn baselines(&self) -> Result<Vec<Baseline>, EngineError> {
        todo!()
    }
    /// The newest decision on each subject.
    pub fn decisions(&self) -> Result<BTreeMap<String, Decision>, EngineError> {
        todo!()
    }
}
