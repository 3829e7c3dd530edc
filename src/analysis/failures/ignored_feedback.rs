//! An error that was not acted on: a call that failed for a lasting reason is made again, unchanged, and fails again.

use super::shown::Shown;
use crate::{
    analysis::{
        excerpt,
        run::{Ended, Run},
    },
    model::failure::{Failure, FailureCode},
};

/// One failure for each such call, at the repeat. Trying again after a timeout, a rate limit or a broken connection is right, and what loops is
/// reported as a loop. It is made up for as its error is: when a later call of the tool went well.
pub(super) fn detect(run: &Run<'_>) -> Vec<Failure> {
    let mut seen = std::collections::HashSet::new();
    let repeats = run.calls.iter().enumerate().filter(|(index, _)| run.repeats.deaf.get(*index) == Some(&true));
    repeats
        .filter(|(_, call)| seen.insert(call.identity))
        .filter_map(|(index, call)| {
            let before = run.calls.get((*run.repeats.previous.get(index)?)?)?;
            let recovered = run.ended == Ended::Right || run.good.call_of_after(call.name, call.position);
            let says = format!(
                "{} failed at step {} and was called again at step {} with the same arguments",
                excerpt::line(call.name, 60),
                before.step,
                call.step
            );
            Some(Shown { code: FailureCode::IgnoredFeedback, step: Some(call.step), subject: Some(call.name), recovered }.says(run, says))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        analysis::testing::{TraceBuilder, find_in, found, trace},
        model::ids::StepNumber,
    };

    fn refund(trace: TraceBuilder, amount: &str, error: &str) -> TraceBuilder {
        trace.tool("issue_refund", json!({ "amount": amount })).fails(error)
    }

    #[test]
    fn the_same_call_after_its_error() {
        let error = "amount must be a number";
        let trace = refund(refund(trace(), "12,50", error).says("let me try again"), "12,50", error).failed();
        let failure = found(&trace.build(), FailureCode::IgnoredFeedback);
        assert_eq!((failure.step, failure.subject.as_deref()), (Some(StepNumber(3)), Some("issue_refund")));
    }

    #[test]
    fn a_changed_call_and_a_passing_trouble_are_answers() {
        let changed = refund(refund(trace(), "12,50", "amount must be a number"), "12.50.", "amount must be a number");
        let passing = refund(refund(trace(), "12", "Request timed out."), "12", "Request timed out.");
        for trace in [changed, passing] {
            assert!(find_in(&trace.build()).iter().all(|failure| failure.code != FailureCode::IgnoredFeedback));
        }
    }
}
