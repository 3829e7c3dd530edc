//! What can go wrong in a run and be known by structure: one detector a file, one line each in the table.

mod bad_arguments;
mod bad_handoff;
mod context_growth;
mod context_overflow;
mod empty_output;
mod empty_result;
mod grouped;
mod ignored_feedback;
mod incomplete;
mod injection;
mod leak;
mod looping;
mod missed_step;
mod missing_tool;
mod model_auth;
mod model_error;
mod no_termination;
mod output_misread;
#[cfg(test)]
mod pairs;
mod permission;
mod rate_limit;
mod redundant_calls;
mod refusal;
mod severity;
mod shown;
mod slow_step;
mod tool_error;
mod tool_timeout;
mod unavailable;
mod unclassified;
mod ungrounded_arguments;
mod wrong_format;
mod wrong_tool;

use super::run::{Ended, Run};
use crate::model::failure::{Failure, FailureCode};

/// Failures kept of one run: more would not be read, and every row and rollup carries them.
pub(crate) const MOST_FAILURES: usize = 50;

/// One detector: the code it finds, and how. It gives that code alone.
pub(crate) struct Detector {
    /// The code.
    pub(crate) code: FailureCode,
    /// Looks through a run.
    pub(crate) detect: fn(&Run<'_>) -> Vec<Failure>,
}

macro_rules! detectors {
    ($( $code:ident: $file:ident, )+) => {
        /// All detectors, in the order of the taxonomy.
        pub(crate) const DETECTORS: &[Detector] = &[ $( Detector { code: FailureCode::$code, detect: $file::detect }, )+ ];
    };
}

detectors! {
    ToolTimeout: tool_timeout,
    ToolRateLimit: rate_limit,
    ToolUnavailable: unavailable,
    ToolMissing: missing_tool,
    ToolBadArguments: bad_arguments,
    ToolUngroundedArguments: ungrounded_arguments,
    ToolPermission: permission,
    ToolError: tool_error,
    ToolEmptyResult: empty_result,
    ToolOutputMisread: output_misread,
    WrongTool: wrong_tool,
    MissedStep: missed_step,
    Loop: looping,
    NoTermination: no_termination,
    BadHandoff: bad_handoff,
    IgnoredFeedback: ignored_feedback,
    RedundantCalls: redundant_calls,
    SlowStep: slow_step,
    ContextGrowth: context_growth,
    WrongFormat: wrong_format,
    Incomplete: incomplete,
    Refusal: refusal,
    EmptyOutput: empty_output,
    Leak: leak,
    Injection: injection,
    ContextOverflow: context_overflow,
    ModelError: model_error,
    ModelAuth: model_auth,
    Unclassified: unclassified,
}

/// The codes that are looked for, in the order of the taxonomy: what a run is not said to be free of when it is not in here.
pub fn detected() -> impl ExactSizeIterator<Item = FailureCode> {
    DETECTORS.iter().map(|detector| detector.code)
}

/// The failures of a run.
pub(crate) struct Found {
    /// The worst, worst first: at most [`MOST_FAILURES`].
    pub(crate) failures: Vec<Failure>,
    /// How many more there were.
    pub(crate) set_aside: usize,
}

/// Runs all detectors. A run that failed and shows nothing that was not made up for gets one failure without a name.
pub(crate) fn find(run: &Run<'_>) -> Found {
    let mut failures: Vec<Failure> = DETECTORS.iter().flat_map(|detector| (detector.detect)(run)).collect();
    let explains = |failure: &Failure| !failure.recovered && failure.code.family() != "efficiency";
    if run.ended == Ended::Failed && !failures.iter().any(explains) {
        failures.push(unclassified::unexplained());
    }
    failures.sort_by_key(|failure| (std::cmp::Reverse(failure.severity), failure.recovered, failure.step, failure.code));
    let set_aside = failures.len().saturating_sub(MOST_FAILURES);
    failures.truncate(MOST_FAILURES);
    Found { failures, set_aside }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::analysis::{
        rules::Rules,
        testing::{any_trace, find_in, trace},
    };

    #[test]
    fn every_detector_has_a_code_of_its_own() {
        let mut codes: Vec<_> = detected().collect();
        assert!(codes.is_sorted(), "the table follows the taxonomy");
        codes.dedup();
        assert_eq!(codes.len(), DETECTORS.len());
        assert!(DETECTORS.len() >= 18);
    }

    #[test]
    fn a_failed_run_always_has_a_failure() {
        let found = find_in(&trace().failed().build());
        assert_eq!(found.iter().map(|failure| (failure.code, failure.step)).collect::<Vec<_>>(), [(FailureCode::Unclassified, None)]);
    }

    #[test]
    fn what_was_made_up_for_does_not_explain_a_failed_run() {
        let trace = trace()
            .tool("get", serde_json::json!({}))
            .fails("Request timed out.")
            .tool("get", serde_json::json!({}))
            .returns(serde_json::json!(1))
            .failed();
        let found = find_in(&trace.build());
        assert_eq!(found.iter().map(|failure| failure.code).collect::<Vec<_>>(), [FailureCode::Unclassified, FailureCode::ToolTimeout]);
    }

    #[test]
    fn the_worst_are_kept_and_the_rest_is_counted() {
        let long = (0..80)
            .fold(trace(), |trace, n| trace.tool("get", serde_json::json!({ "n": n })).fails(&format!("no such thing as {n}")))
            .build();
        let rules = Rules::bundled();
        let found = find(&Run::of(&long, &rules, Ended::Unknown));
        assert_eq!((found.failures.len(), found.set_aside), (MOST_FAILURES, 30));
    }

    proptest! {
        #[test]
        fn detectors_keep_to_their_code_and_to_steps_that_exist(trace in any_trace(), ended in proptest::sample::select(vec![Ended::Right, Ended::Ok, Ended::Failed, Ended::Unknown])) {
            let rules = Rules::bundled();
            let run = Run::of(&trace, &rules, ended);
            for detector in DETECTORS {
                for failure in (detector.detect)(&run) {
                    prop_assert_eq!(failure.code, detector.code);
                    prop_assert!(!failure.says.is_empty());
                    prop_assert!(failure.step.is_none_or(|step| trace.step(step).is_some()));
                    prop_assert!(ended != Ended::Right || failure.recovered || failure.code.family() == "efficiency");
                }
            }
        }
    }
}
