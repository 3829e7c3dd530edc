//! The whole screen, region by region.
//!
//! ```text
//!  tabs                                             tabs.rs
//! ┌ title ──────────────────────────────── badge ┐
//! │ panes                                        │  frame, then the pane's own draw
//! └──────────────────────────────────────────────┘
//!  status                                           status.rs
//!  hints                                            hints.rs
//! ```

use ratatui::{
    Frame,
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
    widgets::{Block, Widget},
};

use crate::model::time::Timestamp;

use crate::workbench::{
    glyphs::GlyphSet,
    layout::{LEAST_HEIGHT, LEAST_WIDTH, Place},
    pane::View,
    root::{Seat, Workbench},
    theme::Role,
};

use super::{card, hints, status, tabs, toasts};

/// Draws everything.
pub fn draw(workbench: &Workbench, now: Timestamp, frame: &mut Frame<'_>) {
    let area = frame.area();
    let cursor = paint(workbench, now, area, frame.buffer_mut());
    if let Some(cursor) = cursor {
        frame.set_cursor_position(cursor);
    }
}

/// Draws everything into a buffer; answers where the cursor blinks, if it does.
pub fn paint(workbench: &Workbench, now: Timestamp, area: Rect, buffer: &mut Buffer) -> Option<(u16, u16)> {
    let view = View { shared: &workbench.shared, focused: false, now };
    buffer.set_style(area, view.style(Role::Text));
    let Some(arrangement) = workbench.arrangement().filter(|_| area.width >= workbench.size.0 && area.height >= workbench.size.1) else {
        too_small(area, buffer, &view);
        return None;
    };
    tabs::draw(workbench, arrangement.tabs, buffer, &view);
    for place in &arrangement.places {
        if let Some(seat) = workbench.seat_of(place.pane) {
            let view = View { focused: workbench.focused() == place.pane, ..view };
            self::place(workbench, seat, place, &arrangement.places, buffer, &view);
        }
    }
    status::draw(workbench, arrangement.status, buffer, &view);
    hints::draw(workbench, arrangement.hints, buffer, &view);
    let body = Rect { y: arrangement.tabs.bottom(), height: arrangement.status.y.saturating_sub(arrangement.tabs.bottom()), ..area };
    toasts::draw(workbench, body, &arrangement.places, buffer, &view);
    let cursor = workbench.overlay.as_ref().and_then(|overlay| overlay.draw(body, buffer, &view));
    if view.shared.glyphs.set == GlyphSet::Ascii {
        spell_out(buffer);
    }
    cursor
}

/// Where only ASCII may be used: the few characters beyond it that the program itself writes, in words or near enough. What senders wrote
/// stays as it is.
fn spell_out(buffer: &mut Buffer) {
    for cell in &mut buffer.content {
        let plain = match cell.symbol() {
            "…" => ".",
            "·" => "-",
            "µ" => "u",
            _ => continue,
        };
        cell.set_symbol(plain);
    }
}

fn too_small(area: Rect, buffer: &mut Buffer, view: &View<'_>) {
    let lines = [
        "Too small.".to_owned(),
        format!("This terminal has {}x{};", area.width, area.height),
        format!("{LEAST_WIDTH}x{LEAST_HEIGHT} is needed."),
    ];
    let top = area.height.saturating_sub(3) / 2;
    for (row, text) in (0u16..).zip(&lines) {
        let line = Line::styled(text.as_str(), view.style(Role::Text));
        let width = u16::try_from(line.width()).unwrap_or(u16::MAX);
        let x = area.width.saturating_sub(width) / 2;
        let area = Rect { x: area.x + x, width: area.width - x, ..area };
        card::line(area, top + row, &line, buffer);
    }
}

/// One pane with its frame, title, badge, and the reason when it could not be filled.
fn place(workbench: &Workbench, seat: &Seat, place: &Place, all: &[Place], buffer: &mut Buffer, view: &View<'_>) {
    let spec = seat.registration.spec;
    let badge = seat.pane.badge(&workbench.shared);
    let many = all.len() > 1;
    let title = if many { format!("{} {}", spec.digit, spec.title) } else { spec.title.to_owned() };
    let title = if view.focused && many { format!("[{title}]") } else { title };
    let (title_role, border_role) = if view.focused { (Role::TitleFocused, Role::BorderFocused) } else { (Role::Title, Role::Border) };
    match place.header {
        None => {
            frame_around(place.frame, &title, &badge, (title_role, border_role), buffer, view);
        }
        Some(header) => {
            let first = all.iter().find(|other| other.frame == place.frame).is_some_and(|other| other.pane == place.pane);
            let focus_inside = all.iter().any(|other| other.frame == place.frame && other.pane == workbench.focused());
            if first {
                let titles: Vec<String> = all
                    .iter()
                    .filter(|other| other.frame == place.frame)
                    .filter_map(|other| workbench.seat_of(other.pane))
                    .map(|seat| format!("{} {}", seat.registration.spec.digit, seat.registration.spec.title))
                    .collect();
                let view = View { focused: focus_inside, ..*view };
                let role = if focus_inside { (Role::Title, Role::BorderFocused) } else { (Role::Title, Role::Border) };
                frame_around(place.frame, &titles.join(view.shared.glyphs.separator), "", role, buffer, &view);
            }
            let left = Line::styled(format!(" {title}"), view.style(title_role));
            card::line(header, 0, &left, buffer);
            let right = Line::styled(format!("{badge} "), view.style(Role::Dim));
            let width = u16::try_from(right.width()).unwrap_or(u16::MAX);
            if width + 2 + u16::try_from(left.width()).unwrap_or(u16::MAX) <= header.width {
                card::line(Rect { x: header.right() - width, width, ..header }, 0, &right, buffer);
            }
        }
    }
    seat.pane.draw(place.inside, buffer, view);
    if let Some(problem) = &seat.problem {
        let row = Rect { y: place.inside.bottom().saturating_sub(1), height: place.inside.height.min(1), ..place.inside };
        buffer.set_style(row, view.style(Role::StatusProblem));
        card::line(row, 0, &Line::styled(format!(" {problem} "), view.style(Role::StatusProblem)), buffer);
    }
}

/// A frame: thick where the focus is, with title left and badge right on its upper edge.
fn frame_around(frame: Rect, title: &str, badge: &str, (title_role, border_role): (Role, Role), buffer: &mut Buffer, view: &View<'_>) {
    let glyphs = &view.shared.glyphs;
    let rule = glyphs.border.horizontal_top;
    let thick = glyphs.border_focused.horizontal_top;
    let edge = if view.focused { thick } else { rule };
    let block = Block::bordered()
        .border_set(if view.focused { glyphs.border_focused } else { glyphs.border })
        .border_style(view.style(border_role))
        .style(view.style(Role::Text));
    let title = Line::from(vec![Span::styled(edge, view.style(border_role)), Span::styled(format!(" {title} "), view.style(title_role))]);
    let room = usize::from(frame.width).saturating_sub(title.width() + 6);
    let block = block.title_top(title);
    let block = if badge.is_empty() || ratatui::text::Text::raw(badge).width() > room {
        block
    } else {
        let badge =
            Line::from(vec![Span::styled(format!(" {badge} "), view.style(Role::Dim)), Span::styled(edge, view.style(border_role))]);
        block.title_top(badge.right_aligned())
    };
    block.render(frame, buffer);
}
