//! A run as an exchange of words: what was asked, what the agent said and did, and what it answered in the end.

use std::borrow::Cow;

use super::text::{self, Marks};
use crate::{
    analysis::{call::Call, instructions::instructions, run::Run, tool_nature::Nature},
    model::{
        ids::StepNumber,
        step::{Step, StepKind},
    },
};

/// Words of one side, at one step.
#[derive(Debug, Clone)]
pub(super) struct Words<'a> {
    /// The place of the step in the trace; of what is only known from the run's input, 0.
    pub(super) position: usize,
    /// The step; `None` for the run's input.
    pub(super) step: Option<StepNumber>,
    /// The words, without the marks that simulated users end with; very long texts without their middle.
    pub(super) text: Cow<'a, str>,
    /// Whether they ended with such a mark.
    pub(super) marked_end: bool,
    /// What can be counted in them.
    pub(super) marks: Marks,
}

/// A run as words and acts.
pub(super) struct Exchange<'a> {
    /// The run.
    pub(super) run: &'a Run<'a>,
    /// What the user said, in order; for a run of one request, the request.
    pub(super) asked: Vec<Words<'a>>,
    /// What the agent said in words, in order: not what it thought, and not what accompanied a call.
    pub(super) said: Vec<Words<'a>>,
    /// The final answer as text; `None` when there is none.
    pub(super) answer: Option<Cow<'a, str>>,
    /// Whether user and agent took turns.
    pub(super) dialogue: bool,
    /// Whether the last word is the user's; calls are no words.
    pub(super) user_spoke_last: bool,
}

impl<'a> Exchange<'a> {
    /// Looks through the steps once.
    pub(super) fn of(run: &'a Run<'a>) -> Self {
        let trace = run.trace;
        let (mut asked, mut said): (Vec<Words<'a>>, Vec<Words<'a>>) = (Vec::new(), Vec::new());
        for (position, step) in trace.steps.iter().enumerate() {
            let side = match speaker(step) {
                Some(Speaker::User) => &mut asked,
                Some(Speaker::Agent) => &mut said,
                None => continue,
            };
            let words = step.content.as_deref().filter(|words| !words.trim().is_empty()).map(Cow::Borrowed);
            let words = words.or_else(|| step.model.as_ref().and_then(|model| text::in_answer(model.output.as_ref()?)));
            // Frameworks tell an answer twice, as the model's and as a message.
            if let Some(words) = words.filter(|words| side.last().is_none_or(|last| last.text != *words)) {
                side.push(Words::new(position, Some(step.number), words));
            }
        }
        let user_spoke_last = match (asked.last(), said.last()) {
            (Some(asked), Some(said)) => asked.position > said.position,
            _ => false,
        };
        if asked.len() <= 1
            && let Some(request) = trace.input.as_ref().and_then(text::in_request)
        {
            // The request as sent; a message may hold a whole prompt around it.
            asked = vec![Words::new(0, asked.first().and_then(|words| words.step), request)];
        }
        let answer = trace.output.as_ref().and_then(text::in_answer).filter(|words| !words.trim().is_empty());
        Self { run, dialogue: asked.len() > 1, asked, said, answer, user_spoke_last }
    }

    /// Whether there is anything to judge the run by: a request, and a word of the agent or an answer. Where one side was not recorded,
    /// nearly all features are unknown, and what would be left is what an average run counts.
    pub(super) fn shows_something(&self) -> bool {
        !self.asked.is_empty() && (self.answer.is_some() || !self.said.is_empty())
    }

    /// Calls that changed something, and went well.
    pub(super) fn changes(&self) -> impl Iterator<Item = &'a Call<'a>> {
        self.run.calls.iter().filter(|call| call.nature == Nature::Writes && call.went_well())
    }

    /// The request, in a run of one request that tells it.
    pub(super) fn only_request(&self) -> Option<&Words<'a>> {
        self.asked.first().filter(|_| !self.dialogue)
    }

    /// Whether the instructions, or the message that carries the request, speak of JSON.
    pub(super) fn wants_json(&self) -> bool {
        let speaks_of_it =
            |text: &str| text::capped(Cow::Borrowed(text)).as_bytes().windows(4).any(|word| word.eq_ignore_ascii_case(b"json"));
        let prompts = self
            .run
            .trace
            .steps
            .iter()
            .filter(|step| matches!(speaker(step), Some(Speaker::User)))
            .filter_map(|step| step.content.as_deref());
        instructions(self.run.trace).into_iter().chain(prompts.take(1)).any(speaks_of_it)
    }
}

impl<'a> Words<'a> {
    fn new(position: usize, step: Option<StepNumber>, words: Cow<'a, str>) -> Self {
        let (text, marked_end) = text::without_end_mark(words);
        let marks = Marks::of(&text);
        Self { position, step, text: text::capped(text), marked_end, marks }
    }
}

enum Speaker {
    User,
    Agent,
}

fn speaker(step: &Step) -> Option<Speaker> {
    let role = step.role.as_deref().unwrap_or_default();
    let is = |roles: &[&str]| roles.iter().any(|known| known.eq_ignore_ascii_case(role));
    match step.kind {
        StepKind::Message if is(&["user", "human"]) => Some(Speaker::User),
        StepKind::Message if is(&["assistant", "ai", "agent", "model"]) => Some(Speaker::Agent),
        StepKind::LlmCall if step.model.as_ref().is_some_and(|model| model.requested_tools.is_empty()) => Some(Speaker::Agent),
        _ => None,
    }
}
