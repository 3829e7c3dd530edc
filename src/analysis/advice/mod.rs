//! What an agent's runs could have cost less: each piece counted call by call on runs that were made, none of it guessed.
//!
//! Looked for: the same calls on a cheaper model of the same family that can do what they needed; the beginning of prompts that is sent again and again
//! at the full price; calls that brought what was known; tries of what kept failing. What cannot be counted, because a price, a token count or the
//! messages are missing, is not offered.

mod prefix;
mod repeats;
mod risk;
mod switch;
mod working;

use std::cmp::Reverse;

use super::{
    cost::{self, Bill},
    rules::Rules,
    run::{Ended, Run},
};
use crate::model::{
    advice::{Advice, AdviceKind, Risk},
    money::Money,
    summary::Summary,
    trace::Trace,
};
use working::Working;

/// Pieces of advice on one agent, most saved first.
const MOST: usize = 4;

/// Advice that saves less than this part of a run's cost is not worth a line.
const LEAST_PART: f64 = 0.01;

/// One run looked at: its steps, and its calls with what each cost.
pub(super) struct Looked<'a> {
    run: Run<'a>,
    calls: Vec<Bill<'a>>,
    /// Whether every call of it could be priced: what it cost altogether is known.
    cost: Money,
}

impl<'a> Looked<'a> {
    fn at(trace: &'a Trace, rules: &'a Rules) -> Self {
        let calls = cost::bills_of(trace, &rules.prices);
        let cost = calls.iter().map(Bill::usd).sum();
        Self { run: Run::of(trace, rules, Ended::Unknown), calls, cost }
    }

    /// The bill of the call made at a place in the trace.
    fn bill_at(&self, position: usize) -> Option<&Bill<'a>> {
        // Calls are in order of their places.
        self.calls.binary_search_by_key(&position, |bill| bill.position).ok().and_then(|at| self.calls.get(at))
    }
}

/// Advice before it is put in figures of runs and days.
struct Idea {
    kind: AdviceKind,
    says: String,
    working: Working,
    risk: Risk,
}

/// What could be saved on an agent, by its newest runs as they were made, and by rows of as many more as there are for what history tells.
/// What is saved a day is for [`Advice::each_day`] to say.
#[must_use]
pub fn advise(agent: &str, traces: &[Trace], rows: &[Summary], rules: &Rules) -> Vec<Advice> {
    let looked: Vec<Looked<'_>> = traces.iter().map(|trace| Looked::at(trace, rules)).collect();
    let runs = u32::try_from(looked.len()).unwrap_or(u32::MAX);
    let cost: Money = looked.iter().map(|looked| looked.cost).sum();
    if runs == 0 || cost <= Money::ZERO {
        return Vec::new();
    }
    let ideas = switch::ideas(&looked, rows, rules)
        .into_iter()
        .chain([prefix::idea(&looked), repeats::dropped(&looked), repeats::capped(&looked)].into_iter().flatten());
    let mut advice: Vec<Advice> = ideas
        .filter_map(|idea| {
            let saved = idea.working.saved();
            if saved.usd() < LEAST_PART * cost.usd() || saved <= Money::ZERO {
                return None;
            }
            let saved_per_run = Money::from_pico(saved.pico() / i128::from(runs));
            Some(Advice {
                kind: idea.kind,
                agent: agent.to_owned(),
                says: idea.says,
                saved_per_run,
                saved_per_day: Money::ZERO,
                runs,
                runs_saving: idea.working.runs(),
                risk: idea.risk,
                working: idea.working.lines(),
            })
        })
        .collect();
    advice.sort_by_key(|advice| Reverse(advice.saved_per_run));
    advice.truncate(MOST);
    advice
}

#[cfg(test)]
mod tests;
