//! The steps of a run as suspects: what the sender counts as one step, with who acted, how, and in which words.

use std::ops::Range;

use super::excerpts::{self, Excerpt};
use crate::{
    analysis::run::Run,
    model::{
        ids::StepNumber,
        step::{Step, StepKind},
    },
};

/// What somebody did in a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Act {
    /// A person, or who plays one, said something.
    Heard,
    /// The system's instructions.
    Instructed,
    /// A tool or terminal answered.
    Returned,
    /// The one who leads the others thought, or kept the books.
    Led,
    /// One agent told another what to do.
    Ordered,
    /// A tool was called, or an agent did what it was told to do.
    Called,
    /// Code was written to be run.
    Coded,
    /// Something was said.
    Said,
}

/// How a run is built, as far as its structure tells: where mistakes lie depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// One agent gives orders to others.
    Led,
    /// A person and an agent with tools take turns.
    Dialogue,
    /// An agent works alone with its tools.
    Alone,
    /// Agents, or one, talk; code or nothing is run.
    Talk,
}

/// One step as the sender counts.
#[derive(Debug)]
pub(super) struct Moment<'a> {
    /// Its number.
    pub(super) number: StepNumber,
    /// What was done.
    pub(super) act: Act,
    /// Who did it, without what stands in brackets: `Orchestrator` for `Orchestrator (thought)`.
    pub(super) agent: Option<&'a str>,
    /// The same as sent.
    pub(super) label: Option<&'a str>,
    /// The role it was said in.
    pub(super) role: Option<&'a str>,
    /// Whether an agent did here what another told it to do.
    pub(super) executes: bool,
    /// What was said.
    pub(super) text: Excerpt<'a>,
    /// What was handed to tools.
    pub(super) asked: Excerpt<'a>,
    /// What tools returned, where no later step tells it as its own.
    pub(super) result: Excerpt<'a>,
    /// Its calls, by their places in the run.
    pub(super) calls: Range<usize>,
}

/// The moments of a run, in order, and its shape. Steps that only hold others together, with nothing said, called or failed, are left out.
pub(super) fn collect<'a>(run: &Run<'a>) -> (Vec<Moment<'a>>, Shape) {
    let mut moments: Vec<Moment<'a>> = Vec::new();
    let (mut next_call, mut place) = (0, 0);
    let steps: &'a [Step] = &run.trace.steps;
    for group in steps.chunk_by(|one, next| one.number == next.number) {
        let first_call = next_call;
        place += group.len();
        while run.calls.get(next_call).is_some_and(|call| call.position < place) {
            next_call += 1;
        }
        let moment = Moment {
            number: group[0].number,
            act: act(group, first_call < next_call),
            agent: group.iter().find_map(|step| step.agent.as_deref()).map(plain).filter(|name| !name.is_empty()),
            label: group.iter().find_map(|step| step.agent.as_deref()),
            role: group.iter().find_map(|step| step.role.as_deref()),
            executes: false,
            text: excerpts::joined(group.iter().filter_map(said)),
            asked: excerpts::joined(group.iter().filter_map(|step| Some(excerpts::of(step.tool.as_ref()?.input.as_ref()?)))),
            result: excerpts::joined(group.iter().filter_map(|step| Some(excerpts::of(step.tool.as_ref()?.output.as_ref()?)))),
            calls: first_call..next_call,
        };
        let empty = moment.text.is_empty() && moment.calls.is_empty() && !group.iter().any(Step::failed);
        if moment.act == Act::Returned
            && let Some(call) = moments.last_mut()
        {
            call.result = Excerpt::default();
        }
        if !empty || moment.act != Act::Said {
            moments.push(moment);
        }
    }
    let shape = shape(&mut moments);
    (moments, shape)
}

/// What a step says: its content, else what its model answered, else its error.
fn said(step: &Step) -> Option<Excerpt<'_>> {
    let answer = || step.model.as_ref()?.output.as_ref().map(excerpts::of);
    let content = step.content.as_deref().filter(|content| !content.is_empty()).map(excerpts::cut);
    content.or_else(answer).or_else(|| step.error.as_deref().map(excerpts::cut))
}

fn act(group: &[Step], calls: bool) -> Act {
    let role = group.iter().find_map(|step| step.role.as_deref());
    let label = group.iter().find_map(|step| step.agent.as_deref()).unwrap_or_default();
    let text = || group.iter().filter_map(|step| step.content.as_deref());
    match role {
        Some("user" | "human") => Act::Heard,
        Some("tool" | "function") if !calls => Act::Returned,
        Some("system" | "developer") if !calls => Act::Instructed,
        _ if label.contains("->") || group.iter().any(|step| step.kind == StepKind::Handoff) => Act::Ordered,
        _ if calls || group.iter().any(|step| step.kind == StepKind::Retrieval) => Act::Called,
        _ if text().any(holds_code) => Act::Coded,
        _ => Act::Said,
    }
}

/// Whether a text holds a block of code: a fence at a line's end, bare or of a language that is run.
fn holds_code(text: &str) -> bool {
    excerpts::cut(text).parts().any(|part| {
        part.match_indices("```").any(|(at, fence)| {
            let language = part[at + fence.len()..].split('\n').next().unwrap_or_default();
            part[at..].contains('\n') && matches!(language.trim_end(), "" | "python" | "py" | "sh" | "bash")
        })
    })
}

/// A name without what stands in brackets after it.
fn plain(label: &str) -> &str {
    label.split('(').next().unwrap_or_default().trim()
}

/// Tells the shape; in a led run, tells the one who leads from those who carry out.
fn shape(moments: &mut [Moment<'_>]) -> Shape {
    let leader = moments.iter().find(|moment| moment.act == Act::Ordered).map(|moment| moment.agent);
    if let Some(leader @ Some(_)) = leader {
        for moment in moments.iter_mut() {
            let leads = moment.agent == leader;
            match moment.act {
                Act::Said | Act::Called | Act::Coded if leads => moment.act = Act::Led,
                Act::Said => (moment.act, moment.executes) = (Act::Called, true),
                Act::Called | Act::Coded => moment.executes = true,
                _ => {}
            }
        }
        return Shape::Led;
    }
    let calls = moments.iter().any(|moment| moment.act == Act::Called);
    let turns = moments.iter().filter(|moment| moment.act == Act::Heard).count();
    match (calls, turns) {
        (true, 2..) => Shape::Dialogue,
        (true, _) => Shape::Alone,
        (false, _) => Shape::Talk,
    }
}
