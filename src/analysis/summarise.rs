//! A run and its verdict as one row: what lists, filters and rollups need without opening the body.

use std::collections::{HashMap, HashSet};

use super::{excerpt, run_error, time};
use crate::model::{
    cost::CostLine,
    feedback::Feedback,
    ids::{Sequence, StepNumber},
    money::Money,
    summary::{FailureMark, ModelUse, Summary},
    time::Timestamp,
    trace::Trace,
    usage::TokenUsage,
    verdict::Verdict,
};

/// Longest error kept in a row, in characters.
const ERROR_CHARACTERS: usize = 200;

/// Longest name of a tool or model kept in a row, in characters.
const NAME_CHARACTERS: usize = 200;

/// Tools, and models, kept in a row: a row must stay one whatever a sender names.
const MOST_NAMES: usize = 64;

/// The row of a run. Sequence, revision and fingerprints are the store's to set. The row's time follows [`time::effective`]; its note belongs
/// into `verdict.incomplete` and is the caller's to put there.
#[must_use]
pub fn summarise(trace: &Trace, verdict: &Verdict, arrived: Timestamp, body_bytes: usize, feedback: Option<Feedback>) -> Summary {
    let (time, doubt) = time::effective(trace.timestamp, arrived);
    Summary {
        sequence: Sequence(0),
        trace_id: trace.id.clone(),
        revision: 0,
        arrived,
        time,
        agent: verdict.agent_id.clone(),
        session: trace.session.clone(),
        project: trace.project.clone(),
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
        models: models(trace, &verdict.cost.lines),
        error: trace.error.as_ref().and_then(run_error::in_full).map(|error| cut(&error, ERROR_CHARACTERS).to_owned()),
        leaks: count(verdict.leaks.len()),
        incomplete: doubt.is_some() || !verdict.incomplete.is_empty(),
        feedback,
        body_bytes: count(body_bytes),
        rules: verdict.rules.clone(),
    }
}

fn count(of: usize) -> u32 {
    u32::try_from(of).unwrap_or(u32::MAX)
}

/// The first characters of a text.
fn cut(text: &str, characters: usize) -> &str {
    // No character is longer than four bytes.
    let text = excerpt::head(text, characters * 4);
    text.char_indices().nth(characters).map_or(text, |(end, _)| &text[..end])
}

/// The tools called, each once, in order of first call.
fn tools(verdict: &Verdict) -> Vec<String> {
    let mut seen = HashSet::new();
    let names = verdict.tools.items.iter().map(|item| cut(&item.name, NAME_CHARACTERS));
    names.filter(|name| seen.insert(*name)).take(MOST_NAMES).map(str::to_owned).collect()
}

/// What was used of each model, in order of first call. The money of a model is known when that of each of its calls is: by lines of the bill,
/// or because it reports no tokens used.
fn models(trace: &Trace, lines: &[CostLine]) -> Vec<ModelUse> {
    let mut lines_of: HashMap<StepNumber, Vec<&CostLine>> = HashMap::new();
    for line in lines {
        lines_of.entry(line.step).or_default().push(line);
    }
    let mut order: Vec<ModelUse> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for step in &trace.steps {
        let Some(call) = &step.model else { continue };
        let lines = lines_of.get(&step.number).map_or(&[][..], Vec::as_slice);
        let sent = call.model.as_deref().filter(|model| !model.is_empty()).unwrap_or("unknown");
        let name = cut(lines.first().map_or(sent, |line| line.model.as_str()), NAME_CHARACTERS);
        let at = match places.get(name) {
            Some(at) => *at,
            None if order.len() == MOST_NAMES => continue,
            None => {
                places.insert(name, order.len());
                order.push(ModelUse {
                    model: name.to_owned(),
                    calls: 0,
                    usage: TokenUsage::default(),
                    cost: Some(Money::ZERO),
                    by_class: Vec::new(),
                });
                order.len() - 1
            }
        };
        if let Some(used) = order.get_mut(at) {
            used.calls = used.calls.saturating_add(1);
            call.usage.iter().for_each(|usage| used.usage.add(usage));
            let free = call.usage.is_some_and(|usage| usage.total() == 0);
            used.cost = used.cost.filter(|_| free || !lines.is_empty()).map(|cost| cost + lines.iter().map(|line| line.usd).sum());
            for line in lines {
                match used.by_class.iter_mut().find(|(class, _)| *class == line.class) {
                    Some((_, money)) => *money += line.usd,
                    None => used.by_class.push((line.class, line.usd)),
                }
            }
        }
    }
    order
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        analysis::{analyse, rules::Rules, testing::trace},
        model::usage::TokenClass,
    };

    fn row(trace: &Trace, change: impl FnOnce(&mut Verdict)) -> Summary {
        let mut verdict = analyse(trace, &Rules::bundled(), None);
        change(&mut verdict);
        summarise(trace, &verdict, Timestamp::from_micros(1_795_000_000_000_000), 16_384, None)
    }

    fn line(step: u32, model: &str, class: TokenClass, pico: i128) -> CostLine {
        CostLine {
            step: StepNumber(step),
            model: model.to_owned(),
            class,
            tokens: 1,
            per_million: Money::ZERO,
            usd: Money::from_pico(pico),
        }
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
        let row = row(&trace, |_| {});
        assert_eq!(row.tools, ["b", "a"]);
        assert_eq!((row.tool_calls, row.wrong_tool_calls, row.steps, row.body_bytes), (3, 1, 3, 16_384));
        let verdict = analyse(&trace, &Rules::bundled(), None);
        assert_eq!(
            row.failures.iter().map(|mark| mark.code).collect::<Vec<_>>(),
            verdict.failures.iter().map(|failure| failure.code).collect::<Vec<_>>()
        );
    }

    #[test]
    fn models_are_summed_by_the_name_they_are_priced_under() {
        let trace = trace()
            .model("gpt-4o-2024-08-06")
            .uses(100, 0, 10)
            .model("foo-7b")
            .uses(5, 0, 5)
            .model("gpt-4o")
            .uses(200, 0, 20)
            .model("gpt-4o")
            .uses(0, 0, 0)
            .build();
        let row = row(&trace, |verdict| {
            verdict.cost.lines = vec![
                line(1, "gpt-4o", TokenClass::Input, 5),
                line(1, "gpt-4o", TokenClass::Output, 7),
                line(3, "gpt-4o", TokenClass::Input, 11),
            ];
        });
        let seen: Vec<_> =
            row.models.iter().map(|used| (used.model.as_str(), used.calls, used.usage.total(), used.cost.map(Money::pico))).collect();
        assert_eq!(seen, [("gpt-4o", 3, 330, Some(23)), ("foo-7b", 1, 10, None)]);
        assert_eq!(row.models[0].by_class, [(TokenClass::Input, Money::from_pico(16)), (TokenClass::Output, Money::from_pico(7))]);
    }

    #[test]
    fn a_call_without_a_price_leaves_the_models_money_unknown() {
        let trace = trace().model("gpt-4o").uses(100, 0, 10).model("gpt-4o").build();
        let row = row(&trace, |verdict| verdict.cost.lines = vec![line(1, "gpt-4o", TokenClass::Input, 5)]);
        assert_eq!((row.models[0].calls, row.models[0].cost), (2, None));
    }

    #[test]
    fn errors_are_cut_between_characters() {
        let row = row(&trace().ends_with("ToolError", &"é".repeat(500)).build(), |_| {});
        assert_eq!(row.error.map(|error| error.chars().count()), Some(ERROR_CHARACTERS));
    }

    #[test]
    fn a_time_that_cannot_be_believed_marks_the_row() {
        let trace = trace().ok().output(json!("x")).build_with(|trace| {
            trace.incomplete.clear();
            trace.timestamp = Timestamp::parse("2999-01-01T00:00:00Z");
        });
        let row = row(&trace, |_| {});
        assert_eq!((row.time, row.incomplete), (row.arrived, true));
    }
}
