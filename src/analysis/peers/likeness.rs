//! What of a run can be compared with other runs, in a few hundred bytes.

use serde::{Deserialize, Serialize};

use super::{
    answer::Answer,
    changes::{self, Change},
    subject::{self, MOST_SUBJECTS, Named},
    words::{Sketch, hash_of},
};
use crate::{
    analysis::{
        disguise, excerpt, identity,
        success::text,
        tool_nature::{self, Nature},
    },
    model::{
        step::{Step, StepKind},
        trace::Trace,
    },
};

/// Bytes of the user's words that are looked at, the end of a longer exchange left out.
const MOST_SAID: usize = 8_192;

/// Tools whose nature is remembered while a run is looked through: most runs call a few tools many times.
const MOST_TOOLS: usize = 16;

/// A run as it is compared with others: what it is about, what it changed, what it answered. At most 4 KB encoded.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Likeness {
    /// What it is about, each as one number, in order.
    subjects: Vec<u64>,
    /// Its agent.
    pub(super) agent: u64,
    /// Whether user and agent took turns.
    pub(super) dialogue: bool,
    /// What it came to.
    pub(super) effect: Effect,
    /// What the user said, in a dialogue.
    pub(super) said: Sketch,
}

/// What a run came to.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Effect {
    /// Whether it handed over to somebody.
    pub(super) handed_over: bool,
    /// What it changed.
    pub(super) changes: Vec<Change>,
    /// What it answered to its one request.
    pub(super) answer: Option<Answer>,
}

impl Likeness {
    /// What can be compared of a run; `None` of one that goes on, and of one of which nothing tells what it is about.
    #[must_use]
    pub fn of(trace: &Trace) -> Option<Self> {
        if !trace.ended {
            return None;
        }
        let asked: Vec<&str> = trace.steps.iter().filter_map(asked).collect();
        let dialogue = asked.len() > 1;
        let said = if dialogue { said(&asked) } else { String::new() };
        let mut named = Named::new(&said);
        let mut effect = Effect { handed_over: false, changes: Vec::new(), answer: None };
        let mut natures: Vec<(&str, Nature)> = Vec::new();
        for step in &trace.steps {
            let Some(call) = &step.tool else { continue };
            let known = natures.iter().find(|(name, _)| *name == call.name).map(|(_, nature)| *nature);
            let nature = known.unwrap_or_else(|| tool_nature::of(&call.name));
            if known.is_none() && natures.len() < MOST_TOOLS {
                natures.push((&call.name, nature));
            }
            match nature {
                Nature::HandsOver => effect.handed_over = true,
                Nature::Reads if dialogue && effect.changes.is_empty() => named.look_up(call.input.as_ref(), call.output.as_ref()),
                Nature::Reads | Nature::Ponders => {}
                // What does not say that it only looks may have changed something.
                Nature::Writes | Nature::Unsaid => {
                    if !step.failed() && call.output.as_ref().and_then(disguise::error_in).is_none() {
                        changes::add(&mut effect.changes, Change::of(&call.name, call.input.as_ref()));
                    }
                }
            }
        }
        let mut subjects = if dialogue {
            let mut found = named.found();
            found.extend(asked.first().and_then(|first| subject::opening(first)));
            found
        } else {
            effect.answer = trace.output.as_ref().and_then(text::in_answer).and_then(|answer| Answer::of(&answer));
            request(trace, asked.first().copied()).into_iter().collect()
        };
        subjects.sort_unstable();
        subjects.dedup();
        subjects.truncate(MOST_SUBJECTS);
        if subjects.is_empty() {
            return None;
        }
        let said = if dialogue { Sketch::of(std::iter::once(said.as_str())) } else { Sketch::default() };
        Some(Self { subjects, agent: hash_of(trace.agent_name()), dialogue, effect, said })
    }

    /// What it holds in memory beside itself, in bytes, roughly.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        size_of_val(self.subjects.as_slice()) + self.said.heap_bytes() + self.effect.heap_bytes()
    }

    /// What the run is about, each as one number, in order, at most eight: runs that share one are about the same.
    #[must_use]
    pub fn subjects(&self) -> &[u64] {
        &self.subjects
    }
}

impl Effect {
    fn heap_bytes(&self) -> usize {
        self.changes.iter().map(Change::bytes).sum::<usize>() + self.answer.as_ref().map_or(0, Answer::heap_bytes)
    }
}

/// The task a run was given, as one number: runs of one agent that share it had the same input, capitals and marks aside. `None` where no
/// input is known.
#[must_use]
pub fn task_of(trace: &Trace) -> Option<u64> {
    let request = request(trace, trace.steps.iter().find_map(asked))?;
    Some(identity::both(hash_of(trace.agent_name()), request))
}

/// The request: the run's input, else the first that the user said.
fn request(trace: &Trace, asked: Option<&str>) -> Option<u64> {
    let input = trace.input.as_ref().and_then(text::in_request);
    let request = input.as_deref().or(asked).and_then(subject::request);
    request.map(|(request, _)| request)
}

/// What the user said at a step.
fn asked(step: &Step) -> Option<&str> {
    let by_user = step.role.as_deref().is_some_and(|role| role.eq_ignore_ascii_case("user") || role.eq_ignore_ascii_case("human"));
    let said = step.content.as_deref().filter(|_| step.kind == StepKind::Message && by_user)?;
    (!said.trim().is_empty()).then_some(said)
}

/// What the user said in all, in small letters.
fn said(asked: &[&str]) -> String {
    let mut said = String::new();
    for words in asked {
        said.push_str(excerpt::head(words, MOST_SAID.saturating_sub(said.len())));
        said.push('\n');
    }
    // In place: only what is not ASCII would grow.
    said.make_ascii_lowercase();
    said
}
