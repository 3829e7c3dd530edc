//! A run as one row of a list.

use serde::Serialize;

use crate::model::{
    feedback::Feedback,
    grade::Letter,
    ids::{Sequence, TraceId},
    money::Money,
    probability::Probability,
    progress::RunState,
    summary::{FailureMark, Summary},
    time::{Elapsed, Timestamp},
    usage::TokenUsage,
    verdict::Outcome,
};

/// A run as one row of a list.
#[derive(Debug, Serialize)]
pub(super) struct Row {
    trace_id: TraceId,
    agent_id: String,
    timestamp: Timestamp,
    arrived: Timestamp,
    sequence: Sequence,
    revision: u32,
    session_id: Option<String>,
    project: Option<String>,
    domain: Option<String>,
    framework: Option<String>,
    state: RunState,
    outcome: Outcome,
    grade: Option<Letter>,
    success_probability: Option<Probability>,
    inferred_probability: Option<Probability>,
    doubtful: bool,
    cost: Option<Money>,
    #[serde(skip_serializing_if = "Option::is_none")]
    estimated_cost: Option<Money>,
    took_ms: Option<Elapsed>,
    steps: u32,
    usage: Option<TokenUsage>,
    tool_calls: u32,
    wrong_tool_calls: u32,
    tools: Vec<String>,
    models: Vec<String>,
    failures: Vec<FailureMark>,
    error: Option<String>,
    leaks: u32,
    incomplete: bool,
    feedback: Option<Feedback>,
    rules: String,
}

impl Row {
    /// The row of a run that is in this state at the moment.
    pub(super) fn of(summary: Summary, state: RunState) -> Self {
        Self {
            state,
            doubtful: summary.is_doubtful(),
            inferred_probability: summary.insight.inferred,
            grade: summary.letter(),
            trace_id: summary.trace_id,
            agent_id: summary.agent,
            timestamp: summary.time,
            arrived: summary.arrived,
            sequence: summary.sequence,
            revision: summary.revision,
            session_id: summary.session,
            project: summary.project,
            domain: summary.domain,
            framework: summary.framework,
            outcome: summary.outcome,
            success_probability: summary.probability,
            cost: summary.cost,
            estimated_cost: summary.insight.estimated_cost,
            took_ms: summary.took,
            steps: summary.steps,
            usage: summary.usage,
            tool_calls: summary.tool_calls,
            wrong_tool_calls: summary.wrong_tool_calls,
            tools: summary.tools,
            models: summary.models.into_iter().map(|model| model.model).collect(),
            failures: summary.failures,
            error: summary.error,
            leaks: summary.leaks,
            incomplete: summary.incomplete,
            feedback: summary.feedback,
            rules: summary.rules,
        }
    }
}
