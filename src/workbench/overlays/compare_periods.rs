//! Two stretches of time or baselines beside each other: every measure with its difference, its interval and whether it could be chance, for all agents
//! together and for each.

mod measures;
#[cfg(test)]
mod tests;

use std::{borrow::Cow, cell::Cell, sync::Arc};

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use crate::{
    model::comparison::{AgentComparison, Comparison, ComparisonLine, RunCounts, SideChoice},
    text::{
        clean::clean_line,
        human::count,
        width::{fit, wrap},
    },
    workbench::{
        draw::{
            card,
            columns::{Column, Columns, select},
            heading,
        },
        effects::{Order, Orders},
        need::{Arrived, Ask, Need},
        pane::{Link, View},
        theme::Role,
        words,
    },
};

use super::Outcome;

/// Two sides compared, and what else could be.
#[derive(Debug, Clone, PartialEq)]
pub struct Periods {
    /// What the left side is asked for by.
    pub before: String,
    /// What the right side is asked for by.
    pub current: String,
    /// The figures; names of agents are as sent.
    pub comparison: Comparison,
    /// Everything that can stand on a side, cleaned.
    pub choices: Vec<SideChoice>,
}

/// From this width on verdicts are written out.
const FULL: u16 = 100;

/// Which side `[` and `]` change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    Before,
    Current,
}

/// What is asked, what came, and where the reader is.
#[derive(Debug)]
pub struct ComparePeriods {
    /// The agent it was opened on: selected first, and its newest baseline is the left side unless another is chosen.
    agent: Option<String>,
    before: Option<String>,
    current: Option<String>,
    turn: Turn,
    answer: Option<Result<Arc<Periods>, String>>,
    /// 0 is all agents together.
    selected: usize,
    page: Cell<usize>,
}

impl ComparePeriods {
    /// Opens on an agent, or on all.
    #[must_use]
    pub const fn new(agent: Option<String>) -> Self {
        Self { agent, before: None, current: None, turn: Turn::Before, answer: None, selected: 0, page: Cell::new(5) }
    }

    /// What it must know.
    #[must_use]
    pub fn need(&self) -> Option<Need> {
        Some(Need::once(Ask::ComparePeriods { agent: self.agent.clone(), before: self.before.clone(), current: self.current.clone() }))
    }

    /// Takes the answer.
    pub fn arrived(&mut self, answer: Result<Arrived, String>) {
        let first = self.answer.is_none();
        match answer {
            Ok(Arrived::PeriodsCompared(periods)) => {
                let agents = &periods.comparison.agents;
                let asked = self.agent.as_ref().and_then(|agent| agents.iter().position(|row| row.agent == *agent));
                self.selected = if first { asked.map_or(0, |place| place + 1) } else { self.selected.min(agents.len()) };
                self.answer = Some(Ok(periods));
            }
            Ok(_) => {}
            Err(problem) => self.answer = Some(Err(problem)),
        }
    }

    fn periods(&self) -> Option<&Arc<Periods>> {
        self.answer.as_ref()?.as_ref().ok()
    }

    /// Takes a key.
    pub fn key(&mut self, event: &KeyEvent) -> Outcome {
        let last = self.periods().map_or(0, |periods| periods.comparison.agents.len());
        let page = self.page.get().max(1);
        self.selected = match event.code {
            KeyCode::Esc | KeyCode::Char('q') => return Outcome::Close,
            KeyCode::Char('j') | KeyCode::Down => self.selected + 1,
            KeyCode::Char('k') | KeyCode::Up => self.selected.saturating_sub(1),
            KeyCode::PageDown => self.selected + page,
            KeyCode::PageUp => self.selected.saturating_sub(page),
            KeyCode::Char('g') | KeyCode::Home => 0,
            KeyCode::Char('G') | KeyCode::End => last,
            KeyCode::Tab | KeyCode::BackTab => {
                self.turn = if self.turn == Turn::Before { Turn::Current } else { Turn::Before };
                self.selected
            }
            KeyCode::Char('[') | KeyCode::Left => return self.turn_side(false),
            KeyCode::Char(']') | KeyCode::Right => return self.turn_side(true),
            KeyCode::Char('x') => return self.swap(),
            KeyCode::Enter => return self.open(),
            _ => self.selected,
        }
        .min(last);
        Outcome::Stay
    }

    /// The next or the previous thing that can stand on the side whose turn it is, round and round.
    fn turn_side(&mut self, forward: bool) -> Outcome {
        let Some(periods) = self.periods().cloned() else { return Outcome::Stay };
        let now = match self.turn {
            Turn::Before => &periods.before,
            Turn::Current => &periods.current,
        };
        let here = periods.choices.iter().position(|choice| choice.name == *now).unwrap_or(0);
        let all = periods.choices.len().max(1);
        let next = if forward { (here + 1) % all } else { (here + all - 1) % all };
        // From now on both sides are chosen: nothing changes by itself.
        let chosen = periods.choices.get(next).map(|choice| choice.name.clone());
        (self.before, self.current) = match self.turn {
            Turn::Before => (chosen, Some(periods.current.clone())),
            Turn::Current => (Some(periods.before.clone()), chosen),
        };
        Outcome::Stay
    }

    fn swap(&mut self) -> Outcome {
        if let Some(periods) = self.periods().cloned() {
            (self.before, self.current) = (Some(periods.current.clone()), Some(periods.before.clone()));
        }
        Outcome::Stay
    }

    /// To the selected agent's grade.
    fn open(&self) -> Outcome {
        let agent = self.periods().and_then(|periods| periods.comparison.agents.get(self.selected.checked_sub(1)?));
        let Some(agent) = agent else { return Outcome::Stay };
        let mut orders = Orders::default();
        orders.push(Order::Open(Link::Agent(agent.agent.clone())));
        Outcome::Order(orders)
    }

    /// Draws it.
    pub fn draw(&self, area: Rect, buffer: &mut Buffer, view: &View<'_>) {
        let inside = card::draw("Two stretches of time", (area.width.min(130), area.height), area, buffer, view);
        let periods = match &self.answer {
            None => return card::line(inside, 1, &Line::styled("Reading the runs.", view.style(Role::Dim)), buffer),
            Some(Err(problem)) => {
                for (row, line) in (1..).zip(wrap(problem, usize::from(inside.width))) {
                    card::line(inside, row, &Line::styled(line, view.style(Role::Warn)), buffer);
                }
                return;
            }
            Some(Ok(periods)) => periods,
        };
        let found = &periods.comparison;
        for (y, turn, name, side, runs) in [
            (0, Turn::Before, "before", &periods.before, &found.before_runs),
            (1, Turn::Current, "now", &periods.current, &found.current_runs),
        ] {
            card::line(inside, y, &self.side(periods, (turn, name), side, runs, inside.width, view), buffer);
        }
        let agent = self.selected.checked_sub(1).and_then(|place| found.agents.get(place));
        let (title, lines) = match agent {
            Some(agent) => (clean_line(words::name(&agent.agent)).into_owned(), &agent.lines),
            None => ("all agents together".to_owned(), &found.lines),
        };
        let rest = below(inside, 2);
        heading::draw(&title, Rect { height: rest.height.min(1), ..rest }, buffer, view);
        let rest = below(rest, 1);
        let drawn = table(lines, rest, buffer, view);
        let rest = below(rest, drawn);
        heading::draw("agent by agent", Rect { height: rest.height.min(1), ..rest }, buffer, view);
        self.agents(found, below(rest, 1), buffer, view);
    }

    /// `> before  yesterday  412 runs, 12 of them unknown`.
    fn side(
        &self,
        periods: &Periods,
        (turn, name): (Turn, &str),
        side: &str,
        runs: &RunCounts,
        columns: u16,
        view: &View<'_>,
    ) -> Line<'static> {
        let label = periods.choices.iter().find(|choice| choice.name == side).map_or(side, |choice| choice.label.as_str());
        let turned = self.turn == turn;
        let mark = if turned { view.shared.glyphs.cursor } else { " " };
        let cut = if runs.cut { "the newest " } else { "" };
        let mut figures = format!("  {cut}{}", words::counted(runs.runs, "run"));
        for (number, what) in [(runs.unknown, "tell nothing"), (runs.unpriced, "of unknown cost")] {
            if number > 0 {
                figures.push_str(&format!(", {} {what}", count(number)));
            }
        }
        let room = usize::from(columns).saturating_sub(10 + crate::text::width::width(&figures)).max(12);
        Line::from(vec![
            Span::styled(format!("{mark} {name:<7}"), view.style(if turned { Role::Accent } else { Role::Dim })),
            Span::styled(fit(label, room).into_owned(), view.style(Role::Strong)),
            Span::styled(figures, view.style(Role::Dim)),
        ])
    }

    /// Draws the agents, all together first.
    fn agents(&self, found: &Comparison, area: Rect, buffer: &mut Buffer, view: &View<'_>) {
        let height = usize::from(area.height.saturating_sub(1));
        self.page.set(height);
        let columns = Columns::lay(
            &[
                Column::new("agent", 12, 40),
                Column::new("runs", 13, 15).figures().leaving(2),
                Column::new("reliability", 11, 13).figures(),
                Column::new("difference", 13, 26),
                Column::new("cost of a run", 19, 21).figures().leaving(3),
                Column::new("with a failure", 15, 15).figures().leaving(4),
            ],
            area.width,
        );
        columns.heads(Rect { height: area.height.min(1), ..area }, buffer, view);
        let all = AgentComparison {
            agent: "all agents".to_owned(),
            before_runs: found.before_runs,
            current_runs: found.current_runs,
            lines: found.lines.clone(),
        };
        let rows: Vec<&AgentComparison> = std::iter::once(&all).chain(&found.agents).collect();
        let top = (self.selected + 1).saturating_sub(height.max(1));
        for (y, (place, row)) in (area.y.saturating_add(1)..area.bottom()).zip(rows.iter().enumerate().skip(top)) {
            let of = |measure: &str| row.lines.iter().find(|line| line.measure == measure);
            let pair = |measure: &str| Cow::Owned(of(measure).map_or_else(String::new, measures::both));
            let (difference, role) =
                of("reliability").map_or((String::new(), Role::Unknown), |line| measures::short(line, area.width >= FULL));
            let name = if place == 0 { Cow::Borrowed("all agents") } else { clean_line(words::name(&row.agent)) };
            let runs = format!("{}{}{}", count(row.before_runs.runs), view.shared.glyphs.to, count(row.current_runs.runs));
            let area = Rect { y, height: 1, ..area };
            columns.cells(
                area,
                [
                    (name, Role::Text),
                    (runs.into(), Role::Dim),
                    (pair("reliability"), Role::Text),
                    (difference.into(), role),
                    (pair("cost_per_run"), Role::Text),
                    (pair("failures"), Role::Text),
                ],
                buffer,
                view,
            );
            if place == self.selected {
                select(area, buffer, view);
            }
        }
    }

    /// What its keys do.
    #[must_use]
    pub const fn hints(&self) -> &'static [(&'static str, &'static str)] {
        &[("[ ]", "another side"), ("Tab", "the other one"), ("x", "swap"), ("j/k", "agent"), ("Enter", "its grade"), ("Esc", "close")]
    }
}

fn below(area: Rect, rows: u16) -> Rect {
    let rows = rows.min(area.height);
    Rect { y: area.y + rows, height: area.height - rows, ..area }
}

/// Draws the measures of one agent or of all; answers how many rows that took.
fn table(lines: &[ComparisonLine], area: Rect, buffer: &mut Buffer, view: &View<'_>) -> u16 {
    let columns = Columns::lay(
        &[
            Column::new("", 14, 19),
            Column::new("before", 8, 12).figures(),
            Column::new("now", 8, 12).figures(),
            Column::new("difference", 28, 40),
            Column::new("", 7, 20),
        ],
        area.width,
    );
    columns.heads(Rect { height: area.height.min(1), ..area }, buffer, view);
    let mut y = 1;
    for line in lines.iter().filter(|line| line.before.is_some() || line.current.is_some()) {
        let row = Rect { y: area.y.saturating_add(y).min(area.bottom()), height: u16::from(y < area.height), ..area };
        let (verdict, role) = measures::verdict(line, area.width >= FULL);
        let cells = [
            (Cow::Borrowed(measures::name(line)), Role::Dim),
            (measures::value(line, line.before).into(), Role::Text),
            (measures::value(line, line.current).into(), Role::Text),
            (measures::difference(line).into(), Role::Text),
            (Cow::Borrowed(verdict), role),
        ];
        columns.cells(row, cells, buffer, view);
        y += 1;
    }
    if y == 1 {
        card::line(
            area,
            y,
            &Line::styled("  Neither side has a run that tells anything; [ and ] take another stretch.", view.style(Role::Unknown)),
            buffer,
        );
        y += 1;
    }
    y
}
