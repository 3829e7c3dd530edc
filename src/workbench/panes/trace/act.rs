//! What can be done in the trace pane.

use std::path::PathBuf;

use crate::{
    model::ids::Fingerprint,
    workbench::{
        action::{Action, ActionId, verbs},
        effects::{Order, Orders, OverlayKind},
        explain, judge,
        message::{BaselineRuns, Effect},
        need::TraceView,
        pane::{Handled, Link, Motion, Subject},
        run_pair,
        shared::Shared,
    },
};

use super::{TracePane, look::Look, sheet::Which, turns};

/// What can be done here.
pub(super) const ACTIONS: &[Action] = &[
    verbs::OPEN.says("open", "Open the selected step's values, or the selected line"),
    verbs::LOOK.says("view", "Waterfall, tree, conversation, JSON, attributes, or the body as sent"),
    verbs::EXPLAIN.says("why", "Read the working of the probability, the suspected cause and the cost"),
    verbs::REASON.says("reasons", "Go to the next step the verdict rests on, suspects first"),
    verbs::SUSPECT.says("suspect", "Go to the step suspected of the failure"),
    verbs::FOLD.says("fold", "Fold the selected agent, step, turn or value, or go to what holds it"),
    verbs::UNFOLD.says("unfold", "Unfold the selected agent, step, turn or value, or go into it"),
    verbs::FOLD_ALL.says("fold all", "Fold everything; in JSON one level more"),
    verbs::UNFOLD_ALL.says("unfold all", "Unfold everything; in JSON one level more"),
    verbs::FILTER.says("search", "Search in what is shown"),
    verbs::NEXT_MATCH.says("next", "Next match; while nothing is searched the next step where something is wrong"),
    verbs::PREVIOUS_MATCH.says("before", "Match before; while nothing is searched the wrong step before"),
    verbs::NEXT.says("field", "Next field of the step, or the next step or page where one is shown alone"),
    verbs::PREVIOUS.says("field back", "Field, step or page before"),
    verbs::REVIEW.says("order", "Steps as they lie within each other, or in the order of time"),
    verbs::RIGHT,
    verbs::WRONG,
    verbs::CLEAR_VOTE,
    verbs::COMMENT,
    verbs::TAKE_BACK,
    verbs::COMPARE,
    verbs::MARK,
    verbs::PATTERN.says("pattern", "Go to the failure pattern of this trace"),
    verbs::FIX.says("fix", "Go to the fix for this trace's failure"),
    verbs::SCENARIOS.says("scenarios", "Go to the test scenarios for this trace's failure"),
    verbs::EDIT_SOURCE.says("source", "Open the source of the selected step's tool, or of the agent, in your editor"),
    verbs::BASELINE.says("baseline", "Keep the last runs of this agent as a baseline").quiet(),
    verbs::COPY.says("copy", "Copy this trace's id; a turn's text; in JSON the selected value"),
    verbs::COPY_LONG.says("copy all", "Copy this trace as it was sent"),
    verbs::COPY_PATH.says("copy path", "Copy the path of the selected value"),
];

impl TracePane {
    /// Does one of [`ACTIONS`].
    pub(super) fn act(&mut self, id: ActionId, shared: &Shared, orders: &mut Orders) -> Handled {
        let (Some(subject), Some(trace)) = (self.subject(), self.trace().cloned()) else { return Handled::Yes };
        match id {
            _ if id == verbs::OPEN.id => self.enter(&trace, orders),
            _ if id == verbs::LOOK.id => {
                self.from = None;
                self.turn_to(self.look.next());
            }
            _ if id == verbs::EXPLAIN.id => orders.push(explain::run(&trace, self.size.0)),
            _ if id == verbs::REASON.id => self.next_reason(&trace),
            _ if id == verbs::SUSPECT.id => self.go_to(&trace, suspect(&trace)),
            _ if id == verbs::FOLD.id => self.fold(&trace, true),
            _ if id == verbs::UNFOLD.id => self.fold(&trace, false),
            _ if id == verbs::FOLD_ALL.id => self.fold_all(&trace, true),
            _ if id == verbs::UNFOLD_ALL.id => self.fold_all(&trace, false),
            _ if id == verbs::FILTER.id => orders.push(Order::Overlay(OverlayKind::Search(self.finder.query().to_owned()))),
            _ if id == verbs::NEXT_MATCH.id => self.next_match(&trace, true),
            _ if id == verbs::PREVIOUS_MATCH.id => self.next_match(&trace, false),
            _ if id == verbs::NEXT.id => self.next_part(&trace, true),
            _ if id == verbs::PREVIOUS.id => self.next_part(&trace, false),
            _ if id == verbs::REVIEW.id => {
                self.list.reorder(&trace);
                self.refind();
                self.settle(false);
            }
            _ if id == verbs::PATTERN.id => orders.extend(self.fingerprint().map(|failure| Order::Open(Link::Pattern(failure)))),
            _ if id == verbs::FIX.id => orders.push(Order::Open(Link::Fixes(self.fingerprint()))),
            _ if id == verbs::SCENARIOS.id => orders.push(Order::Open(Link::Scenarios(self.fingerprint()))),
            _ if id == verbs::EDIT_SOURCE.id => {
                orders.extend(self.source(&trace).map(|(file, line)| Order::Do(Effect::OpenEditor { file, line })));
            }
            _ if id == verbs::BASELINE.id => {
                orders.effect(Effect::Baseline { name: None, runs: BaselineRuns::AgentOf(subject.sequence) });
            }
            _ if id == verbs::COPY.id => self.copy(&trace, &subject, orders),
            _ if id == verbs::COPY_PATH.id => self.sheet.copy_path(&self.roots(&trace), orders),
            _ if id == verbs::COPY_LONG.id => orders.effect(Effect::CopyBody(subject.sequence)),
            _ if run_pair::act(id, &trace.summary, shared, orders) == Handled::Yes => {}
            _ => return judge::act(id, &trace.summary, orders),
        }
        Handled::Yes
    }

    /// Why something cannot be done now.
    pub(super) fn refuses(&self, action: ActionId) -> Option<String> {
        let Some(trace) = self.trace() else { return Some("no trace is chosen".to_owned()) };
        let because = |reason: &str| Some(reason.to_owned());
        let values = matches!(self.look, Look::Json | Look::Attributes);
        match action {
            _ if action == verbs::REASON.id && self.reasons.is_empty() => because("the verdict names no step"),
            _ if action == verbs::SUSPECT.id && suspect(trace).is_none() => because("no step is suspected"),
            _ if action == verbs::COPY_PATH.id && !values => because("only values in JSON have a path"),
            _ if action == verbs::REVIEW.id && !self.look.lists() => because("waterfall and tree have an order"),
            _ if action == verbs::EDIT_SOURCE.id && self.source(trace).is_none() => because("the trace does not say where this code is"),
            _ if [verbs::PATTERN.id, verbs::FIX.id, verbs::SCENARIOS.id].contains(&action) && self.fingerprint().is_none() => {
                because("this run shows no failure")
            }
            _ if [verbs::NEXT_MATCH.id, verbs::PREVIOUS_MATCH.id].contains(&action)
                && !self.finder.is_on()
                && trace.waterfall.troubled.is_empty() =>
            {
                because("nothing is searched and no step failed")
            }
            _ => judge::blocked(action, &trace.summary),
        }
    }

    pub(super) fn fingerprint(&self) -> Option<Fingerprint> {
        self.trace()?.summary.worst_failure()?.fingerprint
    }

    /// Enter: from a step to its values, in other views into the selected line.
    fn enter(&mut self, trace: &TraceView, orders: &mut Orders) {
        match self.look {
            Look::Waterfall | Look::Tree => {
                let from = self.look;
                self.turn_to(Look::Json);
                self.from = Some(from);
            }
            Look::Conversation => self.dialogue.toggle(trace),
            Look::Json | Look::Attributes => {
                let which = self.which();
                let roots = super::sheet::roots(trace, self.list.step(trace), which);
                self.sheet.enter(trace, &roots, orders);
                self.settle(false);
            }
            Look::Raw => self.raw.go(Motion::PageDown),
        }
    }

    /// To the next step the verdict names; from a step it does not name, to the first; behind the last to the run as a whole.
    fn next_reason(&mut self, trace: &TraceView) {
        let here = self.list.step(trace);
        let next = self.reasons.iter().position(|stop| Some(*stop) == here).map_or(0, |here| here + 1);
        self.go_to(trace, self.reasons.get(next).copied());
    }

    /// To a step, in every view.
    pub(super) fn go_to(&mut self, trace: &TraceView, step: Option<usize>) {
        self.list.select(trace, step);
        self.dialogue.show_step(trace, step);
        self.settle(true);
    }

    fn fold(&mut self, trace: &TraceView, fold: bool) {
        match (self.look, fold) {
            (Look::Waterfall | Look::Tree, true) => self.list.fold(),
            (Look::Waterfall | Look::Tree, false) => self.list.unfold(),
            (Look::Conversation, fold) => self.dialogue.fold(trace, fold),
            (Look::Json | Look::Attributes, true) => self.sheet.fold(),
            (Look::Json | Look::Attributes, false) => self.sheet.unfold(),
            (Look::Raw, _) => {}
        }
        self.settle(self.look.lists());
    }

    fn fold_all(&mut self, trace: &TraceView, fold: bool) {
        match self.look {
            Look::Waterfall | Look::Tree => self.list.fold_all(fold),
            Look::Conversation => self.dialogue.fold_all(trace, fold),
            Look::Json | Look::Attributes => self.sheet.level(fold),
            Look::Raw => {}
        }
        self.settle(self.look.lists());
    }

    /// To the next match; while nothing is searched, to the next step where something is wrong.
    fn next_match(&mut self, trace: &TraceView, on: bool) {
        if self.finder.is_on() {
            if let Some(item) = self.finder.next(self.here(trace), on) {
                self.show_item(trace, item);
            }
            return;
        }
        let troubled = &trace.waterfall.troubled;
        let here = self.list.step(trace);
        let found = if on {
            troubled.iter().find(|place| here.is_none_or(|here| **place > here)).or_else(|| troubled.first())
        } else {
            troubled.iter().rev().find(|place| here.is_some_and(|here| **place < here)).or_else(|| troubled.last())
        };
        self.go_to(trace, found.copied());
    }

    /// `]` and `[`: fields of a step that is open below a list, else steps, else pages.
    fn next_part(&mut self, trace: &TraceView, on: bool) {
        let page = usize::from(self.parts().detail);
        match self.look {
            Look::Waterfall | Look::Tree if on => self.detail.forward(page),
            Look::Waterfall | Look::Tree => self.detail.back(page),
            Look::Conversation => {
                self.dialogue.go_step(trace, on);
                self.follow(trace);
            }
            Look::Json | Look::Attributes => {
                self.list.go(if on { Motion::Down } else { Motion::Up }, 1);
                let step = self.list.step(trace);
                self.dialogue.show_step(trace, step);
                self.settle(true);
            }
            Look::Raw => self.raw.go(if on { Motion::PageDown } else { Motion::PageUp }),
        }
    }

    fn copy(&self, trace: &TraceView, subject: &Subject, orders: &mut Orders) {
        match self.look {
            Look::Json | Look::Attributes if !self.sheet.is_empty() => self.sheet.copy(&self.roots(trace), orders),
            Look::Conversation => match trace.talk.turns().get(self.dialogue.selected()) {
                Some(turn) => orders.effect(Effect::Copy(turns::copied(trace, turn))),
                None => orders.effect(Effect::Copy(subject.id.as_str().to_owned())),
            },
            _ => orders.effect(Effect::Copy(subject.id.as_str().to_owned())),
        }
    }

    /// Where the code of the selected step's tool is, else that of the agent.
    fn source(&self, trace: &TraceView) -> Option<(PathBuf, Option<u32>)> {
        let step = self.list.step(trace).and_then(|place| trace.trace.steps.get(place));
        let code = step.and_then(|step| step.tool.as_ref()?.code.as_ref()).or(trace.trace.code.as_ref())?;
        Some((PathBuf::from(&code.file), code.line))
    }

    /// Which values the view shows.
    pub(super) fn which(&self) -> Which {
        if self.look == Look::Attributes { Which::Told } else { Which::Exchanged }
    }
}

/// The place of the step suspected most.
fn suspect(trace: &TraceView) -> Option<usize> {
    let cause = trace.verdict.root_cause.as_ref()?;
    let number = cause.step.or_else(|| cause.suspects.first().map(|suspect| suspect.step))?;
    trace.waterfall.steps.iter().position(|step| step.number == number)
}
