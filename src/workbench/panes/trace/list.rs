//! The list of steps: which are folded away, which is selected, which are on the screen. Waterfall and tree share it.

use crate::workbench::{
    folding::Folding,
    need::TraceView,
    outline::{Item, Outline},
    pane::Motion,
};

use super::{marks, turns};

/// Its state. Rows of the outline are lines of the folding; row 0 is the run as a whole.
#[derive(Debug, Default)]
pub(super) struct List {
    folding: Folding,
    /// Whether anything in it folds.
    folds: bool,
    /// The rows in the order of time, where the reader wants that.
    timed: Option<Outline>,
    /// The selected row of the outline.
    selected: usize,
    /// The first row on the screen, of those shown.
    top: usize,
}

impl List {
    /// The rows there are.
    pub(super) fn outline<'a>(&'a self, trace: &'a TraceView) -> &'a Outline {
        self.timed.as_ref().unwrap_or(&trace.waterfall.outline)
    }

    /// The folds.
    pub(super) const fn folding(&self) -> &Folding {
        &self.folding
    }

    /// Whether any row holds others.
    pub(super) const fn folds(&self) -> bool {
        self.folds
    }

    fn fold_with(&mut self, folding: Folding) {
        self.folds = folding.folds();
        self.folding = folding;
    }

    /// The selected row of the outline.
    pub(super) const fn selected(&self) -> usize {
        self.selected
    }

    /// The first row on the screen.
    pub(super) const fn top(&self) -> usize {
        self.top
    }

    /// Whether rows stand in the order of time.
    pub(super) const fn in_time(&self) -> bool {
        self.timed.is_some()
    }

    /// What is selected.
    pub(super) fn item<'a>(&'a self, trace: &'a TraceView) -> &'a Item {
        self.outline(trace).items().get(self.selected).unwrap_or(&Item::Run)
    }

    /// The place of the selected step; of an agent that of its first; `None` for the run as a whole.
    pub(super) fn step(&self, trace: &TraceView) -> Option<usize> {
        match self.item(trace) {
            Item::Run => None,
            Item::Agent(group) => Some(group.steps.start),
            Item::Step(place) => Some(*place),
        }
    }

    /// Takes another run: everything is open, the failing step selected.
    pub(super) fn open(&mut self, trace: &TraceView) {
        self.timed = None;
        self.fold_with(Folding::new(trace.waterfall.outline.levels().to_vec()));
        self.top = 0;
        self.selected = trace.waterfall.failing().map_or(0, |place| trace.waterfall.outline.row_of(place));
    }

    /// Takes the same run as it is now: the selected step, its place on the screen and the folds stay, whatever has come before them.
    pub(super) fn renew(&mut self, old: &TraceView, new: &TraceView) {
        let before = self.outline(old);
        let key = self.key(before, old, self.selected);
        let top_key = self.folding.item(self.top).and_then(|row| self.key(before, old, row));
        let closed: std::collections::HashSet<u64> =
            (0..self.folding.len()).filter(|row| self.folding.is_closed(*row)).filter_map(|row| self.key(before, old, row)).collect();
        if self.in_time() {
            self.timed = Some(Outline::in_time(&new.waterfall.steps));
        }
        let outline = self.timed.as_ref().unwrap_or(&new.waterfall.outline);
        let keys: Vec<Option<u64>> = (0..outline.items().len()).map(|row| self.key(outline, new, row)).collect();
        let mut folding = Folding::new(outline.levels().to_vec());
        folding.close_only(|row| keys.get(row).copied().flatten().is_some_and(|key| closed.contains(&key)));
        let folds = folding.folds();
        (self.folding, self.folds) = (folding, folds);
        let row_of = |key: Option<u64>| key.and_then(|key| keys.iter().position(|other| *other == Some(key)));
        self.selected = if self.selected == 0 { 0 } else { row_of(key).unwrap_or(self.selected).min(keys.len().saturating_sub(1)) };
        self.top = if self.top == 0 { 0 } else { row_of(top_key).map_or(self.top, |row| self.folding.row(row)) };
    }

    /// By what a row is known again; the run as a whole needs nothing.
    fn key(&self, outline: &Outline, trace: &TraceView, row: usize) -> Option<u64> {
        let step = |place: usize| trace.waterfall.steps.get(place).map(|step| step.key);
        match outline.items().get(row)? {
            Item::Run => None,
            // An agent is known by its first step, and must not be taken for it.
            Item::Agent(group) => step(group.steps.start).map(|key| !key),
            Item::Step(place) => step(*place),
        }
    }

    /// Selects a step, or the run as a whole, and opens what hides it.
    pub(super) fn select(&mut self, trace: &TraceView, step: Option<usize>) {
        self.selected = step.map_or(0, |place| self.outline(trace).row_of(place));
        self.folding.reveal(self.selected);
    }

    /// Selects a row of the outline and opens what hides it.
    pub(super) fn select_row(&mut self, row: usize) {
        self.selected = row.min(self.folding.len().saturating_sub(1));
        self.folding.reveal(self.selected);
    }

    /// Selects the row that stands so far below the first one on the screen.
    pub(super) fn point_at(&mut self, row: usize) {
        if let Some(row) = self.folding.item(self.top + row) {
            self.selected = row;
        }
    }

    /// Moves among the rows that are shown.
    pub(super) fn go(&mut self, motion: Motion, page: usize) {
        let last = self.folding.rows().saturating_sub(1);
        let here = self.folding.row(self.selected);
        let to = match motion {
            Motion::Up => here.saturating_sub(1),
            Motion::Down => here + 1,
            Motion::PageUp => here.saturating_sub(page.max(1)),
            Motion::PageDown => here + page.max(1),
            Motion::First => 0,
            Motion::Last => last,
        };
        self.selected = self.folding.item(to.min(last)).unwrap_or(0);
    }

    /// Keeps the selected row on a screen of so many.
    pub(super) fn settle(&mut self, height: usize) {
        self.selected = self.folding.item(self.folding.row(self.selected)).unwrap_or(0);
        let here = self.folding.row(self.selected);
        let last_top = self.folding.rows().saturating_sub(height.max(1));
        self.top = self.top.min(last_top).clamp((here + 1).saturating_sub(height.max(1)), here);
    }

    /// Folds the selected row; one that holds nothing or is folded already goes to the one it lies within.
    pub(super) fn fold(&mut self) {
        if !self.folding.close(self.selected)
            && let Some(above) = self.folding.parent(self.selected)
        {
            self.selected = above;
        }
    }

    /// Unfolds the selected row; one that is open goes to the first within it.
    pub(super) fn unfold(&mut self) {
        if !self.folding.open(self.selected) && self.folding.within(self.selected) > 0 {
            self.selected += 1;
        }
    }

    /// Folds everything, or nothing.
    pub(super) fn fold_all(&mut self, fold: bool) {
        if fold {
            self.folding.close_from(0);
        } else {
            self.folding.open_all();
        }
    }

    /// Whether a text stands in a row: in its name, in what was said there, in what went in and came out.
    pub(super) fn has(&self, trace: &TraceView, row: usize, wanted: &dyn Fn(&str) -> bool) -> bool {
        match self.outline(trace).items().get(row) {
            None | Some(Item::Run) => false,
            Some(Item::Agent(group)) => wanted(&group.name),
            Some(Item::Step(place)) => {
                let line = trace.waterfall.steps.get(*place);
                let said = line.is_some_and(|line| wanted(&line.name) || marks::words(line).is_some_and(|(words, _)| wanted(&words)));
                said || trace.trace.steps.get(*place).is_some_and(|step| turns::step_says(step, wanted))
            }
        }
    }

    /// From nested to the order of time, or back; the same step stays selected.
    pub(super) fn reorder(&mut self, trace: &TraceView) {
        let step = self.step(trace);
        self.timed = if self.timed.is_some() { None } else { Some(Outline::in_time(&trace.waterfall.steps)) };
        self.fold_with(Folding::new(self.outline(trace).levels().to_vec()));
        self.select(trace, step);
    }
}
