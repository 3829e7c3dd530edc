//! The model's provider failed: a model call came back with an error, rate limits and timeouts included, that no other code names.

use super::grouped;
use crate::{
    analysis::run::Run,
    model::failure::{Failure, FailureCode},
};

/// One failure for each model and error text.
pub(super) fn detect(run: &Run<'_>) -> Vec<Failure> {
    grouped::of_code(run, FailureCode::ModelError, "The model", "failed")
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
        let trace = trace().model("gpt-4o").ends_with("openai.RateLimitError", "Error code: 429 - Rate limit reached for gpt-4o");
        let failure = found(&trace.build(), FailureCode::ModelError);
        assert_eq!((failure.step, failure.subject.as_deref()), (Some(StepNumber(1)), Some("gpt-4o")));
    }

    #[test]
    fn not_found_where_it_only_looks_so() {
        let trace = trace().model("gpt-4o").answers(json!("hello")).tool("get", json!({})).fails("429 Too Many Requests").failed();
        assert!(find_in(&trace.build()).iter().all(|failure| failure.code != FailureCode::ModelError));
    }
}
