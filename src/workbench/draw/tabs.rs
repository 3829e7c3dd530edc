//! The line of tabs: the focused one in brackets; on wide screens the pulse of the program at its right.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use crate::{
    text::{human, sparkline},
    workbench::{glyphs::GlyphSet, pane::View, root::Workbench, theme::Role},
};

use super::card;

/// Draws the tabs.
pub fn draw(workbench: &Workbench, area: Rect, buffer: &mut Buffer, view: &View<'_>) {
    buffer.set_style(area, view.style(Role::Tab));
    let focused = workbench.focused();
    let wide = area.width >= 100;
    let spans = workbench.seats.iter().map(|seat| {
        let spec = seat.registration.spec;
        let name = if wide { spec.title } else { spec.tab };
        if spec.id == focused {
            Span::styled(format!("[{} {name}]", spec.digit), view.style(Role::TabFocused))
        } else {
            Span::styled(format!(" {} {name} ", spec.digit), view.style(Role::Tab))
        }
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
