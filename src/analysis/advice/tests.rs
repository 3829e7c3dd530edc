//! Runs that could have cost less, and runs that only look it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use serde_json::{Value, json};

use super::*;
use crate::{
    analysis::{cost::PriceTable, sample::row, testing::trace},
    model::{
        probability::Probability,
        summary::ModelUse,
        usage::{TokenClass, TokenUsage},
    },
};

const PRICES: &str = r#"
    [host.lab]
    maker = true
    [price.lab]
    "tall-2" = { context = 100000, input = 10, cached_input = 1, output = 30, can = "ti" }
    "tall-2-mini" = { context = 100000, input = 1, cached_input = 0.1, output = 3, can = "t" }
    "tall-2-nano" = { context = 8000, input = 0.1, cached_input = 0.01, output = 0.3, can = "t" }
    "tall-2-search" = { context = 100000, input = 0.5, output = 1, can = "ti" }
    "broad" = { context = 100000, input = 0.5, output = 1, can = "ti" }
    "paid-1" = { context = 100000, input = 10, cached_input = 1, cache_write_input = 12.5, output = 30 }
    "plain" = { context = 100000, input = 10, output = 30 }
"#;

fn rules() -> Rules {
    Rules::with_prices(PriceTable::with_overrides(PRICES).unwrap())
}

fn advice(traces: &[Trace], rows: &[Summary]) -> Vec<Advice> {
    advise("bot", traces, rows, &rules()).into_iter().map(|advice| advice.each_day(10.0)).collect()
}

fn of(kind: AdviceKind, traces: &[Trace]) -> Option<Advice> {
    advice(traces, &[]).into_iter().find(|advice| advice.kind == kind)
}

fn usd(amount: f64) -> Money {
    Money::from_usd(amount).unwrap()
}

fn one_call(model: &str, messages: Value, input: u64) -> Trace {
    trace().model(model).given(messages).uses(input, 0, 1_000).build()
}

fn said(text: &str) -> Value {
    json!([{"role": "user", "content": text}])
}

#[test]
fn the_nearest_relative_that_can_do_it_is_offered_with_its_arithmetic() {
    let traces = [one_call("tall-2", said("a"), 10_000), one_call("tall-2", said("b"), 30_000)];
    let found = of(AdviceKind::SwitchModel, &traces).unwrap();
    assert_eq!(found.says, "call tall-2-mini instead of tall-2");
    // 40,000 x (10 - 1) and 2,000 x (30 - 3) dollars a million, over two runs.
    assert_eq!(found.saved_per_run, usd((0.36 + 0.054) / 2.0));
    assert_eq!(found.saved_per_day, usd(2.07));
    assert_eq!((found.runs, found.runs_saving), (2, 2));
    assert_eq!(found.working.iter().map(|line| line.saved).sum::<Money>(), usd(0.414), "the working adds up");
    assert_eq!(found.risk.says, "unknown: no run with tall-2-mini");
    assert_eq!(found.risk.points, None);
}

#[test]
fn a_model_that_cannot_do_what_was_needed_is_not_offered() {
    let picture = json!([{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "https://example.org/a.png"}}]}]);
    assert_eq!(of(AdviceKind::SwitchModel, &[one_call("tall-2", picture, 10_000)]), None, "the relatives are blind");
    assert_eq!(of(AdviceKind::SwitchModel, &[one_call("tall-2", said("a"), 100_500)]), None, "the prompt is longer than theirs");
    assert_eq!(of(AdviceKind::SwitchModel, &[one_call("unheard-of", said("a"), 10_000)]), None, "a model without a price");
    assert_eq!(of(AdviceKind::SwitchModel, &[one_call("broad", said("a"), 10_000)]), None, "a model without a relative");
}

#[test]
fn history_tells_the_risk_where_there_is_enough_of_it() {
    let ran = |sequence: u64, model: &str, good: bool| {
        let used = ModelUse { model: model.to_owned(), calls: 1, usage: TokenUsage::default(), cost: None, by_class: Vec::new() };
        Summary { models: vec![used], probability: Some(Probability::clamped(if good { 0.95 } else { 0.05 })), ..row(sequence) }
    };
    let rows = |with: u64| -> Vec<Summary> {
        (0..20).map(|n| ran(n, "tall-2", true)).chain((20..20 + with).map(|n| ran(n, "tall-2-mini", false))).collect()
    };
    let risk = |with| advice(&[one_call("tall-2", said("a"), 9_000)], &rows(with)).remove(0).risk;
    assert_eq!(risk(3).says, "unknown: only 3 with tall-2-mini, 20 with tall-2");
    let known = risk(20);
    assert!(known.points.unwrap() < -70.0 && known.says.contains("points"), "{known:?}");
    assert_eq!(known.runs, 20);
}

/// Calls that each send what the one before sent, and a little more.
fn growing(model: &str, cached: u64) -> Trace {
    let mut messages = vec![json!({"role": "system", "content": "Be kind."})];
    let mut run = trace();
    for call in 0..3_u64 {
        messages.push(json!({"role": "user", "content": format!("question {call}")}));
        run = run.model(model).given(json!(messages)).uses(2_000 + 500 * call, if call > 0 { cached } else { 0 }, 10);
    }
    run.build()
}

#[test]
fn a_beginning_that_is_paid_again_is_repriced_at_the_cache() {
    let found = of(AdviceKind::CachePrefix, &[growing("tall-2", 0)]).unwrap();
    // The second call repeats the 2,000 tokens of the first, the third the 2,500 of the second: $10 to $1 a million.
    assert_eq!(found.saved_per_run, usd(4_500.0 * 9.0 / 1e6));
    assert!(found.risk.says.starts_with("none"));
    let partly = of(AdviceKind::CachePrefix, &[growing("tall-2", 1_900)]).unwrap();
    assert_eq!(partly.saved_per_run, usd(700.0 * 9.0 / 1e6), "what is read from the cache already is not saved again");
}

#[test]
fn writing_to_a_cache_costs_where_it_is_charged() {
    let found = of(AdviceKind::CachePrefix, &[growing("paid-1", 0)]).unwrap();
    // 2,500 tokens are written once, each $2.50 a million dearer than sending them.
    assert_eq!(found.saved_per_run, usd((4_500.0 * 9.0 - 2_500.0 * 2.5) / 1e6));
    assert!(found.working.iter().any(|line| line.class == TokenClass::CacheWriteInput && line.saved < Money::ZERO));
}

#[test]
fn a_beginning_that_is_new_short_late_or_cached_by_nobody_is_not_offered() {
    assert_eq!(of(AdviceKind::CachePrefix, &[growing("plain", 0)]), None, "no rate for cached tokens");
    let short = trace().model("tall-2").given(said("a")).uses(500, 0, 9).model("tall-2").given(said("a")).uses(500, 0, 9).build();
    assert_eq!(of(AdviceKind::CachePrefix, &[short]), None);
    let new = trace().model("tall-2").given(said("a")).uses(5_000, 0, 9).model("tall-2").given(said("b")).uses(5_000, 0, 9).build();
    assert_eq!(of(AdviceKind::CachePrefix, &[new]), None);
    let late =
        trace().model("tall-2").given(said("a")).uses(5_000, 0, 9).at(0).model("tall-2").given(said("a")).uses(5_000, 0, 9).at(400_000);
    assert_eq!(of(AdviceKind::CachePrefix, &[late.build()]), None);
    let untold = trace().model("tall-2").uses(5_000, 0, 9).model("tall-2").uses(5_000, 0, 9).build();
    assert_eq!(of(AdviceKind::CachePrefix, &[untold]), None, "without messages nothing can be said");
}

#[test]
fn what_was_known_need_not_be_asked_again() {
    let asks = |again: Value| {
        let run = trace().model("plain").uses(1_000, 0, 10).tool("get_order", json!({"id": 1})).returns(json!({"total": 5}));
        let run = run.model("plain").uses(1_100, 0, 10).tool("get_order", json!({"id": 1})).returns(again);
        of(AdviceKind::DropRepeats, &[run.model("plain").uses(1_200, 0, 50).build()])
    };
    let found = asks(json!({"total": 5})).unwrap();
    assert_eq!(found.saved_per_run, usd((1_100.0 * 10.0 + 10.0 * 30.0) / 1e6));
    assert_eq!(asks(json!({"total": 6})), None, "the answer was new");
}

#[test]
fn tries_that_never_succeed_are_capped_and_those_that_do_are_not() {
    let tries = |last_succeeds: bool| {
        let mut run = trace();
        for _ in 0..4 {
            run = run.model("plain").uses(1_000, 0, 10).tool("issue_refund", json!({"amount": "12,50"})).fails("amount must be a number");
        }
        run = run.model("plain").uses(1_000, 0, 10).tool("issue_refund", json!({"amount": "12,50"}));
        let run = if last_succeeds { run.returns(json!("done")) } else { run.fails("amount must be a number") };
        of(AdviceKind::CapRetries, &[run.build()])
    };
    assert_eq!(tries(false).unwrap().saved_per_run, usd(3.0 * (1_000.0 * 10.0 + 10.0 * 30.0) / 1e6));
    assert_eq!(tries(true), None);
}

#[test]
fn nothing_is_offered_where_nothing_is_known() {
    assert_eq!(advice(&[], &[]), []);
    assert_eq!(advice(&[trace().says("hello").build()], &[]), []);
}
