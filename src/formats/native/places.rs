//! The steps at which a tool call without a number may belong.

use std::collections::{HashMap, VecDeque};

use super::{action::Action, host::Host, part::Part};
use crate::model::step::StepKind;

/// Every telling of a tool call by a step, to be taken once.
pub(super) struct Places {
    /// The step of each, and whether it is taken.
    places: Vec<(usize, bool)>,
    by_id: HashMap<String, VecDeque<usize>>,
    /// By tool, where the telling has no id of the call; a step's own id may be anything's.
    by_tool: HashMap<Option<String>, VecDeque<usize>>,
    /// By tool, where it has one.
    by_tool_with_id: HashMap<Option<String>, VecDeque<usize>>,
}

impl Places {
    /// The tellings of `hosts`, in order.
    pub(super) fn of(hosts: &[Host]) -> Self {
        let (by_id, by_tool, by_tool_with_id) = (HashMap::new(), HashMap::new(), HashMap::new());
        let mut places = Self { places: Vec::new(), by_id, by_tool, by_tool_with_id };
        for (index, host) in hosts.iter().enumerate() {
            for call in host.unmet() {
                places.add(index, call, call.id.is_some());
            }
            let itself = host.part.as_ref().filter(|part| host.calls.is_empty() && Action::of(part) == Action::Step(StepKind::ToolCall));
            if let Some(part) = itself {
                places.add(index, part, false);
            }
        }
        places
    }

    fn add(&mut self, host: usize, part: &Part, has_call_id: bool) {
        let place = self.places.len();
        self.places.push((host, false));
        part.call_id().into_iter().for_each(|id| self.by_id.entry(id.to_owned()).or_default().push_back(place));
        let by_tool = if has_call_id { &mut self.by_tool_with_id } else { &mut self.by_tool };
        by_tool.entry(part.tool_name()).or_default().push_back(place);
    }

    /// The step that tells of `call`: of its id, else the next of its tool whose id is not another one.
    pub(super) fn take(&mut self, call: &Part) -> Option<usize> {
        let Self { places, by_id, by_tool, by_tool_with_id } = self;
        let mut next = |queue: Option<&mut VecDeque<usize>>| {
            let queue = queue?;
            while let Some(place) = queue.pop_front() {
                let (host, taken) = &mut places[place];
                if !std::mem::replace(taken, true) {
                    return Some(*host);
                }
            }
            None
        };
        let tool = call.tool_name();
        match &call.id {
            Some(id) => next(by_id.get_mut(id)).or_else(|| next(by_tool.get_mut(&tool))),
            None => next(by_tool.get_mut(&tool)).or_else(|| next(by_tool_with_id.get_mut(&tool))),
        }
    }
}
