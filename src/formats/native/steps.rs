//! One ordered, numbered list of steps out of the four lists a body may tell its story in.

use std::collections::HashMap;

use super::{
    super::{
        error::{FormatError, FormatErrorKind},
        limits::{Allowance, MAX_STEPS},
    },
    answers,
    emit::Emitter,
    host::{self, Host, Hosts},
    loose,
    part::Parts,
};
use crate::model::{ids::StepNumber, step::Step, time::Timestamp};

/// The lists of a body, as sent.
#[derive(Default)]
pub(super) struct Lists {
    pub(super) steps: Parts,
    pub(super) timeline: Parts,
    pub(super) models: Parts,
    pub(super) calls: Parts,
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
/// else in the order told. Calls that belong to no step come last.
pub(super) fn assemble(lists: Lists, allowance: &Allowance) -> Result<Assembled, FormatError> {
    let mut notes = Vec::new();
    let nameless = lists.calls.iter().filter(|call| call.tool_name().is_none()).count();
    if nameless > 0 {
        notes.push(format!("tool calls without a name: {nameless}"));
    }
    let mut all = attach(lists, &mut notes);
    refuse_over(all.calls())?;
    let numbered = all.hosts.iter().filter(|host| host.number.is_some()).count();
    let keep = numbered == all.hosts.len() && !all.repeats;
    if all.repeats {
        notes.push("step numbers repeat: steps are numbered from 1 in the order sent".to_owned());
    } else if !keep && numbered > 0 {
        notes.push("some steps have no number: steps are numbered from 1 in the order sent".to_owned());
    }
    if keep {
        all.hosts.sort_by_key(|host| host.number);
    } else if numbered == 0 {
        sort_by_start(&mut all);
    }

    let mut made = Emitter { steps: Vec::with_capacity(all.hosts.len()), answers: Vec::new(), allowance };
    let mut renumbered = (!keep && numbered > 0).then(HashMap::new);
    for host in all.hosts {
        let (number, first) = (host.number, made.steps.len());
        made.host(host);
        number_from(first, &mut made.steps, if keep { number } else { None })?;
        if let (Some(now), Some(sent), Some(step)) = (renumbered.as_mut(), number, made.steps.get(first)) {
            now.entry(sent).or_insert(step.number);
        }
    }
    let first = made.steps.len();
    loose::add(all.loose_models, all.loose_calls, &mut made);
    number_from(first, &mut made.steps, None)?;

    answers::give(&mut made.steps, made.answers, allowance);
    Ok(Assembled { steps: made.steps, notes, renumbered })
}

/// Gives the calls to the steps, which are the timeline's where `trace.steps` has none.
fn attach(lists: Lists, notes: &mut Vec<String>) -> Hosts {
    let Lists { mut steps, mut timeline, models, calls } = lists;
    if steps.is_empty() {
        let mut every = models.iter().chain(&calls).peekable();
        let calls_are_numbered = every.peek().is_some() && every.all(|part| part.step.is_some());
        if calls_are_numbered && !timeline.is_empty() && timeline.iter().all(|part| part.step.is_none()) {
            notes.push("execution_timeline has no step numbers and was set aside: the calls are in the order of theirs".to_owned());
            timeline.clear();
        }
        steps = timeline;
    }
    host::attach(steps, models, calls)
}

/// Numbers the steps from `first`: all as `kept`, for they are parts of one step of the sender; else on from the last.
fn number_from(first: usize, steps: &mut [Step], kept: Option<u32>) -> Result<(), FormatError> {
    refuse_over(steps.len())?;
    let mut last = first.checked_sub(1).and_then(|before| steps.get(before)).map_or(0, |step| step.number.0);
    for step in &mut steps[first..] {
        // A sender may have used up the numbers; then the last one is shared.
        last = kept.unwrap_or_else(|| last.saturating_add(1));
        step.number = StepNumber(last);
    }
    Ok(())
}

fn refuse_over(steps: usize) -> Result<(), FormatError> {
    if steps <= MAX_STEPS {
        return Ok(());
    }
    let message = format!("the trace has more than {MAX_STEPS} steps; send the run in parts");
    Err(FormatError::new(FormatErrorKind::TooLarge, message))
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
