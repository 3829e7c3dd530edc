//! What is said for a moment: at the lower right, newest lowest, never over a selected row.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::Line,
    widgets::{Clear, Widget},
};

use crate::{
    text::width::fit,
    workbench::{layout::Place, pane::View, root::Workbench, theme::Role},
};

use super::card;

/// Draws the toasts over the panes.
pub fn draw(workbench: &Workbench, body: Rect, places: &[Place], buffer: &mut Buffer, view: &View<'_>) {
    let selected: Vec<u16> = places
        .iter()
        .filter(|place| place.inside.right() > body.right() / 2)
        .filter_map(|place| Some(place.inside.y + workbench.seat_of(place.pane)?.pane.selected_row()?))
        .collect();
    let mut y = body.bottom().saturating_sub(1);
    for said in workbench.toasts.shown().rev() {
        while selected.contains(&y) && y > body.y {
            y -= 1;
        }
        if y <= body.y {
            return;
        }
        let role = if said.toast.problem { Role::StatusProblem } else { Role::Overlay };
        let mark = if said.toast.problem { "! " } else { "" };
        let room = usize::from(body.width).saturating_sub(6);
        let line = Line::styled(format!(" {mark}{} ", fit(&said.text(), room)), view.style(role));
        let width = u16::try_from(line.width()).unwrap_or(u16::MAX).min(body.width.saturating_sub(2));
        let spot = Rect { x: body.right().saturating_sub(width + 1), y, width, height: 1 };
        Clear.render(spot, buffer);
        buffer.set_style(spot, view.style(role));
        card::line(spot, 0, &line, buffer);
        y -= 1;
    }
}
