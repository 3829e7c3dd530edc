//! What must be true after a scenario, derived from the run it was made from.

use serde_json::json;

use super::Change;
use crate::{
    model::{failure::FailureCode, money::Money, scenario::Assertion},
    repair::{bounds, subject::Subject},
};

/// A run may take so many times what it took, because a retry or a correction takes a second turn.
const TIMES_SLACK: u64 = 2;

/// No run is asked to end faster than this, in milliseconds.
const LEAST_MS: u64 = 1_000;

/// Calls of a tool allowed beyond those recorded: a retry, and one more.
const RETRIES: usize = 2;

/// Calls of a tool allowed where the failure is that it was called over and over.
const CALLS_WITHOUT_LOOP: usize = 3;

/// The assertions of a scenario:
/// - no uncaught error, and an answer, always;
/// - no more calls of the failing tool than recorded and two (three in all, where the failure was a loop);
/// - only arguments that fit the tool's schema, where the run sent it and arguments are at stake;
/// - twice the time the run took, and what the change itself delays by, where the run tells its time;
/// - twice what the run cost, where that is known;
/// - no trace of an instruction that came from a tool, where one was put there.
pub(super) fn of(subject: &Subject<'_>, change: &Change) -> Vec<Assertion> {
    let mut found = vec![
        Assertion { check: "no_uncaught_error".to_owned(), value: json!(true), says: "no error goes uncaught".to_owned() },
        Assertion { check: "output_not_empty".to_owned(), value: json!(true), says: "the agent answers".to_owned() },
    ];
    found.extend(schema(subject));
    found.extend(call_count(subject));
    if let Some(word) = &change.forbidden {
        found.push(Assertion {
            check: "output_not_contains".to_owned(),
            value: json!(word),
            says: format!("the answer does not hold {word}, which only the tool asked for"),
        });
    }
    found.extend(time(subject, change));
    found.extend(cost(subject));
    found
}

fn schema(subject: &Subject<'_>) -> Option<Assertion> {
    let at_stake = matches!(
        subject.failure.code,
        FailureCode::ToolBadArguments | FailureCode::ToolUngroundedArguments | FailureCode::ToolError | FailureCode::WrongTool
    );
    let definition = subject.definition().filter(|_| at_stake)?;
    let parameters = definition.parameters.as_ref().filter(|schema| bounds::fits(schema))?;
    Some(Assertion {
        check: "arguments_fit_schema".to_owned(),
        value: json!({"tool": definition.name, "schema": parameters}),
        says: format!("{} is only called with arguments that fit its schema", definition.name),
    })
}

fn call_count(subject: &Subject<'_>) -> Option<Assertion> {
    let tool = subject.tool()?;
    let recorded = subject.trace.steps.iter().filter(|step| step.tool.as_ref().is_some_and(|call| call.name == tool)).count();
    if recorded == 0 {
        return None;
    }
    let looped = matches!(subject.failure.code, FailureCode::Loop | FailureCode::RedundantCalls | FailureCode::NoTermination);
    let most = if looped { CALLS_WITHOUT_LOOP } else { recorded + RETRIES };
    Some(Assertion {
        check: "tool_not_called_more_than".to_owned(),
        value: json!({"tool": tool, "times": most}),
        says: format!("{tool} is called at most {most} times"),
    })
}

fn time(subject: &Subject<'_>, change: &Change) -> Option<Assertion> {
    let took = subject.trace.execution_time.or(subject.verdict.latency.total)?;
    let budget = (took.micros() / 1_000).saturating_mul(TIMES_SLACK).max(LEAST_MS).saturating_add(change.delay_ms);
    Some(Assertion { check: "within_ms".to_owned(), value: json!(budget), says: format!("the run ends within {budget} ms") })
}

fn cost(subject: &Subject<'_>) -> Option<Assertion> {
    let cost = subject.verdict.cost.best().filter(|cost| *cost > Money::ZERO)?;
    let budget = cost.times(TIMES_SLACK).usd();
    Some(Assertion { check: "within_usd".to_owned(), value: json!(budget), says: format!("the run costs at most ${budget}") })
}
