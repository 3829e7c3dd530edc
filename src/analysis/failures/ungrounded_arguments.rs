//! A call with a value that nothing in the run had given before it: no user, no instruction, no earlier result.

use std::collections::{HashMap, HashSet};

use super::shown::Shown;
use crate::{
    analysis::{
        call::Returned,
        excerpt,
        run::{Ended, Run},
    },
    model::failure::{Failure, FailureCode},
};

/// One failure for each tool. A tool that answered knew the value, wherever the agent had it from: then nothing is said. It is made up for
/// by a later call of the tool that went well.
pub(super) fn detect(run: &Run<'_>) -> Vec<Failure> {
    let judged = &run.validity().calls;
    if !judged.iter().any(|call| call.invented) {
        return Vec::new();
    }
    let last_good: HashMap<&str, usize> =
        run.calls.iter().enumerate().filter(|(_, call)| call.returned == Returned::Fine).map(|(index, call)| (call.name, index)).collect();
    let mut told: HashSet<&str> = HashSet::new();
    let calls = run.calls.iter().zip(judged).enumerate();
    let invented = calls.filter(|(_, (call, judged))| judged.invented && call.returned != Returned::Fine);
    invented
        .filter(|(_, (call, _))| told.insert(call.name))
        .map(|(index, (call, judged))| {
            let later = last_good.get(call.name).is_some_and(|good| *good > index);
            let pointer = judged.ungrounded.first().map_or("", String::as_str);
            let value = call.input.and_then(|input| input.pointer(pointer)).map(|value| match value.as_str() {
                Some(text) => text.to_owned(),
                None => value.to_string(),
            });
            let value = value.map(|value| format!(" ({})", excerpt::line(&value, 60))).unwrap_or_default();
            let says = format!(
                "{} was called at step {} with {pointer}{value}, which nothing before it had given",
                excerpt::line(call.name, 60),
                call.step
            );
            let recovered = later || run.ended == Ended::Right;
            Shown { code: FailureCode::ToolUngroundedArguments, step: Some(call.step), subject: Some(call.name), recovered }.says(run, says)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        analysis::testing::{find_in, found, trace},
        model::{failure::Severity, ids::StepNumber},
    };

    #[test]
    fn an_identifier_that_nobody_gave() {
        let trace = trace()
            .message("user", "Where is my order?")
            .tool("get_order", json!({"order": {"id": "W2378156"}}))
            .fails("Error: no such order")
            .failed();
        let failure = found(&trace.build(), FailureCode::ToolUngroundedArguments);
        assert_eq!((failure.step, failure.severity, failure.recovered), (Some(StepNumber(2)), Severity::High, false));
        assert_eq!(failure.says, "get_order was called at step 2 with /order/id (W2378156), which nothing before it had given");
    }

    #[test]
    fn asking_and_calling_again_makes_up_for_it() {
        let trace = trace()
            .message("user", "Where is my order?")
            .tool("get_order", json!({"id": "W2378156"}))
            .fails("Error: no such order")
            .says("Which order?")
            .message("user", "W1182004")
            .tool("get_order", json!({"id": "W1182004"}))
            .returns(json!({"status": "sent"}));
        assert!(found(&trace.build(), FailureCode::ToolUngroundedArguments).recovered);
    }

    #[test]
    fn not_found_where_it_only_looks_so() {
        let given_by_a_result = trace()
            .message("user", "Where is my order?")
            .tool("find_user", json!({"name": "Tom"}))
            .returns(json!({"orders": ["W2378156"]}))
            .tool("get_order", json!({"id": "#w2378156"}))
            .fails("Error: no such order")
            .failed();
        let known_to_the_tool =
            trace().message("user", "Where is my order?").tool("get_order", json!({"id": "W2378156"})).returns(json!("sent"));
        let worked_out =
            trace().message("user", "The total of 12.50 and 30").tool("pay", json!({"amount": 42.5, "on": "2026-11-20"})).fails("no");
        for trace in [given_by_a_result, known_to_the_tool, worked_out] {
            assert!(find_in(&trace.build()).iter().all(|failure| failure.code != FailureCode::ToolUngroundedArguments));
        }
    }
}
