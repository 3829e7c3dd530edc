//! A tool's service asked for fewer calls: a call whose error tells of a rate limit.

use super::grouped;
use crate::{
    analysis::run::Run,
    model::failure::{Failure, FailureCode},
};

/// One failure for each tool and error text.
pub(super) fn detect(run: &Run<'_>) -> Vec<Failure> {
    grouped::of_code(run, FailureCode::ToolRateLimit, "A tool", "was told to call less often")
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
        let trace = trace()
            .tool("get_quote", json!({"symbol": "ACME"}))
            .fails("429 Client Error: Too Many Requests for url: http://quotes/")
            .failed();
        let failure = found(&trace.build(), FailureCode::ToolRateLimit);
        assert_eq!((failure.step, failure.subject.as_deref()), (Some(StepNumber(1)), Some("get_quote")));
    }

    #[test]
    fn not_found_where_it_only_looks_so() {
        let trace = trace().tool("get_quote", json!({})).fails("order A-429 not found").failed();
        assert!(find_in(&trace.build()).iter().all(|failure| failure.code != FailureCode::ToolRateLimit));
    }
}
