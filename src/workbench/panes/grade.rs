//! The reliability pane: every agent's grade with its number, interval and count, its trend, and what drags it.

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
    id: PaneId("grade"),
    title: "Reliability",
    tab: "Grade",
    digit: 2,
    room: Room::Side,
    opens: LinkKind::Agent,
    lesson: &[
        "No run yet, so there is no grade.",
        "",
        "A grade is the share of runs that did their task, from 0 to 100, with the 90 % interval it can be trusted to.",
        "Under 20 runs it is provisional and says how many are missing.",
        "",
        "A run counts by what it reported (success, error), or by what a person says of it: + right, - wrong.",
    ],
};

/// What can be done here.
pub const ACTIONS: &[Action] = &[];

/// Its state.
#[derive(Debug, Default)]
pub struct Reliability {
    answer: Option<Arrived>,
}

impl Pane for Reliability {
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
