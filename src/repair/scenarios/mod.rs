//! Small tests made from a failing run: the run as it was, and the run with one thing changed.

mod arguments;
mod assertions;
mod environment;
pub mod folder;
pub mod format;

use std::collections::HashSet;

use serde_json::Value;

use super::{
    bounds,
    subject::{Subject, id_of, quoted, shortened},
};
use crate::model::{
    failure::FailureCode,
    ids::Fingerprint,
    pattern::Pattern,
    scenario::{Difficulty, Mutation, Scenario},
    trace::Trace,
    verdict::Verdict,
};

/// The kind of change that is none.
const REPLAY: &str = "replay";

/// Most scenarios made from one run.
pub const SCENARIOS_MAX: usize = 12;

/// The scenarios of a failing run, the run as it was first; empty for a run that succeeded.
///
/// What is varied follows from the failure: the arguments of the failing call, one field at a time, where they were at fault; what the tool or model
/// answers, one fault at a time, where that was; the input of the run, where it was too much. A change that leaves everything as it was is left out,
/// and so is a second one of the same effect. The same pattern and change give the same id, whatever run they were made from.
#[must_use]
pub fn generate(trace: &Trace, verdict: &Verdict, pattern: Option<&Pattern>) -> Vec<Scenario> {
    let Some(subject) = Subject::of(trace, verdict, pattern) else { return Vec::new() };
    let fingerprint = pattern.map(|pattern| pattern.fingerprint).or(subject.failure.fingerprint);
    let mut seen = HashSet::new();
    let mut scenarios = Vec::new();
    for change in std::iter::once(replay()).chain(changes(&subject)) {
        let mut scenario = scenario(&subject, change, fingerprint, pattern.map_or(1, |pattern| pattern.runs.max(1)));
        if scenario.mutation.kind == REPLAY {
            // Only what past runs met is known to be hard; a change of it is not until something runs into it.
            scenario.difficulty = Some(pattern.map_or(Difficulty { failed: 1, of: 1 }, |pattern| Difficulty {
                failed: pattern.unrecovered_runs,
                of: pattern.runs.max(1),
            }));
        }
        if seen.insert(scenario.id.clone()) {
            scenarios.push(scenario);
        }
        if scenarios.len() == SCENARIOS_MAX {
            break;
        }
    }
    scenarios
}

/// One change, and how it is told.
#[derive(Debug, Clone, PartialEq)]
struct Change {
    mutation: Mutation,
    /// The scenario's name.
    title: String,
    /// The precondition it makes, in a sentence; `None` for a replay.
    given: Option<String>,
    /// Time the change itself adds to a run, in milliseconds.
    delay_ms: u64,
    /// A text the answer must not hold.
    forbidden: Option<String>,
}

fn replay() -> Change {
    Change {
        mutation: Mutation { kind: REPLAY.to_owned(), field: None, from: None, to: None },
        title: "the run as it was".to_owned(),
        given: None,
        delay_ms: 0,
        forbidden: None,
    }
}

/// What is varied for a failure.
fn changes(subject: &Subject<'_>) -> Vec<Change> {
    match subject.failure.code {
        FailureCode::ToolBadArguments | FailureCode::ToolUngroundedArguments | FailureCode::ToolMissing | FailureCode::WrongTool => {
            arguments::changes(subject)
        }
        FailureCode::ToolError => arguments::changes(subject).into_iter().chain(environment::of_tool(subject)).collect(),
        FailureCode::ToolTimeout
        | FailureCode::ToolRateLimit
        | FailureCode::ToolUnavailable
        | FailureCode::ToolPermission
        | FailureCode::ToolEmptyResult
        | FailureCode::ToolOutputMisread
        | FailureCode::Loop
        | FailureCode::RedundantCalls
        | FailureCode::SlowStep
        | FailureCode::Injection
        | FailureCode::IgnoredFeedback
        | FailureCode::NoTermination => environment::of_tool(subject),
        FailureCode::ModelError
        | FailureCode::ModelAuth
        | FailureCode::ContextOverflow
        | FailureCode::Incomplete
        | FailureCode::WrongFormat
        | FailureCode::EmptyOutput
        | FailureCode::Refusal => environment::of_model(subject),
        FailureCode::MissedStep
        | FailureCode::GoalDrift
        | FailureCode::BadHandoff
        | FailureCode::UnsupportedRequest
        | FailureCode::ExcessSteps
        | FailureCode::CostlyModel
        | FailureCode::ContextGrowth
        | FailureCode::ContradictsEvidence
        | FailureCode::UnsupportedClaim
        | FailureCode::Leak
        | FailureCode::Policy
        | FailureCode::Unclassified => Vec::new(),
    }
}

fn scenario(subject: &Subject<'_>, change: Change, fingerprint: Option<Fingerprint>, stands_for: u64) -> Scenario {
    let trace = subject.trace;
    let agent = bounds::name(trace.agent_name());
    let Mutation { kind, field, to, .. } = &change.mutation;
    let to = to.as_ref().map(Value::to_string).unwrap_or_default();
    Scenario {
        id: id_of(&[&subject.key(fingerprint), kind, field.as_deref().unwrap_or_default(), &to]),
        code: subject.failure.code,
        fingerprint,
        trace_id: trace.id.clone(),
        step: subject.failure.step,
        agent: agent.to_owned(),
        tool: subject.tool().map(str::to_owned),
        severity: subject.failure.severity,
        input: trace.input.as_ref().filter(|input| !input.is_null() && bounds::fits(input)).cloned(),
        given: given(subject, &change),
        when: match subject.tool() {
            Some(tool) => format!("{agent} is run and comes to {tool}"),
            None => format!("{agent} is run"),
        },
        then: assertions::of(subject, &change),
        stands_for,
        difficulty: None,
        edits: None,
        decision: None,
        title: change.title,
        mutation: change.mutation,
    }
}

fn given(subject: &Subject<'_>, change: &Change) -> Vec<String> {
    let id = shortened(subject.trace.id.as_str());
    let input = match &subject.trace.input {
        Some(Value::Null) | None => format!("the start of run {id}, which sent no input"),
        Some(input) if bounds::fits(input) => format!("the input {}", quoted(input)),
        Some(_) => format!("the input of run {id}"),
    };
    let recorded = match change.given {
        Some(_) => "all other answers of tools and models as recorded".to_owned(),
        None => format!("all answers of tools and models as recorded in run {id}"),
    };
    std::iter::once(input).chain(change.given.clone()).chain([recorded]).collect()
}

#[cfg(test)]
mod tests;
