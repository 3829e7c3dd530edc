//! Calls repeated without need: the same tool with the same arguments gave the same result again, and nothing was changed in between.

use std::collections::HashMap;

use super::shown::Shown;
use crate::{
    analysis::{excerpt, run::Run},
    model::failure::{Failure, FailureCode},
};

/// One failure for each tool and arguments, at the first repeat; what loops is reported as a loop.
pub(super) fn detect(run: &Run<'_>) -> Vec<Failure> {
    let mut order: Vec<(usize, usize)> = Vec::new();
    let mut by_identity: HashMap<Option<u64>, usize> = HashMap::new();
    for (index, call) in run.calls.iter().enumerate() {
        if run.repeats.needless.get(index) != Some(&true) || run.repeats.looping.get(index) == Some(&true) {
            continue;
        }
        match by_identity.get(&call.identity).and_then(|at| order.get_mut(*at)) {
            Some((_, times)) => *times += 1,
            None => {
                by_identity.insert(call.identity, order.len());
                order.push((index, 1));
            }
        }
    }
    order
        .into_iter()
        .filter_map(|(index, times)| {
            let call = run.calls.get(index)?;
            let before = run.calls.get((*run.repeats.previous.get(index)?)?)?;
            let again = if times == 1 { "once more".to_owned() } else { format!("{times} times more") };
            Some(Shown { code: FailureCode::RedundantCalls, step: Some(call.step), subject: Some(call.name), recovered: true }.says(
                run,
                format!("{} was called {again} with the arguments and the result of step {}", excerpt::line(call.name, 60), before.step),
            ))
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
    fn the_same_question_with_the_same_answer() {
        let trace = trace()
            .tool("get_order", json!({"id": "A-1", "full": true}))
            .returns(json!({"total": 12}))
            .says("let me see")
            .tool("get_order", json!({"full": true, "id": "A-1"}))
            .returns(json!({"total": 12}));
        let failure = found(&trace.build(), FailureCode::RedundantCalls);
        assert_eq!((failure.step, failure.severity), (Some(StepNumber(3)), Severity::Low));
        assert_eq!(failure.says, "get_order was called once more with the arguments and the result of step 1");
    }

    #[test]
    fn a_changed_answer_or_a_change_in_between_is_a_reason() {
        let read = |trace: crate::analysis::testing::TraceBuilder, total| {
            trace.tool("get_order", json!({"id": "A-1"})).returns(json!({ "total": total }))
        };
        let changed = read(read(trace(), 12), 13);
        let acted = read(read(trace(), 12).tool("cancel_order", json!({"id": "A-1"})).returns(json!("ok")), 12);
        let paid_twice = trace().tool("pay", json!({})).returns(json!("ok")).tool("pay", json!({})).returns(json!("ok"));
        for trace in [changed, acted, paid_twice] {
            assert!(find_in(&trace.build()).is_empty());
        }
    }
}
