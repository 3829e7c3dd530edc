//! A refusal: the model declined in a field of its own, or a content filter stopped its reply or the request.

use super::{grouped, incomplete};
use crate::{
    analysis::{run::Run, turn::Stop},
    model::failure::{Failure, FailureCode},
};

/// Errors of content filters, and one failure for replies that ended with a refusal. What a model says in prose is not judged.
pub(super) fn detect(run: &Run<'_>) -> Vec<Failure> {
    let mut failures = grouped::of_code(run, FailureCode::Refusal, "The model", "was stopped by a content filter");
    let told: Vec<_> = failures.iter().map(|failure| failure.step).collect();
    let refused = incomplete::stopped(run, Stop::Refused, FailureCode::Refusal, |model| {
        format!("{model} refused, or a content filter stopped its answer,")
    });
    failures.extend(refused.into_iter().filter(|failure| !told.contains(&failure.step)));
    failures
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        analysis::testing::{find_in, found, trace},
        model::ids::StepNumber,
    };

    #[test]
    fn by_reason_by_field_and_by_error() {
        for trace in [
            trace().model("gpt-4o").stops("content_filter"),
            trace().model("gpt-4o").answers(json!({"refusal": "I cannot help with that"})),
            trace().model("gpt-4o").fails("Error code: 400 - {'error': {'code': 'content_filter'}}"),
        ] {
            let failure = found(&trace.build(), FailureCode::Refusal);
            assert_eq!((failure.step, failure.subject.as_deref()), (Some(StepNumber(1)), Some("gpt-4o")));
        }
    }

    #[test]
    fn words_of_refusal_in_prose_are_not_judged() {
        let trace = trace().model("gpt-4o").answers(json!({"content": "I cannot refund what was not paid", "refusal": null})).stops("stop");
        assert!(find_in(&trace.build()).is_empty());
    }
}
