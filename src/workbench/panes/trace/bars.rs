//! The rows of the waterfall: number, step, kind, bar, time, tokens, cost; only those on the screen are made.

use ratatui::{
    style::Style,
    text::{Line, Span},
};

use crate::{
    model::step::StepKind,
    text::{
        human,
        width::{fit, pad_left, pad_right, width},
    },
    workbench::{
        need::TraceView,
        pane::View,
        theme::Role,
        waterfall::{Basis, StepLine, kind_word},
    },
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
        let last = trace.waterfall.steps.last().map_or(0, |step| step.number.0);
        let number = last.to_string().len().max(2) + 1;
        let name = if columns >= 100 { 24 } else { 16 };
        let mut bars = Self { number, name, axis: 0, kind: columns >= 60, took: columns >= 50, tokens: columns >= 96, cost: columns >= 70 };
        // Two columns for the mark, one of air at the end.
        let fixed = 3
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
        let mut line = format!("  {} {}", pad_left("#", self.number - 1), pad_right("step", self.name + 1));
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

    /// One row: place 0 is the run as a whole.
    pub(super) fn row(&self, trace: &TraceView, place: usize, chosen: bool, view: &View<'_>) -> Line<'static> {
        let mark = if chosen { view.shared.glyphs.cursor } else { " " };
        let Some(step) = place.checked_sub(1).and_then(|place| trace.waterfall.steps.get(place)) else {
            return self.run_row(trace, mark, view);
        };
        let mut spans = vec![
            Span::styled(format!("{mark} "), view.style(Role::Accent)),
            Span::styled(format!("{} ", pad_left(&step.number.to_string(), self.number - 1)), view.style(Role::Dim)),
            Span::styled(format!("{} ", pad_right(&step.name, self.name)), self.name_style(step, view)),
        ];
        if self.kind {
            spans.push(Span::styled(pad_right(kind_word(step.kind), KIND), view.style(Role::Dim)));
        }
        spans.extend(self.bar(step, trace.waterfall.total, view));
        let number = |value: Option<u64>| value.map_or_else(|| "-".to_owned(), human::count);
        for (shown, text, columns) in [
            (self.took, step.took.map_or_else(|| "-".to_owned(), |took| human::duration(took.micros())), TOOK),
            (self.tokens, number(step.tokens.map(|(input, _)| input)), TOKENS),
            (self.tokens, number(step.tokens.map(|(_, output)| output)), TOKENS),
            (self.cost, step.cost.map_or_else(|| "-".to_owned(), |cost| human::money(cost.pico())), COST),
        ] {
            if shown {
                let role = if text == "-" { Role::Dim } else { Role::Text };
                spans.push(Span::styled(pad_left(&text, columns), view.style(role)));
            }
        }
        Line::from(spans)
    }

    fn name_style(&self, step: &StepLine, view: &View<'_>) -> Style {
        match &step.trouble {
            Some(trouble) if !trouble.recovered => view.style(Role::Bad),
            Some(_) => view.style(Role::Warn),
            None => Style::new(),
        }
    }

    fn run_row(&self, trace: &TraceView, mark: &str, view: &View<'_>) -> Line<'static> {
        let steps = trace.waterfall.steps.len();
        let words = format!("the whole run, {} {}", human::count(steps as u64), if steps == 1 { "step" } else { "steps" });
        Line::from(vec![
            Span::styled(format!("{mark} "), view.style(Role::Accent)),
            Span::raw(" ".repeat(self.number)),
            Span::styled(words, view.style(Role::Dim)),
        ])
    }

    /// The bar at its place, and what is wrong in words beside it: behind it, else before it, else over its end.
    fn bar(&self, step: &StepLine, total: u64, view: &View<'_>) -> Vec<Span<'static>> {
        let columns = self.axis.saturating_sub(1);
        if columns == 0 {
            return vec![Span::raw(" ".repeat(self.axis))];
        }
        let cell = |value: u64| usize::try_from(u128::from(value) * columns as u128 / u128::from(total.max(1))).unwrap_or(columns);
        let start = cell(step.start).min(columns - 1);
        let end = cell(step.start.saturating_add(step.length)).clamp(start + 1, columns);
        let glyphs = &view.shared.glyphs;
        let (glyph, role) = match (&step.trouble, step.kind) {
            (Some(trouble), _) if !trouble.recovered => (glyphs.bar_failed, Role::Bad),
            (_, StepKind::LlmCall | StepKind::Reasoning) => (glyphs.bar, Role::Bar),
            _ => (glyphs.bar_other, Role::BarOther),
        };
        let bar = Span::styled(glyph.repeat(end - start), view.style(role));
        let words = step.trouble.as_ref().map(|trouble| {
            let mark = if trouble.recovered { "! recovered:" } else { "x" };
            (format!("{mark} {}", trouble.says), view.style(if trouble.recovered { Role::Warn } else { Role::Bad }))
        });
        let Some((words, style)) = words else {
            return vec![Span::raw(" ".repeat(start)), bar, Span::raw(" ".repeat(self.axis - end))];
        };
        let (before, behind) = (start, self.axis - end);
        if width(&words) + 1 < behind || behind >= before {
            let words = format!(" {}", fit(&words, behind.saturating_sub(2)));
            let rest = behind.saturating_sub(width(&words));
            return vec![Span::raw(" ".repeat(start)), bar, Span::styled(words, style), Span::raw(" ".repeat(rest))];
        }
        let words = fit(&words, before.saturating_sub(1)).into_owned();
        let lead = before.saturating_sub(width(&words) + 1);
        vec![Span::raw(" ".repeat(lead)), Span::styled(format!("{words} "), style), bar, Span::raw(" ".repeat(behind))]
    }
}
