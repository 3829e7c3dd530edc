//! Stopped by a limit: of steps, turns, iterations or calls, by an error that says so or the sentence a framework answers with; or of time over
//! the whole run.

use serde_json::Value;

use super::{grouped, shown::Shown};
use crate::{
    analysis::{
        excerpt,
        run::{Ended, Run},
    },
    model::failure::{Failure, FailureCode},
};

/// What frameworks answer in the agent's place when a limit stops it.
const ANSWERS: &[&str] = &[
    "Agent stopped due to iteration limit or time limit.",
    "Agent stopped due to max iterations.",
    "Sorry, need more steps to process this request.",
    "Reached max steps.",
];

/// Errors that tell of a limit; else the answer that does.
pub(super) fn detect(run: &Run<'_>) -> Vec<Failure> {
    let failures = grouped::of_code(run, FailureCode::NoTermination, "The run", "was stopped by a limit");
    if !failures.is_empty() {
        return failures;
    }
    let Some(Value::String(answer)) = &run.trace.output else { return failures };
    let answer = answer.trim();
    if !ANSWERS.contains(&answer) {
        return failures;
    }
    let recovered = run.ended == Ended::Right;
    vec![Failure {
        message: answer.to_owned(),
        ..Shown { code: FailureCode::NoTermination, step: run.trace.steps.last().map(|step| step.number), subject: None, recovered }
            .says(run, format!("The run was stopped by a limit; its answer is \"{}\"", excerpt::quoted(answer)))
    }]
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        analysis::testing::{find_in, found, trace},
        model::ids::StepNumber,
    };

    #[test]
    fn by_error_by_answer_and_by_the_clock() {
        let two_steps = || trace().tool("a", json!({"n": 1})).returns(json!(1)).tool("a", json!({"n": 2})).returns(json!(2));
        for trace in [
            two_steps()
                .ends_with("langgraph.errors.GraphRecursionError", "Recursion limit of 12 reached without hitting a stop condition."),
            two_steps().ends_with("agents.exceptions.MaxTurnsExceeded", "Max turns (4) exceeded"),
            two_steps().output(json!("Agent stopped due to max iterations.")).ok(),
            two_steps().ends_with("asyncio.exceptions.TimeoutError", ""),
        ] {
            assert_eq!(found(&trace.build(), FailureCode::NoTermination).step, Some(StepNumber(2)));
        }
    }

    #[test]
    fn a_limit_that_is_only_spoken_of_is_none() {
        let trace = trace().output(json!("The agent stopped due to max iterations last week; it works now.")).ok();
        assert!(find_in(&trace.build()).is_empty());
    }
}
