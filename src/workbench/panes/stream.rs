//! The live stream: every run in the order it arrived, held still under the reader.

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
    id: PaneId("stream"),
    title: "Live stream",
    tab: "Stream",
    digit: 1,
    room: Room::List,
    opens: LinkKind::Runs,
    lesson: &["No traces yet."],
};

/// What can be done here.
pub const ACTIONS: &[Action] = &[];

/// Its state.
#[derive(Debug, Default)]
pub struct Stream {
    answer: Option<Arrived>,
}

impl Pane for Stream {
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
