//! The hint line: what the keys do with the focus as it is now. Blocked actions are left out, and so is what does not fit;
//! the ways to everything else (palette, help, quit) always stay.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use crate::workbench::{
    action::{Action, GLOBAL},
    pane::View,
    root::Workbench,
    theme::Role,
};

use super::card;

/// Draws the hint line.
pub fn draw(workbench: &Workbench, area: Rect, buffer: &mut Buffer, view: &View<'_>) {
    let (own, everywhere) = match &workbench.overlay {
        Some(overlay) => (overlay.hints().iter().map(|(key, words)| ((*key).to_owned(), (*words).to_owned())).collect(), Vec::new()),
        None => pairs(workbench),
    };
    let room = usize::from(area.width).saturating_sub(1);
    let mut left = room.saturating_sub(everywhere.iter().map(columns).sum());
    let fitting = own.into_iter().take_while(|pair| {
        let fits = columns(pair) <= left;
        left = left.saturating_sub(columns(pair));
        fits
    });
    let mut spans = vec![Span::raw(" ")];
    for (key, words) in fitting.chain(everywhere) {
        spans.push(Span::styled(key, view.style(Role::Key)));
        spans.push(Span::styled(format!(" {words}  "), view.style(Role::Hint)));
    }
    card::line(area, 0, &Line::from(spans), buffer);
}

type Pair = (String, String);

/// The focused pane's hints, and those of the root.
fn pairs(workbench: &Workbench) -> (Vec<Pair>, Vec<Pair>) {
    let pair = |action: &Action| Some((workbench.keys.shown(action.id)?, action.name.to_owned()));
    let usable = |action: &&Action| action.hint && workbench.blocked(action.id).is_none();
    let own = workbench.seat().map_or(&[][..], |seat| seat.registration.actions);
    (own.iter().filter(usable).filter_map(pair).collect(), GLOBAL.iter().filter(usable).filter_map(pair).collect())
}

fn columns((key, words): &Pair) -> usize {
    crate::text::width::width(key) + crate::text::width::width(words) + 3
}
