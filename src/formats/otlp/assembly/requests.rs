//! The tool calls that models asked for, each with the span that ran it and the answer the model was given.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::{
    super::reading::SpanKind,
    scene::{Scene, ends_with_name},
};
use crate::model::step::RequestedTool;

/// A request: the model call it is of, and which of that one's requests it is.
pub(super) type Request = (usize, usize);

/// An answer: the model call that was given it, and which of that one's messages it is.
pub(super) type Answer = (usize, usize);

/// What belongs to what.
#[derive(Debug, Default)]
pub(super) struct Joined {
    /// The request that each span runs.
    pub(super) ran: HashMap<usize, Request>,
    /// The answer to each request.
    answers: HashMap<Request, Answer>,
    /// The answers by the id of the call.
    answers_by_id: HashMap<String, Answer>,
    /// The requests of each model call that no span ran.
    pub(super) without_span: HashMap<usize, Vec<usize>>,
}

/// Requests looked back at for the one that a span without an id runs.
const LOOKED_BACK: usize = 64;

/// Tools that frameworks add for the model to end with: they are answered by the run's end.
const ENDINGS: &[&str] = &["final_answer", "final_result", "finish", "set_model_response"];

impl Joined {
    /// Joins by the ids the models gave; where there are none by name, the latest requests first.
    pub(super) fn of(scene: &Scene) -> Self {
        let mut joined = Self::default();
        joined.find_answers(scene);
        let requests: Vec<Request> = scene
            .steps()
            .filter(|place| scene.kind(*place) == SpanKind::Model)
            .flat_map(|place| (0..scene.readings[place].requested_tools.len()).map(move |index| (place, index)))
            .collect();
        let callees: Vec<usize> = scene.steps().filter(|place| may_run_a_call(scene, *place)).collect();
        let mut claims = Claims::of(scene, &requests, &callees);
        let by_id: Vec<(usize, Option<usize>)> = callees.iter().map(|place| (*place, claims.by_id(*place))).collect();
        for (place, by_id) in by_id {
            if let Some(request) = by_id.or_else(|| claims.by_name(place)) {
                joined.ran.insert(place, requests[request]);
            }
        }
        for (request, _) in requests.iter().zip(&claims.claimed).filter(|(_, claimed)| !**claimed) {
            let name = scene.readings[request.0].requested_tools[request.1].name.as_str();
            let ends = ENDINGS.iter().any(|ending| name.starts_with(ending));
            if !ends || joined.answer_to(scene, *request).is_some() {
                joined.without_span.entry(request.0).or_default().push(request.1);
            }
        }
        joined
    }

    /// The message that answers a request.
    pub(super) fn answer_to<'s>(&self, scene: &'s Scene, request: Request) -> Option<&'s Value> {
        let asked = asked(scene, request);
        let by_id = asked.id.as_ref().and_then(|id| self.answers_by_id.get(id));
        self.message(scene, by_id.or_else(|| self.answers.get(&request)))
    }

    /// The message that answers the call that a span ran.
    pub(super) fn answer_of<'s>(&self, scene: &'s Scene, place: usize) -> Option<&'s Value> {
        let by_id = scene.readings[place].tool_call_id.as_ref().and_then(|id| self.answers_by_id.get(id));
        let by_id = self.message(scene, by_id);
        by_id.or_else(|| self.ran.get(&place).and_then(|request| self.answer_to(scene, *request)))
    }

    fn message<'s>(&self, scene: &'s Scene, answer: Option<&Answer>) -> Option<&'s Value> {
        answer.and_then(|(model, index)| scene.readings[*model].input_messages.get(*index))
    }

    /// The tool messages in what models were sent. Those without an id answer, in order, what the same agent's model asked for last.
    fn find_answers(&mut self, scene: &Scene) {
        let mut asked_last: HashMap<Option<usize>, usize> = HashMap::new();
        for model in scene.steps().filter(|place| scene.kind(*place) == SpanKind::Model) {
            let messages = &scene.readings[model].input_messages;
            let newest = messages.iter().rposition(|message| !is_answer(message)).map_or(0, |place| place + 1);
            let mut open: Vec<Request> = Vec::new();
            if let Some(last) = asked_last.get(&scene.around[model]) {
                open.extend((0..scene.readings[*last].requested_tools.len()).map(|index| (*last, index)));
            }
            for (index, message) in messages.iter().enumerate().filter(|(_, message)| is_answer(message)) {
                let text = |key: &str| message.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
                if let Some(id) = text("tool_call_id") {
                    if !self.answers_by_id.contains_key(id) {
                        self.answers_by_id.insert(id.to_owned(), (model, index));
                    }
                } else if index >= newest {
                    let fits = |request: &Request| text("name").is_none_or(|name| name == asked(scene, *request).name);
                    if let Some(at) = open.iter().position(fits) {
                        self.answers.insert(open.remove(at), (model, index));
                    }
                }
            }
            if !scene.readings[model].requested_tools.is_empty() {
                asked_last.insert(scene.around[model], model);
            }
        }
    }
}

/// The request itself.
pub(super) fn asked(scene: &Scene, request: Request) -> &RequestedTool {
    &scene.readings[request.0].requested_tools[request.1]
}

/// Whether the message of a tool says, by a mark rather than in words, that it failed.
pub(super) fn says_failed(message: &Value) -> bool {
    message.get("status").and_then(Value::as_str) == Some("error") || message.get("is_error").and_then(Value::as_bool) == Some(true)
}

fn is_answer(message: &Value) -> bool {
    matches!(message.get("role").and_then(Value::as_str), Some("tool" | "function"))
}

/// Spans of the user's own may be named for the tool they run, and an agent may be called as a tool.
fn may_run_a_call(scene: &Scene, place: usize) -> bool {
    match scene.kind(place) {
        SpanKind::Tool | SpanKind::Handoff | SpanKind::Retrieval | SpanKind::Agent => true,
        SpanKind::Unknown => !scene.shows[place],
        _ => false,
    }
}

/// Which requests have been claimed, with the ways to find one.
struct Claims<'s> {
    scene: &'s Scene,
    requests: &'s [Request],
    claimed: Vec<bool>,
    by_id: HashMap<&'s str, Vec<usize>>,
    /// The ids that spans of calls carry.
    carried: HashSet<&'s str>,
    by_tail: HashMap<&'s str, Vec<usize>>,
    hand_overs: Vec<usize>,
}

impl<'s> Claims<'s> {
    fn of(scene: &'s Scene, requests: &'s [Request], callees: &[usize]) -> Self {
        let mut claims = Self {
            scene,
            requests,
            claimed: vec![false; requests.len()],
            by_id: HashMap::new(),
            carried: callees.iter().filter_map(|place| scene.readings[*place].tool_call_id.as_deref()).collect(),
            by_tail: HashMap::new(),
            hand_overs: Vec::new(),
        };
        for (index, request) in requests.iter().enumerate() {
            let asked = asked(scene, *request);
            asked.id.iter().for_each(|id| claims.by_id.entry(id).or_default().push(index));
            claims.by_tail.entry(tail(&asked.name)).or_default().push(index);
            if super::handover::receiver_in(&asked.name).is_some() {
                claims.hand_overs.push(index);
            }
        }
        claims
    }

    fn by_id(&mut self, place: usize) -> Option<usize> {
        let id = self.scene.readings[place].tool_call_id.as_deref()?;
        let free = |request: &&usize| !self.claimed[**request];
        let found = *self.by_id.get(id)?.iter().find(free)?;
        self.claimed[found] = true;
        Some(found)
    }

    /// Whether these ids come from two sources that do not know each other's: some models give their calls none, and then whoever tells
    /// of the request makes one up, and who runs the call another one. A span that knows the id of one call runs no other.
    fn are_strangers(&self, asked: &str, own: &str) -> bool {
        !self.by_id.contains_key(own) && !self.carried.contains(asked)
    }

    /// The fitting request among those of the latest model call before the span that has one left.
    fn by_name(&mut self, place: usize) -> Option<usize> {
        let reading = &self.scene.readings[place];
        let kind = reading.kind;
        let name = match kind {
            SpanKind::Agent => reading.agent.as_deref()?,
            _ => reading.tool_name.as_deref().unwrap_or(&self.scene.span(place).name),
        };
        let listed = match kind {
            SpanKind::Handoff => &self.hand_overs,
            _ => self.by_tail.get(tail(name))?,
        };
        let positions = &self.scene.forest.positions;
        let given = reading.tool_input.as_ref().or(reading.input.as_ref());
        let before = listed.partition_point(|request| positions[self.requests[*request].0] < positions[place]);
        let fits = |request: &usize| {
            let asked = asked(self.scene, self.requests[*request]);
            let ids = match (asked.id.as_deref(), reading.tool_call_id.as_deref()) {
                (Some(asked_id), Some(own)) => {
                    self.are_strangers(asked_id, own) && given.is_none_or(|given| is_given(given, asked.arguments.as_ref()))
                }
                _ => true,
            };
            let exact = asked.name == name;
            let names = match kind {
                SpanKind::Handoff => true,
                SpanKind::Agent => exact,
                _ => exact || ends_with_name(name, &asked.name) || ends_with_name(&asked.name, name),
            };
            !self.claimed[*request] && ids && names
        };
        let mut free = listed[before.saturating_sub(LOOKED_BACK)..before].iter().rev().copied().filter(fits).peekable();
        let latest = self.requests[*free.peek()?].0;
        let of_latest: Vec<usize> = free.take_while(|request| self.requests[*request].0 == latest).collect();
        let alike =
            |request: &&usize| given.is_some_and(|given| is_given(given, asked(self.scene, self.requests[**request]).arguments.as_ref()));
        let found = of_latest.iter().rev().find(alike).or(of_latest.last()).copied()?;
        self.claimed[found] = true;
        Some(found)
    }
}

/// The last word of a name: `get_quote` of `Finance-get_quote`.
fn tail(name: &str) -> &str {
    name.rsplit(|c: char| !c.is_alphanumeric() && c != '_').find(|word| !word.is_empty()).unwrap_or(name)
}

/// Whether what a span was given are these arguments: the same, or their only value, as some frameworks write it.
fn is_given(given: &Value, arguments: Option<&Value>) -> bool {
    let Some(arguments) = arguments else { return false };
    let values = || arguments.as_object().into_iter().flatten().map(|(_, value)| value);
    match given {
        Value::String(text) => {
            let words: HashSet<&str> = text.split(|c: char| !c.is_alphanumeric() && c != '.' && c != '_').collect();
            given == arguments
                || values()
                    .all(|value| value.as_str().map_or_else(|| words.contains(value.to_string().as_str()), |value| text.contains(value)))
        }
        given => given == arguments,
    }
}
