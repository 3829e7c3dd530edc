//! The trace pane: one run as a waterfall, a tree, a dialogue, as values or as it was sent, with all that is said about it beside the evidence.

mod act;
mod bars;
mod detail;
mod dialogue;
mod facts;
mod finder;
mod frame;
mod list;
mod look;
mod marks;
mod nest;
mod raw;
mod sheet;
mod turns;
mod why;

use std::{ops::Range, sync::Arc, time::Duration};

use ratatui::{buffer::Buffer, layout::Rect};

use crate::{
    model::{ids::TraceId, progress::Progress},
    text::{clean::clean_line, width::middle},
    workbench::{
        action::{Action, ActionId, verbs},
        draw::lesson,
        effects::{Order, Orders},
        json_tree::Root,
        need::{Arrived, Ask, Need, TraceView},
        pane::{Handled, Link, LinkKind, Motion, Pane, PaneId, PaneMsg, Room, Spec, Subject, View},
        shared::Shared,
    },
};

use detail::Detail;
use dialogue::Dialogue;
use finder::Finder;
use frame::Parts;
use list::List;
use look::Look;
use raw::Raw;
use sheet::Sheet;

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
pub const ACTIONS: &[Action] = act::ACTIONS;

/// How often a run that came in spans is read again while the store changes.
const GROWS_EVERY: Duration = Duration::from_secs(1);

/// Its state.
#[derive(Debug, Default)]
pub struct TracePane {
    /// A trace that was asked for by the id its sender gave it.
    wanted: Option<TraceId>,
    /// `Some(None)`: there is no such trace (any more).
    shown: Option<Option<Arc<TraceView>>>,
    size: (u16, u16),
    look: Look,
    /// The view that Enter was pressed in: Esc goes back to it.
    from: Option<Look>,
    list: List,
    detail: Detail,
    dialogue: Dialogue,
    sheet: Sheet,
    raw: Raw,
    finder: Finder,
    /// The places of the steps the verdict names.
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

    fn parts(&self) -> Parts {
        let cause = self.trace().is_some_and(|trace| facts::cause(trace).is_some());
        if self.look.lists() {
            let foot = self.trace().map_or(0, |trace| facts::footer_rows(trace));
            Parts::listing(self.size.1, self.list.folding().rows(), foot, cause)
        } else {
            Parts::whole(self.size.1, cause)
        }
    }

    /// The values on show.
    fn roots<'a>(&self, trace: &'a TraceView) -> Vec<Root<'a>> {
        sheet::roots(trace, self.list.step(trace), self.which())
    }

    /// Takes a trace. The same one again (judged anew, or grown) keeps what is open where it is; another opens its failing step.
    fn take(&mut self, trace: Option<Arc<TraceView>>) {
        let before = self.trace().cloned();
        self.reasons = trace.as_ref().map(|trace| why::stops(trace)).unwrap_or_default();
        self.shown = Some(trace);
        let Some(trace) = self.trace().cloned() else { return };
        match before.filter(|before| before.summary.sequence == trace.summary.sequence) {
            Some(before) => {
                let step = self.list.step(&before);
                self.list.renew(&before, &trace);
                self.sheet.renew((&before, step), (&trace, self.list.step(&trace)));
                self.dialogue.renew(&before, &trace);
                self.refind();
                self.settle(false);
            }
            None => {
                self.list.open(&trace);
                self.sheet.clear();
                self.dialogue.open(&trace, self.list.step(&trace));
                self.finder.set("");
                // Values were a look into a step of the run before.
                if let Some(look) = self.from.take() {
                    self.look = look;
                }
                self.settle(true);
            }
        }
    }

    /// Keeps what is selected on the screen, and makes what is shown of it.
    fn settle(&mut self, fresh: bool) {
        let parts = self.parts();
        let columns = usize::from(self.size.0);
        let whole = Parts::whole(self.size.1, parts.cause);
        let Some(trace) = self.trace().cloned() else { return };
        let room = (columns, usize::from(whole.detail));
        self.dialogue.resize(Some(&trace), room);
        self.raw.resize(room);
        match self.look {
            Look::Waterfall | Look::Tree => {
                self.list.settle(usize::from(parts.list));
                let fields = facts::fields(&trace, self.list.item(&trace), columns);
                self.detail.set(fields, columns, fresh);
            }
            Look::Json | Look::Attributes => {
                let step = self.list.step(&trace);
                self.sheet.show(&trace, step, self.which());
                self.sheet.settle(usize::from(parts.detail));
                if fresh {
                    self.refind();
                }
            }
            Look::Conversation | Look::Raw => {}
        }
    }

    /// Shows the run another way; what is selected stays.
    fn turn_to(&mut self, look: Look) {
        self.look = look;
        if let Some(trace) = self.trace().cloned()
            && look == Look::Conversation
            && self.dialogue.step(&trace) != self.list.step(&trace)
        {
            self.dialogue.show_step(&trace, self.list.step(&trace));
        }
        self.settle(true);
        self.refind();
    }

    /// The list goes to the step of the selected turn, so that every view is at the same step.
    fn follow(&mut self, trace: &TraceView) {
        if let Some(step) = self.dialogue.step(trace) {
            self.list.select(trace, Some(step));
        }
    }

    /// The selected item of the view.
    fn here(&self, _trace: &TraceView) -> usize {
        match self.look {
            Look::Waterfall | Look::Tree => self.list.selected(),
            Look::Conversation => self.dialogue.selected(),
            Look::Json | Look::Attributes => self.sheet.selected(),
            Look::Raw => self.raw.selected(),
        }
    }

    /// Selects an item of the view.
    fn show_item(&mut self, trace: &TraceView, item: usize) {
        match self.look {
            Look::Waterfall | Look::Tree => self.list.select_row(item),
            Look::Conversation => {
                self.dialogue.select(trace, item);
                self.follow(trace);
            }
            Look::Json | Look::Attributes => self.sheet.select(item),
            Look::Raw => self.raw.select(item),
        }
        self.settle(self.look.lists());
    }

    /// Searches the view again.
    fn refind(&mut self) {
        self.find_among(None);
    }

    /// Searches the view, or only these items of it.
    fn find_among(&mut self, items: Option<Vec<usize>>) {
        if !self.finder.is_on() {
            return;
        }
        let Some(trace) = self.trace().cloned() else { return };
        let wanted = self.finder.matcher();
        let roots = self.roots(&trace);
        let has = |item: usize| match self.look {
            Look::Waterfall | Look::Tree => self.list.has(&trace, item, &*wanted),
            Look::Conversation => trace.talk.turns().get(item).is_some_and(|turn| turns::searched(&trace, turn, &*wanted)),
            Look::Json | Look::Attributes => self.sheet.has(item, &roots, &*wanted),
            Look::Raw => self.raw.has(item, &*wanted),
        };
        let count = match self.look {
            Look::Waterfall | Look::Tree => self.list.folding().len(),
            Look::Conversation => trace.talk.turns().len(),
            Look::Json | Look::Attributes => self.sheet.size().0,
            Look::Raw => self.raw.lines(),
        };
        let found = match items {
            Some(items) => items.into_iter().filter(|item| has(*item)).collect(),
            None => (0..count).filter(|item| has(*item)).collect(),
        };
        self.finder.found(found);
    }

    /// Searches for a text, from what is selected on.
    fn search(&mut self, query: &str) {
        let among = self.finder.set(query);
        self.find_among(among);
        if let Some(trace) = self.trace().cloned()
            && let Some(item) = self.finder.first_from(self.here(&trace))
        {
            self.show_item(&trace, item);
        }
    }

    fn go(&mut self, motion: Motion) {
        let Some(trace) = self.trace().cloned() else { return };
        let parts = self.parts();
        match self.look {
            Look::Waterfall | Look::Tree => self.list.go(motion, usize::from(parts.list)),
            Look::Conversation => {
                self.dialogue.go(&trace, motion);
                self.follow(&trace);
            }
            Look::Json | Look::Attributes => self.sheet.go(motion, usize::from(parts.detail)),
            Look::Raw => self.raw.go(motion),
        }
        self.settle(self.look.lists());
    }

    fn click(&mut self, row: u16) {
        let Some(trace) = self.trace().cloned() else { return };
        let parts = self.parts();
        let below = usize::from(row.saturating_sub(parts.detail_at()));
        if self.look.lists() {
            if (parts.list_at..parts.list_at + parts.list).contains(&row) {
                self.list.point_at(usize::from(row - parts.list_at));
                self.settle(true);
            }
        } else if row >= parts.detail_at() {
            match self.look {
                Look::Conversation => {
                    self.dialogue.point_at(&trace, below);
                    self.follow(&trace);
                }
                Look::Json | Look::Attributes => self.sheet.point_at(below),
                Look::Waterfall | Look::Tree | Look::Raw => {}
            }
        }
    }

    /// One step back within the pane: the search goes first, then the look into a step's values.
    fn back(&mut self) -> Handled {
        if self.finder.is_on() {
            self.finder.set("");
        } else if let Some(look) = self.from.take() {
            self.turn_to(look);
        } else {
            return Handled::No;
        }
        Handled::Yes
    }
}

impl Pane for TracePane {
    fn update(&mut self, msg: &PaneMsg, shared: &Shared, orders: &mut Orders) -> Handled {
        match msg {
            PaneMsg::Act(id) => return self.act(*id, shared, orders),
            PaneMsg::Move(motion) => self.go(*motion),
            PaneMsg::Click { row, .. } => self.click(*row),
            PaneMsg::Search(query) => self.search(query),
            PaneMsg::Back => return self.back(),
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
            PaneMsg::Arrived(Arrived::Body(body)) => {
                self.raw.take(body.clone());
                self.refind();
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
        let ask = if self.look == Look::Raw && shown.is_some() { Ask::Body(subject.sequence) } else { Ask::Trace(subject.sequence) };
        Some(if grows { Need::live(ask, GROWS_EVERY) } else { Need::once(ask) })
    }

    fn blocked(&self, action: ActionId, shared: &Shared) -> Option<String> {
        if action == verbs::TAKE_BACK.id && shared.votes.is_empty() {
            return Some("no vote was given since the start".to_owned());
        }
        self.refuses(action)
    }

    fn badge(&self, shared: &Shared) -> String {
        let Some(trace) = self.trace() else { return String::new() };
        let id = clean_line(trace.summary.trace_id.as_str());
        let separator = shared.glyphs.separator;
        let mut badge = format!("{}{separator}{}", middle(&id, 16), self.look.name());
        if self.look.lists() {
            let note = if self.list.in_time() { Some("in the order of time") } else { None };
            let notes = [trace.waterfall.basis.says(), note];
            notes.into_iter().flatten().for_each(|note| badge.push_str(&format!(", {note}")));
        }
        badge
    }

    fn selected_row(&self) -> Option<u16> {
        let trace = self.trace()?;
        let parts = self.parts();
        let (from, row) = match self.look {
            Look::Waterfall | Look::Tree => (parts.list_at, self.list.folding().row(self.list.selected()).checked_sub(self.list.top())?),
            Look::Conversation => (parts.detail_at(), self.dialogue.selected_row(trace)),
            Look::Json | Look::Attributes => (parts.detail_at(), self.sheet.selected_row()),
            Look::Raw => return None,
        };
        Some(from + u16::try_from(row).ok()?)
    }

    fn remember(&self) -> Vec<(&'static str, String)> {
        vec![("view", self.from.unwrap_or(self.look).name().to_owned())]
    }

    fn recall(&mut self, name: &str, value: &str) {
        if name == "view" {
            self.look = Look::named(value).unwrap_or(self.look);
        }
    }

    fn list_rows(&self) -> Range<u16> {
        let Parts { list_at, list, .. } = self.parts();
        if self.trace().is_some() { list_at..list_at.saturating_add(list) } else { 0..0 }
    }

    fn draw(&self, area: Rect, buffer: &mut Buffer, view: &View<'_>) {
        match &self.shown {
            Some(Some(trace)) => frame::draw(self, trace, area, buffer, view),
            Some(None) => lesson::draw(&["There is no such trace, or it was deleted."], area, buffer, view),
            None => lesson::draw(SPEC.lesson, area, buffer, view),
        }
    }
}

#[cfg(test)]
#[path = "trace/tests.rs"]
mod tests;

#[cfg(test)]
#[path = "trace/view_tests.rs"]
mod view_tests;
