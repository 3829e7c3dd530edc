//! The cost pane: what runs cost by model and by agent, exactly, with what has no price beside it.

use std::{sync::Arc, time::Duration};

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
    model::{
        cost_report::{Breakdown, CostReport, CostShare},
        money::Money,
        usage::TokenClass,
    },
    text::{human, sparkline},
    workbench::{
        action::{Action, ActionId, verbs},
        draw::{
            card,
            cells::{self, Cell, Selected, left, right},
            lesson,
        },
        effects::{Order, Orders},
        glyphs::GlyphSet,
        message::Effect,
        need::{Arrived, Ask, Need, Window},
        pane::{Handled, Link, LinkKind, Pane, PaneId, PaneMsg, Room, Spec, View},
        shared::Shared,
        theme::Role,
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
    verbs::OPEN.says("runs", "List the runs behind the line"),
    verbs::BREAK_DOWN.says("model or agent", "Break the cost down by model or by agent"),
    verbs::PREVIOUS.says("narrower", "Look at a narrower stretch of time"),
    verbs::NEXT.says("wider", "Look at a wider stretch of time"),
    verbs::COPY.says("copy", "Copy the line"),
    verbs::COPY_LONG.says("copy all", "Copy the whole cost report as JSON"),
];

/// How often the figures may be asked again while runs arrive.
const REFRESH: Duration = Duration::from_secs(1);
/// Rows above the list: totals, air, column heads.
const HEAD_ROWS: u16 = 3;

/// Its state.
#[derive(Debug)]
pub struct Spending {
    report: Option<Arc<CostReport>>,
    shares: KeptList<CostShare>,
    breakdown: Breakdown,
    window: Window,
    /// An agent someone asked to see before the figures were there.
    wanted: Option<String>,
}

impl Default for Spending {
    fn default() -> Self {
        Self { report: None, shares: KeptList::default(), breakdown: Breakdown::Model, window: Window::Week, wanted: None }
    }
}

impl Spending {
    fn break_down(&mut self, by: Breakdown) {
        if self.breakdown != by {
            self.breakdown = by;
            self.shares.clear();
        }
    }

    fn act(&mut self, action: ActionId, orders: &mut Orders) -> Handled {
        if action == verbs::PREVIOUS.id || action == verbs::NEXT.id {
            self.window = step(self.window, action == verbs::NEXT.id);
            return Handled::Yes;
        }
        if action == verbs::BREAK_DOWN.id {
            self.break_down(match self.breakdown {
                Breakdown::Model => Breakdown::Agent,
                Breakdown::Agent => Breakdown::Model,
            });
            return Handled::Yes;
        }
        if action == verbs::COPY_LONG.id {
            let Some(report) = &self.report else { return Handled::No };
            orders.effect(Effect::Copy(serde_json::to_string_pretty(report.as_ref()).unwrap_or_default()));
            return Handled::Yes;
        }
        let Some(share) = self.shares.selected() else { return Handled::No };
        if action == verbs::OPEN.id {
            let field = match self.breakdown {
                Breakdown::Model => "model",
                Breakdown::Agent => "agent",
            };
            orders.push(Order::Open(Link::Runs(format!("{field}:\"{}\"", share.name.replace('"', "*")))));
        } else if action == verbs::COPY.id {
            orders.effect(Effect::Copy(format!("{}: {} in {}", share.name, human::money(share.cost.pico()), window::label(self.window))));
        } else {
            return Handled::No;
        }
        Handled::Yes
    }
}

impl Pane for Spending {
    fn update(&mut self, msg: &PaneMsg, _shared: &Shared, orders: &mut Orders) -> Handled {
        match msg {
            PaneMsg::Act(action) => return self.act(*action, orders),
            PaneMsg::Move(motion) => self.shares.step(*motion),
            PaneMsg::Size { height, .. } => self.shares.set_page(usize::from(height.saturating_sub(HEAD_ROWS))),
            PaneMsg::Arrived(Arrived::Costs(report)) => {
                self.shares.refresh(report.shares.iter().cloned(), |share| share.name.clone());
                self.report = Some(Arc::clone(report));
                if let Some(wanted) = &self.wanted
                    && self.shares.select(|share| share.name == *wanted)
                {
                    self.wanted = None;
                }
            }
            PaneMsg::Open(Link::AgentCost(name)) => {
                self.break_down(Breakdown::Agent);
                if !self.shares.select(|share| share.name == *name) {
                    self.wanted = Some(name.clone());
                }
            }
            _ => return Handled::No,
        }
        Handled::Yes
    }

    fn need(&self, _shared: &Shared) -> Option<Need> {
        Some(Need::live(Ask::Costs(self.window, self.breakdown), REFRESH))
    }

    fn blocked(&self, action: ActionId, _shared: &Shared) -> Option<String> {
        let needs_line = action == verbs::OPEN.id || action == verbs::COPY.id;
        let nothing = if needs_line { self.shares.rows().is_empty() } else { action == verbs::COPY_LONG.id && self.report.is_none() };
        nothing.then(|| "no run with a model call in this window".to_owned())
    }

    fn badge(&self, _shared: &Shared) -> String {
        window::label(self.window).to_owned()
    }

    fn selected_row(&self) -> Option<u16> {
        u16::try_from(self.shares.index()).ok().map(|row| row.saturating_add(HEAD_ROWS)).filter(|_| !self.shares.rows().is_empty())
    }

    fn draw(&self, area: Rect, buffer: &mut Buffer, view: &View<'_>) {
        let Some(report) = &self.report else { return };
        if report.runs == 0 {
            lesson::draw(&empty_lesson(self.window, view.shared.beat.traces), area, buffer, view);
            return;
        }
        draw_totals(report, self.window, area, buffer, view);
        let tail = tail_lines(report, view);
        let tail_rows = u16::try_from(tail.len()).unwrap_or(u16::MAX).min(area.height.saturating_sub(HEAD_ROWS + 3));
        let list = Rect { y: area.y + area.height.min(2), height: area.height.saturating_sub(2 + tail_rows), ..area };
        let drawn = self.draw_list(list, buffer, view);
        let tail_at = (2 + drawn + 1).min(area.height.saturating_sub(tail_rows));
        for (row, line) in (tail_at..).zip(tail.iter().take(usize::from(tail_rows))) {
            card::line(area, row, line, buffer);
        }
    }
}

impl Spending {
    /// Draws heads and lines; answers how many rows that took.
    fn draw_list(&self, area: Rect, buffer: &mut Buffer, view: &View<'_>) -> u16 {
        let columns = Columns::of(usize::from(area.width));
        let (what, count) = match self.breakdown {
            Breakdown::Model => ("by model", "calls"),
            Breakdown::Agent => ("by agent", "runs"),
        };
        let head = columns.row(
            (what.to_owned(), Role::Column),
            [
                (count.to_owned(), Role::Column),
                ("tokens".to_owned(), Role::Column),
                ("cost".to_owned(), Role::Column),
                ("share".to_owned(), Role::Column),
            ],
            (String::new(), Role::Column),
        );
        cells::row(&head, Selected::No, area, 0, buffer, view);
        let height = usize::from(area.height.saturating_sub(1));
        let top = self.shares.top(height);
        let mut drawn = 1;
        for (at, share) in self.shares.rows().iter().enumerate().skip(top).take(height) {
            let priced = share.unpriced < share.count;
            let cost = if priced { human::money(share.cost.pico()) } else { "no price".to_owned() };
            let role = if priced { Role::Text } else { Role::Warn };
            let bar = if columns.bar == 0 { String::new() } else { bar_text(share.share, columns.bar, view) };
            let row = columns.row(
                (share.name.clone(), role),
                [
                    (human::compact(share.count), Role::Dim),
                    (human::compact(share.tokens), Role::Dim),
                    (cost, role),
                    (if priced { human::percent(share.share) } else { "?".to_owned() }, Role::Dim),
                ],
                (bar, Role::Bar),
            );
            let selected = if at == self.shares.index() { Selected::Yes } else { Selected::No };
            cells::row(&row, selected, area, drawn, buffer, view);
            drawn += 1;
        }
        drawn
    }
}

/// How wide each column of the list is.
struct Columns {
    name: usize,
    figures: [usize; 4],
    bar: usize,
}

impl Columns {
    fn of(width: usize) -> Self {
        let figures = if width < 50 { [0, 0, 9, 4] } else { [6, 7, 10, 5] };
        let taken: usize = 3 + figures.iter().filter(|columns| **columns > 0).map(|columns| columns + 2).sum::<usize>();
        let rest = width.saturating_sub(taken);
        let bar = if rest > 34 { (rest - 24).min(20) } else { 0 };
        let name = rest.saturating_sub(if bar > 0 { bar + 2 } else { 0 }).min(40);
        Self { name, figures, bar }
    }

    fn row(&self, name: (String, Role), figures: [(String, Role); 4], last: (String, Role)) -> Vec<Cell> {
        let mut cells = vec![left(name.0, self.name, name.1)];
        for ((text, role), columns) in figures.into_iter().zip(self.figures) {
            if columns > 0 {
                cells.push(right(text, columns, role));
            }
        }
        if self.bar > 0 {
            cells.push(left(last.0, self.bar, last.1));
        }
        cells
    }
}

fn bar_text(share: f64, columns: usize, view: &View<'_>) -> String {
    cells::bar(share, columns, view).iter().map(|span| span.content.as_ref()).collect()
}

fn chart(series: &[Money], columns: usize, view: &View<'_>) -> String {
    let values: Vec<Option<f64>> = series[series.len().saturating_sub(columns)..].iter().map(|money| Some(money.usd())).collect();
    let highest = values.iter().flatten().copied().fold(0.0, f64::max);
    match view.shared.glyphs.set {
        GlyphSet::Ascii => sparkline::ascii(&values, 0.0, highest),
        GlyphSet::Line | GlyphSet::None => sparkline::blocks(&values, 0.0, highest),
    }
}

fn draw_totals(report: &CostReport, window: Window, area: Rect, buffer: &mut Buffer, view: &View<'_>) {
    let mut spans = vec![
        Span::styled("   today ", view.style(Role::Dim)),
        Span::styled(human::money(report.today.pico()), view.style(Role::Strong)),
        Span::styled(format!("   {} ", window::label(window)), view.style(Role::Dim)),
        Span::styled(human::money(report.total.pico()), view.style(Role::Strong)),
        Span::styled(format!("   {} runs", human::count(report.runs)), view.style(Role::Dim)),
    ];
    if report.unpriced_runs > 0 {
        spans.push(Span::styled(format!(", {} without a known cost", human::count(report.unpriced_runs)), view.style(Role::Warn)));
    }
    card::line(area, 0, &Line::from(spans), buffer);
}

/// What stands below the list: cost by class of token, the chart, and models without a price with what to do.
fn tail_lines(report: &CostReport, view: &View<'_>) -> Vec<Line<'static>> {
    let separator = view.shared.glyphs.separator;
    let mut lines = Vec::new();
    let classes: Vec<String> = report
        .by_class
        .iter()
        .filter(|(_, money)| *money != Money::ZERO)
        .map(|(class, money)| format!("{} {}", class_name(*class), human::money(money.pico())))
        .collect();
    if !classes.is_empty() {
        lines.push(Line::styled(format!("   by class  {}", classes.join(separator)), view.style(Role::Dim)));
    }
    let series: Vec<Money> = report.series.iter().map(|point| point.cost).collect();
    if series.len() > 1 {
        lines.push(Line::styled(format!("   over time {}", chart(&series, 40, view)), view.style(Role::Bar)));
    }
    for model in report.unpriced.iter().take(4) {
        let text = format!(
            "   ! {}: {} calls, {} tokens, no price: not counted",
            model.model,
            human::count(model.calls),
            human::compact(model.tokens)
        );
        lines.push(Line::styled(text, view.style(Role::Warn)));
    }
    if !report.unpriced.is_empty() {
        lines.push(Line::styled("     set one in ~/.arc-eval/prices.toml".to_owned(), view.style(Role::Dim)));
    }
    lines
}

const fn class_name(class: TokenClass) -> &'static str {
    match class {
        TokenClass::Input => "input",
        TokenClass::CachedInput => "cached input",
        TokenClass::CacheWriteInput => "cache write",
        TokenClass::Output => "output",
        TokenClass::Reasoning => "reasoning",
    }
}

/// Nothing in the window is not the same as nothing at all.
fn empty_lesson(window: Window, traces: u64) -> Vec<String> {
    if traces == 0 {
        return SPEC.lesson.iter().map(|line| (*line).to_owned()).collect();
    }
    vec![format!("No run in the window \"{}\".", window::label(window)), String::new(), "Press ] for a wider one.".to_owned()]
}
