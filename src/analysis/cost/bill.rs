//! The bill of one run: its model calls, class by class, times the rates.

use std::{
    cell::RefCell,
    collections::{HashMap, HashSet},
};

use crate::model::{
    cost::{Cost, CostLine},
    money::Money,
    step::{ModelCall, Step},
    summary::ModelUse,
    trace::Trace,
    usage::{Charges, Service, TokenClass, TokenUsage},
};

use super::{
    price::{Price, Rates},
    table::PriceTable,
};

/// What a model is called when the sender does not name it.
const UNNAMED: &str = "unnamed model";

/// All tokens of a run, made consistent call by call; `None` when no call reported any.
#[must_use]
pub fn usage_of(trace: &Trace) -> Option<TokenUsage> {
    let mut sum: Option<TokenUsage> = None;
    for usage in calls(trace).filter_map(|(_, call)| call.usage.as_ref()) {
        sum.get_or_insert_default().add(&consistent(usage));
    }
    sum
}

/// What a run cost, with its working.
///
/// The computed total is known when every call is: its model has a price and its tokens were counted. A call that failed and reports no tokens is
/// left out, because providers charge for answers. The logged total is the sender's own for the run, else the sum of its calls' where every call has one.
#[must_use]
pub fn cost_of(trace: &Trace, prices: &PriceTable) -> Cost {
    let prices = Prices::of_run(prices);
    let mut cost = Cost::default();
    // A hostile run may name a model of its own at each of a hundred thousand calls: names are looked up, not searched.
    let mut unknown = HashSet::new();
    let mut billed = 0_usize;
    let mut logged = Money::ZERO;
    let mut all_logged = true;
    for (step, call) in calls(trace) {
        match call.logged_cost {
            Some(money) => logged += money,
            None => all_logged &= left_out(step, call),
        }
        if left_out(step, call) {
            continue;
        }
        billed += 1;
        match bill(step, call, &prices) {
            Ok(lines) => cost.lines.extend(lines),
            Err(name) if unknown.contains(&name) => {}
            Err(name) => {
                unknown.insert(name.clone());
                cost.unknown.push(name);
            }
        }
    }
    cost.usd = (billed > 0 && cost.unknown.is_empty()).then(|| cost.known_part());
    cost.logged_usd = trace.logged_cost.or_else(|| (billed > 0 && all_logged).then_some(logged));
    cost
}

/// What a run used of each model, in the order of first use: one entry a model, as priced where it has a price, else as sent.
#[must_use]
pub fn uses_of(trace: &Trace, prices: &PriceTable) -> Vec<ModelUse> {
    let prices = Prices::of_run(prices);
    let mut uses: Vec<ModelUse> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for (step, call) in calls(trace).filter(|(step, call)| !left_out(step, call)) {
        let price = prices.of(call);
        let model = price.map_or_else(|| name_of(call), |price| &price.model);
        let at = *places.entry(model).or_insert_with(|| {
            uses.push(ModelUse {
                model: model.to_owned(),
                calls: 0,
                usage: TokenUsage::default(),
                cost: Some(Money::ZERO),
                by_class: Vec::new(),
            });
            uses.len() - 1
        });
        let Some(entry) = uses.get_mut(at) else { continue };
        entry.calls = entry.calls.saturating_add(1);
        if let Some(usage) = &call.usage {
            entry.usage.add(&consistent(usage));
        }
        let lines = bill(step, call, &prices);
        entry.cost = entry.cost.zip(lines.as_ref().ok()).map(|(sum, lines)| sum + lines.iter().map(|line| line.usd).sum());
        for line in lines.unwrap_or_default() {
            match entry.by_class.iter_mut().find(|(class, _)| *class == line.class) {
                Some((_, money)) => *money += line.usd,
                None => entry.by_class.push((line.class, line.usd)),
            }
        }
    }
    uses
}

fn calls(trace: &Trace) -> impl Iterator<Item = (&Step, &ModelCall)> {
    trace.steps.iter().filter_map(|step| step.model.as_ref().map(|call| (step, call)))
}

/// A call that failed before it answered: no tokens, no logged cost.
fn left_out(step: &Step, call: &ModelCall) -> bool {
    step.failed() && call.usage.is_none() && call.logged_cost.is_none()
}

fn name_of(call: &ModelCall) -> &str {
    call.model.as_deref().map(str::trim).filter(|name| !name.is_empty()).unwrap_or(UNNAMED)
}

/// The prices of a run's models, each looked up once: a run calls few models, many times.
struct Prices<'r> {
    table: &'r PriceTable,
    known: RefCell<HashMap<(Option<&'r str>, &'r str), Option<&'r Price>>>,
}

impl<'r> Prices<'r> {
    fn of_run(table: &'r PriceTable) -> Self {
        Self { table, known: RefCell::default() }
    }

    fn of(&self, call: &'r ModelCall) -> Option<&'r Price> {
        let (provider, model) = (call.provider.as_deref(), call.model.as_deref()?);
        *self.known.borrow_mut().entry((provider, model)).or_insert_with(|| self.table.lookup(provider, model))
    }
}

/// The lines of one call; else the name under which it is unknown.
fn bill<'r>(step: &Step, call: &'r ModelCall, prices: &Prices<'r>) -> Result<Vec<CostLine>, String> {
    let price = prices.of(call).ok_or_else(|| name_of(call).to_owned())?;
    let usage = call.usage.as_ref().ok_or_else(|| format!("{} (no token counts)", name_of(call)))?;
    let usage = consistent(usage);
    let service = call.charges.service;
    let rates = price.rates_served(usage.input_tokens, service).ok_or_else(|| {
        let served = service.map_or("", Service::name);
        format!("{} (no {served} rate)", name_of(call))
    })?;
    let mut lines = Vec::new();
    for (class, tokens) in charged(&usage, &call.charges, &rates).into_iter().filter(|(_, tokens)| *tokens > 0) {
        // A class that is used and has no rate leaves the call unpriced, as a missing model does.
        let rate = rates.of(class).ok_or_else(|| match class.is_fee() {
            true => format!("{} ({})", name_of(call), class.label()),
            false => name_of(call).to_owned(),
        })?;
        lines.push(CostLine {
            step: step.number,
            model: price.model.to_string(),
            class,
            tokens,
            per_million: rate.per_million(),
            usd: rate.times(tokens),
        });
    }
    Ok(lines)
}

/// What is paid for, class by class: each token once. Reasoning, audio, pictures and hour-long cache writes are told apart only where they have a
/// rate of their own.
pub(super) fn charged(usage: &TokenUsage, charges: &Charges, rates: &Rates) -> [(TokenClass, u64); TokenClass::COUNT] {
    let apart = |class, tokens: u64, most: u64| if rates.listed(class).is_some() { tokens.min(most) } else { 0 };
    let fresh = usage.input_tokens.saturating_sub(usage.cached_input_tokens.saturating_add(usage.cache_write_input_tokens));
    let audio = apart(TokenClass::AudioInput, charges.audio_input_tokens, fresh);
    let image = apart(TokenClass::ImageInput, charges.image_input_tokens, fresh - audio);
    let hour = apart(TokenClass::CacheWriteHourInput, charges.cache_write_hour_tokens, usage.cache_write_input_tokens);
    let reasoning = apart(TokenClass::Reasoning, usage.reasoning_tokens, usage.output_tokens);
    let spoken = apart(TokenClass::AudioOutput, charges.audio_output_tokens, usage.output_tokens - reasoning);
    let drawn = apart(TokenClass::ImageOutput, charges.image_output_tokens, usage.output_tokens - reasoning - spoken);
    [
        (TokenClass::Input, fresh - audio - image),
        (TokenClass::AudioInput, audio),
        (TokenClass::ImageInput, image),
        (TokenClass::CachedInput, usage.cached_input_tokens),
        (TokenClass::CacheWriteInput, usage.cache_write_input_tokens - hour),
        (TokenClass::CacheWriteHourInput, hour),
        (TokenClass::Output, usage.output_tokens - reasoning - spoken - drawn),
        (TokenClass::Reasoning, reasoning),
        (TokenClass::AudioOutput, spoken),
        (TokenClass::ImageOutput, drawn),
        (TokenClass::Request, u64::from(rates.listed(TokenClass::Request).is_some())),
        (TokenClass::Search, charges.searches),
    ]
}

/// Usage in which the parts fit the whole. Clients report input with the cached tokens in it and output with the reasoning ones in it; where the parts
/// are larger than the whole, this client counts them beside it (as the raw answers of Anthropic and Gemini do), and the whole becomes their sum.
fn consistent(usage: &TokenUsage) -> TokenUsage {
    let cached = usage.cached_input_tokens.saturating_add(usage.cache_write_input_tokens);
    let mut whole = *usage;
    if cached > usage.input_tokens {
        whole.input_tokens = usage.input_tokens.saturating_add(cached);
    }
    if usage.reasoning_tokens > usage.output_tokens {
        whole.output_tokens = usage.output_tokens.saturating_add(usage.reasoning_tokens);
    }
    whole
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

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
        assert_eq!(
            tokens,
            [(TokenClass::Input, 6), (TokenClass::CacheWriteInput, 4), (TokenClass::Output, 40), (TokenClass::Reasoning, 60)]
        );
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
        let cost = cost_of(
            &run(vec![known, ("foo-7b", Some(usage(10, 0, 0, 1, 0)), None), ("foo-7b", None, None), ("small", None, None)]),
            &prices(),
        );
        assert_eq!(cost.usd, None);
        assert_eq!(cost.unknown, ["foo-7b", "small (no token counts)"]);
        assert_eq!(cost.lines.len(), 2, "the working of what is known stays");
        assert_eq!(cost_of(&run(vec![]), &prices()), Cost::default(), "no calls, no statement");
        let generated_by_embedding = cost_of(&run(vec![("embed", Some(usage(10, 0, 0, 1, 0)), None)]), &prices());
        assert_eq!(generated_by_embedding.unknown, ["embed"], "a class without a rate is unknown");
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
}
