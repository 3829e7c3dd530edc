//! The line of tabs: the focused one in brackets; on wide screens the pulse of the program at its right.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use crate::{
    text::{human, sparkline, width::width},
    workbench::{
        glyphs::GlyphSet,
        pane::{PaneId, View},
        root::Workbench,
        theme::Role,
    },
};

use super::card;

/// Draws the tabs.
pub fn draw(workbench: &Workbench, area: Rect, buffer: &mut Buffer, view: &View<'_>) {
    buffer.set_style(area, view.style(Role::Tab));
    let focused = workbench.focused();
    let spans = tabs(workbench, area).map(|(pane, text)| {
        let role = if pane == focused { Role::TabFocused } else { Role::Tab };
        Span::styled(text, view.style(role))
    });
    let line = Line::from_iter(spans);
    let room = usize::from(area.width).saturating_sub(line.width() + 2);
    card::line(area, 0, &line, buffer);
    let right = Line::styled(program(workbench, view), view.style(Role::Dim));
    if right.width() <= room {
        let width = u16::try_from(right.width()).unwrap_or(0);
        card::line(Rect { x: area.right().saturating_sub(width + 1), width, ..area }, 0, &right, buffer);
    }
}

/// The tab at a column, if there is one.
pub(in crate::workbench) fn at(workbench: &Workbench, area: Rect, column: u16) -> Option<PaneId> {
    let mut end = usize::from(area.x);
    tabs(workbench, area).find_map(|(pane, text)| {
        end += width(&text);
        (usize::from(column) < end).then_some(pane)
    })
}

/// Every tab as it is written, the focused one in brackets.
fn tabs(workbench: &Workbench, area: Rect) -> impl Iterator<Item = (PaneId, String)> {
    let focused = workbench.focused();
    let wide = area.width >= 100;
    workbench.seats.iter().map(move |seat| {
        let spec = seat.registration.spec;
        let name = if wide { spec.title } else { spec.tab };
        let text = if spec.id == focused { format!("[{} {name}]", spec.digit) } else { format!(" {} {name} ", spec.digit) };
        (spec.id, text)
    })
}

/// The program's name, how arrivals went in the last seconds, and the size of the store.
fn program(workbench: &Workbench, view: &View<'_>) -> String {
    let mut words = "arc-eval-tui".to_owned();
    let history = workbench.rate.history(view.now);
    let most = history.iter().flatten().copied().fold(0.0, f64::max);
    if most > 0.0 {
        let blocks = if view.shared.glyphs.set == GlyphSet::Ascii { sparkline::ascii } else { sparkline::blocks };
        words = format!("{words}   {}", blocks(&history, 0.0, most));
    }
    if let Some(overview) = view.shared.overview.as_ref().filter(|overview| overview.store_bytes > 0) {
        words = format!("{words}   store {}", human::bytes(overview.store_bytes));
    }
    words
}
