//! The cost pane: what runs cost by model and by agent, exactly, with what has no price beside it.

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
    id: PaneId("cost"),
    title: "Cost",
    tab: "Cost",
    digit: 3,
    room: Room::Side,
    opens: LinkKind::Cost,
    lesson: &[
        "No cost yet.",
        "",
        "A run's cost is its tokens times a dated price table, class by class: input, cached input, output, reasoning.",
        "A model without a price is listed, never counted as zero.",
        "",
        "Send `llm_calls` with `model`, `input_tokens` and `output_tokens` to see costs here.",
    ],
};

/// What can be done here.
pub const ACTIONS: &[Action] = &[];

/// Its state.
#[derive(Debug, Default)]
pub struct Spending {
    answer: Option<Arrived>,
}

impl Pane for Spending {
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
