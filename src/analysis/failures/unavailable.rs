//! A tool's service is down or unreachable: a call whose error tells of a server error or a failed connection.

use super::grouped;
use crate::{
    analysis::run::Run,
    model::failure::{Failure, FailureCode},
};

/// One failure for each tool and error text.
pub(super) fn detect(run: &Run<'_>) -> Vec<Failure> {
    grouped::of_code(run, FailureCode::ToolUnavailable, "A tool", "could not reach its service")
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
        let trace = trace().tool("get_quote", json!({})).returns(json!({"status": 503, "detail": "503 Service Unavailable"})).failed();
        let failure = found(&trace.build(), FailureCode::ToolUnavailable);
        assert_eq!((failure.step, failure.subject.as_deref()), (Some(StepNumber(1)), Some("get_quote")));
    }

    #[test]
    fn not_found_where_it_only_looks_so() {
        let trace = trace().tool("get_quote", json!({})).returns(json!({"rows": 503, "detail": "503 shares"})).ok();
        assert!(find_in(&trace.build()).iter().all(|failure| failure.code != FailureCode::ToolUnavailable));
    }
}
