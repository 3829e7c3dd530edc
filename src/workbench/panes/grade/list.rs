//! The list of agents: whose grade, how sure, how it moves, over how many runs.

use std::borrow::Cow;

use ratatui::{buffer::Buffer, layout::Rect};

use crate::{
    model::{agent::AgentReport, comparison::Change},
    text::{
        human::{compact, count},
        width::width,
    },
    workbench::{
        draw::{
            chart,
            columns::{Column, Columns, select},
        },
        need::AgentView,
        pane::View,
        theme::Role,
        words,
    },
};

/// From this width on changes are written out.
const FULL: u16 = 74;
/// A name has a use for this many columns, and gives up the rest for the chart.
const NAME_MOST: usize = 40;
/// A name is not made narrower than this before other columns leave.
const NAME_LEAST: u16 = 12;
/// Blocks of the chart at most.
const CHART_MOST: u16 = 32;

/// What the texts of a list need, counted once when it arrives.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Widths {
    agent: u16,
    grade: u16,
    short: u16,
    long: u16,
    runs: u16,
}

impl Widths {
    pub(super) fn of(agents: &[AgentView]) -> Self {
        let most = |of: &dyn Fn(&AgentReport) -> usize, least: usize| {
            let widest = agents.iter().map(|agent| of(&agent.report)).max().unwrap_or(0).max(least);
            u16::try_from(widest).unwrap_or(u16::MAX)
        };
        Self {
            agent: most(&|report| width(words::name(&report.agent)).min(NAME_MOST), 5),
            grade: most(&|report| grade(report).len(), 5),
            short: most(&|report| movement(report, false).0.len(), 6),
            long: most(&|report| movement(report, true).0.len(), 6),
            runs: most(&|report| runs(report).len(), 4),
        }
    }
}

/// The grade with its interval: `F 45 (38-52)`.
pub(super) fn grade(report: &AgentReport) -> String {
    report.grade.as_ref().map_or_else(|| "unknown".to_owned(), |grade| words::grade_with_interval(Some(grade)))
}

/// The role that colours it.
pub(super) fn grade_role(report: &AgentReport) -> Role {
    match &report.grade {
        None => Role::Unknown,
        Some(grade) if grade.provisional() => Role::Provisional,
        Some(grade) => words::score_role(grade.score),
    }
}

/// The runs it rests on, in full up to six digits.
fn runs(report: &AgentReport) -> String {
    let runs = u64::from(report.grade.map_or(0, |grade| grade.runs));
    if runs < 1_000_000 { count(runs) } else { compact(runs) }
}

/// How the grade moves: since the baseline, else against the window before. A provisional grade says what is missing instead.
fn movement(report: &AgentReport, full: bool) -> (Cow<'static, str>, Role) {
    let missing = match &report.grade {
        None if report.runs == 0 => return (Cow::Borrowed(if full { "no run in this time" } else { "no run" }), Role::Unknown),
        None => return (Cow::Borrowed(if full { "no run tells how it ended" } else { "unknown" }), Role::Unknown),
        Some(grade) => grade.missing_runs(),
    };
    if missing > 0 {
        let words = if full { format!("{} for a grade", more_runs(missing)) } else { format!("{missing} more") };
        return (Cow::Owned(words), Role::Provisional);
    }
    let (change, against) = match (&report.since_baseline, &report.trend) {
        (Some(change), _) => (change, " since baseline"),
        (None, Some(change)) => (change, " vs before"),
        (None, None) => return (Cow::Borrowed(if full { "nothing to compare" } else { "-" }), Role::Unknown),
    };
    match direction(change) {
        None => (Cow::Borrowed(if full { "no clear change" } else { "unclear" }), Role::Dim),
        Some((words, role)) => (Cow::Owned(format!("{words}{}", if full { against } else { "" })), role),
    }
}

/// `17 more runs`.
pub(super) fn more_runs(missing: u32) -> String {
    format!("{missing} more run{}", if missing == 1 { "" } else { "s" })
}

/// `up 6`, `down 19`; `None` where it could be chance.
fn direction(change: &Change) -> Option<(String, Role)> {
    let points = change.difference.abs();
    if change.could_be_chance || !points.is_finite() {
        return None;
    }
    let points = if points < 1.0 { "<1".to_owned() } else { format!("{points:.0}") };
    Some(if change.difference > 0.0 { (format!("up {points}"), Role::Good) } else { (format!("down {points}"), Role::Bad) })
}

/// Draws heads and rows; `rows` starts at the first one shown, each with whether it is selected.
pub(super) fn draw<'a>(
    rows: impl Iterator<Item = (bool, &'a AgentReport)>,
    widths: &Widths,
    heads: Option<Rect>,
    area: Rect,
    buffer: &mut Buffer,
    view: &View<'_>,
) {
    let full = area.width >= FULL;
    let change = if full { widths.long } else { widths.short };
    let columns = Columns::lay(
        &[
            Column::new("agent", widths.agent.min(NAME_LEAST), widths.agent),
            Column::new("grade", widths.grade, widths.grade),
            Column::new("over time", 9, CHART_MOST).leaving(2),
            Column::new("change", change, change).leaving(1),
            Column::new("runs", widths.runs, widths.runs).figures(),
        ],
        area.width,
    );
    if let Some(heads) = heads {
        columns.heads(heads, buffer, view);
    }
    let blocks = usize::from(columns.width(2));
    for (y, (selected, report)) in (area.y..area.bottom()).zip(rows) {
        let row = Rect { y, height: 1, ..area };
        let provisional = report.grade.is_none_or(|grade| grade.provisional());
        let (words, role) = movement(report, full);
        let cells = [
            (Cow::Borrowed(words::name(&report.agent)), Role::Text),
            (Cow::Owned(grade(report)), grade_role(report)),
            (
                Cow::Owned(chart::success(&report.series, blocks, &view.shared.glyphs).blocks),
                if provisional { Role::Provisional } else { Role::Bar },
            ),
            (words, role),
            (Cow::Owned(runs(report)), Role::Dim),
        ];
        columns.cells(row, cells, buffer, view);
        if selected {
            select(row, buffer, view);
        }
    }
}
