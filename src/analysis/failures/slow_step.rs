//! A slow step: one call took most of a run that was slow.

use super::shown::Shown;
use crate::{
    analysis::{error_kind::ErrorKind, excerpt, fault::Seen, latency, run::Run},
    model::{
        failure::{Failure, FailureCode},
        step::StepKind,
        time::Elapsed,
    },
};

/// A run is slow from this long: people wait this long for an answer before they turn to something else (Nielsen's third limit, 10 s).
const SLOW_RUN: Elapsed = Elapsed::from_micros(10_000_000);

/// The share of the run that one step must take.
const MOST_OF_IT: f64 = 0.5;

/// Timed calls a run needs: with one or two, one of them always takes most of it.
const LEAST_CALLS: usize = 3;

/// At most one failure: the longest call. One that timed out is reported as that.
pub(super) fn detect(run: &Run<'_>) -> Vec<Failure> {
    let timed = run
        .trace
        .steps
        .iter()
        .enumerate()
        .filter(|(_, step)| matches!(step.kind, StepKind::ToolCall | StepKind::LlmCall | StepKind::Retrieval));
    let timed = timed.filter_map(|(position, step)| Some((position, step, step.duration?)));
    if timed.clone().nth(LEAST_CALLS - 1).is_none() {
        return Vec::new();
    }
    let Some((position, step, took)) = timed.max_by_key(|(position, _, took)| (*took, std::cmp::Reverse(*position))) else {
        return Vec::new();
    };
    let Some(total) = latency::split(run.trace).total.filter(|total| *total >= SLOW_RUN) else { return Vec::new() };
    let share = took.micros() as f64 / total.micros() as f64;
    let timed_out =
        run.faults.iter().any(|fault| fault.position == position && fault.kind == ErrorKind::Timeout && fault.seen != Seen::Run);
    if share < MOST_OF_IT || timed_out {
        return Vec::new();
    }
    let says = format!(
        "{} took {:.1} s at step {}, {:.0} % of the run",
        excerpt::line(&step.name, 60),
        took.millis() / 1e3,
        step.number,
        (share * 100.0).min(100.0)
    );
    vec![Shown { code: FailureCode::SlowStep, step: Some(step.number), subject: Some(&step.name), recovered: true }.says(run, says)]
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
    fn one_call_takes_most_of_a_slow_run() {
        let trace =
            trace().model("gpt-4o").takes(800.0).tool("crawl", json!({})).returns(json!(1)).takes(14_000.0).model("gpt-4o").takes(900.0);
        let failure = found(&trace.build(), FailureCode::SlowStep);
        assert_eq!((failure.step, failure.subject.as_deref()), (Some(StepNumber(2)), Some("crawl")));
        assert_eq!(failure.says, "crawl took 14.0 s at step 2, 89 % of the run");
    }

    #[test]
    fn a_quick_run_an_even_one_and_a_timeout_are_not() {
        let quick = trace().model("m").takes(80.0).tool("crawl", json!({})).takes(1_400.0).model("m").takes(90.0);
        let even = (0..5).fold(trace(), |trace, n| trace.tool("crawl", json!({ "n": n })).takes(4_000.0));
        let timeout =
            trace().model("m").takes(80.0).tool("crawl", json!({})).fails("Request timed out.").takes(30_000.0).model("m").takes(90.0);
        for trace in [quick, even, timeout] {
            assert!(find_in(&trace.build()).iter().all(|failure| failure.code != FailureCode::SlowStep));
        }
    }
}
