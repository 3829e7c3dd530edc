//! The scenarios pane: small tests made from failing runs, to accept, reject or write to files.

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
    id: PaneId("scenarios"),
    title: "Test scenarios",
    tab: "Scenarios",
    digit: 5,
    room: Room::Desk,
    opens: LinkKind::Scenarios,
    lesson: &[
        "No scenarios yet: they are made from failures.",
        "",
        "Each repeats a failing run with one field changed, and says what must be true afterwards.",
        "Press d to see it on the samples.",
    ],
};

/// What can be done here.
pub const ACTIONS: &[Action] = &[];

/// Its state.
#[derive(Debug, Default)]
pub struct Scenarios {
    answer: Option<Arrived>,
}

impl Pane for Scenarios {
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
