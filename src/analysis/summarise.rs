//! A run and its verdict as one row: what lists, filters and rollups need without opening the body.

use std::collections::HashSet;

use super::{cost, excerpt, peers, rules::Rules, run_error, time};
use crate::model::{
    feedback::Feedback,
    ids::Sequence,
    progress::Progress,
    summary::{FailureMark, Insight, ModelUse, Summary},
    time::Timestamp,
    trace::Trace,
    verdict::Verdict,
};

/// Longest error kept in a row, in characters.
const ERROR_CHARACTERS: usize = 200;

/// Tools, and models, kept in a row: a row must stay one whatever a sender names.
const MOST_NAMES: usize = 64;

/// The row of a run, by the rules that made its verdict. Sequence, revision and fingerprints are the store's to set. The row's time
/// follows [`time::effective`]; its note belongs into `verdict.incomplete` and is the caller's to put there.
#[must_use]
pub fn summarise(
    trace: &Trace,
    verdict: &Verdict,
    rules: &Rules,
    arrived: Timestamp,
    body_bytes: usize,
    feedback: Option<Feedback>,
) -> Summary {
    let (time, doubt) = time::effective(trace.timestamp, arrived);
    Summary {
        sequence: Sequence(0),
        trace_id: trace.id.clone(),
        revision: 0,
        arrived,
        time,
        agent: verdict.agent_id.clone(),
        session: trace.session.as_deref().map(kept),
        project: trace.project.as_deref().map(kept),
        domain: verdict.domain.clone(),
        framework: verdict.framework.clone(),
        steps: count(trace.steps.len()),
        took: verdict.latency.total,
        model_time: verdict.latency.model,
        tool_time: verdict.latency.tool,
        usage: verdict.usage,
        cost: verdict.cost.best(),
        tool_calls: verdict.tools.calls,
        wrong_tool_calls: verdict.tools.wrong,
        outcome: verdict.outcome,
        probability: verdict.success_probability,
        failures: verdict
            .failures
            .iter()
            .map(|failure| FailureMark {
                code: failure.code,
                severity: failure.severity,
                recovered: failure.recovered,
                step: failure.step,
                fingerprint: failure.fingerprint,
            })
            .collect(),
        tools: tools(verdict),
        models: models(trace, rules),
        error: trace.error.as_ref().and_then(run_error::in_full).map(|error| excerpt::characters(&error, ERROR_CHARACTERS).to_owned()),
        leaks: count(verdict.leaks.len()),
        incomplete: doubt.is_some() || !verdict.incomplete.is_empty(),
        // Only what arrives as spans can have more to come.
        progress: match trace.telemetry {
            Some(_) => Progress::Spans { heard: arrived, ended: trace.ended },
            None => Progress::Whole,
        },
        feedback,
        insight: Insight {
            inferred: verdict.inferred_probability,
            task: peers::task_of(trace),
            peers: verdict.agreement.as_ref().map_or(0, |agreement| agreement.runs),
            redacted: verdict.redacted.iter().fold(0, |sum, (_, pieces)| sum.saturating_add(*pieces)),
            estimated_cost: verdict.cost.estimated_usd.filter(|_| verdict.cost.best().is_none()),
            logged_cost: verdict.cost.logged_usd,
        },
        body_bytes: count(body_bytes),
        rules: verdict.rules.clone(),
    }
}

fn kept(name: &str) -> String {
    excerpt::name(name).to_owned()
}

fn count(of: usize) -> u32 {
    u32::try_from(of).unwrap_or(u32::MAX)
}

/// What was used of each model, in order of first call.
fn models(trace: &Trace, rules: &Rules) -> Vec<ModelUse> {
    let mut models = cost::uses_of(trace, &rules.prices);
    models.truncate(MOST_NAMES);
    for used in &mut models {
        used.model.truncate(excerpt::name(&used.model).len());
    }
    models
}

/// The tools called, each once, in order of first call.
fn tools(verdict: &Verdict) -> Vec<String> {
    let mut seen = HashSet::new();
    let names = verdict.tools.items.iter().map(|item| excerpt::name(&item.name));
    names.filter(|name| seen.insert(*name)).take(MOST_NAMES).map(kept).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::analysis::{analyse, testing::trace};

    fn row(trace: &Trace) -> Summary {
        let rules = Rules::bundled();
        let verdict = analyse(trace, &rules, None);
        summarise(trace, &verdict, &rules, Timestamp::from_micros(1_795_000_000_000_000), 16_384, None)
    }

    #[test]
    fn tools_and_failures_run_along_with_the_verdict() {
        let trace = trace()
            .tool("b", json!({"n": 1}))
            .fails("no")
            .tool("a", json!({}))
            .returns(json!(1))
            .tool("b", json!({"n": 2}))
            .returns(json!(1))
            .failed()
            .build();
        let row = row(&trace);
        assert_eq!(row.tools, ["b", "a"]);
        assert_eq!((row.tool_calls, row.wrong_tool_calls, row.steps, row.body_bytes), (3, 1, 3, 16_384));
        let verdict = analyse(&trace, &Rules::bundled(), None);
        assert_eq!(
            row.failures.iter().map(|mark| mark.code).collect::<Vec<_>>(),
            verdict.failures.iter().map(|failure| failure.code).collect::<Vec<_>>()
        );
    }

    #[test]
    fn errors_are_cut_between_characters() {
        let row = row(&trace().ends_with("ToolError", &"é".repeat(500)).build());
        assert_eq!(row.error.map(|error| error.chars().count()), Some(ERROR_CHARACTERS));
    }

    #[test]
    fn a_time_that_cannot_be_believed_marks_the_row() {
        let trace = trace().ok().output(json!("x")).build_with(|trace| {
            trace.incomplete.clear();
            trace.timestamp = Timestamp::parse("2999-01-01T00:00:00Z");
        });
        let row = row(&trace);
        assert_eq!((row.time, row.incomplete), (row.arrived, true));
    }
}
