//! Loops: the same call, or a round of up to four calls, three times in a row with the same arguments and the same outcome.

use super::shown::Shown;
use crate::{
    analysis::{
        excerpt,
        run::{Ended, Run},
    },
    model::failure::{Failure, FailureCode},
};

/// One failure for each loop, at the first call that repeats. Asking until the answer changes is waiting, and a few tries after a timeout, a
/// rate limit or a broken connection are none. It is made up for when another call went well afterwards, or the run is reported ok.
pub(super) fn detect(run: &Run<'_>) -> Vec<Failure> {
    let made_up_for = |last: usize| {
        matches!(run.ended, Ended::Right | Ended::Ok) || run.calls.get(last).is_some_and(|call| run.good.call_after(call.position))
    };
    run.repeats
        .loops
        .iter()
        .filter_map(|each| {
            let round = run.calls.get(each.first..each.first + each.period)?;
            let repeat = run.calls.get(each.first + each.period)?;
            let last = run.calls.get(each.last)?;
            let recovered = made_up_for(each.last);
            let names = excerpt::list(round.iter().map(|call| excerpt::line(call.name, 40)), 4);
            Some(Shown { code: FailureCode::Loop, step: Some(repeat.step), subject: round.first().map(|call| call.name), recovered }.says(
                run,
                format!("{names} {} times in a row with the same arguments and outcome, up to step {}", each.rounds(), last.step),
            ))
        })
        .collect()
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
    fn the_same_call_three_times() {
        let trace = (0..3).fold(trace(), |trace, _| trace.tool("get_quote", json!({"symbol": "ACME"})).returns(json!(1))).failed();
        let failure = found(&trace.build(), FailureCode::Loop);
        assert_eq!((failure.step, failure.subject.as_deref(), failure.recovered), (Some(StepNumber(2)), Some("get_quote"), false));
        assert_eq!(failure.says, "get_quote 3 times in a row with the same arguments and outcome, up to step 3");
    }

    #[test]
    fn the_same_tool_with_other_arguments_is_no_loop() {
        let trace = (0..5).fold(trace(), |trace, n| trace.tool("get_quote", json!({ "n": n })).returns(json!(1)));
        assert!(find_in(&trace.build()).is_empty());
    }

    #[test]
    fn arguments_that_are_not_known_prove_no_loop() {
        let trace = (0..5).fold(trace(), |trace, _| trace.tool_without_input("get_quote").returns(json!(1)));
        assert!(find_in(&trace.build()).is_empty());
    }
}
