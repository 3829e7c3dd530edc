//! A failing run for the tests of this layer to start from.

use serde_json::{Value, json};

use crate::model::{
    cost::Cost,
    failure::{Failure, FailureCode, Severity},
    ids::{Fingerprint, Sequence, StepNumber, TraceId},
    money::Money,
    pattern::Pattern,
    step::{ModelCall, Step, StepKind, ToolCall},
    time::{Elapsed, Timestamp},
    trace::{ToolDefinition, Trace},
    verdict::{Outcome, OutcomeSource, OutcomeState, Verdict},
};

pub(super) const MARK: Fingerprint = Fingerprint(0x0123_4567_89ab_cdef);

/// A run that asks `tool` with `arguments` in step 2 and fails there with `code` and `message`.
pub(super) fn failing(code: FailureCode, tool: &str, arguments: Value, message: &str) -> (Trace, Verdict) {
    let mut trace = Trace::empty(TraceId::new("run-1").unwrap_or_else(|_| TraceId::generate()));
    trace.agent = Some("refund-bot".to_owned());
    trace.input = Some(json!("refund order A-1182"));
    trace.execution_time = Elapsed::from_millis(1_100.0);
    trace.tools_available = Some(vec![ToolDefinition {
        name: tool.to_owned(),
        description: None,
        parameters: Some(json!({"type": "object", "properties": {"amount": {"type": "number"}}})),
    }]);
    let mut model = Step::new(StepNumber(1), StepKind::LlmCall, "gpt-4o");
    model.model = Some(ModelCall { model: Some("gpt-4o".to_owned()), ..ModelCall::default() });
    let mut call = Step::new(StepNumber(2), StepKind::ToolCall, tool);
    call.error = Some(message.to_owned());
    call.success = Some(false);
    call.duration = Elapsed::from_millis(400.0);
    call.tool = Some(ToolCall { name: tool.to_owned(), input: Some(arguments), ..ToolCall::default() });
    trace.steps = vec![model, call];
    let failure = Failure {
        code,
        severity: Severity::High,
        step: Some(StepNumber(2)),
        says: format!("{tool} failed: {message}"),
        subject: Some(tool.to_owned()),
        message: message.to_owned(),
        recovered: false,
        fingerprint: Some(MARK),
    };
    let verdict = verdict(&trace, vec![failure]);
    (trace, verdict)
}

/// The verdict of a run that failed with these failures.
pub(super) fn verdict(trace: &Trace, failures: Vec<Failure>) -> Verdict {
    Verdict {
        outcome: Outcome { state: OutcomeState::Failed, source: Some(OutcomeSource::Reported), reported: Some(false) },
        failures,
        cost: Cost { usd: Money::from_usd(0.004), ..Cost::default() },
        cost_per_run: Money::from_usd(0.004),
        ..Verdict::unknown(trace.id.clone(), trace.agent_name(), "1")
    }
}

/// The pattern of [`failing`]'s failure.
pub(super) fn pattern(code: FailureCode, tool: &str, unrecovered_runs: u64) -> Pattern {
    Pattern {
        fingerprint: MARK,
        code,
        subject: Some(tool.to_owned()),
        framework: None,
        template: "amount must be a number, got <text>".to_owned(),
        runs: unrecovered_runs + 3,
        unrecovered_runs,
        agents: vec![("refund-bot".to_owned(), unrecovered_runs + 3)],
        first_seen: Timestamp::from_micros(0),
        last_seen: Timestamp::from_micros(1),
        cost: Money::ZERO,
        severity: Severity::High,
        example: Sequence(1),
    }
}
