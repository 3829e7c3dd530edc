//! The failures pane: failures that recur, grouped by what they have in common, with trend, agents and cost.

use ratatui::{buffer::Buffer, layout::Rect};

use crate::workbench::{
    action::Action,
    draw::lesson,
    effects::Orders,
    need::{Arrived, Need},
    pane::{Handled, LinkKind, Pane, PaneId, PaneMsg, Room, Spec, View},
    shared::Shared,
};

/// What this pane is.
pub const SPEC: Spec = Spec {
    id: PaneId("failures"),
    title: "Failure patterns",
    tab: "Fails",
    digit: 4,
    room: Room::Side,
    opens: LinkKind::Pattern,
    lesson: &[
        "No failures so far.",
        "",
        "A failure is something found in the structure of a run: a tool that timed out or refused its arguments,",
        "the same call again and again, an answer cut off, an empty answer.",
        "Failures with the same cause become one pattern, so ten thousand lines read as five.",
    ],
};

/// What can be done here.
pub const ACTIONS: &[Action] = &[];

/// Its state.
#[derive(Debug, Default)]
pub struct Failures {
    answer: Option<Arrived>,
}

impl Pane for Failures {
    fn update(&mut self, msg: &PaneMsg, _shared: &Shared, _orders: &mut Orders) -> Handled {
        match msg {
            PaneMsg::Arrived(answer) => self.answer = Some(answer.clone()),
            _ => return Handled::No,
        }
        Handled::Yes
    }

    fn need(&self, _shared: &Shared) -> Option<Need> {
        None
    }

    fn badge(&self, _shared: &Shared) -> String {
        String::new()
    }

    fn draw(&self, area: Rect, buffer: &mut Buffer, view: &View<'_>) {
        lesson::draw(SPEC.lesson, area, buffer, view);
    }
}
