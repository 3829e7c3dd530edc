//! No answer: the run ended without an error and its output holds nothing.

use serde_json::Value;

use super::shown::Shown;
use crate::{
    analysis::{
        run::{Ended, Run},
        run_error,
    },
    model::failure::{Failure, FailureCode},
};

/// At most one failure, at the last step. An output that was not sent is not known to be empty; after an error, emptiness is its consequence.
pub(super) fn detect(run: &Run<'_>) -> Vec<Failure> {
    let ended_by_error = run.trace.error.as_ref().is_some_and(|error| run_error::words(error).is_some());
    if ended_by_error || !run.trace.output.as_ref().is_some_and(is_empty) {
        return Vec::new();
    }
    let recovered = run.ended == Ended::Right;
    let last = run.trace.steps.last();
    vec![
        Shown {
            code: FailureCode::EmptyOutput,
            step: last.map(|step| step.number),
            subject: run.turns.last().map(|turn| turn.name),
            recovered,
        }
        .says(
            run,
            match last {
                Some(step) => format!("The run ended after step {} with an empty answer", step.number),
                None => "The run ended with an empty answer".to_owned(),
            },
        ),
    ]
}

fn is_empty(output: &Value) -> bool {
    match output {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(entries) => entries.is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        analysis::testing::{find_in, found, trace},
        model::{failure::Severity, ids::StepNumber},
    };

    #[test]
    fn an_empty_answer_in_a_run_that_says_ok() {
        let failure = found(&trace().model("gpt-4o").output(json!("  ")).ok().build(), FailureCode::EmptyOutput);
        assert_eq!((failure.step, failure.severity), (Some(StepNumber(1)), Severity::High));
    }

    #[test]
    fn an_answer_none_sent_or_an_error_are_something_else() {
        for trace in [
            trace().output(json!("done")),
            trace().output(json!(0)),
            trace().model("gpt-4o"),
            trace().output(json!("")).ends_with("ToolError", "no"),
        ] {
            assert!(find_in(&trace.build()).iter().all(|failure| failure.code != FailureCode::EmptyOutput));
        }
    }
}
