//! Telling what a step asked for from what was called: the same call may be told by the answer that asks and by the step that calls.

use std::collections::{HashMap, HashSet};

use super::{
    action::Action,
    part::{Part, Parts},
};
use crate::model::step::StepKind;

/// Tool calls that have a step of their own.
pub(super) struct Elsewhere {
    ids: HashSet<String>,
    tools: HashSet<String>,
    /// Calls of `tool_calls` that have a number, by id.
    numbers: HashMap<String, u32>,
}

impl Elsewhere {
    /// Reads the steps and the calls of a body; of nothing where no step lists calls.
    pub(super) fn of(entries: &Parts, calls: &Parts) -> Self {
        let mut elsewhere = Self { ids: HashSet::new(), tools: HashSet::new(), numbers: HashMap::new() };
        if entries.iter().all(|part| part.tool_calls.is_none()) {
            return elsewhere;
        }
        for part in entries.iter().filter(|part| part.tool_calls.is_none() && Action::of(part) == Action::Step(StepKind::ToolCall)) {
            elsewhere.ids.extend(part.call_id().map(str::to_owned));
            elsewhere.tools.extend(part.tool_name());
        }
        elsewhere.numbers.extend(calls.iter().filter_map(|call| Some((call.id.clone()?, call.step?))));
        elsewhere
    }

    /// Whether `call`, listed by the step `by`, is told by another step: then this one only asked for it.
    pub(super) fn tells_of(&self, call: &Part, by: &Part) -> bool {
        if Action::of(by) == Action::Step(StepKind::ToolCall) {
            return false;
        }
        match &call.id {
            Some(id) => self.ids.contains(id) || self.numbers.get(id).is_some_and(|number| by.step.is_some_and(|own| own != *number)),
            None => call.tool_name().is_some_and(|tool| self.tools.contains(&tool)),
        }
    }
}
