//! Whether something later in the run made up for an error.
//!
//! The rule, the same for every detector. An error is made up for when a person judged the run right, or when it is not the error the run
//! ended with and
//!
//! - in a tool call: a later call of the same tool went well (of any tool, for a tool that does not exist), or the run is reported ok and a
//!   later call of any tool went well; a call that the tool answered all the same needs nothing made up for;
//! - in a model call: a later model call went well;
//! - in another step: a later step of the same name went well, or the run is reported ok and any later call went well.

use std::collections::HashMap;

use super::{
    call::Call,
    fault::{Fault, Seen},
    run::Ended,
    turn::Turn,
};
use crate::model::{failure::FailureCode, trace::Trace};

/// The last places at which something went well.
#[derive(Debug)]
pub(crate) struct LastGood<'a> {
    call_of: HashMap<&'a str, usize>,
    call: Option<usize>,
    turn: Option<usize>,
}

impl<'a> LastGood<'a> {
    /// Looks through the calls once.
    pub(crate) fn of(calls: &[Call<'a>], turns: &[Turn<'_>]) -> Self {
        let good = |call: &&Call<'_>| call.went_well();
        // With nothing to make up for, nobody asks by name.
        let call_of = if calls.iter().all(|call| call.went_well()) {
            HashMap::new()
        } else {
            calls.iter().filter(good).map(|call| (call.name, call.position)).collect()
        };
        Self {
            call_of,
            call: calls.iter().rev().find(good).map(|call| call.position),
            turn: turns.iter().rev().find(|turn| !turn.erred).map(|turn| turn.position),
        }
    }

    /// Whether any tool call after this place went well.
    pub(crate) fn call_after(&self, position: usize) -> bool {
        self.call.is_some_and(|good| good > position)
    }

    /// Whether a call of this tool after this place went well.
    pub(crate) fn call_of_after(&self, tool: &str, position: usize) -> bool {
        self.call_of.get(tool).is_some_and(|good| *good > position)
    }

    /// Whether any model call after this place went well.
    pub(crate) fn turn_after(&self, position: usize) -> bool {
        self.turn.is_some_and(|good| good > position)
    }
}

/// Marks the errors that were made up for.
pub(crate) fn settle(faults: &mut [Fault<'_>], trace: &Trace, ended: Ended, good: &LastGood<'_>) {
    // Only filled when a step that is neither tool nor model call has failed.
    let mut steps: Option<HashMap<&str, usize>> = None;
    for fault in faults {
        let at = fault.position;
        let reported_ok = ended == Ended::Ok;
        let made_up_for = match fault.seen {
            Seen::Call(_) => {
                let same_tool = fault.subject.is_some_and(|tool| good.call_of_after(tool, at));
                let any_tool = good.call_after(at) && (reported_ok || fault.code == FailureCode::ToolMissing);
                fault.harmless || same_tool || any_tool
            }
            Seen::Turn(_) => good.turn_after(at),
            Seen::Step => {
                let last = steps.get_or_insert_with(|| {
                    trace
                        .steps
                        .iter()
                        .enumerate()
                        .filter(|(_, step)| !step.failed())
                        .map(|(place, step)| (step.name.as_str(), place))
                        .collect()
                });
                let same_name = trace.steps.get(at).and_then(|step| last.get(step.name.as_str())).is_some_and(|good| *good > at);
                same_name || (reported_ok && (good.call_after(at) || good.turn_after(at)))
            }
            Seen::Run => false,
        };
        fault.recovered = ended == Ended::Right || (made_up_for && !fault.ended_run);
    }
}
