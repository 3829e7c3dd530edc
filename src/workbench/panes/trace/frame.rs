//! Where the parts of the trace pane stand, and drawing them.
//!
//! ```text
//!  refund-bot  crewai  F 31   1.1 s  $0.0040   x bad tool arguments at step 5 of 6     head
//!  suspected: step 3 ...                                                               cause, if any
//!  #  step        0       .25      .5       .75    1.1 s                               axis
//!  waterfall rows                                                                      list
//!  ── step 5  issue_refund ───────────────                                             rule
//!  in   { ... }                                                                        detail
//!  Pattern, fix, feedback                                                              foot
//! ```

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::Style,
    text::{Line, Span},
};

use crate::{
    text::width::{fit, width},
    workbench::{
        draw::{card, rich},
        need::TraceView,
        pane::View,
        theme::Role,
    },
};

use super::{bars, detail::Detail, facts};

/// Rows of each part, from the height there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Parts {
    /// Whether there is a line for the suspected cause.
    pub(super) cause: bool,
    /// Where the waterfall's rows begin.
    pub(super) list_at: u16,
    /// Rows of the waterfall.
    pub(super) list: u16,
    /// Rows of the detail, its rule not counted.
    pub(super) detail: u16,
    /// Rows of pattern, fix and feedback.
    pub(super) foot: u16,
}

impl Parts {
    /// The waterfall gets what it needs up to half; the detail the rest; the foot goes first where there is little room.
    pub(super) fn of(height: u16, rows: usize, foot: u16, cause: bool) -> Self {
        let cause = cause && height >= 10;
        let list_at = 2 + u16::from(cause);
        let foot = if height >= 14 { foot } else { 0 };
        let room = height.saturating_sub(list_at + foot);
        let most = if room >= 8 { room / 2 } else { room };
        let list = u16::try_from(rows).unwrap_or(u16::MAX).min(most);
        let detail = room.saturating_sub(list + 1);
        Self { cause, list_at, list, detail, foot }
    }
}

/// Draws the pane.
pub(super) fn draw(
    trace: &TraceView,
    (selected, top): (usize, usize),
    detail: &Detail,
    parts: Parts,
    area: Rect,
    buffer: &mut Buffer,
    view: &View<'_>,
) {
    card::line(area, 0, &facts::head(trace, usize::from(area.width), view), buffer);
    if let Some(cause) = facts::cause(trace).filter(|_| parts.cause) {
        let words = fit(&cause, usize::from(area.width).saturating_sub(2)).into_owned();
        card::line(area, 1, &Line::styled(format!(" {words}"), view.style(Role::Warn)), buffer);
    }
    let bars = bars::Bars::new(trace, usize::from(area.width));
    card::line(area, parts.list_at - 1, &bars.axis(trace, view), buffer);
    for (row, place) in (0..parts.list).zip(top..trace.waterfall.steps.len() + 1) {
        let chosen = place == selected;
        card::line(area, parts.list_at + row, &bars.row(trace, place, chosen, view), buffer);
        if chosen && parts.list_at + row < area.height {
            let role = if view.focused { Role::Selection } else { Role::SelectionUnfocused };
            buffer.set_style(Rect { y: area.y + parts.list_at + row, height: 1, ..area }, view.style(role));
        }
    }
    let rule_at = parts.list_at + parts.list;
    card::line(area, rule_at, &rule(trace, selected, detail, parts, area.width, view), buffer);
    let inside = Rect { y: area.y.saturating_add(rule_at + 1), height: parts.detail.min(area.height.saturating_sub(rule_at + 1)), ..area };
    for (row, text) in (0..inside.height).zip(detail.rows()) {
        card::line(inside, row, &rich::line(text, view), buffer);
    }
    for (row, line) in (0..parts.foot).zip(facts::footer(trace, usize::from(area.width), view)) {
        card::line(area, area.height.saturating_sub(parts.foot) + row, &line, buffer);
    }
}

/// The line between waterfall and detail: what is open, and how much of it is out of sight.
fn rule(trace: &TraceView, selected: usize, detail: &Detail, parts: Parts, columns: u16, view: &View<'_>) -> Line<'static> {
    let dash = view.shared.glyphs.rule;
    let title = match selected.checked_sub(1).and_then(|place| trace.waterfall.steps.get(place)) {
        Some(step) => format!("step {}  {}", step.number, fit(&step.name, 40)),
        None => "the whole run".to_owned(),
    };
    let hidden = detail.hidden(usize::from(parts.detail));
    let more = if hidden > 0 { format!(" {hidden} more lines, ] shows them ") } else { String::new() };
    let filled = width(&title) + width(&more) + 6;
    let rest = usize::from(columns).saturating_sub(filled);
    let border = view.style(Role::Border);
    Line::from(vec![
        Span::styled(format!(" {}", dash.repeat(2)), border),
        Span::styled(format!(" {title} "), view.style(Role::Heading)),
        Span::styled(dash.repeat(rest), border),
        Span::styled(more, view.style(Role::Dim)),
        Span::styled(dash.to_owned(), Style::new().patch(border)),
    ])
}
