//! The columns of the stream: which of them fit, and what stands in them.

use ratatui::{
    style::Style,
    text::{Line, Span},
};

use crate::{
    model::summary::Summary,
    text::{
        human,
        width::{fit, pad_left, pad_right},
    },
    workbench::{pane::View, theme::Role, words},
};

/// One column as it stands on a screen of some width.
#[derive(Debug, Clone, Copy)]
pub(super) struct Column {
    kind: Kind,
    width: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Time,
    Agent,
    Framework,
    Domain,
    Grade,
    Steps,
    Took,
    Tokens,
    Cost,
    Result,
}

/// Kind, head, columns it takes, and its rank: where there is too little room, the highest rank leaves first.
const ALL: [(Kind, &str, usize, u8); 10] = [
    (Kind::Time, "time", 8, 2),
    (Kind::Agent, "agent", 12, 0),
    (Kind::Framework, "framework", 10, 6),
    (Kind::Domain, "domain", 8, 8),
    (Kind::Grade, "grade", 6, 0),
    (Kind::Steps, "steps", 5, 5),
    (Kind::Took, "took", 8, 3),
    (Kind::Tokens, "tokens", 8, 7),
    (Kind::Cost, "cost", 8, 4),
    (Kind::Result, "result", 12, 0),
];

/// Columns of the mark before a row.
const MARK: usize = 3;
/// How far the agent's column grows before the result gets the rest.
const AGENT_MOST: usize = 24;

/// The columns that fit; what is left over goes to the agent's name, then to the result.
pub(super) fn fitting(width: usize, _view: &View<'_>) -> Vec<Column> {
    let mut chosen = ALL.to_vec();
    let needs = |chosen: &[(Kind, &str, usize, u8)]| MARK + chosen.iter().map(|(_, _, width, _)| width + 1).sum::<usize>();
    while needs(&chosen) > width {
        let Some(out) = chosen.iter().map(|(_, _, _, rank)| *rank).max().filter(|rank| *rank > 0) else { break };
        chosen.retain(|(_, _, _, rank)| *rank != out);
    }
    let mut spare = width.saturating_sub(needs(&chosen));
    let mut columns: Vec<Column> = chosen.iter().map(|(kind, _, width, _)| Column { kind: *kind, width: *width }).collect();
    for (kind, most) in [(Kind::Agent, AGENT_MOST), (Kind::Result, usize::MAX)] {
        if let Some(column) = columns.iter_mut().find(|column| column.kind == kind) {
            // The result is worth more than a long name: the name takes a quarter of what is over.
            let share = if kind == Kind::Agent { spare / 4 } else { spare };
            let grown = column.width.saturating_add(share).min(most.max(column.width));
            spare -= grown - column.width;
            column.width = grown;
        }
    }
    columns
}

/// The line of heads.
pub(super) fn heads(columns: &[Column]) -> String {
    let mut line = " ".repeat(MARK);
    for column in columns {
        let head = ALL.iter().find(|(kind, ..)| *kind == column.kind).map_or("", |(_, head, ..)| head);
        line.push_str(&aligned(column, head));
        line.push(' ');
    }
    line.trim_end().to_owned()
}

/// One row.
pub(super) fn row(columns: &[Column], row: &Summary, selected: bool, view: &View<'_>) -> Line<'static> {
    let mark = if selected { view.shared.glyphs.cursor } else { " " };
    let mut spans = vec![Span::styled(pad_right(&format!(" {mark}"), MARK), view.style(Role::Accent))];
    for column in columns {
        let (text, style) = cell(column.kind, row, view);
        spans.push(Span::styled(aligned(column, &text), style));
        spans.push(Span::raw(" "));
    }
    Line::from(spans)
}

fn aligned(column: &Column, text: &str) -> String {
    match column.kind {
        Kind::Steps | Kind::Took | Kind::Tokens | Kind::Cost => pad_left(text, column.width),
        // A gap after numbers that stand at the right.
        Kind::Result => fit(&format!(" {text}"), column.width).into_owned(),
        _ => pad_right(text, column.width),
    }
}

fn cell(kind: Kind, row: &Summary, view: &View<'_>) -> (String, Style) {
    let unknown = || ("-".to_owned(), view.style(Role::Unknown));
    let plain = |text: String| (text, Style::new());
    let dim = |text: String| (text, view.style(Role::Dim));
    match kind {
        Kind::Time => dim(words::moment(row.time, view)),
        Kind::Agent => plain(row.agent.clone()),
        Kind::Framework => row.framework.clone().map_or_else(unknown, dim),
        Kind::Domain => row.domain.clone().map_or_else(unknown, dim),
        Kind::Grade => {
            words::run_grade(row).map_or_else(|| ("?".to_owned(), view.style(Role::Unknown)), |(text, role)| (text, view.style(role)))
        }
        Kind::Steps => plain(human::count(u64::from(row.steps))),
        Kind::Took => row.took.map_or_else(unknown, |took| plain(human::duration(took.micros()))),
        Kind::Tokens => row.usage.map_or_else(unknown, |usage| {
            let estimated = if usage.estimated { "~" } else { "" };
            plain(format!(
                "{estimated}{}",
                if usage.total() < 100_000 { human::count(usage.total()) } else { human::compact(usage.total()) }
            ))
        }),
        // Without a model call there is nothing to have a price.
        Kind::Cost if row.cost.is_none() && !row.calls_models() => unknown(),
        Kind::Cost => match words::cost(row) {
            Some(cost) => plain(cost),
            None => ("no price".to_owned(), view.style(Role::Unknown)),
        },
        Kind::Result => {
            let (text, role) = words::result(row, view);
            let voted = match row.feedback.as_ref().and_then(|feedback| feedback.correct) {
                Some(true) => " (you: right)",
                Some(false) => " (you: wrong)",
                None => "",
            };
            (format!("{text}{voted}"), view.style(role))
        }
    }
}
