//! Context growth: the prompt of one agent's model calls grows with every call, to several times its size, mostly uncached.

use std::collections::HashMap;

use super::shown::Shown;
use crate::{
    analysis::{excerpt, run::Run, turn::Turn},
    model::failure::{Failure, FailureCode},
};

/// Calls it takes to speak of growth.
const LEAST_CALLS: usize = 5;

/// How many times the first prompt the last one is. Every agent that keeps its conversation grows; this is beyond keeping it.
const LEAST_GROWTH: u64 = 4;

/// Tokens of the last prompt below which growth costs next to nothing.
const LEAST_TOKENS: u64 = 8_000;

/// At most one failure for each agent and model. A prompt that is mostly read from the provider's cache is not counted.
pub(super) fn detect(run: &Run<'_>) -> Vec<Failure> {
    let mut order: Vec<Vec<&Turn<'_>>> = Vec::new();
    let mut by_caller: HashMap<(Option<&str>, &str), usize> = HashMap::new();
    for turn in run.turns.iter().filter(|turn| turn.call.usage.is_some_and(|usage| usage.input_tokens > 0)) {
        let at = *by_caller.entry((turn.agent, turn.name)).or_insert_with(|| {
            order.push(Vec::new());
            order.len() - 1
        });
        if let Some(turns) = order.get_mut(at) {
            turns.push(turn);
        }
    }
    order.iter().filter_map(|turns| growth(run, turns)).collect()
}

fn growth(run: &Run<'_>, turns: &[&Turn<'_>]) -> Option<Failure> {
    let prompt = |turn: &Turn<'_>| turn.call.usage.map_or(0, |usage| usage.input_tokens);
    let (first, last) = (turns.first()?, turns.last()?);
    let grows = turns.windows(2).all(|pair| matches!(pair, [one, next] if prompt(one) < prompt(next)));
    let cached = last.call.usage.map_or(0, |usage| usage.cached_input_tokens);
    let counts = turns.len() >= LEAST_CALLS
        && prompt(last) >= LEAST_TOKENS
        && prompt(last) / prompt(first).max(1) >= LEAST_GROWTH
        && cached.saturating_mul(2) < prompt(last);
    (grows && counts).then(|| {
        Shown { code: FailureCode::ContextGrowth, step: Some(last.step), subject: Some(last.name), recovered: true }.says(
            run,
            format!(
                "The prompt of {} grew with each of {} calls, from {} to {} tokens",
                excerpt::line(last.name, 60),
                turns.len(),
                prompt(first),
                prompt(last)
            ),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        analysis::testing::{TraceBuilder, find_in, found, trace},
        model::ids::StepNumber,
    };

    fn prompts(of: &[u64], cached: u64) -> TraceBuilder {
        of.iter().fold(trace(), |trace, tokens| trace.model("gpt-4o").uses(*tokens, cached.min(*tokens), 50))
    }

    #[test]
    fn a_prompt_that_only_grows() {
        let failure = found(&prompts(&[1_000, 3_000, 6_000, 9_000, 14_000], 0).build(), FailureCode::ContextGrowth);
        assert_eq!((failure.step, failure.subject.as_deref()), (Some(StepNumber(5)), Some("gpt-4o")));
        assert_eq!(failure.says, "The prompt of gpt-4o grew with each of 5 calls, from 1000 to 14000 tokens");
    }

    #[test]
    fn a_small_a_cached_or_a_trimmed_one_is_not() {
        for trace in [
            prompts(&[100, 300, 600, 900, 1_400], 0),
            prompts(&[1_000, 3_000, 6_000, 9_000, 14_000], 12_000),
            prompts(&[1_000, 6_000, 3_000, 9_000, 14_000], 0),
            prompts(&[1_000, 14_000], 0),
        ] {
            assert!(find_in(&trace.build()).is_empty());
        }
    }
}
