//! A tool that does not exist was asked for: the error says so, or it is not among those offered and nothing came back.

use super::grouped;
use crate::{
    analysis::run::Run,
    model::failure::{Failure, FailureCode},
};

/// One failure for each tool and error text.
pub(super) fn detect(run: &Run<'_>) -> Vec<Failure> {
    grouped::of_code(run, FailureCode::ToolMissing, "A tool", "does not exist and was asked for")
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
        let trace = trace().offers("get_quote", json!({})).model("gpt-4o").asks("lookup_price", json!({"symbol": "ACME"})).failed();
        let failure = found(&trace.build(), FailureCode::ToolMissing);
        assert_eq!((failure.step, failure.subject.as_deref()), (Some(StepNumber(1)), Some("lookup_price")));
    }

    #[test]
    fn what_frameworks_add_is_not_missing() {
        let trace =
            trace().offers("get_quote", json!({})).tool("transfer_to_billing", json!({})).model("gpt-4o").asks("final_answer", json!({}));
        assert!(find_in(&trace.build()).is_empty());
    }

    #[test]
    fn not_found_where_it_only_looks_so() {
        let trace =
            trace().offers("get_quote", json!({})).tool("get_quote", json!({})).tool("get_rate", json!({})).returns(json!("done")).ok();
        assert!(find_in(&trace.build()).iter().all(|failure| failure.code != FailureCode::ToolMissing));
    }
}
