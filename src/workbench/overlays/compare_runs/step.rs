//! One pair of steps opened: what each was given and gave back, line beside line, with what differs marked.

use ratatui::{buffer::Buffer, layout::Rect, text::Line};
use serde_json::Value;

use crate::{
    analysis::alignment::align,
    model::{run_comparison::StepPart, step::Step},
    text::clean::clean_block,
    workbench::{
        draw::{
            card, heading, json,
            rich::{self, Rich, wrapped},
        },
        pane::View,
        run_pair::RunPair,
        theme::Role,
        words::counted,
    },
};

use super::rows::{named, step_of};

/// From this width on both sides stand beside each other; below it one line after the other.
const BESIDE: u16 = 100;
/// Bytes of one text that are shown.
const BYTES_MOST: usize = 64 * 1024;

/// One line of a part: on the left, on the right, or on both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Beside {
    pub(super) left: Option<String>,
    pub(super) right: Option<String>,
}

impl Beside {
    /// Whether both sides say the same.
    pub(super) fn same(&self) -> bool {
        self.left.as_deref().map(bare) == self.right.as_deref().map(bare)
    }
}

/// A line without the comma that only says whether another follows.
fn bare(line: &str) -> &str {
    line.trim_end_matches(',')
}

/// Lays the lines of two texts beside each other; between lines that are the same, lines of the same field stand opposite.
pub(super) fn beside(left: &[String], right: &[String]) -> Vec<Beside> {
    let bare_lines = |lines: &[String]| lines.iter().map(|line| bare(line).to_owned()).collect::<Vec<_>>();
    let matches = align(&bare_lines(left), &bare_lines(right)).matches;
    let mut rows = Vec::new();
    let (mut x, mut y) = (0, 0);
    for (one, other) in matches.into_iter().chain([(left.len(), right.len())]) {
        while x < one || y < other {
            let (from_left, from_right) = (left.get(x).filter(|_| x < one), right.get(y).filter(|_| y < other));
            let opposite = match (from_left, from_right) {
                (Some(one), Some(other)) => field(one) == field(other),
                _ => false,
            };
            if opposite {
                rows.push(Beside { left: from_left.cloned(), right: from_right.cloned() });
                (x, y) = (x + 1, y + 1);
            } else if from_left.is_some() {
                rows.push(Beside { left: from_left.cloned(), right: None });
                x += 1;
            } else {
                rows.push(Beside { left: None, right: from_right.cloned() });
                y += 1;
            }
        }
        if let (Some(one), Some(other)) = (left.get(one), right.get(other)) {
            rows.push(Beside { left: Some(one.clone()), right: Some(other.clone()) });
        }
        (x, y) = (one + 1, other + 1);
    }
    rows
}

/// Lines that are the same and stand beside one that differs are shown this far.
const AROUND: usize = 3;

/// The lines in stretches, each with how many that are the same were left out before it. What is short is not folded.
pub(super) fn folded(rows: &[Beside]) -> Vec<(usize, &[Beside])> {
    let near: Vec<bool> = (0..rows.len())
        .map(|at| rows[at.saturating_sub(AROUND)..(at + AROUND + 1).min(rows.len())].iter().any(|row| !row.same()))
        .collect();
    if rows.len() <= 4 * AROUND || !near.contains(&true) {
        return vec![(0, rows)];
    }
    let (mut stretches, mut at, mut left_out) = (Vec::new(), 0, 0);
    for part in near.chunk_by(|one, other| one == other) {
        if part.first() == Some(&true) {
            stretches.push((std::mem::take(&mut left_out), &rows[at..at + part.len()]));
        } else {
            left_out = part.len();
        }
        at += part.len();
    }
    if left_out > 0 {
        stretches.push((left_out, &[]));
    }
    stretches
}

/// The field a line of JSON is of, with its indent; of any other text nothing, so that lines stand opposite in order.
fn field(line: &str) -> &str {
    match line.trim_start().starts_with('"').then(|| line.split_once("\": ")).flatten() {
        Some((name, _)) => name,
        None => "",
    }
}

/// The lines of a part of a step.
fn lines_of(step: Option<&Step>, part: StepPart) -> Vec<String> {
    let Some(step) = step else { return Vec::new() };
    let (tool, model) = (step.tool.as_ref(), step.model.as_ref());
    match part {
        StepPart::Arguments => value(tool.and_then(|tool| tool.input.as_ref()).or_else(|| model.and_then(|model| model.messages.as_ref()))),
        StepPart::Result => {
            let mut lines = value(tool.and_then(|tool| tool.output.as_ref()).or_else(|| model.and_then(|model| model.output.as_ref())));
            lines.extend(model.and_then(|model| model.finish_reason.as_ref()).map(|reason| format!("stopped: {}", clean_block(reason))));
            lines
        }
        StepPart::Text => step.content.as_deref().map(text).unwrap_or_default(),
        StepPart::Error => match &step.error {
            Some(error) => text(error),
            None if step.failed() => vec!["said to have failed, without an error".to_owned()],
            None => Vec::new(),
        },
        StepPart::Agent => step.agent.as_deref().map(text).unwrap_or_default(),
    }
}

fn value(value: Option<&Value>) -> Vec<String> {
    match value {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::String(said)) => text(said),
        // No columns: every field has its own line, so that a field is compared with itself.
        Some(value) => json::lines(value, 0).iter().map(|line| line.iter().map(|(_, text)| text.as_str()).collect()).collect(),
    }
}

fn text(said: &str) -> Vec<String> {
    let end = said.floor_char_boundary(said.len().min(BYTES_MOST));
    let mut lines: Vec<String> = clean_block(said.get(..end).unwrap_or_default()).lines().map(str::to_owned).collect();
    if end < said.len() {
        lines.push("… the rest is not shown".to_owned());
    }
    lines
}

/// Both lines with what only one of them has in its own colour: what they begin and end with alike stays as it is.
fn coloured(row: &Beside) -> (Rich, Rich) {
    let plain = |text: &Option<String>, role| text.iter().map(|text| (role, text.clone())).collect::<Rich>();
    match (&row.left, &row.right) {
        _ if row.same() => (plain(&row.left, Role::Dim), plain(&row.right, Role::Dim)),
        (Some(left), Some(right)) => {
            let head: usize = left.chars().zip(right.chars()).take_while(|(one, other)| one == other).map(|(one, _)| one.len_utf8()).sum();
            let most = left.len().min(right.len()) - head;
            let mut tail = 0;
            for (one, other) in left.chars().rev().zip(right.chars().rev()) {
                if one != other || tail + one.len_utf8() > most {
                    break;
                }
                tail += one.len_utf8();
            }
            let parts = |text: &str, role| -> Rich {
                let pieces = [
                    (Role::Text, text.get(..head)),
                    (role, text.get(head..text.len() - tail)),
                    (Role::Text, text.get(text.len() - tail..)),
                ];
                pieces.into_iter().filter_map(|(role, piece)| Some((role, piece.filter(|piece| !piece.is_empty())?.to_owned()))).collect()
            };
            (parts(left, Role::Removed), parts(right, Role::Added))
        }
        _ => (plain(&row.left, Role::Removed), plain(&row.right, Role::Added)),
    }
}

/// Draws a pair of steps from a row on; answers how many rows there are.
pub(super) fn draw(pair: &RunPair, place: usize, top: usize, area: Rect, buffer: &mut Buffer, view: &View<'_>) -> usize {
    let Some(steps) = pair.comparison.pairs.get(place) else { return 0 };
    let (left, right) = (step_of(&pair.left, steps.left), step_of(&pair.right, steps.right));
    let both = area.width >= BESIDE;
    let columns = if both { usize::from(area.width).saturating_sub(5) / 2 } else { usize::from(area.width).saturating_sub(3) };
    let mut painter = Painter { y: 0, top, area };
    let numbers = match (left, right) {
        (Some(left), Some(right)) => format!("step {} on the left, {} on the right", left.number, right.number),
        (Some(left), None) => format!("step {}, only on the left", left.number),
        (None, Some(right)) => format!("step {}, only on the right", right.number),
        (None, None) => String::new(),
    };
    let name = left.or(right).map(named).unwrap_or_default();
    painter.put(&|area, buffer| heading::draw(&format!("{name}: {numbers}"), area, buffer, view), buffer);
    let mut told = false;
    for part in StepPart::ALL {
        let rows = beside(&lines_of(left, *part), &lines_of(right, *part));
        if rows.is_empty() {
            continue;
        }
        told = true;
        let differs = steps.differs.contains(part);
        let shown_alike = rows.iter().all(Beside::same);
        let words = match (differs, shown_alike) {
            (true, true) => "differs in what is not shown",
            (true, false) => "differs",
            (false, _) if left.is_none() || right.is_none() => "",
            // Ids and counts made anew in every run may look different.
            (false, _) => "same",
        };
        let role = if differs { Role::Warn } else { Role::Dim };
        let head = Line::styled(format!(" {} {words}", part.name()), view.style(role));
        painter.put(&|area, buffer| card::line(area, 0, &head, buffer), buffer);
        for (left_out, stretch) in folded(&rows) {
            if left_out > 0 {
                let line = Line::styled(format!("   … {} the same", counted(left_out as u64, "line")), view.style(Role::Dim));
                painter.put(&|area, buffer| card::line(area, 0, &line, buffer), buffer);
            }
            for row in stretch {
                painter.row(row, columns, both, buffer, view);
            }
        }
        painter.put(&|_, _| {}, buffer);
    }
    if !told {
        let line = Line::styled(" Nothing more was sent about this step.", view.style(Role::Dim));
        painter.put(&|area, buffer| card::line(area, 0, &line, buffer), buffer);
    }
    painter.y
}

/// Puts row under row, of which only those on the screen are drawn.
struct Painter {
    y: usize,
    top: usize,
    area: Rect,
}

impl Painter {
    fn put(&mut self, draw: &dyn Fn(Rect, &mut Buffer), buffer: &mut Buffer) {
        let at = self.y.checked_sub(self.top).and_then(|y| u16::try_from(y).ok()).filter(|y| *y < self.area.height);
        if let Some(at) = at {
            draw(Rect { y: self.area.y + at, height: 1, ..self.area }, buffer);
        }
        self.y += 1;
    }

    fn row(&mut self, row: &Beside, columns: usize, both: bool, buffer: &mut Buffer, view: &View<'_>) {
        let (left, right) = coloured(row);
        let mark = match (&row.left, &row.right) {
            _ if row.same() => " ",
            (Some(_), Some(_)) => "~",
            (Some(_), None) => "-",
            _ => "+",
        };
        if !both {
            let sides = if row.same() { vec![(" ", right)] } else { vec![("-", left), ("+", right)] };
            for (mark, side) in sides.into_iter().filter(|(_, side)| !side.is_empty()) {
                let role = match mark {
                    "-" => Role::Removed,
                    "+" => Role::Added,
                    _ => Role::Dim,
                };
                for (at, line) in wrapped(&side, columns, 4).into_iter().enumerate() {
                    let mut whole = vec![(role, format!(" {} ", if at == 0 { mark } else { " " }))];
                    whole.extend(line);
                    self.put(&|area, buffer| card::line(area, 0, &rich::line(&whole, view), buffer), buffer);
                }
            }
            return;
        }
        let side = |side: &Rich| if side.is_empty() { Vec::new() } else { wrapped(side, columns, 4) };
        let (left, right) = (side(&left), side(&right));
        for at in 0..left.len().max(right.len()) {
            let middle = Line::styled(if at == 0 { mark } else { " " }, view.style(Role::Warn));
            let width = u16::try_from(columns).unwrap_or(u16::MAX);
            self.put(
                &|area, buffer| {
                    if let Some(line) = left.get(at) {
                        card::line(Rect { x: area.x + 1, width, ..area }, 0, &rich::line(line, view), buffer);
                    }
                    card::line(Rect { x: area.x + 2 + width, width: 1, ..area }, 0, &middle, buffer);
                    if let Some(line) = right.get(at) {
                        card::line(Rect { x: area.x + 4 + width, width, ..area }, 0, &rich::line(line, view), buffer);
                    }
                },
                buffer,
            );
        }
    }
}
