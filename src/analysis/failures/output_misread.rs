//! A tool's result misread: the answer right after it states a count that the result does not have.

use super::shown::Shown;
use crate::{
    analysis::{
        run::{Ended, Run},
        stated_count,
    },
    model::{
        failure::{Failure, FailureCode},
        step::Step,
    },
};

/// One failure for each answer that follows a result and miscounts it.
pub(super) fn detect(run: &Run<'_>) -> Vec<Failure> {
    let mut found = Vec::new();
    for (index, call) in run.calls.iter().enumerate() {
        let Some(result) = call.output.filter(|result| result.is_array() || result.is_object()) else { continue };
        let until = run.calls.get(index + 1).map_or(run.trace.steps.len(), |next| next.position);
        // The result may be told again as a step of its own; what others say is not the agent's reading.
        let told_again = |step: &&Step| step.role.as_deref() == Some("tool");
        let next = run.trace.steps.iter().take(until).skip(call.position + 1).find(|step| !told_again(step));
        let Some((step, text)) = next.and_then(|step| Some((step, said(step)?))) else { continue };
        if let Some(misread) = stated_count::misread(text, result) {
            found.push(
                Shown {
                    code: FailureCode::ToolOutputMisread,
                    step: Some(step.number),
                    subject: Some(call.name),
                    recovered: run.ended == Ended::Right,
                }
                .says(
                    run,
                    format!(
                        "Step {} states {} {}; in the result of {} at step {} nothing has that number, the nearest has {}",
                        step.number, misread.stated, misread.of, call.name, call.step, misread.nearest
                    ),
                ),
            );
        }
    }
    found
}

/// What the agent says in a step.
fn said(step: &Step) -> Option<&str> {
    let agent = step.role.as_deref().is_none_or(|role| role == "assistant");
    let answer = || {
        let output = step.model.as_ref()?.output.as_ref()?;
        output.as_str().or_else(|| output.get("content").or_else(|| output.get(0)?.get("content"))?.as_str())
    };
    step.content.as_deref().or_else(answer).filter(|text| agent && !text.is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::{
        analysis::testing::{find_in, found, trace},
        model::{failure::FailureCode, ids::StepNumber, trace::Trace},
    };

    fn flights() -> Value {
        json!({"flights": (0..9).map(|n| json!({"number": format!("NO{n}11"), "seats": 30 + n})).collect::<Vec<_>>()})
    }

    fn answering(answer: &str) -> Trace {
        trace().tool("search_flights", json!({"to": "OSL"})).returns(flights()).says(answer).build()
    }

    #[test]
    fn a_miscounted_list() {
        let failure = found(&answering("I found 8 flights to Oslo on Monday."), FailureCode::ToolOutputMisread);
        assert_eq!((failure.step, failure.subject.as_deref()), (Some(StepNumber(2)), Some("search_flights")));
        assert!(failure.says.contains("states 8 flights") && failure.says.contains("nearest has 9"));
    }

    #[test]
    fn what_only_looks_like_it() {
        let count = |trace: &Trace| find_in(trace).iter().filter(|failure| failure.code == FailureCode::ToolOutputMisread).count();
        assert_eq!(count(&answering("I found 9 flights to Oslo on Monday.")), 0);
        assert_eq!(count(&answering("There are 33 seats left.")), 0);
        assert_eq!(count(&answering("There are 10 days until then.")), 0);
        // What a person says next is not the agent's reading, and a later result is another one.
        let asked = trace().tool("search_flights", json!({})).returns(flights()).message("user", "I found 8 flights myself").build();
        assert_eq!(count(&asked), 0);
        let later = trace()
            .tool("search_flights", json!({}))
            .returns(flights())
            .tool("list_bags", json!({}))
            .returns(json!([1, 2]))
            .says("There are 8 bags.");
        assert_eq!(count(&later.build()), 0);
    }
}
