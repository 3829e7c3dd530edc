//! One run, looked through once: what every detector reads.

use std::cell::OnceCell;

use super::{
    call::{self, Call, Returned},
    call_validity::{self, Judgement},
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
    /// Nobody says, and nothing speaks for a failure.
    Unknown,
}

impl Ended {
    /// From the outcome. What is only inferred to have gone well makes up for no error: the errors are part of what it was inferred from.
    pub(crate) fn of(outcome: Outcome) -> Self {
        match (outcome.state, outcome.source) {
            (OutcomeState::Ok, Some(OutcomeSource::Feedback)) => Self::Right,
            (OutcomeState::Ok, Some(OutcomeSource::Inferred)) => Self::Unknown,
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
    /// Whether the calls are the right ones; see [`Run::validity`].
    validity: OnceCell<Judgement>,
    sensitive: OnceCell<Sensitive>,
}

impl<'a> Run<'a> {
    /// Takes in how the run ended: whether an error was made up for depends on it.
    pub(crate) fn with_end(mut self, ended: Ended) -> Self {
        self.ended = ended;
        recovery::settle(&mut self.faults, self.trace, ended, &self.good);
        self
    }

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
        Self { trace, rules, ended, calls, turns, faults, repeats, good, validity: OnceCell::new(), sensitive: OnceCell::new() }
    }

    /// Whether the calls are the right ones, found out when first asked.
    pub(crate) fn validity(&self) -> &Judgement {
        self.validity.get_or_init(|| call_validity::judge(self.trace, &self.calls))
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
