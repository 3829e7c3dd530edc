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
    estimate,
    price::{Price, Rates},
    reconcile,
    table::PriceTable,
};

/// What a model is called when the sender does not name it.
const UNNAMED: &str = "unnamed model";

/// All tokens of a run, made consistent call by call, those of calls that report none estimated from their text where any can be; `None` when none are
/// known either way.
#[must_use]
pub fn usage_of(trace: &Trace) -> Option<TokenUsage> {
    let mut sum: Option<TokenUsage> = None;
    for (step, call) in calls(trace).filter(|(step, call)| !left_out(step, call)) {
        if let Some(usage) = call.usage.as_ref().map(consistent).or_else(|| estimate::usage_of(step, call)) {
            sum.get_or_insert_default().add(&usage);
        }
    }
    sum
}

/// What a run cost, with its working.
///
/// The computed total is known when every call is: its model has a price and its tokens were counted. A call that failed and reports no tokens is
/// left out, because providers charge for answers. Where tokens were not counted they are estimated, and the total with them stands apart. The logged
/// total is the sender's own for the run, else the sum of its calls' where every call has one.
#[must_use]
pub fn cost_of(trace: &Trace, prices: &PriceTable) -> Cost {
    let prices = Prices::of_run(prices);
    let mut cost = Cost::default();
    // A hostile run may name a model of its own at each of a hundred thousand calls: names are looked up, not searched.
    let mut unknown = HashSet::new();
    let mut billed = 0_usize;
    let mut logged = Money::ZERO;
    let mut all_logged = true;
    let mut all_estimated = true;
    let mut could_be_cached = Money::ZERO;
    for (step, call) in calls(trace) {
        match call.logged_cost {
            Some(money) => logged += money,
            None => all_logged &= left_out(step, call),
        }
        if left_out(step, call) {
            continue;
        }
        billed += 1;
        let name = match bill(step, call, call.usage.as_ref(), &prices) {
            Ok(lines) => {
                could_be_cached += prices.of(call).map_or(Money::ZERO, |price| reconcile::could_be_cached(&lines, call, price));
                cost.lines.extend(lines);
                continue;
            }
            Err(name) => name,
        };
        let estimated = if call.usage.is_none() { estimate::usage_of(step, call) } else { None };
        match estimated.and_then(|usage| bill(step, call, Some(&usage), &prices).ok()) {
            Some(lines) => cost.lines.extend(lines),
            None => all_estimated = false,
        }
        if !unknown.contains(&name) {
            unknown.insert(name.clone());
            cost.unknown.push(name);
        }
    }
    cost.usd = (billed > 0 && cost.unknown.is_empty()).then(|| cost.known_part());
    cost.estimated_usd = (!cost.unknown.is_empty() && all_estimated).then(|| cost.lines.iter().map(|line| line.usd).sum());
    cost.logged_usd = trace.logged_cost.or_else(|| (billed > 0 && all_logged).then_some(logged));
    cost.difference = cost.usd.zip(cost.logged_usd).and_then(|(computed, logged)| reconcile::difference(computed, logged, could_be_cached));
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
        let lines = bill(step, call, call.usage.as_ref(), &prices);
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

pub(super) fn name_of(call: &ModelCall) -> &str {
    call.model.as_deref().map(str::trim).filter(|name| !name.is_empty()).unwrap_or(UNNAMED)
}

/// A provider and a model, by the names sent.
type Named<'r> = (Option<&'r str>, &'r str);

/// The prices of a run's models, each looked up once: a run calls few models, many times.
pub(super) struct Prices<'r> {
    table: &'r PriceTable,
    known: RefCell<HashMap<Named<'r>, Option<&'r Price>>>,
}

impl<'r> Prices<'r> {
    pub(super) fn of_run(table: &'r PriceTable) -> Self {
        Self { table, known: RefCell::default() }
    }

    pub(super) fn of(&self, call: &'r ModelCall) -> Option<&'r Price> {
        let (provider, model) = (call.provider.as_deref(), call.model.as_deref()?);
        *self.known.borrow_mut().entry((provider, model)).or_insert_with(|| self.table.lookup(provider, model))
    }
}

/// The lines of one call; else the name under which it is unknown.
pub(super) fn bill<'r>(step: &Step, call: &'r ModelCall, usage: Option<&TokenUsage>, prices: &Prices<'r>) -> Result<Vec<CostLine>, String> {
    let price = prices.of(call).ok_or_else(|| name_of(call).to_owned())?;
    let usage = consistent(usage.ok_or_else(|| format!("{} (no token counts)", name_of(call)))?);
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
            estimated: usage.estimated,
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
pub(super) fn consistent(usage: &TokenUsage) -> TokenUsage {
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
mod tests;
