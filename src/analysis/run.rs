//! One run, looked through once: what every detector reads.

use std::cell::OnceCell;

use super::{
    call::{self, Call, Returned},
    fault::{self, Fault, Seen},
    leaks::Sensitive,
    recovery::{self, LastGood},
    repeats::Repeats,
    rules::Rules,
    run_error,
    turn::{self, Turn},
};
use crate::model::{
    step::Step,
    trace::Trace,
    verdict::{Outcome, OutcomeSource, OutcomeState},
};

/// How a run ended, as far as judging its errors needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// A person judged it right.
    Right,
    /// It is reported ok.
    Ok,
    /// It failed, whoever says so.
    Failed,
    /// Nothing tells.
    Unknown,
}

impl Ended {
    /// From the outcome.
    pub(crate) fn of(outcome: Outcome) -> Self {
        match (outcome.state, outcome.source) {
            (OutcomeState::Ok, Some(OutcomeSource::Feedback)) => Self::Right,
            (OutcomeState::Ok, _) => Self::Ok,
            (OutcomeState::Failed, _) => Self::Failed,
            (OutcomeState::Unknown, _) => Self::Unknown,
        }
    }
}

/// A run with its calls, errors and repeats.
#[derive(Debug)]
pub(crate) struct Run<'a> {
    /// The run as sent.
    pub(crate) trace: &'a Trace,
    /// The rules in force.
    pub(crate) rules: &'a Rules,
    /// How it ended.
    pub(crate) ended: Ended,
    /// Tool calls, in order.
    pub(crate) calls: Vec<Call<'a>>,
    /// Model calls, in order.
    pub(crate) turns: Vec<Turn<'a>>,
    /// Errors, in order, each once.
    pub(crate) faults: Vec<Fault<'a>>,
    /// What was done again.
    pub(crate) repeats: Repeats,
    /// Where things last went well.
    pub(crate) good: LastGood<'a>,
    sensitive: OnceCell<Sensitive>,
}

impl<'a> Run<'a> {
    /// Looks through a trace.
    pub(crate) fn of(trace: &'a Trace, rules: &'a Rules, ended: Ended) -> Self {
        let mut calls = call::collect(trace, rules);
        let mut turns = turn::collect(trace);
        let mut faults = fault::collect(trace, rules, &calls, &turns);
        run_error::attach(&mut faults, trace, rules, &calls, &turns);
        // The call that ended the run failed, even where only the run says so.
        match faults.iter().find(|fault| fault.ended_run).map(|fault| (fault.seen, fault.message.clone())) {
            Some((Seen::Call(index), message)) if calls[index].went_well() => calls[index].returned = Returned::Erred(message),
            Some((Seen::Turn(index), _)) => turns[index].erred = true,
            _ => {}
        }
        let good = LastGood::of(&calls, &turns);
        recovery::settle(&mut faults, trace, ended, &good);
        let repeats = Repeats::of(&calls, &faults);
        Self { trace, rules, ended, calls, turns, faults, repeats, good, sensitive: OnceCell::new() }
    }

    /// Sensitive data and where it went, looked for when first asked for.
    pub(crate) fn sensitive(&self) -> &Sensitive {
        self.sensitive.get_or_init(|| Sensitive::of(self.trace, &self.rules.scanner))
    }

    /// The step at a place.
    pub(crate) fn step_at(&self, position: usize) -> Option<&'a Step> {
        self.trace.steps.get(position)
    }
}
