//! Rows as they were written before runs came as spans: every run had been sent whole.

use serde::Deserialize;

use crate::model::{
    feedback::Feedback,
    ids::{Sequence, TraceId},
    money::Money,
    probability::Probability,
    progress::Progress,
    summary::{FailureMark, Insight, ModelUse, Summary},
    time::{Elapsed, Timestamp},
    usage::TokenUsage,
    verdict::Outcome,
};

/// The row of version 1: [`Summary`] without its progress and insight.
#[derive(Debug, Deserialize)]
pub(super) struct WholeRun {
    sequence: Sequence,
    trace_id: TraceId,
    revision: u32,
    arrived: Timestamp,
    time: Timestamp,
    agent: String,
    session: Option<String>,
    project: Option<String>,
    domain: Option<String>,
    framework: Option<String>,
    steps: u32,
    took: Option<Elapsed>,
    model_time: Option<Elapsed>,
    tool_time: Option<Elapsed>,
    usage: Option<TokenUsage>,
    cost: Option<Money>,
    tool_calls: u32,
    wrong_tool_calls: u32,
    outcome: Outcome,
    probability: Option<Probability>,
    failures: Vec<FailureMark>,
    tools: Vec<String>,
    models: Vec<ModelUse>,
    error: Option<String>,
    leaks: u32,
    incomplete: bool,
    feedback: Option<Feedback>,
    body_bytes: u32,
    rules: String,
}

impl From<WholeRun> for Summary {
    fn from(row: WholeRun) -> Self {
        Self {
            sequence: row.sequence,
            trace_id: row.trace_id,
            revision: row.revision,
            arrived: row.arrived,
            time: row.time,
            agent: row.agent,
            session: row.session,
            project: row.project,
            domain: row.domain,
            framework: row.framework,
            steps: row.steps,
            took: row.took,
            model_time: row.model_time,
            tool_time: row.tool_time,
            usage: row.usage,
            cost: row.cost,
            tool_calls: row.tool_calls,
            wrong_tool_calls: row.wrong_tool_calls,
            outcome: row.outcome,
            probability: row.probability,
            failures: row.failures,
            tools: row.tools,
            models: row.models,
            error: row.error,
            leaks: row.leaks,
            incomplete: row.incomplete,
            feedback: row.feedback,
            body_bytes: row.body_bytes,
            rules: row.rules,
            progress: Progress::Whole,
            insight: Insight::default(),
        }
    }
}
