//! What each span of a run is shown as: a step, the run itself, a part of another step, or nothing.

use std::collections::HashMap;

use super::{
    super::{
        reading::{Reading, SpanKind},
        span::{Span, Status},
    },
    forest::Forest,
    merge,
};
use crate::model::step::StepKind;

/// What becomes of a span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// A step of its own.
    Step,
    /// It is the run, or says nothing but that the run went on.
    Run,
    /// Machinery: what lies in it is shown, it is not.
    Hidden,
    /// The same call as another span, seen from a layer further in or by another instrumentation.
    Into(usize),
}

/// A run's spans with what they say and what they are shown as.
pub(super) struct Scene {
    /// The trees.
    pub(super) forest: Forest,
    /// What each span says; what was told of a call by two spans stands with the one that is shown.
    pub(super) readings: Vec<Reading>,
    /// What each becomes.
    pub(super) places: Vec<Place>,
    /// The nearest span around each that is no machinery.
    pub(super) around: Vec<Option<usize>>,
    /// Whether anything in each, itself not counted, is shown.
    pub(super) shows: Vec<bool>,
    /// The innermost error of the last thing in each, itself not counted, that went wrong.
    pub(super) wrong_within: Vec<Option<usize>>,
}

/// Siblings looked back at for the same call told twice.
const LOOKED_BACK: usize = 8;

impl Scene {
    /// Decides what every span is shown as.
    pub(super) fn of(forest: Forest, mut readings: Vec<Reading>) -> Self {
        let count = forest.spans.len();
        readings.iter_mut().for_each(|reading| reading.error = reading.error.take().filter(|error| !is_no_error(error.kind.as_deref())));
        readings.iter_mut().for_each(|reading| reading.kind = plain_kind(reading.kind));
        let places = readings.iter().map(|reading| first_place(reading.kind)).collect();
        let mut scene =
            Self { forest, readings, places, around: vec![None; count], shows: vec![false; count], wrong_within: vec![None; count] };
        scene.merge_nested();
        scene.merge_siblings();
        scene.look_within();
        scene.settle_unknown();
        scene.fold_into_run();
        scene
    }

    pub(super) fn span(&self, place: usize) -> &Span {
        &self.forest.spans[place]
    }

    pub(super) fn kind(&self, place: usize) -> SpanKind {
        self.readings[place].kind
    }

    /// The steps, in order.
    pub(super) fn steps(&self) -> impl DoubleEndedIterator<Item = usize> + '_ {
        self.forest.order.iter().copied().filter(|place| self.places[*place] == Place::Step)
    }

    /// The span that tells of this one's call.
    pub(super) fn told_by(&self, mut place: usize) -> usize {
        // Each goes into one further out, so this ends.
        while let Place::Into(other) = self.places[place] {
            place = other;
        }
        place
    }

    /// The nearest span around each that stands for something, given what is machinery so far.
    fn set_around(&mut self) {
        for index in 0..self.forest.order.len() {
            let place = self.forest.order[index];
            self.around[place] = self.forest.parents[place].and_then(|parent| match self.places[parent] {
                Place::Hidden => self.around[parent],
                _ if passes(self.kind(parent)) => self.around[parent],
                _ => Some(self.told_by(parent)),
            });
        }
    }

    /// Calls told by a span and again by one inside it. A model call around several others is no call but machinery.
    fn merge_nested(&mut self) {
        self.set_around();
        let mut within: Vec<(usize, usize)> = vec![(0, 0); self.forest.spans.len()];
        for place in 0..self.forest.spans.len() {
            if let Some(outer) = self.around[place].filter(|_| self.places[place] == Place::Step) {
                within[outer].0 += 1;
                within[outer].1 += usize::from(self.kind(place) == self.kind(outer));
            }
        }
        for (place, (all, alike)) in within.iter().copied().enumerate() {
            if self.kind(place) == SpanKind::Model && alike > 0 && all > 1 {
                self.places[place] = Place::Hidden;
            }
        }
        self.set_around();
        for index in 0..self.forest.order.len() {
            let place = self.forest.order[index];
            let Some(outer) = self.around[place].map(|outer| self.told_by(outer)) else { continue };
            if self.places[place] == Place::Step && self.places[outer] == Place::Step && self.is_told_by(place, outer, within[outer].1) {
                self.places[place] = Place::Into(outer);
            }
        }
        // Innermost first, so that what several layers tell comes out with the outermost.
        for index in (0..self.forest.order.len()).rev() {
            let place = self.forest.order[index];
            if let Place::Into(outer) = self.places[place] {
                let inner = std::mem::take(&mut self.readings[place]);
                self.readings[place].kind = inner.kind;
                merge::inner(&mut self.readings[outer], inner);
            }
        }
        self.set_around();
    }

    fn is_told_by(&self, inner: usize, outer: usize, alike: usize) -> bool {
        let (one, other) = (&self.readings[inner], &self.readings[outer]);
        if one.kind != other.kind {
            return false;
        }
        let agree = |one: &Option<String>, other: &Option<String>| one.is_none() || other.is_none() || one == other;
        match one.kind {
            SpanKind::Model | SpanKind::Embedding | SpanKind::Retrieval => alike == 1,
            SpanKind::Tool => {
                let ids = one.tool_call_id.is_some() && one.tool_call_id == other.tool_call_id;
                ids || (alike == 1 && agree(&one.tool_call_id, &other.tool_call_id) && names_agree(&one.tool_name, &other.tool_name))
            }
            SpanKind::Agent => agree(&one.agent, &other.agent),
            SpanKind::Guardrail | SpanKind::Handoff => alike == 1 && self.span(inner).name == self.span(outer).name,
            _ => false,
        }
    }

    /// Model calls told by two instrumentations side by side.
    fn merge_siblings(&mut self) {
        let mut recent: HashMap<Option<usize>, Vec<usize>> = HashMap::new();
        for index in 0..self.forest.order.len() {
            let place = self.forest.order[index];
            if self.places[place] != Place::Step || self.kind(place) != SpanKind::Model {
                continue;
            }
            let siblings = recent.entry(self.around[place]).or_default();
            let first =
                siblings.iter().rev().take(LOOKED_BACK).copied().find(|first| same_call(&self.forest, &self.readings, *first, place));
            match first {
                Some(first) => {
                    let other = std::mem::take(&mut self.readings[place]);
                    self.readings[place].kind = other.kind;
                    merge::inner(&mut self.readings[first], other);
                    self.places[place] = Place::Into(first);
                }
                None => siblings.push(place),
            }
        }
        self.set_around();
    }

    fn look_within(&mut self) {
        self.shows.fill(false);
        self.wrong_within.fill(None);
        // The last of several siblings comes first.
        for index in (0..self.forest.order.len()).rev() {
            let place = self.forest.order[index];
            if let Some(parent) = self.forest.parents[place] {
                self.shows[parent] |= self.shows[place] || matches!(self.places[place], Place::Step | Place::Into(_));
                let wrong = self.wrong_within[place].or_else(|| self.readings[place].error.is_some().then_some(place));
                self.wrong_within[parent] = self.wrong_within[parent].or(wrong);
            }
        }
    }

    /// Spans that no vocabulary knows are the user's own: shown, unless they only hold others together. The root of them is the run.
    /// Machinery is shown only where an error came up that nothing in it tells of.
    fn settle_unknown(&mut self) {
        for place in 0..self.forest.spans.len() {
            let root = self.forest.is_root(place);
            let reading = &self.readings[place];
            self.places[place] = match self.kind(place) {
                SpanKind::Unknown if root => Place::Run,
                SpanKind::Unknown if self.shows[place] && !self.tells_error_of_its_own(place) && is_bare(reading) => Place::Hidden,
                SpanKind::Wrapper if root && self.places[place] == Place::Hidden => Place::Run,
                SpanKind::Wrapper if !root && self.tells_error_of_its_own(place) => Place::Step,
                _ => continue,
            };
        }
        self.look_within();
    }

    /// Whether an error came up in this span itself rather than in one inside it.
    pub(super) fn tells_error_of_its_own(&self, place: usize) -> bool {
        self.readings[place].error.is_some() && self.wrong_within[place].is_none()
    }

    /// The agent that is the whole run, and each agent that is the whole of that one, are no steps of it.
    fn fold_into_run(&mut self) {
        let mut level: Vec<usize> = self.forest.tops().collect();
        loop {
            let mut shown = Vec::new();
            while let Some(place) = level.pop() {
                match self.places[place] {
                    Place::Step => shown.push(place),
                    _ => level.extend(&self.forest.children[place]),
                }
                if shown.len() > 1 {
                    return;
                }
            }
            match shown.as_slice() {
                [only] if self.kind(*only) == SpanKind::Agent => {
                    self.places[*only] = Place::Run;
                    level.extend(&self.forest.children[*only]);
                }
                _ => return,
            }
        }
    }
}

fn first_place(kind: SpanKind) -> Place {
    match kind {
        SpanKind::Wrapper | SpanKind::Noise | SpanKind::AgentMade => Place::Hidden,
        _ => Place::Step,
    }
}

/// Steps that a sender names for what other spans are as well are those.
fn plain_kind(kind: SpanKind) -> SpanKind {
    match kind {
        SpanKind::Step(StepKind::ToolCall) => SpanKind::Tool,
        SpanKind::Step(StepKind::LlmCall) => SpanKind::Model,
        SpanKind::Step(StepKind::Retrieval) => SpanKind::Retrieval,
        SpanKind::Step(StepKind::Handoff) => SpanKind::Handoff,
        SpanKind::Step(StepKind::Guardrail) => SpanKind::Guardrail,
        kind => kind,
    }
}

/// Whether calls on both sides of such a span may be one call.
fn passes(kind: SpanKind) -> bool {
    matches!(kind, SpanKind::Wrapper | SpanKind::Noise | SpanKind::AgentMade | SpanKind::Unknown)
}

/// How Python tells a generator that nobody reads it any more: an end like any other.
fn is_no_error(kind: Option<&str>) -> bool {
    kind.is_some_and(|kind| matches!(kind.rsplit('.').next(), Some("GeneratorExit" | "StopIteration" | "StopAsyncIteration")))
}

fn is_bare(reading: &Reading) -> bool {
    reading.input.is_none() && reading.output.is_none() && reading.unmapped.is_empty()
}

/// Whether two names of a tool may be one: equal, unsaid, or one with what it belongs to in front (`Finance-get_quote`).
fn names_agree(one: &Option<String>, other: &Option<String>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => one == other || ends_with_name(one, other) || ends_with_name(other, one),
        _ => true,
    }
}

/// Whether `long` ends with the whole word `name`.
pub(super) fn ends_with_name(long: &str, name: &str) -> bool {
    !name.is_empty() && long.strip_suffix(name).is_some_and(|before| before.ends_with(|end: char| !end.is_alphanumeric() && end != '_'))
}

/// Whether two model calls side by side are one, told by two instrumentations: of different scopes, at the same time, and with nothing
/// that speaks against it.
fn same_call(forest: &Forest, readings: &[Reading], first: usize, second: usize) -> bool {
    let (one, other) = (&forest.spans[first], &forest.spans[second]);
    if one.scope.name == other.scope.name {
        return false;
    }
    let (Some(start), Some(end), Some(from), Some(to)) = (one.start, one.end, other.start, other.end) else { return false };
    let inside = (start <= from && to <= end) || (from <= start && end <= to);
    let (one, other) = (&readings[first], &readings[second]);
    match (&one.response_id, &other.response_id) {
        (Some(one), Some(other)) => one == other && from <= end && start <= to,
        _ => {
            let tokens = one.usage.zip(other.usage).is_none_or(|(one, other)| one.total() == other.total());
            let failed = matches!(forest.spans[first].status, Status::Error(_)) == matches!(forest.spans[second].status, Status::Error(_));
            inside && tokens && failed
        }
    }
}
