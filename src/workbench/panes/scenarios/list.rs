//! The list of scenarios: name, the failure it stands for, how bad, what was decided.

use std::borrow::Cow;

use ratatui::{buffer::Buffer, layout::Rect};

use crate::{
    model::scenario::Scenario,
    text::width::width,
    workbench::{
        draw::columns::{Column, Columns, select},
        failure_words::{choice, choice_role, named, severity, severity_role, severity_short},
        pane::View,
        theme::Role,
    },
};

/// The word for a scenario nobody has decided on.
pub(super) const OPEN: &str = "ready";
/// From this width on severities are written out.
const FULL: u16 = 74;

/// What the texts of an answer need, counted once when it arrives.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Widths {
    title: u16,
    failure: u16,
    state: u16,
}

impl Widths {
    pub(super) fn of(items: &[Scenario]) -> Self {
        let most = |of: fn(&Scenario) -> usize, least: usize, limit: usize| {
            let widest = items.iter().map(of).max().unwrap_or(0).max(least).min(limit);
            u16::try_from(widest).unwrap_or(u16::MAX)
        };
        Self {
            title: most(|scenario| width(named(&scenario.title)), 8, 70),
            failure: most(|scenario| scenario.code.title().len(), 7, 26),
            state: most(|scenario| choice(scenario.decision, OPEN).len(), 5, 8),
        }
    }
}

/// Draws heads and rows; `rows` starts at the first one shown, each with whether it is selected.
pub(super) fn draw<'a>(
    rows: impl Iterator<Item = (bool, &'a Scenario)>,
    widths: &Widths,
    heads: Option<Rect>,
    area: Rect,
    buffer: &mut Buffer,
    view: &View<'_>,
) {
    let full = area.width >= FULL;
    let wide = if full { 8 } else { 4 };
    let columns = Columns::lay(
        &[
            Column::new("scenario", widths.title.min(20), widths.title),
            Column::new("failure", widths.failure.min(14), widths.failure).leaving(2),
            Column::new(if full { "severity" } else { "bad" }, wide, wide).leaving(1),
            Column::new("state", widths.state, widths.state),
        ],
        area.width,
    );
    if let Some(heads) = heads {
        columns.heads(heads, buffer, view);
    }
    for (y, (selected, scenario)) in (area.y..area.bottom()).zip(rows) {
        let row = Rect { y, height: 1, ..area };
        let how_bad = if full { severity(scenario.severity) } else { severity_short(scenario.severity) };
        let cells = [
            (Cow::Borrowed(named(&scenario.title)), Role::Text),
            (Cow::Borrowed(scenario.code.title()), Role::Dim),
            (Cow::Borrowed(how_bad), severity_role(scenario.severity)),
            (Cow::Borrowed(choice(scenario.decision, OPEN)), choice_role(scenario.decision)),
        ];
        columns.cells(row, cells, buffer, view);
        if selected {
            select(row, buffer, view);
        }
    }
}
