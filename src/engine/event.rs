//! News of what was committed, for server-sent events and the stream's arrivals counter.

use std::sync::Arc;

use serde::Serialize;

use crate::model::{
    decision::Decision,
    failure::FailureCode,
    grade::Letter,
    ids::{Fingerprint, Sequence, TraceId},
    money::Money,
    probability::Probability,
    progress::{Progress, RunState},
    summary::Summary,
    time::{Elapsed, Timestamp},
    verdict::OutcomeState,
};

/// One piece of news. Cheap to clone.
#[derive(Debug, Clone)]
pub enum Event {
    /// A trace was committed.
    Trace(Arc<TraceNews>),
    /// A stored trace was judged anew.
    Verdict(Arc<TraceNews>),
    /// A failure pattern was seen for the first time.
    Pattern(Arc<PatternNews>),
    /// A person decided on a fix or a scenario.
    Decision(Arc<Decision>),
}

/// A run in one line.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TraceNews {
    /// Its place.
    pub sequence: Sequence,
    /// Its id.
    pub trace_id: TraceId,
    /// Whether more of it may come: `running` while it comes as spans, `done` or `lost` when it has settled or came whole.
    pub state: RunState,
    /// Whether its id was there before with another body.
    pub revised: bool,
    /// Its agent.
    pub agent_id: String,
    /// When it was.
    pub timestamp: Timestamp,
    /// Its framework.
    pub framework: Option<String>,
    /// How it ended.
    pub outcome: OutcomeState,
    /// Its letter.
    pub grade: Option<Letter>,
    /// Its probability of success.
    pub success_probability: Option<Probability>,
    /// What it cost.
    pub cost: Option<Money>,
    /// How long it took.
    #[serde(rename = "took_ms")]
    pub took: Option<Elapsed>,
    /// Its worst failure.
    pub failure: Option<FailureCode>,
}

impl TraceNews {
    /// The news of a row.
    #[must_use]
    pub fn of(summary: &Summary) -> Self {
        Self {
            sequence: summary.sequence,
            trace_id: summary.trace_id.clone(),
            state: match summary.progress {
                Progress::Whole => RunState::Done,
                Progress::Spans { .. } => RunState::Running,
            },
            revised: summary.revision > 1,
            agent_id: summary.agent.clone(),
            timestamp: summary.time,
            framework: summary.framework.clone(),
            outcome: summary.outcome.state,
            grade: summary.letter(),
            success_probability: summary.probability,
            cost: summary.cost,
            took: summary.took,
            failure: summary.worst_failure().map(|mark| mark.code),
        }
    }
}

/// A new failure pattern.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PatternNews {
    /// Its id.
    pub fingerprint: Fingerprint,
    /// The failure.
    pub code: FailureCode,
    /// The tool or model concerned.
    pub subject: Option<String>,
    /// The message's template.
    pub template: String,
    /// The agent it was seen in.
    pub agent_id: String,
    /// The run that showed it.
    pub trace_id: TraceId,
}
