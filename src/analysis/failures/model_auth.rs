//! The model's provider refused the key: a model call or a model client's error that tells of an unknown or unauthorised caller.

use super::grouped;
use crate::{
    analysis::run::Run,
    model::failure::{Failure, FailureCode},
};

/// One failure for each model and error text.
pub(super) fn detect(run: &Run<'_>) -> Vec<Failure> {
    grouped::of_code(run, FailureCode::ModelAuth, "The model", "was refused by its provider")
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
        let trace = trace().model("gpt-4o").fails("Error code: 401 - {'error': {'message': 'Incorrect API key provided: sk-x'}}").failed();
        let failure = found(&trace.build(), FailureCode::ModelAuth);
        assert_eq!((failure.step, failure.subject.as_deref()), (Some(StepNumber(1)), Some("gpt-4o")));
    }

    #[test]
    fn not_found_where_it_only_looks_so() {
        let trace = trace()
            .model("gpt-4o")
            .answers(json!("hello"))
            .tool("get", json!({}))
            .fails("401 Client Error: Unauthorized for url: http://x")
            .failed();
        assert!(find_in(&trace.build()).iter().all(|failure| failure.code != FailureCode::ModelAuth));
    }
}
