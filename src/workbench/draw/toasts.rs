//! What is said for a moment: at the lower right, newest lowest, never over a selected row.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::Line,
    widgets::{Clear, Widget},
};

use crate::{
    text::width::{fit, width, wrap},
    workbench::{layout::Place, pane::View, root::Workbench, theme::Role, toasts::Said},
};

use super::card;

/// Most rows of one toast.
const ROWS_MOST: usize = 3;

/// Draws the toasts over the panes.
pub fn draw(workbench: &Workbench, body: Rect, places: &[Place], buffer: &mut Buffer, view: &View<'_>) {
    let selected: Vec<u16> = places
        .iter()
        .filter(|place| place.inside.right() > body.right() / 2)
        .filter_map(|place| Some(place.inside.y + workbench.seat_of(place.pane)?.pane.selected_row()?))
        .collect();
    let mut bottom = body.bottom().saturating_sub(1);
    for said in workbench.toasts.shown().rev() {
        let role = if said.toast.problem { Role::StatusProblem } else { Role::Overlay };
        let rows = rows(said, usize::from(body.width).saturating_sub(6));
        let height = u16::try_from(rows.len()).unwrap_or(u16::MAX);
        // Its lowest row: the first from below that leaves all of its rows off the selected ones.
        let free = |bottom: u16| selected.iter().all(|row| *row > bottom || row.saturating_add(height) <= bottom);
        let Some(lowest) = (body.y.saturating_add(height)..=bottom).rev().find(|bottom| free(*bottom)) else { return };
        let widest = rows.iter().map(|row| width(row)).max().unwrap_or(0);
        let columns = u16::try_from(widest + 2).unwrap_or(u16::MAX).min(body.width.saturating_sub(2));
        let top = lowest + 1 - height;
        let spot = Rect { x: body.right().saturating_sub(columns + 1), y: top, width: columns, height };
        Clear.render(spot, buffer);
        buffer.set_style(spot, view.style(role));
        for (row, text) in (0u16..).zip(&rows) {
            card::line(spot, row, &Line::styled(format!(" {text} "), view.style(role)), buffer);
        }
        bottom = top - 1;
    }
}

/// The rows of one toast; what does not fit into them can be read among the messages.
fn rows(said: &Said, columns: usize) -> Vec<String> {
    let mark = if said.toast.problem { "! " } else { "" };
    let mut rows = wrap(&format!("{mark}{}", said.text()), columns);
    if rows.len() > ROWS_MOST {
        let rest = rows.split_off(ROWS_MOST - 1).join(" ");
        rows.push(fit(&rest, columns).into_owned());
    }
    rows
}
