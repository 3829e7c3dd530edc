//! The fixes pane: proposed mends with a snippet that names the run's own tool and values, to accept or reject.

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
    id: PaneId("fixes"),
    title: "Fixes",
    tab: "Fixes",
    digit: 6,
    room: Room::Desk,
    opens: LinkKind::Fixes,
    lesson: &[
        "No fixes yet: they are proposed for failure patterns.",
        "",
        "A fix names the tool, the arguments and the framework of your own runs, and says from how many",
        "failures it speaks.",
    ],
};

/// What can be done here.
pub const ACTIONS: &[Action] = &[];

/// Its state.
#[derive(Debug, Default)]
pub struct Fixes {
    answer: Option<Arrived>,
}

impl Pane for Fixes {
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
