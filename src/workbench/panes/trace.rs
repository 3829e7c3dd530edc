//! The trace pane: one run as a waterfall, with its failing step opened and everything that is said about it beside the evidence.

mod bars;
mod detail;
mod facts;
mod frame;
mod why;

use std::{sync::Arc, time::Duration};

use ratatui::{buffer::Buffer, layout::Rect};

use crate::{
    model::{
        ids::{Fingerprint, TraceId},
        progress::Progress,
    },
    text::{clean::clean_line, width::middle},
    workbench::{
        action::{Action, ActionId, verbs},
        draw::lesson,
        effects::{Order, Orders},
        explain, judge,
        message::{BaselineRuns, Effect},
        need::{Arrived, Ask, Need, TraceView},
        pane::{Handled, Link, LinkKind, Motion, Pane, PaneId, PaneMsg, Room, Spec, Subject, View},
        run_pair,
        shared::Shared,
    },
};

use detail::Detail;
use frame::Parts;

/// What this pane is.
pub const SPEC: Spec = Spec {
    id: PaneId("trace"),
    title: "Trace",
    tab: "Trace",
    digit: 7,
    room: Room::Detail,
    opens: LinkKind::Trace,
    lesson: &[
        "No trace chosen.",
        "",
        "Press Enter on a row of the stream to see what that run did, step by step: where its time went, what each step was given and gave back, and which step is suspected when it failed.",
    ],
};

/// What can be done here.
pub const ACTIONS: &[Action] = &[
    verbs::OPEN.says("reasons", "Go to the next step the verdict rests on, suspects first"),
    verbs::NEXT.says("field", "Next field of the step, or page of a long one"),
    verbs::PREVIOUS.says("field back", "Previous field of the step"),
    verbs::RIGHT,
    verbs::WRONG,
    verbs::CLEAR_VOTE,
    verbs::COMMENT,
    verbs::UNDO.says("undo vote", "Take back the last vote given here"),
    verbs::COMPARE,
    verbs::MARK,
    verbs::PATTERN.says("pattern", "Go to the failure pattern of this trace"),
    verbs::FIX.says("fix", "Go to the fix for this trace's failure"),
    verbs::SCENARIOS.says("scenarios", "Go to the test scenarios for this trace's failure"),
    verbs::EXPLAIN.says("why", "Read the working of the probability, the suspected cause and the cost"),
    verbs::BASELINE.says("baseline", "Keep the last runs of this agent as a baseline").quiet(),
    verbs::COPY.says("copy", "Copy this trace's id"),
    verbs::COPY_LONG.says("copy all", "Copy this trace as it was sent"),
];

/// How often a run that came in spans is read again while the store changes.
const GROWS_EVERY: Duration = Duration::from_secs(1);

/// Its state.
#[derive(Debug, Default)]
pub struct TracePane {
    /// A trace that was asked for by the id its sender gave it.
    wanted: Option<TraceId>,
    /// `Some(None)`: there is no such trace (any more).
    shown: Option<Option<Arc<TraceView>>>,
    /// 0 is the run as a whole; step `n` of the waterfall is `n + 1`.
    selected: usize,
    /// The first row of the waterfall on the screen.
    top: usize,
    size: (u16, u16),
    detail: Detail,
    /// The rows of the steps the verdict names.
    reasons: Vec<usize>,
}

impl TracePane {
    fn trace(&self) -> Option<&Arc<TraceView>> {
        self.shown.as_ref().and_then(Option::as_ref)
    }

    fn subject(&self) -> Option<Subject> {
        let row = &self.trace()?.summary;
        Some(Subject { sequence: row.sequence, id: row.trace_id.clone(), agent: row.agent.clone() })
    }

    fn fingerprint(&self) -> Option<Fingerprint> {
        self.trace()?.summary.worst_failure()?.fingerprint
    }

    fn rows(&self) -> usize {
        self.trace().map_or(0, |trace| trace.waterfall.steps.len() + 1)
    }

    fn parts(&self) -> Parts {
        let foot = self.trace().map_or(0, |trace| facts::footer_rows(trace));
        let cause = self.trace().is_some_and(|trace| facts::cause(trace).is_some());
        Parts::of(self.size.1, self.rows(), foot, cause)
    }

    /// Takes a trace. The same one again (judged anew) keeps the step that is open; another opens its failing step.
    fn take(&mut self, trace: Option<Arc<TraceView>>) {
        let same = match (&trace, self.trace()) {
            (Some(new), Some(old)) => new.summary.sequence == old.summary.sequence,
            _ => false,
        };
        self.reasons = trace.as_ref().map(|trace| why::stops(trace)).unwrap_or_default();
        self.shown = Some(trace);
        if !same {
            self.selected = self.trace().and_then(|trace| trace.waterfall.failing()).map_or(0, |place| place + 1);
            self.top = 0;
        }
        self.selected = self.selected.min(self.rows().saturating_sub(1));
        self.settle(!same);
    }

    /// Keeps the selected row on the screen and makes its detail.
    fn settle(&mut self, fresh: bool) {
        let list = usize::from(self.parts().list);
        self.top = self.top.clamp((self.selected + 1).saturating_sub(list.max(1)), self.selected);
        let columns = usize::from(self.size.0);
        let fields = self.trace().map(|trace| facts::fields(trace, self.selected, columns));
        self.detail.set(fields.unwrap_or_default(), columns, fresh);
    }

    fn go(&mut self, motion: Motion) {
        let last = self.rows().saturating_sub(1);
        let page = usize::from(self.parts().list).max(1);
        let to = match motion {
            Motion::Up => self.selected.saturating_sub(1),
            Motion::Down => self.selected + 1,
            Motion::PageUp => self.selected.saturating_sub(page),
            Motion::PageDown => self.selected + page,
            Motion::First => 0,
            Motion::Last => last,
        };
        self.selected = to.min(last);
        self.settle(true);
    }

    /// To the next step the verdict names; from a row it does not name, to the first.
    fn next_reason(&mut self) {
        let next = self.reasons.iter().position(|stop| *stop == self.selected).map_or(0, |here| here + 1);
        self.selected = self.reasons.get(next).copied().unwrap_or(0);
        self.settle(true);
    }

    fn act(&mut self, id: ActionId, shared: &Shared, orders: &mut Orders) -> Handled {
        let page = usize::from(self.parts().detail);
        let (Some(subject), Some(trace)) = (self.subject(), self.trace().cloned()) else { return Handled::Yes };
        match id {
            _ if id == verbs::OPEN.id => self.next_reason(),
            _ if id == verbs::NEXT.id => self.detail.forward(page),
            _ if id == verbs::PREVIOUS.id => self.detail.back(page),
            _ if id == verbs::PATTERN.id => orders.extend(self.fingerprint().map(|failure| Order::Open(Link::Pattern(failure)))),
            _ if id == verbs::FIX.id => orders.push(Order::Open(Link::Fixes(self.fingerprint()))),
            _ if id == verbs::SCENARIOS.id => orders.push(Order::Open(Link::Scenarios(self.fingerprint()))),
            _ if id == verbs::BASELINE.id => {
                orders.effect(Effect::Baseline { name: None, runs: BaselineRuns::AgentOf(subject.sequence) });
            }
            _ if id == verbs::EXPLAIN.id => orders.push(explain::run(&trace, self.size.0)),
            _ if id == verbs::COPY.id => orders.effect(Effect::Copy(subject.id.as_str().to_owned())),
            _ if id == verbs::COPY_LONG.id => orders.effect(Effect::CopyBody(subject.sequence)),
            _ if run_pair::act(id, &trace.summary, shared, orders) == Handled::Yes => {}
            _ => return judge::act(id, &trace.summary, orders),
        }
        Handled::Yes
    }
}

impl Pane for TracePane {
    fn update(&mut self, msg: &PaneMsg, shared: &Shared, orders: &mut Orders) -> Handled {
        match msg {
            PaneMsg::Act(id) => return self.act(*id, shared, orders),
            PaneMsg::Move(motion) => self.go(*motion),
            PaneMsg::Size { width, height } => {
                self.size = (*width, *height);
                self.settle(false);
            }
            PaneMsg::Arrived(Arrived::Trace(trace)) => {
                self.take(trace.clone());
                if self.wanted.take().is_some() {
                    orders.push(Order::Select(self.subject()));
                }
            }
            PaneMsg::Open(Link::Trace(subject)) => {
                self.wanted = None;
                if shared.subject.as_ref() != Some(subject) {
                    orders.push(Order::Select(Some(subject.clone())));
                }
            }
            PaneMsg::Open(Link::TraceId(id)) => self.wanted = Some(id.clone()),
            _ => return Handled::No,
        }
        Handled::Yes
    }

    fn need(&self, shared: &Shared) -> Option<Need> {
        if let Some(id) = &self.wanted {
            return Some(Need::once(Ask::TraceById(id.clone())));
        }
        let subject = shared.subject.as_ref()?;
        let shown = self.trace().filter(|trace| trace.summary.sequence == subject.sequence);
        // A run that comes span by span grows under the reader's eyes, and a late span may come to one that seemed done.
        let grows = shown.is_some_and(|trace| trace.summary.progress != Progress::Whole);
        let ask = Ask::Trace(subject.sequence);
        Some(if grows { Need::live(ask, GROWS_EVERY) } else { Need::once(ask) })
    }

    fn blocked(&self, action: ActionId, shared: &Shared) -> Option<String> {
        let Some(trace) = self.trace() else { return Some("no trace is chosen".to_owned()) };
        if action == verbs::UNDO.id && shared.votes.is_empty() {
            return Some("no vote was given since the start".to_owned());
        }
        if action == verbs::OPEN.id && self.reasons.is_empty() {
            return Some("the verdict names no step".to_owned());
        }
        let about_failure = [verbs::PATTERN.id, verbs::FIX.id, verbs::SCENARIOS.id].contains(&action);
        if about_failure && self.fingerprint().is_none() {
            return Some("this run shows no failure".to_owned());
        }
        judge::blocked(action, &trace.summary)
    }

    fn badge(&self, shared: &Shared) -> String {
        let Some(trace) = self.trace() else { return String::new() };
        let id = clean_line(trace.summary.trace_id.as_str());
        format!("{}{}{}", middle(&id, 16), shared.glyphs.separator, trace.waterfall.basis.says())
    }

    fn selected_row(&self) -> Option<u16> {
        self.trace()?;
        let place = u16::try_from(self.selected.checked_sub(self.top)?).ok()?;
        Some(self.parts().list_at + place)
    }

    fn draw(&self, area: Rect, buffer: &mut Buffer, view: &View<'_>) {
        match &self.shown {
            Some(Some(trace)) => {
                frame::draw(trace, (self.selected, self.top), &self.detail, self.parts(), area, buffer, view);
            }
            Some(None) => lesson::draw(&["There is no such trace, or it was deleted."], area, buffer, view),
            None => lesson::draw(SPEC.lesson, area, buffer, view),
        }
    }
}

#[cfg(test)]
#[path = "trace/tests.rs"]
mod tests;
