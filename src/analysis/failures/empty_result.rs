//! A tool answered with nothing: a tool whose name says that it looks something up went well and returned no text, no item, no field.

use std::collections::HashMap;

use serde_json::Value;

use super::shown::Shown;
use crate::{
    analysis::{
        call::Returned,
        excerpt,
        run::{Ended, Run},
        tool_nature::Nature,
    },
    model::failure::{Failure, FailureCode},
};

/// One failure for each tool. It is made up for by a later call of the tool that brings something. A tool that changes things may well return
/// nothing, and what came of a tool whose name does not say is not judged.
pub(super) fn detect(run: &Run<'_>) -> Vec<Failure> {
    let looked_up = |nature| nature == Nature::Reads;
    let mut empty: Vec<(usize, usize)> = Vec::new();
    let mut by_tool: HashMap<&str, usize> = HashMap::new();
    let mut last_full: HashMap<&str, usize> = HashMap::new();
    for (index, call) in run.calls.iter().enumerate().filter(|(_, call)| looked_up(call.nature) && call.returned == Returned::Fine) {
        let Some(output) = call.output else { continue };
        if !is_empty(output, 0) {
            last_full.insert(call.name, index);
        } else if let Some(times) = by_tool.get(call.name).and_then(|at| empty.get_mut(*at)) {
            *times = (index, times.1 + 1);
        } else {
            by_tool.insert(call.name, empty.len());
            empty.push((index, 1));
        }
    }
    empty
        .into_iter()
        .filter_map(|(index, times)| {
            let call = run.calls.get(index)?;
            let recovered = run.ended == Ended::Right || last_full.get(call.name).is_some_and(|full| *full > index);
            let often = if times > 1 { format!(", {times} times in all") } else { String::new() };
            Some(
                Shown { code: FailureCode::ToolEmptyResult, step: Some(call.step), subject: Some(call.name), recovered }
                    .says(run, format!("{} found nothing at step {}{often}", excerpt::line(call.name, 60), call.step)),
            )
        })
        .collect()
}

/// Whether a result holds nothing: empty itself, or an object of nothing but empty parts and a count of zero.
fn is_empty(output: &Value, depth: usize) -> bool {
    const COUNTS: &[&str] = &["total", "count", "total_count", "totalCount", "size", "found", "hits", "num_results", "length"];
    match output {
        Value::Null => true,
        Value::String(text) => text.trim().is_empty() || matches!(text.trim(), "[]" | "{}" | "null" | "None"),
        Value::Array(items) => items.is_empty(),
        Value::Object(entries) => entries.iter().all(|(key, value)| match value {
            Value::Number(number) => COUNTS.contains(&key.as_str()) && number.as_f64() == Some(0.0),
            Value::Bool(_) => false,
            value => depth < 2 && is_empty(value, depth + 1),
        }),
        _ => false,
    }
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
    fn a_search_without_hits() {
        for nothing in [json!([]), json!(""), json!({}), json!({"results": [], "total": 0}), json!(null), json!("[]")] {
            let failure = found(&trace().tool("search_orders", json!({"q": "x"})).returns(nothing).build(), FailureCode::ToolEmptyResult);
            assert_eq!((failure.step, failure.subject.as_deref()), (Some(StepNumber(1)), Some("search_orders")));
        }
    }

    #[test]
    fn a_later_hit_makes_up_for_it() {
        let trace = trace()
            .tool("search_orders", json!({"q": "x"}))
            .returns(json!([]))
            .tool("search_orders", json!({"q": "y"}))
            .returns(json!([1]));
        assert!(found(&trace.build(), FailureCode::ToolEmptyResult).recovered);
    }

    #[test]
    fn nothing_to_return_is_not_nothing_found() {
        for trace in [
            trace().tool("send_email", json!({})).returns(json!("")),
            trace().tool("search_orders", json!({})).returns(json!({"results": [], "total": 3})),
            trace().tool("check_stock", json!({})).returns(json!(0)),
            trace().tool("check_flag", json!({})).returns(json!({"set": false})),
            trace().tool("search_orders", json!({})).fails("no"),
        ] {
            assert!(find_in(&trace.build()).iter().all(|failure| failure.code != FailureCode::ToolEmptyResult));
        }
    }
}
