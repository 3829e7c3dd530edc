//! What runs cost, to the pico-dollar.
#![allow(clippy::unwrap_used)]
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::model::{
    ids::{StepNumber, TraceId},
    step::StepKind,
};

const PRICES: &str = r#"
    [host.lab]
    [price.lab]
    "small" = { input = 2.5, cached_input = 1.25, output = 10, batch = 0.5, flex = { input = 2 } }
    "senses" = { input = 1, audio_input = 3, cache_write_hour_input = 2, output = 4, audio_output = 8, request = 5, search = 10 }
    "thinker" = { input = 1, cache_write_input = 1.25, output = 4, reasoning = 8 }
    "embed" = { input = 0.1 }
    "long" = { input = 1, output = 2, over = [{ context = 1000, input = 3, output = 4 }] }
"#;

fn prices() -> PriceTable {
    PriceTable::with_overrides(PRICES).unwrap()
}

fn usage(input: u64, cached: u64, written: u64, output: u64, reasoning: u64) -> TokenUsage {
    TokenUsage {
        input_tokens: input,
        cached_input_tokens: cached,
        cache_write_input_tokens: written,
        output_tokens: output,
        reasoning_tokens: reasoning,
        estimated: false,
    }
}

fn run(calls: Vec<(&str, Option<TokenUsage>, Option<f64>)>) -> Trace {
    let mut trace = Trace::empty(TraceId::new("t").unwrap());
    for (number, (model, usage, logged)) in (1..).zip(calls) {
        let mut step = Step::new(StepNumber(number), StepKind::LlmCall, model);
        step.model = Some(ModelCall {
            provider: Some("lab".to_owned()),
            model: Some(model.to_owned()),
            usage,
            logged_cost: logged.and_then(Money::from_usd),
            ..ModelCall::default()
        });
        trace.steps.push(step);
    }
    trace
}

fn usd(amount: f64) -> Option<Money> {
    Money::from_usd(amount)
}

#[test]
fn the_working_adds_up_to_the_pico_dollar() {
    let trace = run(vec![("small", Some(usage(900, 400, 0, 120, 0)), None), ("small", Some(usage(100, 0, 0, 0, 0)), None)]);
    let cost = cost_of(&trace, &prices());
    let lines: Vec<_> = cost.lines.iter().map(|line| (line.step.0, line.class, line.tokens, line.usd.pico())).collect();
    assert_eq!(
        lines,
        [
            (1, TokenClass::Input, 500, 1_250_000_000),
            (1, TokenClass::CachedInput, 400, 500_000_000),
            (1, TokenClass::Output, 120, 1_200_000_000),
            (2, TokenClass::Input, 100, 250_000_000),
        ]
    );
    assert_eq!(cost.usd, Some(Money::from_pico(3_200_000_000)));
    assert_eq!((cost.logged_usd, cost.unknown.len()), (None, 0));
}

#[test]
fn reasoning_is_a_line_of_its_own_only_where_it_is_priced_apart() {
    let cost = cost_of(&run(vec![("thinker", Some(usage(10, 0, 4, 100, 60)), None)]), &prices());
    let tokens: Vec<_> = cost.lines.iter().map(|line| (line.class, line.tokens)).collect();
    assert_eq!(tokens, [(TokenClass::Input, 6), (TokenClass::CacheWriteInput, 4), (TokenClass::Output, 40), (TokenClass::Reasoning, 60)]);
    let cost = cost_of(&run(vec![("small", Some(usage(10, 0, 0, 100, 60)), None)]), &prices());
    assert_eq!(cost.lines.last().map(|line| (line.class, line.tokens)), Some((TokenClass::Output, 100)));
}

/// The lines of one call of a model with these charges.
fn charged_for(model: &str, usage: TokenUsage, charges: Charges) -> Cost {
    let mut trace = run(vec![(model, Some(usage), None)]);
    trace.steps[0].model.as_mut().unwrap().charges = charges;
    cost_of(&trace, &prices())
}

#[test]
fn sound_pictures_and_hours_in_the_cache_are_paid_at_their_own_rates() {
    let charges = Charges {
        cache_write_hour_tokens: 30,
        audio_input_tokens: 20,
        image_input_tokens: 10,
        audio_output_tokens: 5,
        image_output_tokens: 99,
        searches: 2,
        service: None,
    };
    let cost = charged_for("senses", usage(200, 0, 50, 40, 0), charges);
    let lines: Vec<_> = cost.lines.iter().map(|line| (line.class, line.tokens)).collect();
    assert_eq!(
        lines,
        [
            (TokenClass::Input, 130),
            (TokenClass::AudioInput, 20),
            (TokenClass::CacheWriteInput, 20),
            (TokenClass::CacheWriteHourInput, 30),
            (TokenClass::Output, 35),
            (TokenClass::AudioOutput, 5),
            (TokenClass::Request, 1),
            (TokenClass::Search, 2),
        ],
        "pictures have no rate of their own here and stay where they are counted"
    );
    assert_eq!(cost.lines.iter().rev().take(2).map(|line| line.usd).sum::<Money>(), usd(0.005 + 2.0 * 0.01).unwrap());
}

#[test]
fn a_way_of_being_served_has_its_rates_or_is_unknown() {
    let served = |service| charged_for("small", usage(1_000_000, 0, 0, 0, 0), Charges { service: Some(service), ..Charges::default() });
    assert_eq!(served(Service::Batch).usd, usd(1.25));
    assert_eq!(served(Service::Flex).usd, usd(2.0));
    assert_eq!((served(Service::Priority).usd, served(Service::Priority).unknown), (None, vec!["small (no priority rate)".to_owned()]));
    let searched = charged_for("small", usage(1, 0, 0, 0, 0), Charges { searches: 1, ..Charges::default() });
    assert_eq!(searched.unknown, ["small (web searches)"]);
}

#[test]
fn a_long_prompt_is_dearer_with_its_cached_tokens_counted_in() {
    let cost = cost_of(&run(vec![("long", Some(usage(1_001, 900, 0, 10, 0)), None)]), &prices());
    assert_eq!(cost.usd, Some(Money::from_pico(1_001 * 3_000_000 + 10 * 4_000_000)));
}

#[test]
fn parts_larger_than_the_whole_stand_beside_it() {
    let cost = cost_of(&run(vec![("small", Some(usage(100, 400, 0, 10, 50)), None)]), &prices());
    let tokens: Vec<_> = cost.lines.iter().map(|line| (line.class, line.tokens)).collect();
    assert_eq!(tokens, [(TokenClass::Input, 100), (TokenClass::CachedInput, 400), (TokenClass::Output, 60)]);
    let sum = usage_of(&run(vec![("small", Some(usage(100, 400, 0, 10, 50)), None)])).unwrap();
    assert_eq!((sum.input_tokens, sum.output_tokens), (500, 60));
}

#[test]
fn unknown_is_never_zero() {
    let known = ("small", Some(usage(10, 0, 0, 10, 0)), None);
    let cost =
        cost_of(&run(vec![known, ("foo-7b", Some(usage(10, 0, 0, 1, 0)), None), ("foo-7b", None, None), ("small", None, None)]), &prices());
    assert_eq!(cost.usd, None);
    assert_eq!(cost.unknown, ["foo-7b", "small (no token counts)"]);
    assert_eq!(cost.lines.len(), 2, "the working of what is known stays");
    assert_eq!(cost_of(&run(vec![]), &prices()), Cost::default(), "no calls, no statement");
    let generated_by_embedding = cost_of(&run(vec![("embed", Some(usage(10, 0, 0, 1, 0)), None)]), &prices());
    assert_eq!(generated_by_embedding.unknown, ["embed"], "a class without a rate is unknown");
}

#[test]
fn calls_without_counts_are_estimated_from_their_text_and_stand_apart() {
    let mut trace = run(vec![("small", Some(usage(10, 0, 0, 10, 0)), None), ("small", None, None)]);
    let call = trace.steps[1].model.as_mut().unwrap();
    call.messages = Some(json!([{"role": "user", "content": "one two three four five six"}]));
    call.output = Some(json!("seven eight"));
    let cost = cost_of(&trace, &prices());
    assert_eq!((cost.usd, cost.known_part()), (None, Money::from_pico(125_000_000)));
    assert_eq!(cost.estimated_usd, Some(Money::from_pico(125_000_000 + 10 * 2_500_000 + 2 * 10_000_000)));
    assert_eq!(cost.lines.iter().map(|line| line.estimated).collect::<Vec<_>>(), [false, false, true, true]);
    assert_eq!(cost.unknown, ["small (no token counts)"]);
    let sum = usage_of(&trace).unwrap();
    assert_eq!((sum.input_tokens, sum.output_tokens, sum.estimated), (20, 12, true));
    trace.steps[1].model.as_mut().unwrap().output = None;
    assert_eq!(cost_of(&trace, &prices()).estimated_usd, None, "half a call is no estimate");
}

#[test]
fn what_is_logged_is_held_against_what_is_computed() {
    let tokens = Some(usage(4_000, 0, 0, 0, 0));
    let says = |logged| cost_of(&run(vec![("small", tokens, Some(logged))]), &prices()).difference.map(|difference| difference.says);
    assert_eq!(says(0.0101), None);
    assert_eq!(says(0.012).as_deref(), Some("logged $0.0120, computed $0.0100: +20 %"));
    assert!(says(0.007).unwrap().ends_with("cached prompts would explain it"), "{:?}", says(0.007));
    assert!(!says(0.001).unwrap().contains("cached"), "not even a cache makes it that cheap");
}

#[test]
fn logged_costs_are_summed_only_when_complete() {
    let some = Some(usage(1, 0, 0, 1, 0));
    assert_eq!(cost_of(&run(vec![("x", some, Some(0.1)), ("x", some, Some(0.2))]), &prices()).logged_usd, usd(0.3));
    assert_eq!(cost_of(&run(vec![("x", some, Some(0.1)), ("x", some, None)]), &prices()).logged_usd, None);
    let mut trace = run(vec![("x", some, Some(0.1))]);
    trace.logged_cost = usd(0.5);
    assert_eq!(cost_of(&trace, &prices()).logged_usd, usd(0.5), "the sender's own total stands");
}

#[test]
fn a_call_that_failed_without_an_answer_is_not_billed() {
    let mut trace = run(vec![("small", None, None), ("small", Some(usage(10, 0, 0, 10, 0)), None)]);
    trace.steps[0].error = Some("429 Too Many Requests".to_owned());
    assert_eq!(cost_of(&trace, &prices()).usd, Some(Money::from_pico(125_000_000)));
    trace.steps.truncate(1);
    assert_eq!(cost_of(&trace, &prices()).usd, None, "a run of nothing else has no cost to state");
}

#[test]
fn uses_are_told_by_model() {
    let trace = run(vec![
        ("small", Some(usage(10, 5, 0, 10, 0)), None),
        ("foo-7b", Some(usage(3, 0, 0, 4, 0)), None),
        ("small-latest", Some(usage(1, 0, 0, 0, 0)), None),
    ]);
    let uses = uses_of(&trace, &prices());
    assert_eq!(uses.iter().map(|entry| (entry.model.as_str(), entry.calls)).collect::<Vec<_>>(), [("small", 2), ("foo-7b", 1)]);
    assert_eq!(uses[0].usage.input_tokens, 11);
    assert_eq!(uses[0].cost, Some(uses[0].by_class.iter().map(|(_, money)| *money).sum()));
    assert_eq!(uses[1].cost, None);
}

fn any_count() -> impl Strategy<Value = u64> {
    prop_oneof![0..10_u64, 0..1_000_000_u64, Just(u64::MAX), Just(u64::MAX - 1)]
}

proptest! {
    #[test]
    fn hostile_counts_neither_panic_nor_cost_less_than_nothing(counts in proptest::array::uniform5(any_count()), calls in 1..4_usize) {
        let usage = usage(counts[0], counts[1], counts[2], counts[3], counts[4]);
        for model in ["small", "thinker", "long", "senses"] {
            let trace = run(vec![(model, Some(usage), None); calls]);
            let cost = cost_of(&trace, &prices());
            prop_assert!(cost.usd.unwrap() >= Money::ZERO);
            prop_assert_eq!(cost.usd.unwrap(), cost.known_part());
            prop_assert!(usage_of(&trace).is_some());
        }
    }

    #[test]
    fn every_token_is_billed_once(counts in proptest::array::uniform5(0..1_000_000_u64)) {
        let usage = usage(counts[0], counts[1], counts[2], counts[3], counts[4]);
        let trace = run(vec![("thinker", Some(usage), None)]);
        let billed: u64 = cost_of(&trace, &prices()).lines.iter().map(|line| line.tokens).sum();
        prop_assert_eq!(billed, usage_of(&trace).unwrap().total());
    }
}
