//! Where a run's time went: in models, in tools, elsewhere.

use crate::model::{latency::Latency, step::Step, time::Elapsed, trace::Trace};

/// Splits the time of a run.
///
/// The total is the sender's `execution_time`, unless a single step took longer than that (a sender that does not measure writes 0); then,
/// and without one, it is the time the steps span, or the sum of their lengths where they do not say when they started.
///
/// Where all timed calls say when they started, calls that overlap count once and a model call inside a tool counts as model, so the parts
/// add up to the total. Elsewhere lengths are summed. No part is longer than the total.
#[must_use]
pub fn split(trace: &Trace) -> Latency {
    let total = total(trace);
    let timed = |is: fn(&Step) -> bool| trace.steps.iter().filter(move |step| is(step) && step.duration.is_some());
    let models = || timed(|step| step.model.is_some());
    let tools = || timed(|step| step.tool.is_some());
    let any = |count: usize, time: u64| (count > 0).then_some(Elapsed::from_micros(time));
    let (model_calls, tool_calls) = (models().count(), tools().count());
    let (model, tool) = match (spans(models()), spans(tools())) {
        (Some(mut model_spans), Some(tool_spans)) => {
            let in_models = covered(&mut model_spans);
            model_spans.extend(tool_spans);
            let in_either = covered(&mut model_spans);
            (any(model_calls, in_models), any(tool_calls, in_either - in_models))
        }
        _ => (any(model_calls, sum(models())), any(tool_calls, sum(tools()))),
    };
    let capped = |time: Elapsed| total.map_or(time, |total| time.min(total));
    let (model, tool) = (model.map(capped), tool.map(capped));
    let other = (model.is_some() || tool.is_some())
        .then(|| total.map(|total| total.minus(model.unwrap_or_default()).minus(tool.unwrap_or_default())))
        .flatten();
    Latency { total, model, tool, other }
}

fn total(trace: &Trace) -> Option<Elapsed> {
    let longest = trace.steps.iter().filter_map(|step| step.duration).max();
    if let Some(sent) = trace.execution_time
        && longest.is_none_or(|longest| longest <= sent)
    {
        return Some(sent);
    }
    longest?;
    let timed = || trace.steps.iter().filter(|step| step.duration.is_some());
    let total = match spans(timed()) {
        Some(spans) => {
            let start = spans.iter().map(|(start, _)| *start).min()?;
            let end = spans.iter().map(|(_, end)| *end).max()?;
            end.abs_diff(start)
        }
        None => sum(timed()),
    };
    Some(Elapsed::from_micros(total))
}

/// The lengths of steps, one after the other, in microseconds.
fn sum<'a>(steps: impl Iterator<Item = &'a Step>) -> u64 {
    steps.filter_map(|step| step.duration).fold(Elapsed::ZERO, Elapsed::plus).micros()
}

/// When steps began and ended, in microseconds; `None` when one does not say.
fn spans<'a>(steps: impl Iterator<Item = &'a Step>) -> Option<Vec<(i64, i64)>> {
    steps
        .map(|step| {
            let start = step.started?.micros();
            Some((start, start.saturating_add_unsigned(step.duration?.micros())))
        })
        .collect()
}

/// The time that at least one span covers, in microseconds.
fn covered(spans: &mut [(i64, i64)]) -> u64 {
    spans.sort_unstable();
    let mut reached = i64::MIN;
    let mut time = 0_u64;
    for (start, end) in spans {
        let new_from = (*start).max(reached);
        if *end > new_from {
            time = time.saturating_add(end.abs_diff(new_from));
            reached = *end;
        }
    }
    time
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::analysis::testing::{any_trace, trace};

    fn millis(latency: Latency) -> [Option<f64>; 4] {
        [latency.total, latency.model, latency.tool, latency.other].map(|part| part.map(Elapsed::millis))
    }

    #[test]
    fn parts_are_summed_where_starts_are_not_known() {
        let trace = trace()
            .model("m")
            .takes(800.0)
            .tool("t", json!({}))
            .takes(120.0)
            .build_with(|trace| trace.execution_time = Elapsed::from_millis(1230.0));
        assert_eq!(millis(split(&trace)), [Some(1230.0), Some(800.0), Some(120.0), Some(310.0)]);
    }

    #[test]
    fn calls_side_by_side_count_once() {
        let trace = trace()
            .model("m")
            .at(0)
            .takes(100.0)
            .tool("t", json!({}))
            .at(100)
            .takes(300.0)
            .tool("t", json!({}))
            .at(200)
            .takes(300.0)
            .build_with(|trace| trace.execution_time = Elapsed::from_millis(700.0));
        assert_eq!(millis(split(&trace)), [Some(700.0), Some(100.0), Some(400.0), Some(200.0)]);
    }

    #[test]
    fn a_model_inside_a_tool_is_model_time() {
        let trace = trace().tool("ask_expert", json!({})).at(0).takes(1000.0).model("m").at(200).takes(600.0).build();
        assert_eq!(millis(split(&trace)), [Some(1000.0), Some(600.0), Some(400.0), Some(0.0)]);
    }

    #[test]
    fn a_total_shorter_than_a_step_is_not_believed() {
        let trace = trace()
            .tool("t", json!({}))
            .takes(250.0)
            .thinks("…")
            .takes(50.0)
            .build_with(|trace| trace.execution_time = Some(Elapsed::ZERO));
        assert_eq!(millis(split(&trace)), [Some(300.0), None, Some(250.0), Some(50.0)]);
    }

    #[test]
    fn nothing_timed_is_nothing_known() {
        assert_eq!(split(&trace().model("m").tool("t", json!({})).build()), Latency::default());
    }

    proptest! {
        #[test]
        fn parts_never_exceed_the_total(trace in any_trace()) {
            let latency = split(&trace);
            if let Some(total) = latency.total {
                for part in [latency.model, latency.tool, latency.other].into_iter().flatten() {
                    prop_assert!(part <= total);
                }
            }
        }
    }
}
