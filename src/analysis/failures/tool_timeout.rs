//! A tool did not answer in time: a call whose error tells of a timeout.

use super::grouped;
use crate::{
    analysis::run::Run,
    model::failure::{Failure, FailureCode},
};

/// One failure for each tool and error text.
pub(super) fn detect(run: &Run<'_>) -> Vec<Failure> {
    grouped::of_code(run, FailureCode::ToolTimeout, "A tool", "did not answer in time")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{
        analysis::testing::{find_in, found, trace},
        model::{failure::FailureCode, ids::StepNumber},
    };

    #[test]
    fn found_with_step_and_subject() {
        let trace =
            trace().tool("issue_refund", json!({"order": "A-1182"})).fails("TimeoutError: the service did not answer within 30 s").failed();
        let failure = found(&trace.build(), FailureCode::ToolTimeout);
        assert_eq!((failure.step, failure.subject.as_deref()), (Some(StepNumber(1)), Some("issue_refund")));
    }

    #[test]
    fn not_found_where_it_only_looks_so() {
        let trace = trace()
            .tool("issue_refund", json!({"timeout": "30"}))
            .returns(json!("done"))
            .tool("issue_refund", json!({}))
            .fails("the timeout parameter must be positive")
            .failed();
        assert!(find_in(&trace.build()).iter().all(|failure| failure.code != FailureCode::ToolTimeout));
    }
}
