//! Finding, for each model and tool call of a body, the step it belongs to.

use std::collections::{HashMap, HashSet, VecDeque};

use super::{
    action::Action,
    part::{Part, Parts},
    places::Places,
    requests::Elsewhere,
};
use crate::model::step::StepKind;

/// How far ahead among a step's own calls another telling of one is looked for; they come in the same order.
const LOOK_AHEAD: usize = 32;

/// A tool call of a step.
pub(super) struct Call {
    pub(super) part: Box<Part>,
    /// Told by the step and by `tool_calls` as well.
    met: bool,
}

/// A step in the making: an entry of the body's list of steps with the calls that belong to it, or calls of a number without such an entry.
#[derive(Default)]
pub(super) struct Host {
    /// The entry of the list of steps.
    pub(super) part: Option<Box<Part>>,
    /// The number the sender gave it.
    pub(super) number: Option<u32>,
    /// Model calls made in it.
    pub(super) models: Parts,
    /// Tool calls made in it.
    pub(super) calls: Vec<Call>,
    /// Before this place every call is told twice.
    first_unmet: usize,
}

impl Host {
    /// A step with the calls it tells of itself, but for those that it only asks for.
    fn of(mut part: Box<Part>, elsewhere: &Elsewhere) -> Self {
        let own = part.tool_calls.take().unwrap_or_default();
        let (asked, calls): (Vec<_>, Vec<_>) = own.into_iter().partition(|call| elsewhere.tells_of(call, &part));
        part.tool_calls = Some(asked).filter(|asked| !asked.is_empty());
        let calls = calls.into_iter().map(|part| Call { part, met: false }).collect();
        Self { number: part.step, part: Some(part), calls, ..Self::default() }
    }

    /// The calls that only the step itself tells of so far.
    pub(super) fn unmet(&self) -> impl Iterator<Item = &Part> {
        self.calls.iter().filter(|call| !call.met).map(|call| &*call.part)
    }

    /// A step that is only a model call.
    pub(super) fn of_model(part: Box<Part>) -> Self {
        Self { models: vec![part], ..Self::default() }
    }

    /// A step that is only a tool call.
    pub(super) fn of_call(part: Box<Part>) -> Self {
        Self { calls: vec![Call { part, met: true }], ..Self::default() }
    }

    /// Adds a call from `tool_calls`, or completes the step's own telling of it.
    fn add_call(&mut self, mut part: Box<Part>) {
        while self.calls.get(self.first_unmet).is_some_and(|call| call.met) {
            self.first_unmet += 1;
        }
        let own = self
            .calls
            .iter_mut()
            .skip(self.first_unmet)
            .take(LOOK_AHEAD)
            .filter(|call| !call.met)
            .find(|call| tells_the_same(&call.part, &part));
        if let Some(call) = own {
            part.complete(std::mem::take(&mut *call.part));
            *call = Call { part, met: true };
        } else {
            self.calls.push(Call { part, met: true });
        }
    }
}

/// Ids decide where both have one, names otherwise.
fn tells_the_same(own: &Part, other: &Part) -> bool {
    match (&own.id, &other.id) {
        (Some(own), Some(other)) => own == other,
        _ => own.tool_name() == other.tool_name(),
    }
}

/// A body's steps with their calls, and the calls of which nothing tells where they belong.
#[derive(Default)]
pub(super) struct Hosts {
    /// Steps, in the order sent; numbers without an entry come last.
    pub(super) hosts: Vec<Host>,
    /// By the sender's number, the first host that has it.
    pub(super) by_number: HashMap<u32, usize>,
    /// Whether two entries have the same number.
    pub(super) repeats: bool,
    /// Model calls that belong to no step, in order.
    pub(super) loose_models: Parts,
    /// Tool calls that belong to no step, in order.
    pub(super) loose_calls: Parts,
}

/// Gives every call its step: by number, else by id, else as the next step that tells of such a call; the rest stays loose.
pub(super) fn attach(entries: Parts, models: Parts, calls: Parts) -> Hosts {
    let elsewhere = Elsewhere::of(&entries, &calls);
    // Where no step has a number, those of calls name none.
    let usable = entries.is_empty() || entries.iter().any(|part| part.step.is_some());
    let has_number = |part: &Part| usable && part.step.is_some();
    let mut all = Hosts { hosts: entries.into_iter().map(|part| Host::of(part, &elsewhere)).collect(), ..Hosts::default() };
    for (index, number) in all.hosts.iter().enumerate().filter_map(|(index, host)| Some((index, host.number?))) {
        all.repeats |= all.by_number.insert(number, index).is_some_and(|earlier| earlier != index);
    }
    if all.repeats {
        // The first of the same number is meant.
        for (index, number) in all.hosts.iter().enumerate().rev().filter_map(|(index, host)| Some((index, host.number?))) {
            all.by_number.insert(number, index);
        }
    }
    let (numbered, unnumbered): (Vec<_>, Vec<_>) = models.into_iter().partition(|part| has_number(part));
    numbered.into_iter().for_each(|part| all.numbered(part.step).models.push(part));
    all.place_models(unnumbered);
    let (numbered, unnumbered): (Vec<_>, Vec<_>) = calls.into_iter().partition(|part| has_number(part));
    numbered.into_iter().for_each(|part| all.numbered(part.step).add_call(part));
    all.place_calls(unnumbered);
    all
}

impl Hosts {
    /// How many model and tool calls there are: each becomes a step.
    pub(super) fn calls(&self) -> usize {
        let of_hosts: usize = self.hosts.iter().map(|host| host.models.len() + host.calls.len()).sum();
        of_hosts + self.loose_models.len() + self.loose_calls.len()
    }

    fn numbered(&mut self, number: Option<u32>) -> &mut Host {
        let number = number.unwrap_or_default();
        let index = *self.by_number.entry(number).or_insert_with(|| {
            self.hosts.push(Host { number: Some(number), ..Host::default() });
            self.hosts.len() - 1
        });
        &mut self.hosts[index]
    }

    /// A model call without a number is the next step that is a model call and names that model, or none.
    fn place_models(&mut self, models: Parts) {
        if models.is_empty() {
            return;
        }
        let known: HashSet<&str> = models.iter().filter_map(|part| part.model.as_deref()).collect();
        let mut waiting: HashMap<Option<String>, VecDeque<usize>> = HashMap::new();
        for (index, host) in self.hosts.iter().enumerate().filter(|(_, host)| host.models.is_empty()) {
            if let Some(part) = host.part.as_ref().filter(|part| Action::of(part) == Action::Step(StepKind::LlmCall)) {
                // A name may be the model's, or a title.
                let name = part.name.as_ref().filter(|name| known.contains(name.as_str()));
                waiting.entry(part.model.as_ref().or(name).cloned()).or_default().push_back(index);
            }
        }
        for part in models {
            let named = waiting.get_mut(&part.model).and_then(VecDeque::pop_front);
            match named.or_else(|| waiting.get_mut(&None).and_then(VecDeque::pop_front)) {
                Some(index) => self.hosts[index].models.push(part),
                None => self.loose_models.push(part),
            }
        }
    }

    /// A tool call without a number is the step that tells of its id, else the next one that calls its tool.
    fn place_calls(&mut self, calls: Parts) {
        if calls.is_empty() {
            return;
        }
        let mut places = Places::of(&self.hosts);
        for part in calls {
            match places.take(&part) {
                Some(index) => self.hosts[index].add_call(part),
                None => self.loose_calls.push(part),
            }
        }
    }
}
