//! The values of one step as folding JSON: arguments and results, or what the sender told by its own names.

use crate::{
    text::{clean::clean_line, human},
    workbench::{
        body::BodyText,
        draw::rich::Rich,
        effects::{Order, Orders, OverlayKind},
        json_tree::{Data, JsonTree, Root},
        message::{Effect, Toast},
        need::TraceView,
        pane::Motion,
    },
};

/// Columns of a reader's text.
const READER: usize = 96;
/// Most lines put into a reader.
const READER_LINES: usize = 40_000;

/// Which values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    /// What a step was given and what it gave.
    Exchanged,
    /// What the sender told beside what is understood.
    Told,
}

/// Its state.
#[derive(Debug, Default)]
pub(super) struct Sheet {
    /// Whose values these are: the key of the step (`None`: of the run), and which.
    of: Option<(Option<u64>, Which)>,
    tree: JsonTree,
    selected: usize,
    top: usize,
}

/// The values of a step, or of the run, with their names.
pub(super) fn roots(trace: &TraceView, step: Option<usize>, which: Which) -> Vec<Root<'_>> {
    let mut roots: Vec<Root<'_>> = Vec::new();
    let text = |text: &'_ Option<String>| text.is_some();
    match (which, step.and_then(|place| trace.trace.steps.get(place))) {
        (Which::Exchanged, None) => {
            let run = &trace.trace;
            roots.extend(run.input.as_ref().map(|value| ("input".into(), Data::Value(value))));
            roots.extend(run.output.as_ref().map(|value| ("output".into(), Data::Value(value))));
            if let Some(error) = &run.error {
                for (name, text) in [("error type", &error.kind), ("error", &error.message), ("traceback", &error.traceback)] {
                    roots.extend(text.as_deref().map(|text| (name.into(), Data::Text(text))));
                }
            }
        }
        (Which::Exchanged, Some(step)) => {
            if let Some(tool) = &step.tool {
                roots.extend(tool.input.as_ref().map(|value| ("arguments".into(), Data::Value(value))));
                roots.extend(tool.input_error.as_deref().map(|text| ("arguments error".into(), Data::Text(text))));
                roots.extend(tool.output.as_ref().map(|value| ("result".into(), Data::Value(value))));
            }
            if let Some(model) = &step.model {
                roots.extend(model.output.as_ref().map(|value| ("answer".into(), Data::Value(value))));
                roots.extend(model.messages.as_ref().map(|value| ("messages".into(), Data::Value(value))));
            }
            for (name, content) in [("content", &step.content), ("error", &step.error)] {
                roots.extend(content.as_deref().filter(|_| text(content)).map(|text| (name.into(), Data::Text(text))));
            }
        }
        (Which::Told, step) => {
            let attributes = step.map_or(&trace.trace.attributes, |step| &step.attributes);
            roots.extend(attributes.iter().map(|(name, value)| (name.as_str().into(), Data::Value(value))));
            if step.is_none() {
                roots.extend(trace.trace.framework_metadata.as_ref().map(|value| ("framework_metadata".into(), Data::Value(value))));
            }
        }
    }
    roots
}

impl Sheet {
    /// Shows the values of a step; those that are shown already stay as they are.
    pub(super) fn show(&mut self, trace: &TraceView, step: Option<usize>, which: Which) {
        let of = Some((step.and_then(|place| trace.waterfall.steps.get(place)).map(|step| step.key), which));
        if self.of != of {
            *self = Self { of, tree: JsonTree::new(&roots(trace, step, which)), ..Self::default() };
        }
    }

    /// Takes the same run as it is now: folds and selection stay.
    pub(super) fn renew(&mut self, (old, old_step): (&TraceView, Option<usize>), (new, step): (&TraceView, Option<usize>)) {
        let Some((_, which)) = self.of else { return };
        let (before, after) = (roots(old, old_step, which), roots(new, step, which));
        let mut tree = JsonTree::new(&after);
        tree.carry(&self.tree, &before, &after);
        let path = self.tree.path(self.selected, &before);
        self.selected = tree.find(&path, &after).unwrap_or(self.selected);
        self.tree = tree;
    }

    /// Forgets what is shown.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    pub(super) const fn selected(&self) -> usize {
        self.selected
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.tree.folding.is_empty()
    }

    /// Lines there are, and whether these are all.
    pub(super) const fn size(&self) -> (usize, bool) {
        (self.tree.folding.len(), !self.tree.is_cut())
    }

    /// Whether a text stands in a line.
    pub(super) fn has(&self, item: usize, roots: &[Root<'_>], wanted: &dyn Fn(&str) -> bool) -> bool {
        self.tree.searched(item, roots, wanted)
    }

    /// Selects a line and opens what hides it.
    pub(super) fn select(&mut self, item: usize) {
        self.selected = item.min(self.tree.folding.len().saturating_sub(1));
        self.tree.folding.reveal(self.selected);
    }

    pub(super) fn point_at(&mut self, row: usize) {
        self.selected = self.tree.folding.item(self.top + row).unwrap_or(self.selected);
    }

    pub(super) fn go(&mut self, motion: Motion, page: usize) {
        let folding = &self.tree.folding;
        let last = folding.rows().saturating_sub(1);
        let here = folding.row(self.selected);
        let to = match motion {
            Motion::Up => here.saturating_sub(1),
            Motion::Down => here + 1,
            Motion::PageUp => here.saturating_sub(page.max(1)),
            Motion::PageDown => here + page.max(1),
            Motion::First => 0,
            Motion::Last => last,
        };
        self.selected = folding.item(to.min(last)).unwrap_or(0);
    }

    pub(super) fn settle(&mut self, height: usize) {
        let folding = &self.tree.folding;
        self.selected = folding.item(folding.row(self.selected)).unwrap_or(0);
        let here = folding.row(self.selected);
        let last_top = folding.rows().saturating_sub(height.max(1));
        self.top = self.top.min(last_top).clamp((here + 1).saturating_sub(height.max(1)), here);
    }

    /// Folds the selected line; one that holds nothing or is folded already goes to what it lies within.
    pub(super) fn fold(&mut self) {
        if !self.tree.folding.close(self.selected)
            && let Some(above) = self.tree.folding.parent(self.selected)
        {
            self.selected = above;
        }
    }

    /// Unfolds the selected line; one that is open goes to the first line within.
    pub(super) fn unfold(&mut self) {
        if !self.tree.folding.open(self.selected) && self.tree.folding.within(self.selected) > 0 {
            self.selected += 1;
        }
    }

    /// Folds everything one level more, or one less.
    pub(super) fn level(&mut self, fold: bool) {
        let folding = &mut self.tree.folding;
        let deepest = folding.deepest_shown();
        folding.close_from(if fold { deepest.saturating_sub(1) } else { deepest + 1 });
    }

    /// Folds or unfolds the selected line; a text is opened to be read whole.
    pub(super) fn enter(&mut self, trace: &TraceView, roots: &[Root<'_>], orders: &mut Orders) {
        if self.tree.folding.toggle(self.selected) {
            return;
        }
        let Some(data) = self.tree.data(self.selected, roots) else { return };
        let text = data.copied();
        let path = clean_line(&self.tree.path(self.selected, roots)).into_owned();
        let body = BodyText::new(trace.summary.sequence, text.as_bytes());
        let mut lines: Vec<String> = Vec::new();
        lines.extend(body.cut());
        for line in &body.lines {
            let indent = " ".repeat(usize::from(line.indent));
            let wrapped = crate::text::width::wrap(&line.text, READER.saturating_sub(indent.len()).max(16));
            lines.extend(wrapped.into_iter().map(|row| format!("{indent}{row}")).take(READER_LINES.saturating_sub(lines.len())));
        }
        let title = format!("{}, {}", crate::text::width::middle(&path, 60), human::bytes(text.len() as u64));
        orders.push(Order::Overlay(OverlayKind::Text(title, lines)));
    }

    /// Copies the selected value.
    pub(super) fn copy(&self, roots: &[Root<'_>], orders: &mut Orders) {
        match self.tree.data(self.selected, roots) {
            Some(data) => orders.effect(Effect::Copy(data.copied())),
            None => orders.say(Toast::news("nothing is selected")),
        }
    }

    /// Copies the path of the selected value.
    pub(super) fn copy_path(&self, roots: &[Root<'_>], orders: &mut Orders) {
        orders.effect(Effect::Copy(self.tree.path(self.selected, roots)));
    }

    /// The path of the selected value, cleaned.
    pub(super) fn path(&self, roots: &[Root<'_>]) -> String {
        clean_line(&self.tree.path(self.selected, roots)).into_owned()
    }

    /// The lines on a screen of this size, each with whether it is the selected one.
    pub(super) fn rows(&self, roots: &[Root<'_>], (columns, height): (usize, usize), marks: [&str; 2]) -> Vec<(bool, Rich)> {
        let folding = &self.tree.folding;
        (self.top..folding.rows())
            .take(height)
            .filter_map(|row| folding.item(row))
            .map(|item| (item == self.selected, self.tree.line(item, roots, columns, marks)))
            .collect()
    }

    /// The row of the screen the selected line is in.
    pub(super) fn selected_row(&self) -> usize {
        self.tree.folding.row(self.selected).saturating_sub(self.top)
    }
}
