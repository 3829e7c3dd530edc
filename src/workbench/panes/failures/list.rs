//! The list of patterns: how bad, what, how often, the trend of its days, how it stands, whose.

use std::borrow::Cow;

use ratatui::{buffer::Buffer, layout::Rect};

use crate::{
    model::pattern::PatternReport,
    text::{
        human::{compact, count},
        sparkline,
        width::width,
    },
    workbench::{
        draw::columns::{Column, Columns, select},
        failure_words::{named, severity_marked, severity_role, severity_short, state, state_role},
        glyphs::GlyphSet,
        pane::View,
        theme::Role,
    },
};

/// Days the trend shows where there is room.
const DAYS: usize = 14;
/// Days it shows where there is not.
const FEW_DAYS: usize = 7;
/// From this width on severities are marked and written out, and the trend shows all its days.
const FULL: u16 = 74;

/// What the texts of a page need, counted once when it arrives.
#[derive(Debug, Clone, Copy)]
pub(super) struct Widths {
    title: u16,
    runs: u16,
    state: u16,
    agents: u16,
}

impl Widths {
    pub(super) fn of(patterns: &[PatternReport]) -> Self {
        let most = |of: fn(&PatternReport) -> usize, least: usize, limit: usize| {
            let widest = patterns.iter().map(of).max().unwrap_or(0).max(least).min(limit);
            u16::try_from(widest).unwrap_or(u16::MAX)
        };
        Self {
            title: most(|report| width(title(report)), 7, 60),
            runs: most(|report| width(&runs(report)), 4, 10),
            state: most(|report| width(state(report.state)), 5, 10),
            agents: most(|report| width(&agents(report)), 6, 60),
        }
    }
}

/// A pattern's title; its code's where nothing of it is left to read.
pub(super) fn title(report: &PatternReport) -> &str {
    if report.title.trim().is_empty() { report.pattern.code.title() } else { &report.title }
}

/// In full up to six digits.
fn runs(report: &PatternReport) -> String {
    if report.pattern.runs < 1_000_000 { count(report.pattern.runs) } else { compact(report.pattern.runs) }
}

/// The agents by name, at most four.
fn agents(report: &PatternReport) -> String {
    let names = &report.pattern.agents;
    let mut text = names.iter().take(4).map(|(name, _)| named(name)).collect::<Vec<_>>().join(", ");
    if names.len() > 4 {
        text.push_str(&format!(" and {} more", names.len() - 4));
    }
    text
}

/// Draws heads and rows; `rows` starts at the first one shown, each with whether it is selected.
pub(super) fn draw<'a>(
    rows: impl Iterator<Item = (bool, &'a PatternReport)>,
    widths: &Widths,
    heads: Option<Rect>,
    area: Rect,
    buffer: &mut Buffer,
    view: &View<'_>,
) {
    let full = area.width >= FULL;
    let days = if full { DAYS } else { FEW_DAYS };
    let trend = if full { 14 } else { 7 };
    let columns = Columns::lay(
        &[
            Column::new(if full { "severity" } else { "bad" }, if full { 10 } else { 4 }, if full { 10 } else { 4 }),
            Column::new("pattern", widths.title.min(if full { 28 } else { 20 }), widths.title),
            Column::new("runs", widths.runs, widths.runs).figures(),
            Column::new(if full { "14 days" } else { "7 days" }, trend, trend).leaving(2),
            Column::new("state", widths.state, widths.state).leaving(1),
            Column::new("agents", widths.agents.min(10), widths.agents).leaving(3),
        ],
        area.width,
    );
    if let Some(heads) = heads {
        columns.heads(heads, buffer, view);
    }
    for (y, (selected, report)) in (area.y..area.bottom()).zip(rows) {
        let row = Rect { y, height: 1, ..area };
        let severity = report.pattern.severity;
        let cells = [
            (Cow::Borrowed(if full { severity_marked(severity) } else { severity_short(severity) }), severity_role(severity)),
            (Cow::Borrowed(title(report)), Role::Text),
            (Cow::Owned(runs(report)), Role::Text),
            (Cow::Owned(blocks(&report.days, days, view)), Role::Bar),
            (Cow::Borrowed(state(report.state)), state_role(report.state)),
            (Cow::Owned(agents(report)), Role::Dim),
        ];
        columns.cells(row, cells, buffer, view);
        if selected {
            select(row, buffer, view);
        }
    }
}

/// The newest days as blocks that stand on nothing; the highest day of those shown is the full block.
fn blocks(days: &[u32], shown: usize, view: &View<'_>) -> String {
    let days = days.get(days.len().saturating_sub(shown)..).unwrap_or_default();
    let most = days.iter().copied().max().unwrap_or(0).max(1);
    let values: Vec<Option<f64>> = days.iter().map(|runs| Some(f64::from(*runs))).collect();
    let draw = if view.shared.glyphs.set == GlyphSet::Ascii { sparkline::ascii } else { sparkline::blocks };
    draw(&values, 0.0, f64::from(most))
}
