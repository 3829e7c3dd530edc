//! The run as a dialogue on the screen: turns of several rows, long ones folded, only those on the screen made.

use std::{
    cell::RefCell,
    collections::{HashMap, HashSet},
};

use crate::{
    text::{
        clean::clean_line,
        human,
        width::{fit, width},
    },
    workbench::{
        conversation::Part,
        draw::rich::Rich,
        need::TraceView,
        pane::Motion,
        scroll::{Laid, Scroll, Stretch},
        theme::Role,
        words::counted,
    },
};

use super::turns;

/// By what a turn is known again when the run is read anew: the key of its step, and where it stands there.
type Key = (Option<u64>, Part);

/// Its state.
#[derive(Debug, Default)]
pub(super) struct Dialogue {
    scroll: Scroll,
    /// The turns that are shown in full.
    open: HashSet<Key>,
    /// Rows of the turns that were laid out since something changed.
    heights: RefCell<HashMap<usize, usize>>,
    size: (usize, usize),
}

impl Dialogue {
    /// Takes another run.
    pub(super) fn open(&mut self, trace: &TraceView, step: Option<usize>) {
        self.scroll = Scroll::default();
        self.open.clear();
        self.show_step(trace, step);
    }

    /// Takes the same run as it is now.
    pub(super) fn renew(&mut self, old: &TraceView, new: &TraceView) {
        self.heights.get_mut().clear();
        let selected = key(old, self.scroll.selected);
        let found = (0..new.talk.turns().len()).find(|turn| key(new, *turn) == selected);
        self.select(new, found.unwrap_or(self.scroll.selected));
    }

    /// Learns how much room there is.
    pub(super) fn resize(&mut self, trace: Option<&TraceView>, size: (usize, usize)) {
        if std::mem::replace(&mut self.size, size) != size {
            self.heights.get_mut().clear();
            if let Some(trace) = trace {
                self.select(trace, self.scroll.selected);
            }
        }
    }

    /// The selected turn.
    pub(super) const fn selected(&self) -> usize {
        self.scroll.selected
    }

    /// The step of the selected turn.
    pub(super) fn step(&self, trace: &TraceView) -> Option<usize> {
        trace.talk.turns().get(self.scroll.selected)?.step
    }

    /// Selects the first turn of a step.
    pub(super) fn show_step(&mut self, trace: &TraceView, step: Option<usize>) {
        self.select(trace, trace.talk.turn_of(step));
    }

    /// Selects a turn.
    pub(super) fn select(&mut self, trace: &TraceView, turn: usize) {
        let mut scroll = self.scroll;
        self.with(trace, |laid| {
            scroll.select(turn, laid);
            scroll.settle(laid);
        });
        self.scroll = scroll;
    }

    pub(super) fn go(&mut self, trace: &TraceView, motion: Motion) {
        let mut scroll = self.scroll;
        self.with(trace, |laid| scroll.go(motion, laid));
        self.scroll = scroll;
    }

    /// To the first turn of the step after, or before, that of the selected one.
    pub(super) fn go_step(&mut self, trace: &TraceView, on: bool) {
        let turns = trace.talk.turns();
        let here = self.step(trace);
        let other = |turn: &usize| turns.get(*turn).is_some_and(|found| found.step != here);
        let found = if on {
            (self.scroll.selected..turns.len()).find(other)
        } else {
            (0..self.scroll.selected).rev().find(other).map(|last| {
                let step = turns.get(last).and_then(|turn| turn.step);
                (0..=last).rev().take_while(|turn| turns.get(*turn).is_some_and(|found| found.step == step)).last().unwrap_or(last)
            })
        };
        self.select(trace, found.unwrap_or(self.scroll.selected));
    }

    /// Shows the selected turn in full, or in short.
    pub(super) fn fold(&mut self, trace: &TraceView, fold: bool) {
        let turn = key(trace, self.scroll.selected);
        let changed = if fold { self.open.remove(&turn) } else { self.open.insert(turn) };
        if changed {
            self.heights.get_mut().remove(&self.scroll.selected);
            self.select(trace, self.scroll.selected);
        }
    }

    /// Shows the selected turn in full where it is short, and the other way round.
    pub(super) fn toggle(&mut self, trace: &TraceView) {
        let open = self.open.contains(&key(trace, self.scroll.selected));
        self.fold(trace, open);
    }

    /// Shows every turn in short, or in full.
    pub(super) fn fold_all(&mut self, trace: &TraceView, fold: bool) {
        self.open.clear();
        if !fold {
            self.open.extend((0..trace.talk.turns().len()).map(|turn| key(trace, turn)));
        }
        self.heights.get_mut().clear();
        self.select(trace, self.scroll.selected);
    }

    /// Selects the turn in a row of the screen.
    pub(super) fn point_at(&mut self, trace: &TraceView, row: usize) {
        let mut left = row;
        let found = self.shown(trace).into_iter().find_map(|stretch| match left.checked_sub(stretch.rows) {
            Some(rest) => {
                left = rest;
                None
            }
            None => Some(stretch.item),
        });
        if let Some(turn) = found {
            self.select(trace, turn);
        }
    }

    /// The rows on the screen, each with whether its turn is the selected one.
    pub(super) fn rows(&self, trace: &TraceView) -> Vec<(bool, Rich)> {
        let mut rows = Vec::with_capacity(self.size.1);
        for Stretch { item, from, rows: count } in self.shown(trace) {
            let lines = self.lines(trace, item).into_iter().skip(from).take(count);
            rows.extend(lines.map(|line| (item == self.scroll.selected, line)));
        }
        rows
    }

    /// The row of the screen on which the selected turn begins, or goes on.
    pub(super) fn selected_row(&self, trace: &TraceView) -> usize {
        let shown = self.shown(trace);
        shown.iter().take_while(|stretch| stretch.item != self.scroll.selected).map(|stretch| stretch.rows).sum()
    }

    fn shown(&self, trace: &TraceView) -> Vec<Stretch> {
        let mut shown = Vec::new();
        self.with(trace, |laid| shown = self.scroll.shown(laid));
        shown
    }

    fn with(&self, trace: &TraceView, work: impl FnOnce(&Laid<'_>)) {
        let rows = |turn: usize| {
            if let Some(rows) = self.heights.borrow().get(&turn) {
                return *rows;
            }
            let rows = self.lines(trace, turn).len();
            self.heights.borrow_mut().insert(turn, rows);
            rows
        };
        work(&Laid { count: trace.talk.turns().len(), height: self.size.1.max(1), rows: &rows });
    }

    /// The rows of a turn: who speaks, what is said, and a row of air.
    fn lines(&self, trace: &TraceView, number: usize) -> Vec<Rich> {
        let Some(turn) = trace.talk.turns().get(number) else { return Vec::new() };
        let columns = self.size.0;
        let open = self.open.contains(&key(trace, number));
        let mut lines = vec![head(trace, turn, columns)];
        lines.extend(turns::body(trace, turn, columns.saturating_sub(5), open).into_iter().map(|mut line| {
            line.insert(0, (Role::Text, "    ".to_owned()));
            line
        }));
        lines.push(Vec::new());
        lines
    }
}

fn key(trace: &TraceView, turn: usize) -> Key {
    trace.talk.turns().get(turn).map_or((None, Part::Given), |found| {
        (found.step.and_then(|place| trace.waterfall.steps.get(place)).map(|step| step.key), found.part)
    })
}

/// Who speaks at the left; which step, when and for how long at the right.
fn head(trace: &TraceView, turn: &crate::workbench::conversation::Turn, columns: usize) -> Rich {
    let (who, role, more) = turns::who(trace, turn);
    let step = turn.step.and_then(|place| trace.waterfall.steps.get(place));
    let mut right = String::new();
    if let Some(step) = step {
        right = format!("step {}", step.number);
        if !matches!(turn.part, Part::Sent(_)) {
            right.extend(step.took.map(|took| format!("  {}", human::duration(took.micros()))));
            right.extend(step.cost.map(|cost| format!("  {}", human::money(cost.pico()))));
        }
    }
    let mark = step.filter(|_| !matches!(turn.part, Part::Sent(_))).and_then(super::marks::words);
    let mut line: Rich = vec![(role, fit(&who, columns.saturating_sub(width(&right) + 4)).into_owned())];
    if !more.is_empty() {
        line.push((Role::Dim, format!("  {more}")));
    }
    if turn.said_before > 0 {
        line.push((Role::Dim, format!("   {} not repeated", counted(u64::from(turn.said_before), "message"))));
    }
    line.extend(mark.map(|(words, role)| (role, format!("  {}", clean_line(&words)))));
    let room = columns.saturating_sub(width(&right) + 4);
    let mut used = 0;
    let mut cut: Rich = vec![(Role::Text, "  ".to_owned())];
    for (role, text) in line {
        let text = fit(&text, room.saturating_sub(used)).into_owned();
        used += width(&text);
        cut.push((role, text));
    }
    cut.push((Role::Dim, format!("{} {right}", " ".repeat(room.saturating_sub(used)))));
    cut
}
