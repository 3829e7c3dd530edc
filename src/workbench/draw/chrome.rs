//! The lines around the panes: tabs, status, hints; and the toasts above them.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use crate::workbench::{layout::Place, pane::View, root::Workbench, theme::Role};

use super::card;

/// The tabs: the focused one in brackets.
pub fn tabs(workbench: &Workbench, area: Rect, buffer: &mut Buffer, view: &View<'_>) {
    buffer.set_style(area, view.style(Role::Tab));
    let focused = workbench.focused();
    let mut spans = Vec::new();
    for seat in &workbench.seats {
        let spec = seat.registration.spec;
        if spec.id == focused {
            spans.push(Span::styled(format!("[{} {}]", spec.digit, spec.tab), view.style(Role::TabFocused)));
        } else {
            spans.push(Span::styled(format!(" {} {} ", spec.digit, spec.tab), view.style(Role::Tab)));
        }
    }
    card::line(area, 0, &Line::from(spans), buffer);
}

/// The status line.
pub fn status(workbench: &Workbench, area: Rect, buffer: &mut Buffer, view: &View<'_>) {
    buffer.set_style(area, view.style(Role::Status));
    let traces = workbench.shared.beat.traces;
    card::line(area, 0, &Line::from(format!(" {traces} traces")), buffer);
}

/// The hint line: what the keys do with the focus as it is, as many as fit.
pub fn hints(workbench: &Workbench, area: Rect, buffer: &mut Buffer, view: &View<'_>) {
    let pairs: Vec<(String, String)> = match &workbench.overlay {
        Some(overlay) => overlay.hints().iter().map(|(key, words)| ((*key).to_owned(), (*words).to_owned())).collect(),
        None => workbench
            .actions()
            .into_iter()
            .filter(|(action, blocked)| action.hint && blocked.is_none())
            .filter_map(|(action, _)| Some((workbench.keys.shown(action.id)?, action.name.to_owned())))
            .collect(),
    };
    let mut spans = vec![Span::raw(" ")];
    let mut left = usize::from(area.width).saturating_sub(2);
    for (key, words) in pairs {
        let key = Span::styled(key, view.style(Role::Key));
        let words = Span::styled(format!(" {words}"), view.style(Role::Hint));
        let width = key.width() + words.width() + 2;
        if width > left + 2 {
            break;
        }
        left = left.saturating_sub(width);
        spans.extend([key, words, Span::raw("  ")]);
    }
    card::line(area, 0, &Line::from(spans), buffer);
}

/// What is said for a moment: at the lower right, newest lowest, never over a selected row.
pub fn toasts(workbench: &Workbench, body: Rect, places: &[Place], buffer: &mut Buffer, view: &View<'_>) {
    let selected: Vec<u16> = places
        .iter()
        .filter_map(|place| {
            let row = workbench.seat_of(place.pane)?.pane.selected_row()?;
            Some(place.inside.y + row)
        })
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
        let line = Line::styled(format!(" {} ", said.text()), view.style(role));
        let width = u16::try_from(line.width()).unwrap_or(u16::MAX).min(body.width.saturating_sub(2));
        let spot = Rect { x: body.right().saturating_sub(width + 1), y, width, height: 1 };
        ratatui::widgets::Widget::render(ratatui::widgets::Clear, spot, buffer);
        buffer.set_style(spot, view.style(role));
        card::line(spot, 0, &line, buffer);
        y -= 1;
    }
}
