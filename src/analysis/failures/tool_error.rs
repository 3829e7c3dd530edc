//! A tool failed in another way: a call that came back with an error that no other code names.

use super::grouped;
use crate::{
    analysis::run::Run,
    model::failure::{Failure, FailureCode},
};

/// One failure for each tool and error text.
pub(super) fn detect(run: &Run<'_>) -> Vec<Failure> {
    grouped::of_code(run, FailureCode::ToolError, "A tool", "failed")
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
        let trace = trace().tool("get_user", json!({"id": "u1"})).returns(json!("Error: user not found")).failed();
        let failure = found(&trace.build(), FailureCode::ToolError);
        assert_eq!((failure.step, failure.subject.as_deref()), (Some(StepNumber(1)), Some("get_user")));
    }

    #[test]
    fn not_found_where_it_only_looks_so() {
        let trace = trace().tool("get_user", json!({"id": "u1"})).returns(json!({"error": null, "name": "Ann"})).failed();
        assert!(find_in(&trace.build()).iter().all(|failure| failure.code != FailureCode::ToolError));
    }
}
