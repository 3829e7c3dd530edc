//! The calls of a run with what each cost, to be held against what it would have cost otherwise.

use serde_json::Value;

use super::{
    bill::{self, Prices},
    estimate,
    price::{Price, Rates},
    table::PriceTable,
};
use crate::model::{
    cost::CostLine,
    money::Money,
    step::ModelCall,
    trace::Trace,
    usage::{TokenClass, TokenUsage},
};

/// One model call whose price and tokens are known.
#[derive(Debug)]
pub(crate) struct Bill<'r> {
    /// The place of its step in the trace.
    pub(crate) position: usize,
    /// The call.
    pub(crate) call: &'r ModelCall,
    /// Its tokens, made consistent.
    pub(crate) usage: TokenUsage,
    /// The price of its model.
    pub(crate) price: &'r Price,
    /// The rates that held.
    pub(crate) rates: Rates,
    /// What it cost, class by class.
    pub(crate) lines: Vec<CostLine>,
}

/// One class of a call at what it cost and at what it would have cost.
#[derive(Debug)]
pub(crate) struct Compared {
    /// The class.
    pub(crate) class: TokenClass,
    /// How many.
    pub(crate) tokens: u64,
    /// What a million cost.
    pub(crate) from: Money,
    /// What a million would have cost.
    pub(crate) to: Money,
}

impl Bill<'_> {
    /// What it cost.
    pub(crate) fn usd(&self) -> Money {
        self.lines.iter().map(|line| line.usd).sum()
    }

    /// The same tokens at the rates of another model; `None` where it has no rate for one of them, or is not served in the way this one was.
    pub(crate) fn at_another(&self, other: &Price) -> Option<Vec<Compared>> {
        let rates = other.rates_served(self.usage.input_tokens, self.call.charges.service)?;
        // A class is told apart where either tells it apart.
        let classes = bill::charged(&self.usage, &self.call.charges, &self.rates.overlaid(&rates));
        let used = classes.into_iter().filter(|(_, tokens)| *tokens > 0);
        used.map(|(class, tokens)| {
            let price = |rates: &Rates| match (class, rates.of(class)) {
                (_, Some(rate)) => Some(rate.per_million()),
                (TokenClass::Request, None) => Some(Money::ZERO),
                _ => None,
            };
            Some(Compared { class, tokens, from: price(&self.rates)?, to: price(&rates)? })
        })
        .collect()
    }
}

/// The calls of a run whose price and tokens are known, in order.
pub(crate) fn bills_of<'r>(trace: &'r Trace, prices: &'r PriceTable) -> Vec<Bill<'r>> {
    let prices = Prices::of_run(prices);
    let priced = trace.steps.iter().enumerate().filter_map(|(position, step)| {
        let call = step.model.as_ref()?;
        let usage = bill::consistent(call.usage.as_ref().filter(|usage| !usage.estimated)?);
        let price = prices.of(call)?;
        let rates = price.rates_served(usage.input_tokens, call.charges.service)?;
        let lines = bill::bill(step, call, Some(&usage), &prices).ok()?;
        Some(Bill { position, call, usage, price, rates, lines })
    });
    priced.collect()
}

/// About how many tokens one message has, by its text; only to tell parts of a prompt from each other.
pub(crate) fn message_text_tokens(message: &Value) -> u64 {
    estimate::message_tokens(message).unwrap_or(0)
}
