//! The order of calls of which nothing tells the step they belong to.

use std::collections::{HashMap, VecDeque};

use super::{
    emit::Emitter,
    part::{Part, Parts},
};

/// Adds loose calls: by start where every one has it; else each model call, then the tool calls its answer asked for (by id, else
/// by name), then the rest.
pub(super) fn add(models: Parts, calls: Parts, made: &mut Emitter<'_>) {
    made.steps.reserve(models.len() + calls.len());
    if models.iter().chain(&calls).all(|part| part.timestamp.is_some()) {
        let mut parts: Vec<_> = models.into_iter().map(|part| (true, part)).chain(calls.into_iter().map(|part| (false, part))).collect();
        parts.sort_by_key(|(_, part)| part.timestamp);
        parts.into_iter().for_each(|(is_model, part)| if is_model { made.model(part) } else { made.tool(part) });
        return;
    }
    let mut waiting = Waiting::of(calls);
    for model in models {
        made.model(model);
        let asked = made.steps.last().and_then(|step| step.model.as_ref()).map(|model| model.requested_tools.clone());
        for tool in asked.unwrap_or_default() {
            waiting.take(tool.id.as_deref(), &tool.name).into_iter().for_each(|call| made.tool(call));
        }
    }
    waiting.calls.into_iter().flatten().for_each(|call| made.tool(call));
}

/// Tool calls not yet placed.
struct Waiting {
    calls: Vec<Option<Box<Part>>>,
    by_id: HashMap<String, VecDeque<usize>>,
    by_name: HashMap<Option<String>, VecDeque<usize>>,
}

impl Waiting {
    fn of(calls: Parts) -> Self {
        let mut waiting = Self { calls: Vec::with_capacity(calls.len()), by_id: HashMap::new(), by_name: HashMap::new() };
        for (index, call) in calls.into_iter().enumerate() {
            call.id.iter().for_each(|id| waiting.by_id.entry(id.clone()).or_default().push_back(index));
            waiting.by_name.entry(call.tool_name()).or_default().push_back(index);
            waiting.calls.push(Some(call));
        }
        waiting
    }

    fn take(&mut self, id: Option<&str>, name: &str) -> Option<Box<Part>> {
        let by_id = id.and_then(|id| self.by_id.get_mut(id));
        let found = by_id.and_then(|queue| next(queue, &mut self.calls));
        found.or_else(|| self.by_name.get_mut(&Some(name.to_owned())).and_then(|queue| next(queue, &mut self.calls)))
    }
}

fn next(queue: &mut VecDeque<usize>, calls: &mut [Option<Box<Part>>]) -> Option<Box<Part>> {
    while let Some(index) = queue.pop_front() {
        if let Some(call) = calls[index].take() {
            return Some(call);
        }
    }
    None
}
