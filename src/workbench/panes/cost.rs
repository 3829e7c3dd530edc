//! The cost pane: what runs cost by model and by agent, exactly, with what has no price beside it.

mod advice;
mod budgets;
mod detail;
mod list;
#[cfg(test)]
mod tests;

use std::{ops::Range, sync::Arc, time::Duration};

use ratatui::{buffer::Buffer, layout::Rect};

use crate::{
    model::cost_report::{Breakdown, CostReport, CostShare},
    text::clean::clean_line,
    workbench::{
        action::{Action, ActionId, verbs},
        draw::{
            lesson,
            split::{Split, split},
        },
        effects::{Order, Orders, OverlayKind},
        kept::Kept,
        message::{Effect, Toast},
        need::{Arrived, Ask, Need, Window},
        pane::{Handled, Link, LinkKind, Pane, PaneId, PaneMsg, Room, Spec, View},
        range::{self, OF_MONEY},
        runs_of,
        shared::Shared,
        words,
    },
};

/// What this pane is.
pub const SPEC: Spec = Spec {
    id: PaneId("cost"),
    title: "Cost",
    tab: "Cost",
    digit: 3,
    room: Room::Side,
    opens: LinkKind::Cost,
    lesson: &[
        "No cost yet.",
        "",
        "A run's cost is its tokens times a dated price table, class by class: input, cached input, output, reasoning.",
        "A model without a price is listed, never counted as zero.",
        "",
        "Send `llm_calls` with `model`, `input_tokens` and `output_tokens` to see costs here.",
    ],
};

/// What can be done here.
pub const ACTIONS: &[Action] = &[
    verbs::OPEN.says("runs", "List the runs behind the selected model or agent"),
    verbs::BREAK_DOWN.says("break down", "Break the cost down by model, agent, tool, step or day"),
    verbs::EXPLAIN.says("why", "Read how the cost is made, and all that is not counted in it"),
    verbs::PREVIOUS.says("shorter", "Look at a shorter stretch of time"),
    verbs::NEXT.says("longer", "Look at a longer stretch of time"),
    verbs::COPY.says("copy", "Copy the selected model's or agent's cost as one line"),
    verbs::COPY_LONG.says("copy all", "Copy the whole cost report as JSON"),
];

/// Least time between two looks at the figures while runs arrive.
const EVERY: Duration = Duration::from_secs(1);
/// Under this height the pane stands among others: totals and list.
const COMPACT: u16 = 10;

/// Its state.
#[derive(Debug)]
pub struct Spending {
    shown: Option<Shown>,
    shares: Kept<CostShare>,
    /// The breakdown asked for.
    breakdown: Breakdown,
    /// The stretch of time asked for.
    window: Window,
    /// An agent that a link asked for, by its name as sent: the next answer decides.
    wanted: Option<String>,
    size: (u16, u16),
}

/// The figures shown, with the question they answer: the one asked since may be another.
#[derive(Debug)]
struct Shown {
    report: Arc<CostReport>,
    breakdown: Breakdown,
    window: Window,
    widths: list::Widths,
}

impl Default for Spending {
    fn default() -> Self {
        Self {
            shown: None,
            shares: Kept::new(|share: &CostShare| &share.name),
            breakdown: Breakdown::Model,
            window: Window::Week,
            wanted: None,
            size: (0, 0),
        }
    }
}

/// Who stands where.
struct Parts {
    totals: Rect,
    split: Split,
    /// The line on what has no price.
    line: Option<Rect>,
}

impl Spending {
    fn parts(&self, area: Rect) -> Parts {
        let count = self.shares.rows().len();
        let totals = Rect { height: area.height.min(1), ..area };
        let shown = self.shown.as_ref().map_or(0, |shown| shown.report.budgets.len().min(budgets::SHOWN));
        let spent = u16::try_from(shown).unwrap_or(0);
        let above = if area.height >= COMPACT { 2 + spent } else { totals.height };
        let rest = Rect { y: area.y + above, height: area.height - above, ..area };
        if area.height >= COMPACT {
            return Parts { totals, split: split(rest, count), line: None };
        }
        let rows = u16::try_from(count).unwrap_or(u16::MAX);
        let line = (rows < rest.height).then(|| Rect { y: rest.bottom() - 1, height: 1, ..rest });
        let list = Rect { height: rest.height - u16::from(line.is_some()), ..rest };
        Parts { totals, split: Split { heads: None, list, detail: None }, line }
    }

    fn own_area(&self) -> Rect {
        Rect::new(0, 0, self.size.0, self.size.1)
    }

    fn break_down(&mut self, by: Breakdown) {
        if self.breakdown != by {
            self.breakdown = by;
            self.shares.restart();
        }
    }

    fn act(&mut self, action: ActionId, orders: &mut Orders) -> Handled {
        match action {
            id if id == verbs::PREVIOUS.id || id == verbs::NEXT.id => {
                if let Some(window) = range::step(OF_MONEY, self.window, id == verbs::NEXT.id) {
                    self.window = window;
                    self.shares.sort();
                }
                return Handled::Yes;
            }
            id if id == verbs::BREAK_DOWN.id => {
                self.break_down(self.breakdown.next());
                return Handled::Yes;
            }
            _ => {}
        }
        let Some(shown) = &self.shown else { return Handled::No };
        match (action, self.shares.selected()) {
            (id, _) if id == verbs::EXPLAIN.id => {
                let lines = detail::explained(&shown.report, shown.window, self.size.0);
                orders.push(Order::Overlay(OverlayKind::Text(format!("Cost, {}", shown.window.label()), lines)));
            }
            (id, _) if id == verbs::COPY_LONG.id => match serde_json::to_string_pretty(shown.report.as_ref()) {
                Ok(json) => orders.effect(Effect::Copy(json)),
                Err(error) => orders.say(Toast::problem(format!("the report cannot be written as JSON: {error}"))),
            },
            (id, Some(share)) if id == verbs::OPEN.id => {
                orders.extend(shown.runs_behind(share).ok().map(|filter| Order::Open(Link::Runs(filter))));
            }
            (id, Some(share)) if id == verbs::COPY.id => {
                let name = clean_line(words::name(&share.name));
                orders.effect(Effect::Copy(format!("{name}: {}, {}", list::money_of(share, shown.breakdown), shown.window.label())));
            }
            _ => return Handled::No,
        }
        Handled::Yes
    }

    fn arrived(&mut self, report: &Arc<CostReport>, orders: &mut Orders) {
        self.shares.refresh(report.shares.iter().cloned());
        let widths = list::Widths::of(self.shares.rows());
        self.shown = Some(Shown { report: Arc::clone(report), breakdown: self.breakdown, window: self.window, widths });
        if let Some(wanted) = self.wanted.take()
            && !self.shares.select(&wanted)
        {
            orders.say(Toast::news(format!("{} has no run {}", clean_line(&wanted), range::within(self.window))));
        }
    }

    /// Whether what is shown answers another question than the one asked now.
    fn reading(&self) -> bool {
        self.shown.as_ref().is_some_and(|shown| (shown.breakdown, shown.window) != (self.breakdown, self.window))
    }
}

impl Shown {
    /// A filter for the runs behind a line, or why there can be none: from the start of the report on, which is that of a whole minute,
    /// hour or day.
    fn runs_behind(&self, share: &CostShare) -> Result<String, &'static str> {
        let since = (self.window != Window::All).then(|| format!("since:{}", self.report.from));
        match (self.breakdown, &share.agent) {
            (Breakdown::Step, Some(agent)) => runs_of::filter("agent", agent, since.as_deref()),
            (Breakdown::Tool, _) if share.name.starts_with('(') => Err("no tool was asked for, so there is none to ask by"),
            (Breakdown::Day, _) => next_day(&share.name).map(|next| format!("since:{} before:{next}", share.name)).ok_or("it is no day"),
            (by, _) => runs_of::filter(by.name(), &share.name, since.as_deref()),
        }
    }
}

/// The day after one written `2026-11-22`.
fn next_day(day: &str) -> Option<String> {
    Some(day.parse::<jiff::civil::Date>().ok()?.tomorrow().ok()?.to_string())
}

impl Pane for Spending {
    fn update(&mut self, msg: &PaneMsg, _shared: &Shared, orders: &mut Orders) -> Handled {
        match msg {
            PaneMsg::Act(action) => return self.act(*action, orders),
            PaneMsg::Move(motion) => {
                let height = usize::from(self.parts(self.own_area()).split.list.height);
                self.shares.step(*motion, height);
            }
            PaneMsg::Size { width, height } => self.size = (*width, *height),
            PaneMsg::Arrived(Arrived::Costs(report)) => self.arrived(report, orders),
            PaneMsg::Open(Link::AgentCost(name)) => {
                let shows_agents = self.breakdown == Breakdown::Agent && !self.reading();
                self.break_down(Breakdown::Agent);
                if !(shows_agents && self.shares.select(name)) {
                    self.wanted = Some(name.clone());
                    orders.push(Order::Refresh);
                }
            }
            _ => return Handled::No,
        }
        Handled::Yes
    }

    fn need(&self, _shared: &Shared) -> Option<Need> {
        Some(Need::live(Ask::Costs(self.window, self.breakdown), EVERY))
    }

    fn blocked(&self, action: ActionId, _shared: &Shared) -> Option<String> {
        if action == verbs::PREVIOUS.id || action == verbs::NEXT.id {
            let wider = action == verbs::NEXT.id;
            let end = if wider { "these are all runs" } else { "there is no shorter stretch" };
            return range::step(OF_MONEY, self.window, wider).is_none().then(|| end.to_owned());
        }
        if action == verbs::BREAK_DOWN.id {
            return None;
        }
        let Some(shown) = self.shown.as_ref().filter(|shown| shown.report.runs > 0) else {
            return Some("there is no run in this time".to_owned());
        };
        match self.shares.selected() {
            None if action == verbs::OPEN.id || action == verbs::COPY.id => Some(match self.breakdown {
                Breakdown::Tool | Breakdown::Step => "none of the newest runs tells its model calls".to_owned(),
                _ => "no run in this time says which model it called".to_owned(),
            }),
            Some(share) if action == verbs::OPEN.id => shown.runs_behind(share).err().map(str::to_owned),
            _ => None,
        }
    }

    fn badge(&self, shared: &Shared) -> String {
        let by = format!("by {}", self.breakdown.name());
        let reading = if self.reading() { ": reading" } else { "" };
        format!("{by}{}{}{reading}", shared.glyphs.separator, self.window.label())
    }

    fn selected_row(&self) -> Option<u16> {
        let list = self.parts(self.own_area()).split.list;
        let row = u16::try_from(self.shares.index() - self.shares.top(usize::from(list.height))).ok()?;
        (row < list.height && !self.shares.rows().is_empty()).then_some(list.y + row)
    }

    fn list_rows(&self) -> Range<u16> {
        self.parts(self.own_area()).split.rows(self.shares.rows().len())
    }

    fn draw(&self, area: Rect, buffer: &mut Buffer, view: &View<'_>) {
        let Some(shown) = self.shown.as_ref().filter(|shown| shown.report.runs > 0) else {
            return lesson::draw(&self.lesson(view.shared.beat.traces), area, buffer, view);
        };
        let Parts { totals, split: Split { heads, list, detail }, line } = self.parts(area);
        detail::draw_totals(&shown.report, shown.window, totals, buffer, view);
        if area.height >= COMPACT {
            let rows = u16::try_from(shown.report.budgets.len().min(budgets::SHOWN)).unwrap_or(0);
            budgets::draw(&shown.report, Rect { y: area.y + 1, height: rows, ..area }, buffer, view);
        }
        let rows = self.shares.shown(usize::from(list.height));
        list::draw(rows, shown.breakdown, &shown.widths, (heads, list), buffer, view);
        if let Some(line) = line {
            detail::draw_line(&shown.report, line, buffer, view);
        }
        if let Some(area) = detail {
            detail::draw(&shown.report, shown.breakdown, self.shares.selected(), area, buffer, view);
        }
    }
}

impl Spending {
    /// What to say while there is no cost to show.
    fn lesson(&self, traces: u64) -> Vec<String> {
        match &self.shown {
            _ if traces == 0 => SPEC.lesson.iter().map(|line| (*line).to_owned()).collect(),
            None => vec!["Reading the runs.".to_owned()],
            Some(shown) => {
                let window = range::within(shown.window);
                vec![format!("No run {window}."), String::new(), "Press ] for a longer stretch of time.".to_owned()]
            }
        }
    }
}
