//! The scenarios pane: small tests made from failing runs, to accept, reject or write to files.

mod detail;
mod list;
#[cfg(test)]
mod tests;

use std::{ops::Range, sync::Arc, time::Duration};

use ratatui::{buffer::Buffer, layout::Rect, text::Line};

use crate::{
    model::{decision::Choice, ids::Fingerprint, scenario::Scenario},
    text::human::count,
    workbench::{
        action::{Action, ActionId, verbs},
        decisions,
        draw::{card, lesson, split::split},
        effects::{Order, Orders, OverlayKind},
        failure_words::named,
        message::{Effect, Toast},
        need::{Arrived, Ask, Need, Whose},
        pane::{Handled, Link, LinkKind, Pane, PaneId, PaneMsg, Room, Spec, View},
        picked::Picked,
        shared::Shared,
        theme::Role,
    },
};

/// What this pane is.
pub const SPEC: Spec = Spec {
    id: PaneId("scenarios"),
    title: "Test scenarios",
    tab: "Scenarios",
    digit: 5,
    room: Room::Desk,
    opens: LinkKind::Scenarios,
    lesson: &[
        "No scenarios yet: they are made from failures.",
        "",
        "Each repeats a failing run, as it was or with one field changed, and says what must be true afterwards.",
        "Press d to see it on the samples.",
    ],
};

/// What can be done here.
pub const ACTIONS: &[Action] = &[
    verbs::ACCEPT.says("accept", "Accept the selected scenario: records the decision"),
    verbs::REJECT.says("reject", "Reject the selected scenario: it is not offered again for its pattern"),
    verbs::EDIT.says("edit", "Edit the selected scenario in your editor; what is saved stands in its place"),
    verbs::WRITE.says("write", "Write the selected scenario as a file, with a test that runs it"),
    verbs::OPEN.says("open", "Read the selected scenario whole"),
    verbs::PATTERN.says("pattern", "Go to the failure pattern the selected scenario stands for"),
    verbs::TRACE.says("trace", "Go to the run the selected scenario was made from"),
    verbs::FIX.says("fix", "Go to the fixes for the selected scenario's pattern").quiet(),
    verbs::COPY.says("copy", "Copy the selected scenario as Given, When, Then"),
    verbs::COPY_LONG.says("copy all", "Copy the selected scenario as JSON"),
];

/// Scenarios asked for: more than anyone reads, and little to carry.
const LIMIT: usize = 200;
/// Least time between two looks while traces arrive: scenarios change only when patterns do.
const EVERY: Duration = Duration::from_secs(5);

/// Its state.
#[derive(Debug, Default)]
pub struct Scenarios {
    /// `None` until the answer came.
    items: Option<Arc<Vec<Scenario>>>,
    /// Their identities, in order.
    keys: Vec<String>,
    accepted: usize,
    widths: list::Widths,
    /// Only those of this pattern.
    narrowed: Option<Fingerprint>,
    picked: Picked<String>,
    size: (u16, u16),
}

impl Scenarios {
    fn selected(&self) -> Option<&Scenario> {
        self.items.as_ref()?.get(self.picked.index())
    }

    /// The area without the line that says whose scenarios these are.
    fn below_note(&self, area: Rect) -> Rect {
        let note = u16::from(self.narrowed.is_some()).min(area.height);
        Rect { y: area.y + note, height: area.height - note, ..area }
    }

    fn list(&self) -> Rect {
        split(self.below_note(Rect::new(0, 0, self.size.0, self.size.1)), self.keys.len()).list
    }

    fn arrived(&mut self, items: &Arc<Vec<Scenario>>) {
        self.keys = items.iter().map(|scenario| scenario.id.clone()).collect();
        self.accepted = items.iter().filter(|scenario| scenario.decision == Some(Choice::Accepted)).count();
        self.widths = list::Widths::of(items);
        self.picked.settle(&self.keys);
        self.items = Some(items.clone());
    }

    /// Shows those of one pattern, or of all; what was shown before answers another question.
    fn narrow(&mut self, to: Option<Fingerprint>) {
        if self.narrowed != to {
            self.narrowed = to;
            self.items = None;
            self.keys.clear();
        }
    }

    fn act(&self, action: ActionId, shared: &Shared, orders: &mut Orders) {
        let Some(scenario) = self.selected() else { return };
        match action {
            id if id == verbs::ACCEPT.id => orders.effect(decisions::scenario(scenario, Choice::Accepted, shared.now)),
            id if id == verbs::REJECT.id => orders.effect(decisions::scenario(scenario, Choice::Rejected, shared.now)),
            id if id == verbs::EDIT.id => orders.effect(Effect::EditScenario(Box::new(scenario.clone()))),
            id if id == verbs::WRITE.id => orders.effect(Effect::WriteScenario(Box::new(scenario.clone()))),
            id if id == verbs::OPEN.id => {
                let lines = detail::whole(scenario, self.size.0, &shared.glyphs);
                orders.push(Order::Overlay(OverlayKind::Text(named(&scenario.title).to_owned(), lines)));
            }
            id if id == verbs::PATTERN.id => open(scenario.fingerprint.map(Link::Pattern), orders),
            id if id == verbs::FIX.id => open(scenario.fingerprint.map(|pattern| Link::Fixes(Some(pattern))), orders),
            id if id == verbs::TRACE.id => open(Some(Link::TraceId(scenario.trace_id.clone())), orders),
            id if id == verbs::COPY.id => orders.effect(Effect::Copy(detail::given_when_then(scenario))),
            id if id == verbs::COPY_LONG.id => as_json(scenario, orders, Effect::Copy),
            _ => {}
        }
    }
}

fn open(link: Option<Link>, orders: &mut Orders) {
    if let Some(link) = link {
        orders.push(Order::Open(link));
    }
}

fn as_json(scenario: &Scenario, orders: &mut Orders, effect: impl FnOnce(String) -> Effect) {
    match serde_json::to_string_pretty(scenario) {
        Ok(json) => orders.effect(effect(json)),
        Err(error) => orders.say(Toast::problem(format!("the scenario cannot be written as JSON: {error}"))),
    }
}

impl Pane for Scenarios {
    fn update(&mut self, msg: &PaneMsg, shared: &Shared, orders: &mut Orders) -> Handled {
        match msg {
            PaneMsg::Arrived(Arrived::Scenarios(items)) => self.arrived(items),
            PaneMsg::Size { width, height } => self.size = (*width, *height),
            PaneMsg::Move(motion) => {
                let height = usize::from(self.list().height);
                self.picked.step(*motion, &self.keys, height);
            }
            PaneMsg::Open(Link::Scenarios(whose)) => self.narrow(*whose),
            PaneMsg::Back if self.narrowed.is_some() => self.narrow(None),
            PaneMsg::Act(action) => self.act(*action, shared, orders),
            _ => return Handled::No,
        }
        Handled::Yes
    }

    fn need(&self, _shared: &Shared) -> Option<Need> {
        Some(Need::live(Ask::Scenarios(self.narrowed.map_or(Whose::All, Whose::Pattern), LIMIT), EVERY))
    }

    fn blocked(&self, action: ActionId, _shared: &Shared) -> Option<String> {
        let Some(scenario) = self.selected() else { return Some("there is no scenario to select".to_owned()) };
        let reason = match scenario.decision {
            Some(Choice::Accepted) if action == verbs::ACCEPT.id => "it is accepted already",
            Some(Choice::Rejected) if action == verbs::REJECT.id => "it is rejected already",
            _ if [verbs::PATTERN.id, verbs::FIX.id].contains(&action) && scenario.fingerprint.is_none() => "it belongs to no pattern",
            _ => return None,
        };
        Some(reason.to_owned())
    }

    fn badge(&self, shared: &Shared) -> String {
        if self.items.is_none() {
            return String::new();
        }
        let scenarios = match self.keys.len() {
            0 => "none".to_owned(),
            1 => "1 scenario".to_owned(),
            many if many >= LIMIT => format!("the first {}", count(many as u64)),
            many => format!("{many} scenarios"),
        };
        let of = if self.narrowed.is_some() { " of one pattern" } else { "" };
        let accepted = if self.accepted > 0 { format!("{}{} accepted", shared.glyphs.separator, self.accepted) } else { String::new() };
        format!("{scenarios}{of}{accepted}")
    }

    fn selected_row(&self) -> Option<u16> {
        self.selected()?;
        let list = self.list();
        let top = self.picked.top(self.keys.len(), usize::from(list.height));
        u16::try_from(self.picked.index() - top).ok().filter(|row| *row < list.height).map(|row| list.y + row)
    }

    fn list_rows(&self) -> Range<u16> {
        let list = self.list();
        list.y..list.bottom().min(list.y.saturating_add(u16::try_from(self.keys.len()).unwrap_or(u16::MAX)))
    }

    fn draw(&self, area: Rect, buffer: &mut Buffer, view: &View<'_>) {
        let below = self.below_note(area);
        if self.narrowed.is_some() {
            let what = self.selected().map_or("", |scenario| scenario.code.title());
            let words =
                if what.is_empty() { "Only those of one pattern".to_owned() } else { format!("Only those of one pattern ({what})") };
            card::line(area, 0, &Line::styled(format!(" {words}. Esc shows all."), view.style(Role::Warn)), buffer);
        }
        let Some(items) = &self.items else {
            let reading = ["Reading the scenarios of the pattern."];
            return lesson::draw(if self.narrowed.is_some() { &reading } else { SPEC.lesson }, below, buffer, view);
        };
        if items.is_empty() {
            let none = [
                "No scenario is made from this pattern.",
                "",
                "Scenarios are made from a run of the pattern that is still stored; rejected ones are not offered again.",
            ];
            return lesson::draw(if self.narrowed.is_some() { &none } else { SPEC.lesson }, below, buffer, view);
        }
        let parts = split(below, items.len());
        let top = self.picked.top(items.len(), usize::from(parts.list.height));
        let rows = items.iter().enumerate().skip(top).map(|(row, scenario)| (row == self.picked.index(), scenario));
        list::draw(rows, &self.widths, parts.heads, parts.list, buffer, view);
        if let (Some(area), Some(scenario)) = (parts.detail, self.selected()) {
            detail::draw(scenario, area, buffer, view);
        }
    }
}
