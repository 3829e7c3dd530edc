//! The fixes pane: proposed mends as diffs on the user's own file, else as a snippet, to accept, apply, undo or reject.

mod body;
#[cfg(test)]
mod tests;
mod text;

use std::{path::Path, sync::Arc, time::Duration};

use ratatui::{buffer::Buffer, layout::Rect, text::Line};

use crate::{
    model::{decision::Choice, fix::Fix, ids::Fingerprint},
    workbench::{
        action::{Action, ActionId, verbs},
        draw::{card, facts::more, hunks::SPLIT_LEAST, lesson},
        effects::{Order, Orders, OverlayKind},
        export_name,
        glyphs::Glyphs,
        mending::Mending,
        message::{Effect, PaintKey},
        need::{Arrived, Ask, Need, Whose},
        pane::{Handled, Link, LinkKind, Motion, Pane, PaneId, PaneMsg, Room, Spec, View},
        picked::Picked,
        shared::Shared,
        theme::Role,
    },
};

use body::Body;

/// What this pane is.
pub const SPEC: Spec = Spec {
    id: PaneId("fixes"),
    title: "Fixes",
    tab: "Fixes",
    digit: 6,
    room: Room::Desk,
    opens: LinkKind::Fixes,
    lesson: &[
        "No fixes yet: they are proposed for failure patterns.",
        "",
        "A fix is a diff on your own file where that is found under the project folders (--project DIR), else a snippet. It names the tool and \
         the framework of your own runs, and says from how many failures it speaks.",
        "",
        "No file is changed without your yes.",
    ],
};

/// What can be done here.
pub const ACTIONS: &[Action] = &[
    verbs::ACCEPT.says("accept", "Accept the fix: writes a patch, records the decision, watches the pattern; changes no file"),
    verbs::APPLY,
    verbs::REJECT.says("reject", "Reject the fix, with a reason: it is not offered again for its pattern"),
    verbs::UNDO,
    verbs::SPLIT,
    verbs::HISTORY,
    Action { hint: true, ..verbs::NEXT.says("next", "Next fix") },
    verbs::PREVIOUS.says("previous", "Previous fix"),
    verbs::WRITE.says("write", "Write the diff or snippet into the exports folder").quiet(),
    verbs::COPY.says("copy", "Copy the diff or snippet"),
    verbs::EDIT_SOURCE.says("source", "Open the line the fix is about in your editor"),
    verbs::PATTERN.says("pattern", "Go to the failure pattern the fix is for"),
    verbs::TRACE.says("traces", "Go to the runs the fix speaks of"),
    verbs::SCENARIOS.says("scenarios", "Go to the test scenarios of the fix's pattern").quiet(),
    verbs::COPY_LONG.says("copy all", "Copy the fix with its reasons, as Markdown"),
];

/// Fixes asked for: more than anyone reads, and little to carry.
const LIMIT: usize = 50;
/// Least time between two looks while traces arrive: fixes change only when patterns do.
const EVERY: Duration = Duration::from_secs(5);

/// Its state.
#[derive(Debug, Default)]
pub struct Fixes {
    /// `None` until the answer came.
    items: Option<Arc<Vec<Fix>>>,
    /// Their identities, in order.
    keys: Vec<String>,
    /// Only those of this pattern.
    narrowed: Option<Fingerprint>,
    picked: Picked<String>,
    /// The first row shown of what is under the head.
    top: usize,
    /// The text last sent to be highlighted.
    painting: Option<PaintKey>,
    size: (u16, u16),
    /// Whether diffs stand side by side.
    split: bool,
}

impl Fixes {
    fn selected(&self) -> Option<&Fix> {
        self.items.as_ref()?.get(self.picked.index())
    }

    /// The rows that stay, and the rest that scrolls.
    fn parts(&self, fix: &Fix, area: Rect, glyphs: &Glyphs) -> (Vec<(String, Role)>, Rect) {
        let mut head = text::head(fix, self.picked.index(), self.keys.len(), area.width, glyphs);
        if self.narrowed.is_some() {
            head.insert(0, ("Only those of one pattern. Esc shows all.".to_owned(), Role::Warn));
        }
        let rows = u16::try_from(head.len()).unwrap_or(u16::MAX).min(area.height);
        (head, Rect { y: area.y + rows, height: area.height - rows, ..area })
    }

    /// Rows under the head and how many of them are shown; when not all are, the last row of the area says so.
    fn rows<'a>(&self, fix: &'a Fix, area: Rect, glyphs: &Glyphs) -> (Body<'a>, Rect, usize) {
        let (_, below) = self.parts(fix, area, glyphs);
        let body = Body::of(fix, below, self.split);
        let height = usize::from(below.height);
        let shown = if body.len() > height { height.saturating_sub(1) } else { height };
        (body, below, shown)
    }

    fn scroll(&mut self, motion: Motion, glyphs: &Glyphs) {
        let Some(fix) = self.selected() else { return };
        let (body, _, shown) = self.rows(fix, Rect::new(0, 0, self.size.0, self.size.1), glyphs);
        let last = body.len().saturating_sub(shown);
        let page = shown.saturating_sub(1).max(1);
        self.top = match motion {
            Motion::Up => self.top.min(last).saturating_sub(1),
            Motion::Down => self.top.saturating_add(1),
            Motion::PageUp => self.top.min(last).saturating_sub(page),
            Motion::PageDown => self.top.saturating_add(page),
            Motion::First => 0,
            Motion::Last => last,
        }
        .min(last);
    }

    fn turn(&mut self, motion: Motion) {
        self.picked.step(motion, &self.keys, 1);
        self.top = 0;
    }

    fn arrived(&mut self, items: &Arc<Vec<Fix>>) {
        self.keys = items.iter().map(|fix| fix.id.clone()).collect();
        let before = self.picked.key().cloned();
        self.picked.settle(&self.keys);
        if self.picked.key() != before.as_ref() {
            self.top = 0;
        }
        self.items = Some(items.clone());
    }

    /// Shows those of one pattern, or of all; what was shown before answers another question.
    fn narrow(&mut self, to: Option<Fingerprint>) {
        if self.narrowed != to {
            self.narrowed = to;
            self.items = None;
            self.keys.clear();
            self.top = 0;
        }
    }

    /// Asks for the colours of the text shown, once a text, and again when they were let go.
    fn paint(&mut self, again: bool, shared: &Shared, orders: &mut Orders) {
        let Some(fix) = self.selected() else { return };
        let key = text::paint_key(fix);
        let asked = self.painting.as_ref() == Some(&key);
        if fix.diff.is_none() && !text::code(fix).is_empty() && shared.paint(&key).is_none() && (again || !asked) {
            orders.effect(Effect::Highlight { key: key.clone(), text: text::code(fix).to_owned() });
        }
        self.painting = Some(key);
    }

    fn act(&mut self, action: ActionId, shared: &Shared, orders: &mut Orders) {
        match action {
            id if id == verbs::NEXT.id => return self.turn(Motion::Down),
            id if id == verbs::PREVIOUS.id => return self.turn(Motion::Up),
            id if id == verbs::HISTORY.id => return orders.push(Order::Overlay(OverlayKind::History)),
            id if id == verbs::SPLIT.id => {
                self.split = !self.split;
                self.top = 0;
                return;
            }
            _ => {}
        }
        let Some(fix) = self.selected() else { return };
        let pattern = fix.fingerprint;
        match action {
            id if id == verbs::ACCEPT.id => {
                orders.effect(Effect::Mend(Mending::Accept(Box::new(fix.clone()), shared.now)));
            }
            id if id == verbs::APPLY.id => orders.push(Order::Overlay(OverlayKind::Apply(Box::new(fix.clone())))),
            id if id == verbs::REJECT.id => orders.push(Order::Overlay(OverlayKind::Reason(Box::new(fix.clone())))),
            id if id == verbs::UNDO.id => {
                if let Some(kept) = text::applied(fix) {
                    orders.effect(Effect::Mend(Mending::Undo { kept: kept.to_owned(), at: shared.now }));
                }
            }
            id if id == verbs::EDIT_SOURCE.id => {
                if let Some(place) = &fix.place {
                    orders.effect(Effect::OpenEditor { file: Path::new(&place.root).join(&place.path), line: Some(place.line) });
                }
            }
            id if id == verbs::WRITE.id => {
                let name = export_name::of(&fix.title, &fix.id, text::extension(fix));
                orders.effect(Effect::Write { name, text: text::ended(text::code(fix)) });
            }
            id if id == verbs::PATTERN.id => open(pattern.map(Link::Pattern), orders),
            id if id == verbs::TRACE.id => open(pattern.map(|pattern| Link::Runs(format!("pattern:{pattern}"))), orders),
            id if id == verbs::SCENARIOS.id => open(pattern.map(|pattern| Link::Scenarios(Some(pattern))), orders),
            id if id == verbs::COPY.id => orders.effect(Effect::Copy(text::code(fix).to_owned())),
            id if id == verbs::COPY_LONG.id => orders.effect(Effect::Copy(text::markdown(fix))),
            _ => {}
        }
    }
}

fn open(link: Option<Link>, orders: &mut Orders) {
    if let Some(link) = link {
        orders.push(Order::Open(link));
    }
}

impl Pane for Fixes {
    fn update(&mut self, msg: &PaneMsg, shared: &Shared, orders: &mut Orders) -> Handled {
        match msg {
            PaneMsg::Arrived(Arrived::Fixes(items)) => self.arrived(items),
            PaneMsg::Size { width, height } => self.size = (*width, *height),
            PaneMsg::Move(motion) => self.scroll(*motion, &shared.glyphs),
            PaneMsg::Open(Link::Fixes(whose)) => self.narrow(*whose),
            PaneMsg::Back if self.narrowed.is_some() => self.narrow(None),
            PaneMsg::Act(action) => self.act(*action, shared, orders),
            _ => return Handled::No,
        }
        self.paint(matches!(msg, PaneMsg::Arrived(_)), shared, orders);
        Handled::Yes
    }

    fn need(&self, _shared: &Shared) -> Option<Need> {
        Some(Need::live(Ask::Fixes(self.narrowed.map_or(Whose::All, Whose::Pattern), LIMIT), EVERY))
    }

    fn blocked(&self, action: ActionId, _shared: &Shared) -> Option<String> {
        if action == verbs::HISTORY.id {
            return None;
        }
        let Some(fix) = self.selected() else { return Some("there is no fix here".to_owned()) };
        let related = [verbs::PATTERN.id, verbs::TRACE.id, verbs::SCENARIOS.id];
        let reason = match fix.decision {
            Some(Choice::Accepted) if action == verbs::ACCEPT.id => "it is accepted already",
            Some(Choice::Applied) if [verbs::ACCEPT.id, verbs::APPLY.id].contains(&action) => "it is applied already; U undoes it",
            _ if action == verbs::APPLY.id && fix.diff.is_none() => "it is guidance: there is no file to change",
            _ if action == verbs::EDIT_SOURCE.id && fix.place.is_none() => "its place in your source was not found",
            _ if action == verbs::UNDO.id && text::applied(fix).is_none() => "it is not applied",
            _ if action == verbs::SPLIT.id && fix.diff.is_none() => "it is no diff",
            _ if action == verbs::SPLIT.id && !self.split && self.size.0 < SPLIT_LEAST => "the pane is too narrow for two sides",
            Some(Choice::Rejected) if action == verbs::REJECT.id => "it is rejected already",
            _ if action == verbs::NEXT.id && self.picked.index() + 1 >= self.keys.len() => "this is the last fix",
            _ if action == verbs::PREVIOUS.id && self.picked.index() == 0 => "this is the first fix",
            _ if related.contains(&action) && fix.fingerprint.is_none() => "it belongs to no pattern",
            _ if [verbs::WRITE.id, verbs::COPY.id].contains(&action) && text::code(fix).is_empty() => "it has no snippet",
            _ => return None,
        };
        Some(reason.to_owned())
    }

    fn badge(&self, _shared: &Shared) -> String {
        if self.items.is_none() {
            return String::new();
        }
        let of = if self.narrowed.is_some() { " of one pattern" } else { "" };
        match self.keys.len() {
            0 => format!("none{of}"),
            many => format!("{} of {many}{of}", self.picked.index() + 1),
        }
    }

    fn draw(&self, area: Rect, buffer: &mut Buffer, view: &View<'_>) {
        let narrowed = self.narrowed.is_some();
        let Some(fix) = self.selected() else {
            let none = ["No fix is proposed for this pattern. Esc shows those of all patterns."];
            let reading = ["Reading the fixes of the pattern."];
            let lines = if !narrowed {
                SPEC.lesson
            } else if self.items.is_some() {
                &none
            } else {
                &reading
            };
            return lesson::draw(lines, area, buffer, view);
        };
        let (head, _) = self.parts(fix, area, &view.shared.glyphs);
        for (row, (words, role)) in (0u16..).zip(head) {
            card::line(area, row, &Line::styled(format!(" {words}"), view.style(role)), buffer);
        }
        let (body, below, shown) = self.rows(fix, area, &view.shared.glyphs);
        let top = self.top.min(body.len().saturating_sub(shown));
        let paint = view.shared.paint(&text::paint_key(fix));
        for (y, row) in (below.y..below.bottom()).zip(top..body.len().min(top + shown)) {
            body.draw_row(row, paint, Rect { y, height: 1, ..below }, buffer, view);
        }
        if body.len() > shown {
            let left = body.len() - shown - top;
            if left > 0 { more(left, " below", below, buffer, view) } else { body::end(below, buffer, view) }
        }
    }
}
