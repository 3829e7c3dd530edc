//! What two runs came to, and their steps beside each other, row by row.

use std::borrow::Cow;

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use crate::{
    model::{
        run_comparison::{RunComparison, StepPair},
        step::{Step, StepKind},
        summary::Summary,
    },
    text::{
        clean::clean_line,
        human,
        width::{fit, middle},
    },
    workbench::{
        draw::{
            card,
            columns::{Column, Columns, select},
            heading,
        },
        pane::View,
        run_pair::{OneRun, RunPair},
        theme::Role,
        words,
    },
};

/// From this width on the steps of both runs have columns of their own.
const BESIDE: u16 = 100;

/// Draws who is compared and what both came to; answers where the steps go.
pub(super) fn totals(pair: &RunPair, area: Rect, buffer: &mut Buffer, view: &View<'_>) -> Rect {
    let mut y = 0;
    for (name, run, why) in [("left", &pair.left, pair.chosen.unwrap_or("marked by you")), ("right", &pair.right, "")] {
        card::line(area, y, &who(name, run, why, area.width, view), buffer);
        y += 1;
    }
    let figure = (area.width.saturating_sub(14) / 3).min(28);
    let columns = Columns::lay(
        &[
            Column::new("", 9, 9),
            Column::new("left", figure, figure),
            Column::new("right", figure, figure),
            Column::new("difference", figure.min(16), figure),
        ],
        area.width,
    );
    columns.heads(Rect { y: area.y + y, height: 1.min(area.height.saturating_sub(y)), ..area }, buffer, view);
    y += 1;
    for (name, left, right, difference) in figures(&pair.left.summary, &pair.right.summary, view) {
        let row = Rect { y: area.y + y, height: u16::from(y < area.height), ..area };
        let cells = [(Cow::Borrowed(name), Role::Dim), (left.0.into(), left.1), (right.0.into(), right.1), (difference.into(), Role::Text)];
        columns.cells(row, cells, buffer, view);
        y += 1;
    }
    let rest = Rect { y: area.y.saturating_add(y).min(area.bottom()), height: area.height.saturating_sub(y), ..area };
    heading::draw(&counts(&pair.comparison), rest, buffer, view);
    Rect { y: rest.y + rest.height.min(1), height: rest.height.saturating_sub(1), ..rest }
}

/// `left   refund-bot  11-29 12:04:30  01J9…7QF  the last good run of the same task`.
fn who(name: &str, run: &OneRun, why: &str, columns: u16, view: &View<'_>) -> Line<'static> {
    let row = &run.summary;
    let id = clean_line(row.trace_id.as_str());
    let known = format!("  {}  {}  ", words::moment(row.time, view), middle(&id, 16));
    let agent = fit(&row.agent, (usize::from(columns) / 3).max(8)).into_owned();
    let left = usize::from(columns).saturating_sub(8 + crate::text::width::width(&agent) + crate::text::width::width(&known));
    Line::from(vec![
        Span::styled(format!("  {name:<6}"), view.style(Role::Column)),
        Span::styled(agent, view.style(Role::Strong)),
        Span::styled(known, view.style(Role::Dim)),
        Span::styled(fit(why, left).into_owned(), view.style(Role::Dim)),
    ])
}

/// A figure and its colour.
type Figure = (String, Role);

/// What both came to, line by line, with the difference where both are known.
fn figures(left: &Summary, right: &Summary, view: &View<'_>) -> Vec<(&'static str, Figure, Figure, String)> {
    let both = |of: &dyn Fn(&Summary) -> Figure| (of(left), of(right));
    let mut lines = Vec::new();
    let mut push =
        |name, (left, right): (Figure, Figure), difference: Option<String>| lines.push((name, left, right, difference.unwrap_or_default()));
    push("result", both(&|row| words::result(row, view)), None);
    let graded = |row: &Summary| words::run_grade(row).unwrap_or_else(|| ("no grade".to_owned(), Role::Unknown));
    let points = left.probability.zip(right.probability).map(|(left, right)| format!("{:+.0} points", right.percent() - left.percent()));
    push("grade", both(&graded), points);
    let cost = |row: &Summary| words::cost(row).map_or_else(|| ("unknown".to_owned(), Role::Unknown), |cost| (cost, Role::Text));
    let spent = left.cost.zip(right.cost).and_then(|(left, right)| change(left.usd(), right.usd()));
    push("cost", both(&cost), spent);
    let took =
        |row: &Summary| row.took.map_or_else(|| ("unknown".to_owned(), Role::Unknown), |took| (human::duration(took.micros()), Role::Text));
    push("time", both(&took), left.took.zip(right.took).and_then(|(left, right)| change(left.millis(), right.millis())));
    let used =
        |row: &Summary| row.usage.map_or_else(|| ("unknown".to_owned(), Role::Unknown), |usage| (human::count(usage.total()), Role::Text));
    let tokens = left.usage.zip(right.usage).and_then(|(left, right)| change(left.total() as f64, right.total() as f64));
    push("tokens", both(&used), tokens);
    let counted = |number: u32| (human::count(u64::from(number)), Role::Text);
    push("steps", both(&|row| counted(row.steps)), change(f64::from(left.steps), f64::from(right.steps)));
    lines
}

/// `+42 %`, `x3.1`; `None` where they are equal or there is nothing to take a part of.
fn change(left: f64, right: f64) -> Option<String> {
    if left <= 0.0 || right < 0.0 || left == right {
        return None;
    }
    let times = right / left;
    Some(if times >= 3.0 { format!("{times:.1} times as much") } else { format!("{:+.0} %", (times - 1.0) * 100.0) })
}

/// `9 steps the same, 2 differ, 1 only left; first difference at row 4`.
fn counts(found: &RunComparison) -> String {
    let mut parts = vec![format!("{} the same", words::counted(u64::from(found.same), "step"))];
    for (count, what) in [(found.differ, "different"), (found.only_left, "only left"), (found.only_right, "only right")] {
        if count > 0 {
            parts.push(format!("{} {what}", human::count(u64::from(count))));
        }
    }
    let mut words = parts.join(", ");
    if found.approximate {
        words.push_str("; little in common, laid out roughly");
    }
    let cut = u64::from(found.cut.0) + u64::from(found.cut.1);
    if cut > 0 {
        words.push_str(&format!("; {} left out", words::counted(cut, "later step")));
    }
    words
}

/// How a pair stands, in a mark, words and a colour.
fn standing(pair: &StepPair) -> (&'static str, String, Role) {
    match (pair.left, pair.right) {
        (Some(_), None) => ("-", "only left".to_owned(), Role::Removed),
        (None, _) => ("+", "only right".to_owned(), Role::Added),
        _ if pair.same() => ("=", "same".to_owned(), Role::Dim),
        _ => ("~", pair.differs.iter().map(|part| part.name()).collect::<Vec<_>>().join(", "), Role::Warn),
    }
}

/// The step of a run at a place.
pub(super) fn step_of(run: &OneRun, place: Option<u32>) -> Option<&Step> {
    run.trace.steps.get(usize::try_from(place?).ok()?)
}

/// What a step is called, with the kind where the name does not tell.
pub(super) fn named(step: &Step) -> String {
    let name = clean_line(words::name(&step.name)).into_owned();
    let kind = match step.kind {
        StepKind::ToolCall => "tool",
        StepKind::LlmCall => "model",
        StepKind::Reasoning => "reasoning",
        StepKind::Message => step.role.as_deref().unwrap_or("message"),
        StepKind::Retrieval => "retrieval",
        StepKind::Decision => "decision",
        StepKind::Handoff => "handoff",
        StepKind::Guardrail => "guardrail",
        StepKind::Other => "",
    };
    if kind.is_empty() || kind == name { name } else { format!("{} {name}", clean_line(kind)) }
}

/// Draws the steps, the first given on top.
pub(super) fn list(pair: &RunPair, shown: &[(usize, &StepPair)], selected: usize, area: Rect, buffer: &mut Buffer, view: &View<'_>) {
    let beside = area.width >= BESIDE;
    let most = pair.left.trace.steps.iter().chain(&pair.right.trace.steps).map(|step| step.number.0).max().unwrap_or(0);
    let digits = u16::try_from(most.to_string().len()).unwrap_or(4).max(2);
    let name = if beside { area.width / 4 } else { area.width / 3 };
    let all: Vec<Column> = if beside {
        vec![
            Column::new("", 1, 1),
            Column::new("#", digits, digits).figures(),
            Column::new("left", 16, name),
            Column::new("#", digits, digits).figures(),
            Column::new("right", 16, name),
            Column::new("differs in", 26, 40),
        ]
    } else {
        vec![
            Column::new("", 1, 1),
            Column::new("left", digits.max(4), digits.max(4)).figures(),
            Column::new("right", digits.max(5), digits.max(5)).figures(),
            Column::new("step", 16, name),
            Column::new("differs in", 12, 34),
        ]
    };
    let columns = Columns::lay(&all, area.width);
    columns.heads(Rect { height: area.height.min(1), ..area }, buffer, view);
    for (y, (place, (_, steps))) in (area.y.saturating_add(1)..area.bottom()).zip(shown.iter().enumerate()) {
        let row = Rect { y, height: 1, ..area };
        let (mark, says, role) = standing(steps);
        let (left, right) = (step_of(&pair.left, steps.left), step_of(&pair.right, steps.right));
        let number = |step: Option<&Step>| (Cow::Owned(step.map_or_else(String::new, |step| step.number.0.to_string())), Role::Dim);
        let called = |step: Option<&Step>| step.map_or_else(String::new, named);
        let name_role = if steps.same() { Role::Dim } else { Role::Text };
        let mark = (Cow::Borrowed(mark), role);
        let says = (Cow::Owned(says), role);
        if beside {
            let cells = [mark, number(left), (called(left).into(), name_role), number(right), (called(right).into(), name_role), says];
            columns.cells(row, cells, buffer, view);
        } else {
            columns.cells(row, [mark, number(left), number(right), (called(left.or(right)).into(), name_role), says], buffer, view);
        }
        if place == selected {
            select(row, buffer, view);
        }
    }
}
