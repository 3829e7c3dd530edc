//! The reliability pane: every agent's grade with its number, interval and count, its trend, and what drags it.

mod detail;
mod history;
mod list;
#[cfg(test)]
mod tests;

use std::{ops::Range, time::Duration};

use ratatui::{buffer::Buffer, layout::Rect};

use crate::{
    model::agent::AgentReport,
    text::clean::clean_line,
    workbench::{
        action::{Action, ActionId, verbs},
        draw::{
            lesson,
            split::{Split, split},
        },
        effects::{Order, Orders, OverlayKind},
        kept::Kept,
        message::{BaselineRuns, Effect, Toast},
        need::{AgentView, Arrived, Ask, Need, Window},
        pane::{Handled, Link, LinkKind, Pane, PaneId, PaneMsg, Room, Spec, View},
        range::{self, OF_AGENTS},
        runs_of,
        shared::Shared,
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
    verbs::OPEN.says("runs", "List the runs behind the agent's grade"),
    verbs::BASELINE.says("baseline", "Keep the agent's last 200 runs or 7 days as the baseline to compare with later"),
    verbs::COMPARE.says("compare", "Compare two days, weeks or baselines, agent by agent"),
    verbs::BREAK_DOWN.says("history", "Show the grade over time with what happened, or what drags it"),
    verbs::EXPLAIN.says("why", "Read all that is known of the agent, and how its grade is made"),
    verbs::PREVIOUS.says("shorter", "Look at a shorter stretch of time"),
    verbs::NEXT.says("longer", "Look at a longer stretch of time"),
    verbs::COPY.says("copy", "Copy the grade as one line"),
    verbs::COPY_LONG.says("copy all", "Copy the agent's report as JSON"),
];

/// Least time between two looks at the figures while runs arrive.
const EVERY: Duration = Duration::from_secs(1);
/// Under this height the pane stands among others: the list, and one line on the selected agent.
const COMPACT: u16 = 10;
/// From this height on a compact list has heads.
const HEADED: u16 = 4;

/// Its state.
#[derive(Debug)]
pub struct Reliability {
    agents: Kept<AgentView>,
    widths: list::Widths,
    /// The stretch of time asked for.
    window: Window,
    /// That of the figures shown; `None` until some came.
    shown: Option<Window>,
    /// An agent that a link asked for, by its name as sent: the next answer decides.
    wanted: Option<String>,
    /// Whether the selected agent's history is shown in the place of what drags its grade.
    history: bool,
    size: (u16, u16),
}

impl Default for Reliability {
    fn default() -> Self {
        Self {
            agents: Kept::new(|agent: &AgentView| &agent.name),
            widths: list::Widths::default(),
            window: Window::default(),
            shown: None,
            wanted: None,
            history: false,
            size: (0, 0),
        }
    }
}

/// Who stands where.
struct Parts {
    split: Split,
    /// The line on the selected agent.
    line: Option<Rect>,
}

impl Reliability {
    fn parts(&self, area: Rect) -> Parts {
        let count = self.agents.rows().len();
        if area.height >= COMPACT {
            return Parts { split: split(area, count), line: None };
        }
        let heads = (area.height >= HEADED).then_some(Rect { height: 1, ..area });
        let below = u16::from(heads.is_some());
        let rest = Rect { y: area.y + below, height: area.height - below, ..area };
        let rows = u16::try_from(count).unwrap_or(u16::MAX);
        let line = (rows < rest.height).then(|| Rect { y: rest.bottom() - 1, height: 1, ..rest });
        let list = Rect { height: rest.height - u16::from(line.is_some()), ..rest };
        Parts { split: Split { heads, list, detail: None }, line }
    }

    fn own_area(&self) -> Rect {
        Rect::new(0, 0, self.size.0, self.size.1)
    }

    fn act(&mut self, action: ActionId, shared: &Shared, orders: &mut Orders) -> Handled {
        if action == verbs::PREVIOUS.id || action == verbs::NEXT.id {
            if let Some(window) = range::step(OF_AGENTS, self.window, action == verbs::NEXT.id) {
                self.window = window;
                self.agents.sort();
            }
            return Handled::Yes;
        }
        if action == verbs::BREAK_DOWN.id {
            self.history = !self.history;
            return Handled::Yes;
        }
        let window = self.shown.unwrap_or(self.window);
        let Some(agent) = self.agents.selected() else { return Handled::No };
        let report = &agent.report;
        match action {
            id if id == verbs::OPEN.id => orders.extend(runs_behind(agent, window).ok().map(|filter| Order::Open(Link::Runs(filter)))),
            id if id == verbs::BASELINE.id => {
                orders.effect(Effect::Baseline { name: None, runs: BaselineRuns::Agent(agent.name.clone()) });
            }
            id if id == verbs::COMPARE.id => orders.push(Order::Overlay(OverlayKind::ComparePeriods(Some(agent.name.clone())))),
            id if id == verbs::EXPLAIN.id => {
                let lines = detail::explained(report, window, self.size.0, &shared.zone);
                orders.push(Order::Overlay(OverlayKind::Text(words::name(&report.agent).to_owned(), lines)));
            }
            id if id == verbs::COPY.id => orders.effect(Effect::Copy(one_line(report, window))),
            id if id == verbs::COPY_LONG.id => match serde_json::to_string_pretty(report) {
                Ok(json) => orders.effect(Effect::Copy(json)),
                Err(error) => orders.say(Toast::problem(format!("the report cannot be written as JSON: {error}"))),
            },
            _ => return Handled::No,
        }
        Handled::Yes
    }

    fn arrived(&mut self, agents: &[AgentView], orders: &mut Orders) {
        self.shown = Some(self.window);
        self.agents.refresh(agents.iter().cloned());
        self.widths = list::Widths::of(self.agents.rows());
        if let Some(wanted) = self.wanted.take()
            && !self.agents.select(&wanted)
        {
            orders.say(Toast::news(format!("{} has no run {}", clean_line(&wanted), range::within(self.window))));
        }
    }
}

/// A filter for the runs behind a report, or why there can be none.
fn runs_behind(agent: &AgentView, window: Window) -> Result<String, &'static str> {
    let report = &agent.report;
    let rest = match range::since(window) {
        _ if u64::from(report.runs) == report.total_runs => None,
        // The newest so many: its days end at its newest run, which may be long ago.
        Some(_) if window == Window::Auto => Some(format!("limit:{}", report.runs.max(1))),
        // The figures are of whole minutes, hours or days: from the start of the first on.
        Some(_) if !report.series.is_empty() => report.series.first().map(|point| format!("since:{}", point.start)),
        since => since.map(str::to_owned),
    };
    runs_of::filter("agent", &agent.name, rest.as_deref())
}

/// `refund-bot: F 45 (38-52), 203 runs, last 24 h`.
fn one_line(report: &AgentReport, window: Window) -> String {
    let runs = report.grade.map_or_else(
        || format!("{}, none tells how it ended", words::counted(u64::from(report.runs), "run")),
        |grade| words::counted(u64::from(grade.runs), "run"),
    );
    format!("{}: {}, {runs}, {}", words::name(&report.agent), list::grade(report), window.label())
}

impl Pane for Reliability {
    fn update(&mut self, msg: &PaneMsg, shared: &Shared, orders: &mut Orders) -> Handled {
        match msg {
            PaneMsg::Act(action) => return self.act(*action, shared, orders),
            PaneMsg::Move(motion) => {
                let height = usize::from(self.parts(self.own_area()).split.list.height);
                self.agents.step(*motion, height);
            }
            PaneMsg::Size { width, height } => self.size = (*width, *height),
            PaneMsg::Arrived(Arrived::Agents(agents)) => self.arrived(agents, orders),
            PaneMsg::Open(Link::Agent(name)) => {
                if !self.agents.select(name) {
                    self.wanted = Some(name.clone());
                    orders.push(Order::Refresh);
                }
            }
            _ => return Handled::No,
        }
        Handled::Yes
    }

    fn need(&self, _shared: &Shared) -> Option<Need> {
        Some(Need::live(Ask::Agents(self.window), EVERY))
    }

    fn blocked(&self, action: ActionId, _shared: &Shared) -> Option<String> {
        if action == verbs::PREVIOUS.id || action == verbs::NEXT.id {
            let wider = action == verbs::NEXT.id;
            let end = if wider { "these are all runs" } else { "there is no shorter stretch" };
            return range::step(OF_AGENTS, self.window, wider).is_none().then(|| end.to_owned());
        }
        match self.agents.selected() {
            None => Some("there is no agent to select".to_owned()),
            Some(agent) if action == verbs::BASELINE.id && agent.report.grade.is_none() => {
                Some("no run tells how it ended, so there is nothing to compare with later".to_owned())
            }
            Some(agent) if action == verbs::OPEN.id => runs_behind(agent, self.shown.unwrap_or(self.window)).err().map(str::to_owned),
            Some(_) => None,
        }
    }

    fn badge(&self, shared: &Shared) -> String {
        let label = self.window.label();
        match self.shown {
            Some(shown) if shown != self.window => format!("{label}: reading"),
            Some(_) if !self.agents.rows().is_empty() => {
                let agents = words::counted(self.agents.rows().len() as u64, "agent");
                format!("{agents}{}{label}", shared.glyphs.separator)
            }
            _ => label.to_owned(),
        }
    }

    fn selected_row(&self) -> Option<u16> {
        let list = self.parts(self.own_area()).split.list;
        let row = u16::try_from(self.agents.index() - self.agents.top(usize::from(list.height))).ok()?;
        (row < list.height && !self.agents.rows().is_empty()).then_some(list.y + row)
    }

    fn list_rows(&self) -> Range<u16> {
        self.parts(self.own_area()).split.rows(self.agents.rows().len())
    }

    fn draw(&self, area: Rect, buffer: &mut Buffer, view: &View<'_>) {
        if self.agents.rows().is_empty() {
            return lesson::draw(&self.lesson(view.shared.beat.traces), area, buffer, view);
        }
        let Parts { split: Split { heads, list, detail }, line } = self.parts(area);
        let rows = self.agents.shown(usize::from(list.height)).map(|(selected, agent)| (selected, &agent.report));
        list::draw(rows, &self.widths, heads, list, buffer, view);
        let Some(agent) = self.agents.selected() else { return };
        if let Some(line) = line {
            detail::draw_line(&agent.report, line, buffer, view);
        }
        if let Some(area) = detail {
            match self.history {
                true => history::draw(&agent.report, area, buffer, view),
                false => detail::draw(&agent.report, area, buffer, view),
            }
        }
    }
}

impl Reliability {
    /// What to say while there is no agent to show.
    fn lesson(&self, traces: u64) -> Vec<String> {
        match self.shown {
            _ if traces == 0 => SPEC.lesson.iter().map(|line| (*line).to_owned()).collect(),
            None => vec!["Reading the runs.".to_owned()],
            Some(window) => {
                vec![format!("No run {}.", range::within(window)), String::new(), "Press ] for a longer stretch of time.".to_owned()]
            }
        }
    }
}
