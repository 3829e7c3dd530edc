//! The failures pane: failures that recur, grouped by what they have in common, with trend, agents and cost.

mod detail;
mod list;
#[cfg(test)]
mod tests;

use std::{ops::Range, sync::Arc, time::Duration};

use ratatui::{buffer::Buffer, layout::Rect};

use crate::{
    model::{failure::FailureCode, ids::Fingerprint, pattern::PatternReport},
    text::human::count,
    workbench::{
        action::{Action, ActionId, verbs},
        draw::{lesson, split::split},
        effects::{Order, Orders, OverlayKind},
        message::{Effect, Toast},
        need::{Arrived, Ask, Need, PatternPage},
        pane::{Handled, Link, LinkKind, Pane, PaneId, PaneMsg, Room, Spec, View},
        picked::Picked,
        shared::Shared,
    },
};

/// What this pane is.
pub const SPEC: Spec = Spec {
    id: PaneId("failures"),
    title: "Failure patterns",
    tab: "Fails",
    digit: 4,
    room: Room::Side,
    opens: LinkKind::Pattern,
    lesson: &[
        "No failures so far.",
        "",
        "A failure is found in how a run went: a tool that timed out or refused its arguments, the same call again and again, \
         an answer cut off or empty.",
        "Failures with one cause become one pattern.",
    ],
};

/// What can be done here.
pub const ACTIONS: &[Action] = &[
    verbs::OPEN.says("runs", "List the runs that show the selected pattern"),
    verbs::SCENARIOS.says("scenarios", "Go to the test scenarios made from the selected pattern"),
    verbs::FIX.says("fix", "Go to the fixes for the selected pattern"),
    verbs::TRACE.says("trace", "Go to the newest run that shows the selected pattern"),
    verbs::EXPLAIN.says("why", "Read all that is known of the selected pattern, and what its figures mean"),
    verbs::COPY.says("copy", "Copy the selected pattern as one line"),
    verbs::COPY_LONG.says("copy all", "Copy the selected pattern as JSON"),
];

/// Patterns asked for: more than anyone reads, and little to carry.
const LIMIT: usize = 200;
/// Least time between two looks at the patterns while traces arrive.
const EVERY: Duration = Duration::from_secs(2);

/// Its state.
#[derive(Debug, Default)]
pub struct Failures {
    /// The answer, with what is unclassified moved to the end; `None` until it came.
    page: Option<Page>,
    picked: Picked<Fingerprint>,
    /// A pattern that a link asked for and the page does not have: the next answer decides.
    wanted: Option<Fingerprint>,
    size: (u16, u16),
}

/// What arrived, in the order shown.
#[derive(Debug)]
struct Page {
    answer: Arc<PatternPage>,
    /// Places in `answer.patterns`.
    order: Vec<usize>,
    /// Identities, in the order shown.
    keys: Vec<Fingerprint>,
    widths: list::Widths,
}

impl Page {
    fn new(answer: Arc<PatternPage>) -> Self {
        let unclassified = |at: &usize| answer.patterns.get(*at).is_some_and(|report| report.pattern.code == FailureCode::Unclassified);
        let (last, mut order): (Vec<usize>, Vec<usize>) = (0..answer.patterns.len()).partition(unclassified);
        order.extend(last);
        let keys = order.iter().filter_map(|at| answer.patterns.get(*at)).map(|report| report.pattern.fingerprint).collect();
        let widths = list::Widths::of(&answer.patterns);
        Self { answer, order, keys, widths }
    }

    fn get(&self, row: usize) -> Option<&PatternReport> {
        self.order.get(row).and_then(|at| self.answer.patterns.get(*at))
    }
}

impl Failures {
    fn selected(&self) -> Option<&PatternReport> {
        self.page.as_ref()?.get(self.picked.index())
    }

    fn list_height(&self) -> usize {
        let count = self.page.as_ref().map_or(0, |page| page.keys.len());
        usize::from(split(Rect::new(0, 0, self.size.0, self.size.1), count).list.height)
    }

    fn arrived(&mut self, answer: &Arc<PatternPage>, orders: &mut Orders) {
        let page = Page::new(answer.clone());
        let wanted = self.wanted.take();
        if let Some(wanted) = wanted {
            self.picked.pick(wanted);
        }
        if !self.picked.settle(&page.keys) && wanted.is_some() {
            orders.say(Toast::news(format!("that pattern is not among the {LIMIT} with the most runs")));
        }
        self.page = Some(page);
    }

    fn open(&mut self, fingerprint: Fingerprint, orders: &mut Orders) {
        match &self.page {
            Some(page) if page.keys.contains(&fingerprint) => {
                self.picked.pick(fingerprint);
                self.picked.settle(&page.keys);
                self.wanted = None;
            }
            Some(_) => {
                self.wanted = Some(fingerprint);
                orders.push(Order::Refresh);
            }
            None => self.wanted = Some(fingerprint),
        }
    }

    fn act(&self, action: ActionId, shared: &Shared, orders: &mut Orders) {
        let Some(report) = self.selected() else { return };
        let fingerprint = report.pattern.fingerprint;
        match action {
            id if id == verbs::OPEN.id => orders.push(Order::Open(Link::Runs(format!("pattern:{fingerprint}")))),
            id if id == verbs::SCENARIOS.id => orders.push(Order::Open(Link::Scenarios(Some(fingerprint)))),
            id if id == verbs::FIX.id => orders.push(Order::Open(Link::Fixes(Some(fingerprint)))),
            id if id == verbs::TRACE.id => {
                if let Some(example) = &report.example_id {
                    orders.push(Order::Open(Link::TraceId(example.clone())));
                }
            }
            id if id == verbs::EXPLAIN.id => {
                let lines = detail::explained(report, shared.now, self.size.0);
                orders.push(Order::Overlay(OverlayKind::Text(list::title(report).to_owned(), lines)));
            }
            id if id == verbs::COPY.id => orders.effect(Effect::Copy(detail::one_line(report))),
            id if id == verbs::COPY_LONG.id => match serde_json::to_string_pretty(report) {
                Ok(json) => orders.effect(Effect::Copy(json)),
                Err(error) => orders.say(Toast::problem(format!("the pattern cannot be written as JSON: {error}"))),
            },
            _ => {}
        }
    }
}

impl Pane for Failures {
    fn update(&mut self, msg: &PaneMsg, shared: &Shared, orders: &mut Orders) -> Handled {
        match msg {
            PaneMsg::Arrived(Arrived::Patterns(answer)) => self.arrived(answer, orders),
            PaneMsg::Size { width, height } => self.size = (*width, *height),
            PaneMsg::Move(motion) => {
                let height = self.list_height();
                if let Some(page) = &self.page {
                    self.picked.step(*motion, &page.keys, height);
                }
            }
            PaneMsg::Open(Link::Pattern(fingerprint)) => self.open(*fingerprint, orders),
            PaneMsg::Act(action) => self.act(*action, shared, orders),
            _ => return Handled::No,
        }
        Handled::Yes
    }

    fn need(&self, _shared: &Shared) -> Option<Need> {
        Some(Need::live(Ask::Patterns(LIMIT), EVERY))
    }

    fn blocked(&self, action: ActionId, _shared: &Shared) -> Option<String> {
        let Some(report) = self.selected() else { return Some("there is no failure pattern to select".to_owned()) };
        (action == verbs::TRACE.id && report.example_id.is_none()).then(|| "no run that shows it is stored any more".to_owned())
    }

    fn badge(&self, _shared: &Shared) -> String {
        let Some(page) = &self.page else { return String::new() };
        let patterns = match page.keys.len() {
            0 => "none".to_owned(),
            1 => "1 pattern".to_owned(),
            many if many >= LIMIT => format!("the first {many} patterns"),
            many => format!("{many} patterns"),
        };
        format!("{patterns} in {} run{}", count(page.answer.runs), if page.answer.runs == 1 { "" } else { "s" })
    }

    fn selected_row(&self) -> Option<u16> {
        let page = self.page.as_ref().filter(|page| !page.keys.is_empty())?;
        let list = split(Rect::new(0, 0, self.size.0, self.size.1), page.keys.len()).list;
        let top = self.picked.top(page.keys.len(), usize::from(list.height));
        u16::try_from(self.picked.index() - top).ok().filter(|row| *row < list.height).map(|row| list.y + row)
    }

    fn list_rows(&self) -> Range<u16> {
        let count = self.page.as_ref().map_or(0, |page| page.keys.len());
        split(Rect::new(0, 0, self.size.0, self.size.1), count).rows(count)
    }

    fn draw(&self, area: Rect, buffer: &mut Buffer, view: &View<'_>) {
        let Some(page) = &self.page else { return lesson::draw(SPEC.lesson, area, buffer, view) };
        if page.keys.is_empty() {
            let first = match page.answer.runs {
                0 => "No failures so far: no run has arrived.".to_owned(),
                1 => "No failures in 1 run.".to_owned(),
                runs => format!("No failures in {} runs.", count(runs)),
            };
            let rest = SPEC.lesson.iter().skip(1).map(|line| (*line).to_owned());
            return lesson::draw(&std::iter::once(first).chain(rest).collect::<Vec<_>>(), area, buffer, view);
        }
        let parts = split(area, page.keys.len());
        let top = self.picked.top(page.keys.len(), usize::from(parts.list.height));
        let rows = (top..).map_while(|row| page.get(row).map(|report| (row == self.picked.index(), report)));
        list::draw(rows, &page.widths, parts.heads, parts.list, buffer, view);
        if let (Some(area), Some(report)) = (parts.detail, self.selected()) {
            detail::draw(report, area, buffer, view);
        }
    }
}
