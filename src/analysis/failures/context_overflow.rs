//! The prompt did not fit the model: a model call or the run ended with an error that says so.

use super::grouped;
use crate::{
    analysis::run::Run,
    model::failure::{Failure, FailureCode},
};

/// One failure for each model and error text.
pub(super) fn detect(run: &Run<'_>) -> Vec<Failure> {
    grouped::of_code(run, FailureCode::ContextOverflow, "The model", "could not take the whole prompt")
}

#[cfg(test)]
mod tests {
    use crate::{
        analysis::testing::{find_in, found, trace},
        model::{failure::FailureCode, ids::StepNumber},
    };

    #[test]
    fn found_with_step_and_subject() {
        let trace = trace()
            .model("gpt-4o")
            .fails("Error code: 400 - This model's maximum context length is 8192 tokens. However, your messages resulted in 9001 tokens.")
            .failed();
        let failure = found(&trace.build(), FailureCode::ContextOverflow);
        assert_eq!((failure.step, failure.subject.as_deref()), (Some(StepNumber(1)), Some("gpt-4o")));
    }

    #[test]
    fn not_found_where_it_only_looks_so() {
        let trace = trace().model("gpt-4o").fails("Error code: 400 - unknown parameter").failed();
        assert!(find_in(&trace.build()).iter().all(|failure| failure.code != FailureCode::ContextOverflow));
    }
}
