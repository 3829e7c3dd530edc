//! One ordered, numbered list of steps out of the four lists a body may tell its story in.

use std::collections::{HashMap, VecDeque};

use super::{
    super::{
        error::{FormatError, FormatErrorKind},
        limits::MAX_STEPS,
    },
    answers,
    body::Part,
    emit,
    host::{self, Host, Hosts},
};
use crate::model::{ids::StepNumber, step::Step, time::Timestamp};

/// The lists of a body, as sent.
#[derive(Default)]
pub(super) struct Lists {
    pub(super) steps: Vec<Part>,
    pub(super) timeline: Vec<Part>,
    pub(super) models: Vec<Part>,
    pub(super) calls: Vec<Part>,
}

/// The assembled steps.
pub(super) struct Assembled {
    /// In order, numbers rising.
    pub(super) steps: Vec<Step>,
    /// What had to be set aside, and why.
    pub(super) notes: Vec<String>,
    /// The sender's numbers where they could not be kept, each with the number its step has now.
    renumbered: Option<HashMap<u32, StepNumber>>,
}

impl Assembled {
    /// The step that the sender calls `number`; `None` when there is none.
    pub(super) fn find(&self, number: u32) -> Option<StepNumber> {
        match &self.renumbered {
            Some(now) => now.get(&number).copied(),
            None => self.steps.iter().map(|step| step.number).find(|found| found.0 == number),
        }
    }
}

/// Assembles the steps: the numbers of the sender where they name each step once; else by start time where every part has one;
/// else in the order told, with loose model calls each followed by the tool calls its answer asked for, then the rest.
pub(super) fn assemble(lists: Lists) -> Result<Assembled, FormatError> {
    let Lists { steps: entries, timeline, models, calls } = lists;
    let nameless = calls.iter().filter(|call| call.tool_name().is_none()).count();
    let mut notes = Vec::new();
    let from_timeline = entries.is_empty();
    let mut backbone = if from_timeline { timeline } else { entries };
    let calls_are_numbered = !(models.is_empty() && calls.is_empty()) && models.iter().chain(&calls).all(|part| part.step.is_some());
    if from_timeline && !backbone.is_empty() && calls_are_numbered && backbone.iter().all(|part| part.step.is_none()) {
        backbone.clear();
        notes.push("execution_timeline has no step numbers and was set aside: the calls are in the order of theirs".to_owned());
    }
    let mut all = host::attach(backbone, models, calls);

    if nameless > 0 {
        notes.push(format!("tool calls without a name: {nameless}"));
    }
    let numbered = all.hosts.iter().filter(|host| host.number.is_some()).count();
    let keep = numbered == all.hosts.len() && !all.repeats;
    if all.repeats {
        notes.push("step numbers repeat: steps are numbered from 1 in the order sent".to_owned());
    } else if !keep && numbered > 0 {
        notes.push("some steps have no number: steps are numbered from 1 in the order sent".to_owned());
    }
    if !keep && numbered == 0 {
        sort_by_start(&mut all);
    }

    let mut made = Made::default();
    let mut renumbered = (!keep && numbered > 0).then(HashMap::new);
    if keep {
        all.hosts.sort_by_key(|host| host.number);
    }
    for host in std::mem::take(&mut all.hosts) {
        let (number, first) = (host.number, made.steps.len());
        emit::host(host, &mut made.steps, &mut made.answers);
        made.number_from(first, if keep { number } else { None })?;
        if let (Some(now), Some(sent), Some(step)) = (renumbered.as_mut(), number, made.steps.get(first)) {
            now.entry(sent).or_insert(step.number);
        }
    }
    let first = made.steps.len();
    emit_loose(all.loose_models, all.loose_calls, &mut made.steps);
    made.number_from(first, None)?;

    answers::give(&mut made.steps, made.answers);
    Ok(Assembled { steps: made.steps, notes, renumbered })
}

#[derive(Default)]
struct Made {
    steps: Vec<Step>,
    answers: Vec<emit::Answer>,
}

impl Made {
    /// Numbers the steps from `first`: all as `kept`, for they are parts of one step of the sender; else on from the last.
    fn number_from(&mut self, first: usize, kept: Option<u32>) -> Result<(), FormatError> {
        if self.steps.len() > MAX_STEPS {
            let message = format!("the trace has more than {MAX_STEPS} steps; send the run in parts");
            return Err(FormatError::new(FormatErrorKind::TooLarge, message));
        }
        let mut last = first.checked_sub(1).and_then(|before| self.steps.get(before)).map_or(0, |step| step.number.0);
        for step in &mut self.steps[first..] {
            // A sender may have used up the numbers; then the last one is shared.
            last = kept.unwrap_or_else(|| last.saturating_add(1));
            step.number = StepNumber(last);
        }
        Ok(())
    }
}

/// Orders everything by start, when every part says when it started; loose calls become steps of their own among the others.
fn sort_by_start(all: &mut Hosts) {
    let loose = all.loose_models.iter().chain(&all.loose_calls).map(|part| part.timestamp);
    if !all.hosts.iter().map(start).chain(loose).all(|start| start.is_some()) {
        return;
    }
    let models = all.loose_models.drain(..).map(Host::of_model);
    let calls = all.loose_calls.drain(..).map(Host::of_call);
    all.hosts.extend(models.chain(calls));
    all.hosts.sort_by_key(start);
}

fn start(host: &Host) -> Option<Timestamp> {
    let parts = host.part.iter().chain(&host.models).chain(host.calls.iter().map(|call| &call.part));
    parts.filter_map(|part| part.timestamp).min()
}

/// Loose calls without times: each model call, then the tool calls its answer asked for (by id, else by name), then the rest.
fn emit_loose(models: Vec<Part>, calls: Vec<Part>, steps: &mut Vec<Step>) {
    let mut calls: Vec<Option<Step>> = calls.into_iter().map(|part| Some(emit::tool(part))).collect();
    let mut by_id: HashMap<String, VecDeque<usize>> = HashMap::new();
    let mut by_name: HashMap<String, VecDeque<usize>> = HashMap::new();
    for (index, call) in calls.iter().enumerate().filter_map(|(index, step)| Some((index, step.as_ref()?.tool.as_ref()?))) {
        call.id.iter().for_each(|id| by_id.entry(id.clone()).or_default().push_back(index));
        by_name.entry(call.name.clone()).or_default().push_back(index);
    }
    for model in models.into_iter().map(emit::model) {
        let asked = model.model.as_ref().map(|model| model.requested_tools.clone()).unwrap_or_default();
        steps.push(model);
        for tool in asked {
            let same_id = tool.id.as_ref().and_then(|id| by_id.get_mut(id));
            let found = same_id.and_then(|queue| take_next(queue, &mut calls));
            steps.extend(found.or_else(|| by_name.get_mut(&tool.name).and_then(|queue| take_next(queue, &mut calls))));
        }
    }
    steps.extend(calls.into_iter().flatten());
}

fn take_next(queue: &mut VecDeque<usize>, calls: &mut [Option<Step>]) -> Option<Step> {
    while let Some(index) = queue.pop_front() {
        if let Some(step) = calls[index].take() {
            return Some(step);
        }
    }
    None
}
