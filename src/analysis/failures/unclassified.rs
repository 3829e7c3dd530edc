//! Failures without a known name: an error that no other detector names, or a run that failed and shows no reason.

use super::{grouped, severity};
use crate::{
    analysis::run::{Ended, Run},
    model::failure::{Failure, FailureCode},
};

/// One failure for each error text without a name.
pub(super) fn detect(run: &Run<'_>) -> Vec<Failure> {
    grouped::of_code(run, FailureCode::Unclassified, "The run", "met an error")
}

/// The failure of a run that failed and shows no reason.
pub(super) fn unexplained() -> Failure {
    Failure {
        code: FailureCode::Unclassified,
        severity: severity::of(FailureCode::Unclassified, false, false, Ended::Failed),
        step: None,
        says: "The run counts as failed, and no error in it says why".to_owned(),
        subject: None,
        message: String::new(),
        recovered: false,
        fingerprint: None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::analysis::testing::{find_in, found, trace};

    #[test]
    fn an_error_that_nothing_names() {
        let trace = trace().tool("get", json!({})).returns(json!(1)).ends_with("ZeroDivisionError", "division by zero");
        let failure = found(&trace.build(), FailureCode::Unclassified);
        assert_eq!((failure.message.as_str(), failure.step), ("division by zero", None));
    }

    #[test]
    fn the_runs_error_that_repeats_a_steps_is_not_a_second_failure() {
        let step = || trace().tool("get_quote", json!({"symbol": "ZZZZ"})).fails("unknown symbol ZZZZ");
        for trace in [
            step().ends_with("shop.UnknownSymbol", "unknown symbol ZZZZ"),
            step().says("sorry").ends_with("agents.exceptions.UserError", "Error running tool get_quote: unknown symbol ZZZZ"),
            step().ends_with("RuntimeError", "gave up"),
        ] {
            let codes: Vec<_> = find_in(&trace.build()).into_iter().map(|failure| (failure.code, failure.recovered)).collect();
            assert_eq!(codes, [(FailureCode::ToolError, false)]);
        }
    }

    #[test]
    fn steps_around_a_failed_call_repeat_its_words() {
        let trace = trace()
            .thinks("plan")
            .fails("unknown symbol ZZZZ")
            .tool("get_quote", json!({}))
            .fails("UnknownSymbol: unknown symbol ZZZZ")
            .failed();
        assert_eq!(find_in(&trace.build()).into_iter().map(|failure| failure.code).collect::<Vec<_>>(), [FailureCode::ToolError]);
    }
}
