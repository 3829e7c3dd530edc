//! The rows of the tree: number, step, what it was about in one line, time, tokens, cost; only those on the screen are made.

use ratatui::text::{Line, Span};

use crate::{
    model::{money::Money, step::Step, time::Elapsed},
    text::{
        clean::clean_line,
        human,
        width::{fit, pad_left, pad_right, width},
    },
    workbench::{
        conversation::{Piece, of_answer},
        json_tree::{Data, short},
        need::TraceView,
        outline::Item,
        pane::View,
        theme::Role,
        waterfall::Basis,
        words::counted,
    },
};

use super::{
    bars::name_style,
    list::List,
    marks::{self, Words},
};

/// When a row starts, what it took, its tokens in and out, its cost.
type Figures = (u64, Option<Elapsed>, Option<(u64, u64)>, Option<Money>);

const TIME: usize = 10;
const TOOK: usize = 9;
const TOKENS: usize = 12;
const COST: usize = 9;

/// The columns for a width.
pub(super) struct Nest {
    number: usize,
    name: usize,
    /// Columns of what a step was about.
    about: usize,
    time: bool,
    took: bool,
    tokens: bool,
    cost: bool,
}

impl Nest {
    pub(super) fn new(trace: &TraceView, list: &List, columns: usize) -> Self {
        let number = marks::number_columns(trace);
        let name = match columns {
            150.. => 40,
            110.. => 30,
            _ => 22,
        };
        let timed = list.in_time() && trace.waterfall.basis == Basis::Clock;
        let mut nest = Self { number, name, about: 0, time: timed, took: columns >= 64, tokens: columns >= 110, cost: columns >= 100 };
        let right: usize = nest.right().map(|(_, columns)| columns).sum();
        nest.about = columns.saturating_sub(4 + number + name + 1 + right);
        nest
    }

    /// The columns at the right that are shown.
    fn right(&self) -> impl Iterator<Item = (&'static str, usize)> {
        [(self.time, "at", TIME), (self.took, "took", TOOK), (self.tokens, "in/out", TOKENS), (self.cost, "cost", COST)]
            .into_iter()
            .filter_map(|(shown, head, columns)| shown.then_some((head, columns)))
    }

    /// The heads of the columns.
    pub(super) fn heads(&self, view: &View<'_>) -> Line<'static> {
        let mut line = format!("   {} {}", pad_left("#", self.number - 1), pad_right("step", self.name + 1));
        line.push_str(&pad_right("about", self.about));
        self.right().for_each(|(head, columns)| line.push_str(&pad_left(head, columns)));
        Line::styled(line, view.style(Role::Column))
    }

    /// One row of the outline.
    pub(super) fn row(&self, trace: &TraceView, list: &List, row: usize, view: &View<'_>) -> Line<'static> {
        let mut spans = marks::lead(trace, list, row, self.number, view);
        match list.outline(trace).items().get(row) {
            None | Some(Item::Run) => spans.push(Span::styled(marks::whole_run(trace), view.style(Role::Dim))),
            Some(Item::Agent(group)) => {
                let words = marks::folded(trace, list, row).unwrap_or((counted(group.steps.len() as u64, "step"), Role::Dim));
                spans.push(marks::name(list, row, &group.name, self.name, view.style(Role::Strong), view));
                spans.extend(self.figures(words, (group.start, group.took, group.tokens, group.cost), view));
            }
            Some(Item::Step(place)) => {
                if let (Some(line), Some(step)) = (trace.waterfall.steps.get(*place), trace.trace.steps.get(*place)) {
                    let known = marks::known(trace, list, row, line);
                    let words = match known {
                        None => about(step, self.about),
                        // Where there is room, what it was about follows what is to be known of it.
                        Some((words, role)) if line.trouble.is_none() => {
                            let room = self.about.saturating_sub(width(&words) + 3);
                            let more = if room >= 12 { format!("   {}", about(step, room).0) } else { String::new() };
                            (format!("{words}{more}"), role)
                        }
                        Some(words) => words,
                    };
                    spans.push(marks::name(list, row, &line.name, self.name, name_style(line, view), view));
                    spans.extend(self.figures(words, (line.start, line.took, line.tokens, line.cost), view));
                }
            }
        }
        Line::from(spans)
    }

    /// What it was about, and the columns at the right.
    fn figures(&self, (words, role): Words, (start, took, tokens, cost): Figures, view: &View<'_>) -> Vec<Span<'static>> {
        let mut spans = vec![Span::styled(pad_right(&fit(&words, self.about.saturating_sub(1)), self.about), view.style(role))];
        let unknown = || "-".to_owned();
        for (shown, text, columns) in [
            (self.time, format!("+{}", human::duration(start)), TIME),
            (self.took, took.map_or_else(unknown, |took| human::duration(took.micros())), TOOK),
            (self.tokens, marks::tokens(tokens), TOKENS),
            (self.cost, cost.map_or_else(unknown, |cost| human::money(cost.pico())), COST),
        ] {
            if shown {
                let role = if text == "-" { Role::Dim } else { Role::Text };
                spans.push(Span::styled(pad_left(&text, columns), view.style(role)));
            }
        }
        spans
    }
}

/// What a step was about, in at most so many columns: a call's arguments and result, what was said.
pub(super) fn about(step: &Step, columns: usize) -> Words {
    if let Some(error) = &step.error {
        return (first_line(error, columns), Role::Bad);
    }
    if let Some(tool) = &step.tool {
        let input = tool.input.as_ref().map(|input| short(Data::Value(input), columns / 2)).unwrap_or_default();
        let room = columns.saturating_sub(width(&input) + 4);
        let output = tool.output.as_ref().map(|output| format!(" => {}", short(Data::Value(output), room))).unwrap_or_default();
        return (format!("{input}{output}"), Role::Dim);
    }
    if let Some(output) = step.model.as_ref().and_then(|model| model.output.as_ref()) {
        let pieces = of_answer(output);
        let said = pieces.list.iter().find_map(|piece| match piece {
            Piece::Text(text) => Some(first_line(text, columns)),
            _ => None,
        });
        let asked: Vec<_> = pieces
            .list
            .iter()
            .filter_map(|piece| match piece {
                Piece::Asked { name, .. } => Some(clean_line(name)),
                _ => None,
            })
            .take(8)
            .collect();
        let asked = (!asked.is_empty()).then(|| format!("asks for {}", asked.join(", ")));
        if asked.is_some() || said.is_some() {
            return ([said, asked].into_iter().flatten().collect::<Vec<_>>().join("   "), Role::Text);
        }
    }
    (step.content.as_deref().map(|content| first_line(content, columns)).unwrap_or_default(), Role::Text)
}

/// The first line of a text that says anything, cleaned and cut.
fn first_line(text: &str, columns: usize) -> String {
    let head = text.get(..text.floor_char_boundary(text.len().min(columns * 8 + 64))).unwrap_or("");
    let line = head.lines().find(|line| !line.trim().is_empty()).unwrap_or("");
    fit(clean_line(line.trim()).as_ref(), columns).into_owned()
}
