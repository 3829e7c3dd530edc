//! Plain rows for the tests of this layer to start from.

use crate::model::{
    ids::{Sequence, TraceId},
    progress::Progress,
    summary::{Insight, Summary},
    time::Timestamp,
    verdict::{Outcome, OutcomeState},
};

/// A run of which nothing is known but that it happened.
pub(crate) fn row(sequence: u64) -> Summary {
    let moment = Timestamp::from_micros(1_800_000_000_000_000 + i64::try_from(sequence).unwrap_or(0) * 60_000_000);
    Summary {
        sequence: Sequence(sequence),
        trace_id: TraceId::new(&format!("t{sequence}")).unwrap_or_else(|_| TraceId::generate()),
        revision: 1,
        arrived: moment,
        time: moment,
        agent: "refund-bot".to_owned(),
        session: None,
        project: None,
        domain: None,
        framework: None,
        steps: 0,
        took: None,
        model_time: None,
        tool_time: None,
        usage: None,
        cost: None,
        tool_calls: 0,
        wrong_tool_calls: 0,
        outcome: Outcome { state: OutcomeState::Unknown, source: None, reported: None },
        probability: None,
        failures: Vec::new(),
        tools: Vec::new(),
        models: Vec::new(),
        error: None,
        leaks: 0,
        incomplete: false,
        progress: Progress::Whole,
        insight: Insight::default(),
        feedback: None,
        body_bytes: 0,
        rules: "1".to_owned(),
    }
}
