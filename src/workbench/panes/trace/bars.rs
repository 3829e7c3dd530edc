//! The rows of the waterfall: number, step, kind, bar, time, tokens, cost; only those on the screen are made.

use ratatui::{
    style::Style,
    text::{Line, Span},
};

use crate::{
    model::{money::Money, step::StepKind, time::Elapsed},
    text::{
        human,
        width::{fit, pad_left, pad_right, width},
    },
    workbench::{
        need::TraceView,
        outline::{Group, Item},
        pane::View,
        theme::Role,
        waterfall::{Basis, StepLine, kind_word},
    },
};

use super::{
    list::List,
    marks::{self, Words},
};

const KIND: usize = 8;
const TOOK: usize = 9;
const TOKENS: usize = 8;
const COST: usize = 9;

/// The columns for a width.
pub(super) struct Bars {
    number: usize,
    name: usize,
    /// Columns of the bars.
    axis: usize,
    kind: bool,
    took: bool,
    tokens: bool,
    cost: bool,
}

impl Bars {
    pub(super) fn new(trace: &TraceView, columns: usize) -> Self {
        let number = marks::number_columns(trace);
        let name = match columns {
            140.. => 32,
            100.. => 24,
            _ => 18,
        };
        let mut bars = Self { number, name, axis: 0, kind: columns >= 64, took: columns >= 52, tokens: columns >= 96, cost: columns >= 72 };
        // Three columns for the marks, one of air at the end.
        let fixed = 4
            + bars.number
            + bars.name
            + 1
            + [(bars.kind, KIND), (bars.took, TOOK), (bars.tokens, TOKENS * 2), (bars.cost, COST)]
                .iter()
                .filter(|(shown, _)| *shown)
                .map(|(_, width)| width)
                .sum::<usize>();
        bars.axis = columns.saturating_sub(fixed);
        bars
    }

    /// The heads of the columns, with quarters of the run above the bars.
    pub(super) fn axis(&self, trace: &TraceView, view: &View<'_>) -> Line<'static> {
        let mut line = format!("   {} {}", pad_left("#", self.number - 1), pad_right("step", self.name + 1));
        if self.kind {
            line.push_str(&pad_right("kind", KIND));
        }
        let end = match trace.waterfall.basis {
            Basis::Order => format!("{} steps", human::count(trace.waterfall.total)),
            Basis::Clock | Basis::Durations => human::duration(trace.waterfall.total),
        };
        let mut scale = " ".repeat(self.axis);
        let quarters = if self.axis >= 28 { &[("0", 0), (".25", 1), (".5", 2), (".75", 3)][..] } else { &[("0", 0)][..] };
        for (mark, quarter) in quarters {
            let at = self.axis * quarter / 4;
            if at + mark.len() + width(&end) < self.axis {
                scale.replace_range(at..at + mark.len(), mark);
            }
        }
        let keep = self.axis.saturating_sub(width(&end));
        scale.truncate(keep);
        scale.push_str(&fit(&end, self.axis));
        line.push_str(&scale);
        for (shown, head, columns) in
            [(self.took, "took", TOOK), (self.tokens, "in", TOKENS), (self.tokens, "out", TOKENS), (self.cost, "cost", COST)]
        {
            if shown {
                line.push_str(&pad_left(head, columns));
            }
        }
        Line::styled(line, view.style(Role::Column))
    }

    /// One row of the outline.
    pub(super) fn row(&self, trace: &TraceView, list: &List, row: usize, view: &View<'_>) -> Line<'static> {
        let mut spans = marks::lead(trace, list, row, self.number, view);
        match list.outline(trace).items().get(row) {
            None | Some(Item::Run) => spans.push(Span::styled(marks::whole_run(trace), view.style(Role::Dim))),
            Some(Item::Agent(group)) => {
                spans.push(marks::name(list, row, &group.name, self.name, view.style(Role::Strong), view));
                if self.kind {
                    spans.push(Span::styled(pad_right("agent", KIND), view.style(Role::Dim)));
                }
                spans.extend(self.group_bar(group, trace.waterfall.total, marks::folded(trace, list, row), view));
                self.figures(&mut spans, group.took, group.tokens, group.cost, view);
            }
            Some(Item::Step(place)) => {
                let Some(step) = trace.waterfall.steps.get(*place) else { return Line::from(spans) };
                spans.push(marks::name(list, row, &step.name, self.name, name_style(step, view), view));
                if self.kind {
                    spans.push(Span::styled(pad_right(kind_word(step.kind), KIND), view.style(Role::Dim)));
                }
                let words = marks::known(trace, list, row, step);
                spans.extend(self.bar(step, trace.waterfall.total, words, view));
                self.figures(&mut spans, step.took, step.tokens, step.cost, view);
            }
        }
        Line::from(spans)
    }

    fn figures(
        &self,
        spans: &mut Vec<Span<'static>>,
        took: Option<Elapsed>,
        tokens: Option<(u64, u64)>,
        cost: Option<Money>,
        view: &View<'_>,
    ) {
        let number = |value: Option<u64>| value.map_or_else(|| "-".to_owned(), human::count);
        for (shown, text, columns) in [
            (self.took, took.map_or_else(|| "-".to_owned(), |took| human::duration(took.micros())), TOOK),
            (self.tokens, number(tokens.map(|(input, _)| input)), TOKENS),
            (self.tokens, number(tokens.map(|(_, output)| output)), TOKENS),
            (self.cost, cost.map_or_else(|| "-".to_owned(), |cost| human::money(cost.pico())), COST),
        ] {
            if shown {
                let role = if text == "-" { Role::Dim } else { Role::Text };
                spans.push(Span::styled(pad_left(&text, columns), view.style(role)));
            }
        }
    }

    fn group_bar(&self, group: &Group, total: u64, words: Option<Words>, view: &View<'_>) -> Vec<Span<'static>> {
        self.placed(group.start, group.length, total, (view.shared.glyphs.bar_empty, Role::BarEmpty), words, view)
    }

    fn bar(&self, step: &StepLine, total: u64, words: Option<Words>, view: &View<'_>) -> Vec<Span<'static>> {
        let glyphs = &view.shared.glyphs;
        let look = match (&step.trouble, step.kind) {
            (Some(trouble), _) if !trouble.recovered => (glyphs.bar_failed, Role::Bad),
            (_, StepKind::LlmCall | StepKind::Reasoning) => (glyphs.bar, Role::Bar),
            _ => (glyphs.bar_other, Role::BarOther),
        };
        self.placed(step.start, step.length, total, look, words, view)
    }

    /// The bar at its place, and what is to be known of the step in words: behind it, else before it, else on it.
    fn placed(
        &self,
        start: u64,
        length: u64,
        total: u64,
        (glyph, bar_role): (&str, Role),
        words: Option<Words>,
        view: &View<'_>,
    ) -> Vec<Span<'static>> {
        let columns = self.axis.saturating_sub(1);
        if columns == 0 {
            return vec![Span::raw(" ".repeat(self.axis))];
        }
        let cell = |value: u64| usize::try_from(u128::from(value) * columns as u128 / u128::from(total.max(1))).unwrap_or(columns);
        let from = cell(start).min(columns - 1);
        let end = cell(start.saturating_add(length)).clamp(from + 1, columns);
        let bar = Span::styled(glyph.repeat(end - from), view.style(bar_role));
        let Some((words, role)) = words else {
            return vec![Span::raw(" ".repeat(from)), bar, Span::raw(" ".repeat(self.axis - end))];
        };
        let style = view.style(role);
        let (before, behind) = (from, self.axis - end);
        let wanted = width(&words) + 2;
        if before.max(behind) < wanted && end - from > before.max(behind) + 4 {
            let words = format!(" {} ", fit(&words, end - from - 4));
            let rest = end - from - 2 - width(&words);
            return vec![
                Span::raw(" ".repeat(from)),
                Span::styled(glyph.repeat(2), view.style(bar_role)),
                Span::styled(words, style),
                Span::styled(glyph.repeat(rest), view.style(bar_role)),
                Span::raw(" ".repeat(behind)),
            ];
        }
        if width(&words) + 1 < behind || behind >= before {
            let words = format!(" {}", fit(&words, behind.saturating_sub(2)));
            let rest = behind.saturating_sub(width(&words));
            return vec![Span::raw(" ".repeat(from)), bar, Span::styled(words, style), Span::raw(" ".repeat(rest))];
        }
        let words = fit(&words, before.saturating_sub(1)).into_owned();
        let lead = before.saturating_sub(width(&words) + 1);
        vec![Span::raw(" ".repeat(lead)), Span::styled(format!("{words} "), style), bar, Span::raw(" ".repeat(behind))]
    }
}

/// The style of a step's name.
pub(super) fn name_style(step: &StepLine, view: &View<'_>) -> Style {
    match &step.trouble {
        Some(trouble) if !trouble.recovered => view.style(Role::Bad),
        Some(_) => view.style(Role::Warn),
        None => Style::new(),
    }
}
