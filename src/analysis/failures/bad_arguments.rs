//! Arguments do not parse or do not fit: by the tool's schema, by an error that says so, or because they are not JSON.

use super::grouped;
use crate::{
    analysis::{fault::Seen, run::Run},
    model::failure::{Failure, FailureCode},
};

/// One failure for each tool and error text; where the text does not say what does not fit and the schema does, both are said.
pub(super) fn detect(run: &Run<'_>) -> Vec<Failure> {
    grouped::of_code_with(run, FailureCode::ToolBadArguments, "A tool", "was called with arguments that do not fit", |fault| {
        let Seen::Call(index) = fault.seen else { return None };
        let misfit = run.calls.get(index)?.violations.first()?.to_string();
        (misfit != fault.message).then_some(misfit)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{
        analysis::testing::{find_in, found, trace},
        model::{
            failure::{FailureCode, Severity},
            ids::StepNumber,
        },
    };

    #[test]
    fn found_with_step_and_subject() {
        let trace = trace()
            .offers("issue_refund", json!({"type": "object", "properties": {"amount": {"type": "number"}}}))
            .tool("issue_refund", json!({"amount": "12,50"}))
            .fails("ToolError: cannot refund")
            .failed();
        let failure = found(&trace.build(), FailureCode::ToolBadArguments);
        assert_eq!((failure.step, failure.subject.as_deref()), (Some(StepNumber(1)), Some("issue_refund")));
        assert!(failure.says.ends_with("ToolError: cannot refund; /amount should be a number, is the text \"12,50\""), "{}", failure.says);
        assert_eq!(failure.message, "ToolError: cannot refund");
    }

    #[test]
    fn arguments_that_are_not_json() {
        let trace = trace()
            .model("gpt-4o")
            .asks_badly("get_quote", "EOF while parsing a string")
            .ends_with("json.decoder.JSONDecodeError", "Expecting value: line 1 column 1 (char 0)");
        let failures = find_in(&trace.build());
        assert_eq!(failures.len(), 1, "the run's error is the same: {failures:?}");
        assert_eq!(
            (failures[0].code, failures[0].step, failures[0].subject.as_deref()),
            (FailureCode::ToolBadArguments, Some(StepNumber(1)), Some("get_quote"))
        );
    }

    #[test]
    fn a_tool_that_takes_them_all_the_same_is_not_hurt() {
        let trace = trace().offers("get", json!({"type": "object", "required": ["id"]})).tool("get", json!({})).returns(json!("all"));
        let failure = found(&trace.build(), FailureCode::ToolBadArguments);
        assert_eq!((failure.severity, failure.recovered), (Severity::Low, true));
    }

    #[test]
    fn not_found_where_it_only_looks_so() {
        let trace = trace()
            .offers("issue_refund", json!({"type": "object", "properties": {"amount": {"type": "number"}}}))
            .tool("issue_refund", json!({"amount": 12.5}))
            .fails("ToolError: cannot refund")
            .failed();
        assert!(find_in(&trace.build()).iter().all(|failure| failure.code != FailureCode::ToolBadArguments));
    }
}
