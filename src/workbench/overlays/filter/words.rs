//! What the prompt says below a filter that can be read: what the condition at the cursor means, and how many runs match.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use crate::{
    query::field_at,
    text::{
        human,
        width::{fit, width},
    },
    workbench::{draw::card, need::Counted, pane::View, theme::Role},
};

/// A count as far as it has come: `matches 212 of 12,408`, `counting … 40 %, 212 so far`.
#[must_use]
pub fn counted(count: &Counted) -> String {
    let (matches, stored) = (human::count(count.matches), human::count(count.stored));
    if !count.done {
        // Whole runs of a hundred: a share that is not reached yet is not shown.
        let percent = count.searched.saturating_mul(100).checked_div(count.stored).unwrap_or(0).min(99);
        return format!("counting … {percent} %, {matches} so far");
    }
    if count.searched < count.stored {
        return format!("matches {matches} of the newest {}, of {stored}", human::count(count.searched));
    }
    format!("matches {matches} of {stored}")
}

/// Draws the line below the pointer; the count stands at its right end and never leaves.
pub(super) fn meaning(text: &str, cursor: usize, count: Option<&Counted>, inside: Rect, buffer: &mut Buffer, view: &View<'_>) {
    let says = count.map_or_else(|| "counting …".to_owned(), counted);
    let role = if count.is_some_and(|count| count.done) { Role::Strong } else { Role::Dim };
    let columns = usize::from(inside.width);
    let help = match field_at(text, cursor) {
        Some(field) => format!("{}   {}", field.example, field.help),
        None if text.trim().is_empty() => "@ saved views   Up earlier filters".to_owned(),
        None => String::new(),
    };
    let room = columns.saturating_sub(width(&says));
    let help = fit(&help, room.saturating_sub(2));
    let gap = " ".repeat(room.saturating_sub(width(&help)));
    let line =
        Line::from(vec![Span::styled(help.into_owned(), view.style(Role::Dim)), Span::raw(gap), Span::styled(says, view.style(role))]);
    card::line(inside, 2, &line, buffer);
}
