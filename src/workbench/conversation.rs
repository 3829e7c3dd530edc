//! A run as a dialogue: who says what to whom, each thing once. Made when a trace is fetched; it holds places, no texts.
//!
//! A model is sent the whole talk again at every call. Of what it is sent only that is a turn which has not been said before in the run:
//! by a message, by an earlier answer, or as the result of a tool.

mod pieces;

use std::collections::HashMap;

use serde_json::Value;

use crate::model::{
    step::{Step, StepKind},
    trace::Trace,
};

use pieces::{Key, messages};
pub use pieces::{Piece, Pieces, Role, of_answer, of_message};

/// How deep a text may lie in what the run was given to be known as what a user says.
const DEEPEST: u8 = 4;

/// One thing that is said or done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    /// The place of its step; `None` for what the run as a whole was given and gave.
    pub step: Option<usize>,
    /// Where it stands there.
    pub part: Part,
    /// How many of the messages before it, sent to the same model call, had been said before.
    pub said_before: u32,
}

/// Where a turn stands in its step, or in the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// What the run was given.
    Given,
    /// What the run answered.
    Answered,
    /// The error that ended the run.
    Ended,
    /// This message of those a model was sent.
    Sent(usize),
    /// What a model answered.
    Reply,
    /// A tool call with its result.
    Call,
    /// What the step itself says, or the error it ended with.
    Content,
}

/// All turns of a run in order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Conversation {
    turns: Vec<Turn>,
    /// The first turn of each step, or of the first step after it that has one.
    first: Vec<u32>,
}

impl Conversation {
    /// Reads a run.
    #[must_use]
    pub fn new(trace: &Trace) -> Self {
        let mut teller = Teller::default();
        let mut first = Vec::with_capacity(trace.steps.len());
        if trace.input.is_some() {
            teller.turn(None, Part::Given, 0);
        }
        let opening = teller.turns.len();
        for (place, step) in trace.steps.iter().enumerate() {
            first.push(u32::try_from(teller.turns.len()).unwrap_or(u32::MAX));
            teller.step(place, step);
        }
        if trace.output.as_ref().is_some_and(|output| !teller.heard(&of_answer(output))) {
            teller.turn(None, Part::Answered, 0);
        }
        if trace.error.is_some() {
            teller.turn(None, Part::Ended, 0);
        }
        // What the run was given is mostly what somebody says first: then that says it better.
        if opening > 0 && trace.input.as_ref().is_some_and(|input| teller.says(input, DEEPEST)) {
            teller.turns.remove(0);
            first.iter_mut().for_each(|turn| *turn = turn.saturating_sub(1));
        }
        Self { turns: teller.turns, first }
    }

    /// The turns.
    #[must_use]
    pub fn turns(&self) -> &[Turn] {
        &self.turns
    }

    /// The first turn of the step at a place; of the run as a whole the very first.
    #[must_use]
    pub fn turn_of(&self, step: Option<usize>) -> usize {
        let turn = step.and_then(|step| self.first.get(step)).map_or(0, |turn| *turn as usize);
        turn.min(self.turns.len().saturating_sub(1))
    }
}

/// The turns so far, and how often each piece has been said.
#[derive(Default)]
struct Teller {
    turns: Vec<Turn>,
    said: HashMap<Key, u32>,
}

impl Teller {
    fn turn(&mut self, step: Option<usize>, part: Part, said_before: u32) {
        self.turns.push(Turn { step, part, said_before });
    }

    fn step(&mut self, place: usize, step: &Step) {
        if let Some(model) = &step.model {
            let mut here: HashMap<Key, u32> = HashMap::new();
            let mut said_before = 0;
            for (number, message) in messages(model.messages.as_ref()).enumerate() {
                let pieces = of_message(message);
                // What stands twice among the messages was said twice.
                let mut new = false;
                for key in pieces.keys() {
                    let count = here.entry(key).and_modify(|count| *count += 1).or_insert(1);
                    let said = self.said.entry(key).or_insert(0);
                    new |= *count > *said;
                    *said = (*said).max(*count);
                }
                if new {
                    self.turn(Some(place), Part::Sent(number), std::mem::take(&mut said_before));
                } else {
                    said_before += 1;
                }
            }
            let reply = model.output.as_ref().map(of_answer).unwrap_or_default();
            if !reply.list.is_empty() || step.content.is_some() || step.error.is_some() {
                self.say(&reply);
                self.turn(Some(place), Part::Reply, said_before);
            }
        } else if let Some(tool) = &step.tool {
            self.say(&pieces::of_call(tool));
            // A model is told of an error as of a result.
            for key in step.error.iter().flat_map(|error| pieces::of_error(tool, error)) {
                *self.said.entry(key).or_insert(0) += 1;
            }
            self.turn(Some(place), Part::Call, 0);
        } else if let Some(content) = &step.content {
            let pieces = pieces::of_text(role_of(step), content);
            self.say(&pieces);
            self.turn(Some(place), Part::Content, 0);
        } else if step.error.is_some() {
            self.turn(Some(place), Part::Content, 0);
        }
    }

    fn say(&mut self, pieces: &Pieces<'_>) {
        pieces.keys().for_each(|key| *self.said.entry(key).or_insert(0) += 1);
    }

    /// Whether a user says a text that stands in this value.
    fn says(&self, value: &Value, depth: u8) -> bool {
        match value {
            Value::String(text) => self.heard(&pieces::of_text(Role::User, text)),
            Value::Array(items) if depth > 0 => items.iter().any(|item| self.says(item, depth - 1)),
            Value::Object(fields) if depth > 0 => fields.values().any(|item| self.says(item, depth - 1)),
            _ => false,
        }
    }

    fn heard(&self, pieces: &Pieces<'_>) -> bool {
        let mut keys = pieces.keys().peekable();
        keys.peek().is_some() && keys.all(|key| self.said.contains_key(&key))
    }
}

/// The message at a place among those a model was sent.
#[must_use]
pub fn message_at(sent: &Value, number: usize) -> Option<&Value> {
    pieces::list(sent).get(number)
}

/// Who speaks in a step that is no call.
#[must_use]
pub fn role_of(step: &Step) -> Role {
    match (step.role.as_deref(), step.kind) {
        (Some(role), _) => Role::named(role),
        (None, StepKind::Message) => Role::User,
        (None, _) => Role::Model,
    }
}

#[cfg(test)]
#[path = "conversation/tests.rs"]
mod tests;
