//! The reliability pane: every agent's grade with its number, interval and count, its trend, and what drags it.

use std::time::Duration;

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use super::{
    kept_list::KeptList,
    window::{self, step},
};
use crate::{
    model::{agent::AgentReport, comparison::Change},
    text::{human, sparkline, width},
    workbench::{
        action::{Action, ActionId, verbs},
        draw::{
            card,
            cells::{self, Selected, left, right},
            lesson,
        },
        effects::{Order, Orders, OverlayKind},
        glyphs::GlyphSet,
        message::{BaselineRuns, Effect},
        need::{AgentView, Arrived, Ask, Need, Window},
        pane::{Handled, Link, LinkKind, Pane, PaneId, PaneMsg, Room, Spec, View},
        shared::Shared,
        theme::Role,
        words,
    },
};

/// What this pane is.
pub const SPEC: Spec = Spec {
    id: PaneId("grade"),
    title: "Reliability",
    tab: "Grade",
    digit: 2,
    room: Room::Side,
    opens: LinkKind::Agent,
    lesson: &[
        "No run yet, so there is no grade.",
        "",
        "A grade is the share of runs that did their task, from 0 to 100, with the 90 % interval it can be trusted to.",
        "Under 20 runs it is provisional and says how many are missing.",
        "",
        "A run counts by what it reported (success, error), or by what a person says of it: + right, - wrong.",
    ],
};

/// What can be done here.
pub const ACTIONS: &[Action] = &[
    verbs::OPEN.says("runs", "List the runs of the agent"),
    verbs::BASELINE.says("baseline", "Set the agent's present window as the baseline to compare with later"),
    verbs::EXPLAIN.says("why", "Explain how the grade is made"),
    verbs::PREVIOUS.says("narrower", "Look at a narrower stretch of time"),
    verbs::NEXT.says("wider", "Look at a wider stretch of time"),
    verbs::COPY.says("copy", "Copy the grade in one line"),
    verbs::COPY_LONG.says("copy all", "Copy the whole report as JSON"),
];

/// How often the figures may be asked again while runs arrive.
const REFRESH: Duration = Duration::from_secs(1);
/// Rows that the part about the selected agent needs, its heading included.
const DETAIL_ROWS: u16 = 9;

/// Its state.
#[derive(Debug, Default)]
pub struct Reliability {
    agents: KeptList<AgentView>,
    window: Window,
    /// An agent someone asked to see before its report was there.
    wanted: Option<String>,
    arrived: bool,
}

impl Reliability {
    fn act(&mut self, action: ActionId, orders: &mut Orders) -> Handled {
        if action == verbs::PREVIOUS.id || action == verbs::NEXT.id {
            self.window = step(self.window, action == verbs::NEXT.id);
            return Handled::Yes;
        }
        let Some(agent) = self.agents.selected() else { return Handled::No };
        if action == verbs::OPEN.id {
            orders.push(Order::Open(Link::Runs(format!("agent:\"{}\"", agent.name.replace('"', "*")))));
        } else if action == verbs::BASELINE.id {
            orders.effect(Effect::Baseline { name: None, runs: BaselineRuns::Agent(agent.name.clone()) });
            orders.push(Order::Refresh);
        } else if action == verbs::EXPLAIN.id {
            orders.push(Order::Overlay(OverlayKind::Text(
                format!("Why {}", words::grade(agent.report.grade.as_ref())),
                explain(&agent.report),
            )));
        } else if action == verbs::COPY.id {
            orders.effect(Effect::Copy(one_line(&agent.report)));
        } else if action == verbs::COPY_LONG.id {
            orders.effect(Effect::Copy(serde_json::to_string_pretty(&agent.report).unwrap_or_default()));
        } else {
            return Handled::No;
        }
        Handled::Yes
    }
}

impl Pane for Reliability {
    fn update(&mut self, msg: &PaneMsg, _shared: &Shared, orders: &mut Orders) -> Handled {
        match msg {
            PaneMsg::Act(action) => return self.act(*action, orders),
            PaneMsg::Move(motion) => self.agents.step(*motion),
            PaneMsg::Size { height, .. } => self.agents.set_page(usize::from(height.saturating_sub(DETAIL_ROWS + 1))),
            PaneMsg::Arrived(Arrived::Agents(agents)) => {
                self.arrived = true;
                self.agents.refresh(agents.iter().cloned(), |agent| agent.name.clone());
                if let Some(wanted) = &self.wanted
                    && self.agents.select(|agent| agent.name == *wanted)
                {
                    self.wanted = None;
                }
            }
            PaneMsg::Open(Link::Agent(name)) => {
                if !self.agents.select(|agent| agent.name == *name) {
                    self.wanted = Some(name.clone());
                }
            }
            _ => return Handled::No,
        }
        Handled::Yes
    }

    fn need(&self, _shared: &Shared) -> Option<Need> {
        Some(Need::live(Ask::Agents(self.window), REFRESH))
    }

    fn blocked(&self, action: ActionId, _shared: &Shared) -> Option<String> {
        let ranges = action == verbs::PREVIOUS.id || action == verbs::NEXT.id;
        (!ranges && self.agents.rows().is_empty()).then(|| "no agent has run yet".to_owned())
    }

    fn badge(&self, _shared: &Shared) -> String {
        window::label(self.window).to_owned()
    }

    fn selected_row(&self) -> Option<u16> {
        u16::try_from(self.agents.index() + 1).ok().filter(|_| !self.agents.rows().is_empty())
    }

    fn draw(&self, area: Rect, buffer: &mut Buffer, view: &View<'_>) {
        if self.agents.rows().is_empty() {
            if self.arrived {
                lesson::draw(SPEC.lesson, area, buffer, view);
            }
            return;
        }
        let rows = u16::try_from(self.agents.rows().len()).unwrap_or(u16::MAX);
        let detail_at = (rows + 2).min(area.height.saturating_sub(DETAIL_ROWS)).max(3);
        let with_detail = area.height >= DETAIL_ROWS + 3;
        let list = if with_detail { Rect { height: detail_at, ..area } } else { area };
        self.draw_list(list, buffer, view);
        if let Some(agent) = self.agents.selected().filter(|_| with_detail) {
            let detail = Rect { y: area.y + detail_at, height: area.height - detail_at, ..area };
            draw_detail(&agent.report, detail, buffer, view);
        }
    }
}

impl Reliability {
    fn draw_list(&self, area: Rect, buffer: &mut Buffer, view: &View<'_>) {
        let columns = Columns::of(usize::from(area.width));
        let head = [
            left("agent", columns.agent, Role::Column),
            left("grade", columns.grade, Role::Column),
            left("trend", columns.trend, Role::Column),
            right("n", columns.runs, Role::Column),
        ];
        cells::row(&head, Selected::No, area, 0, buffer, view);
        let height = usize::from(area.height.saturating_sub(1));
        let top = self.agents.top(height);
        for (at, agent) in self.agents.rows().iter().enumerate().skip(top).take(height) {
            let report = &agent.report;
            let grade = report.grade.as_ref();
            let role = match grade {
                None => Role::Unknown,
                Some(grade) if grade.provisional() => Role::Provisional,
                Some(grade) => words::score_role(grade.score),
            };
            let row = [
                left(report.agent.as_str(), columns.agent, Role::Text),
                left(words::grade_with_interval(grade), columns.grade, role),
                left(movement(report, columns.trend, view), columns.trend, Role::Text),
                right(human::compact(u64::from(grade.map_or(0, |grade| grade.runs))), columns.runs, Role::Dim),
            ];
            let selected = if at == self.agents.index() { Selected::Yes } else { Selected::No };
            let place = u16::try_from(at - top + 1).unwrap_or(u16::MAX);
            cells::row(&row, selected, area, place, buffer, view);
        }
    }
}

/// How wide each column of the list is.
struct Columns {
    agent: usize,
    grade: usize,
    trend: usize,
    runs: usize,
}

impl Columns {
    fn of(width: usize) -> Self {
        let (grade, runs) = (14, 5);
        let rest = width.saturating_sub(3 + 6 + grade + runs);
        let agent = (rest / 3).clamp(8, 24).min(rest);
        Self { agent, grade, trend: rest.saturating_sub(agent), runs }
    }
}

/// The chart and what it means in words, as far as there is room; a provisional grade says what is missing instead.
fn movement(report: &AgentReport, columns: usize, view: &View<'_>) -> String {
    let missing = report.grade.map_or(crate::model::grade::RUNS_FOR_A_GRADE, |grade| grade.missing_runs());
    if report.grade.is_none() {
        return "no run tells how it ended".to_owned();
    }
    if missing > 0 {
        return format!("{missing} more to grade");
    }
    let words = match (&report.since_baseline, &report.trend) {
        (Some(change), _) => format!("{} since baseline", change_in_words(change)),
        (None, Some(change)) => change_in_words(change),
        (None, None) => String::new(),
    };
    let chart_columns = columns.saturating_sub(width::width(&words) + 2).clamp(0, 24);
    let values: Vec<Option<f64>> = report.series.iter().map(crate::model::agent::TrendPoint::mean).collect();
    let newest = &values[values.len().saturating_sub(chart_columns)..];
    let chart = match view.shared.glyphs.set {
        GlyphSet::Ascii => sparkline::ascii(newest, 0.0, 1.0),
        GlyphSet::Line | GlyphSet::None => sparkline::blocks(newest, 0.0, 1.0),
    };
    if chart_columns < 4 { words } else { format!("{chart}  {words}") }
}

/// A difference of scores in words: `up 6`, `down 19`, `flat` where it could be chance.
fn change_in_words(change: &Change) -> String {
    let points = change.difference.abs().round();
    match change.difference {
        _ if change.could_be_chance => "flat".to_owned(),
        difference if difference > 0.0 => format!("up {points:.0}"),
        _ => format!("down {points:.0}"),
    }
}

fn draw_detail(report: &AgentReport, area: Rect, buffer: &mut Buffer, view: &View<'_>) {
    cells::rule(&format!("what makes {} {}", report.agent, words::grade(report.grade.as_ref())), area, 0, buffer, view);
    let name_columns = 24.min(usize::from(area.width) / 3);
    let mut at = 1;
    for component in &report.components {
        let mut spans = vec![
            Span::raw("   "),
            Span::styled(width::pad_right(&width::fit(&component.name, name_columns), name_columns), view.style(Role::Text)),
        ];
        if component.of == 0 {
            spans.push(Span::styled(format!("  {}  {}", view.shared.glyphs.bar_empty.repeat(10), component.says), view.style(Role::Dim)));
        } else {
            let share = f64::from(component.good) / f64::from(component.of);
            spans.push(Span::raw("  "));
            spans.extend(cells::bar(share, 10, view));
            spans.push(Span::styled(format!("  {:>4}  ", human::percent(share)), view.style(Role::Strong)));
            spans.push(Span::styled(component.says.clone(), view.style(Role::Dim)));
        }
        card::line(area, at, &Line::from(spans), buffer);
        at += 1;
    }
    if at + 1 < area.height {
        at += 1;
    }
    let mut facts = Vec::new();
    if let Some(change) = &report.trend {
        facts.push(format!("against the window before: {}", change_in_full(change)));
    }
    if let Some(change) = &report.since_baseline {
        facts.push(format!("since the baseline: {}", change_in_full(change)));
    }
    let mut figures = Vec::new();
    figures.extend(report.cost_per_run.map(|cost| format!("{} a run", human::money(cost.pico()))));
    figures.extend(report.median_took.map(|took| format!("median {}", human::duration(took.micros()))));
    figures.extend(report.p95_took.map(|took| format!("p95 {}", human::duration(took.micros()))));
    if report.unknown_runs > 0 {
        figures.push(format!("{} of {} runs tell nothing", report.unknown_runs, report.runs));
    }
    facts.push(figures.join(view.shared.glyphs.separator));
    if let Some(cap) = &report.cap {
        facts.push(format!("capped: {cap}"));
    }
    if report.rules.len() > 1 {
        facts.push(format!("graded by rules {}", report.rules.join(", ")));
    }
    for fact in facts.iter().filter(|fact| !fact.is_empty()) {
        card::line(area, at, &Line::styled(format!("   {fact}"), view.style(Role::Text)), buffer);
        at += 1;
    }
}

/// `+16 points (9 to 23), not chance`.
fn change_in_full(change: &Change) -> String {
    let chance = if change.could_be_chance { "could be chance" } else { "not chance" };
    format!(
        "{:+.0} points ({:+.0} to {:+.0}), {chance}; {} runs against {}",
        change.difference, change.interval.low, change.interval.high, change.current_runs, change.before_runs
    )
}

fn one_line(report: &AgentReport) -> String {
    let runs = report.grade.map_or(0, |grade| grade.runs);
    format!("{}: {} n={runs}", report.agent, words::grade_with_interval(report.grade.as_ref()))
}

fn explain(report: &AgentReport) -> Vec<String> {
    let mut lines = Vec::new();
    match &report.grade {
        None => lines.push(format!("None of the {} runs in the window tells how it ended, so there is no grade.", report.runs)),
        Some(grade) => {
            lines.push(format!(
                "Score {:.1}: the mean of what {} runs say about success, times 100. With 90 % probability the true share lies between {:.0} and {:.0}.",
                grade.score, grade.runs, grade.interval.low, grade.interval.high
            ));
            lines.push(String::new());
            lines.push(
                "A run counts as 0.95 when it reports success, 0.05 when it reports failure, 0.98 or 0.02 when a person judged it."
                    .to_owned(),
            );
            lines.push("The mean is that of a Beta distribution over those counts with a weak prior (Jeffreys: half a run right, half a run wrong).".to_owned());
            if grade.provisional() {
                lines.push(String::new());
                lines.push(match grade.missing_runs() {
                    0 => "The grade is provisional: its interval reaches over more than two letters.".to_owned(),
                    missing => format!("The grade is provisional: {missing} more runs are needed."),
                });
            }
        }
    }
    if report.unknown_runs > 0 {
        lines.push(String::new());
        lines.push(format!("{} runs tell nothing and are not counted; send `success` or judge them with + and -.", report.unknown_runs));
    }
    lines.push(String::new());
    lines.push("The parts below the list explain the score; they do not change it.".to_owned());
    lines
}
