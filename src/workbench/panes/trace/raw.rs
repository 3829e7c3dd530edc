//! The body as it was sent, page by page.

use std::sync::Arc;

use crate::{
    model::ids::Sequence,
    text::width::wrap,
    workbench::{
        body::{BodyLine, BodyText},
        draw::rich::Rich,
        pane::Motion,
        scroll::{Laid, Scroll},
        theme::Role,
    },
};

/// Its state.
#[derive(Debug, Default)]
pub(super) struct Raw {
    body: Option<Arc<BodyText>>,
    scroll: Scroll,
    size: (usize, usize),
}

impl Raw {
    /// Takes a body; the same one again, grown perhaps, stays where it is read.
    pub(super) fn take(&mut self, body: Option<Arc<BodyText>>) {
        let same = self.body.as_ref().map(|body| body.sequence) == body.as_ref().map(|body| body.sequence);
        self.body = body;
        if !same {
            self.scroll = Scroll::default();
        }
        self.with(|scroll, laid| scroll.settle(laid));
    }

    /// The body of a trace, where it is there.
    pub(super) fn of(&self, sequence: Sequence) -> Option<&Arc<BodyText>> {
        self.body.as_ref().filter(|body| body.sequence == sequence)
    }

    pub(super) fn resize(&mut self, size: (usize, usize)) {
        self.size = size;
        self.with(|scroll, laid| scroll.settle(laid));
    }

    /// Moves by rows: nothing is selected here.
    pub(super) fn go(&mut self, motion: Motion) {
        let page = self.size.1.saturating_sub(1).max(1);
        self.with(|scroll, laid| match motion {
            Motion::Up => scroll.roll_up(1, laid),
            Motion::Down => scroll.roll_down(1, laid),
            Motion::PageUp => scroll.roll_up(page, laid),
            Motion::PageDown => scroll.roll_down(page, laid),
            Motion::First | Motion::Last => scroll.go(motion, laid),
        });
        self.scroll.selected = self.scroll.top();
    }

    /// The line at the top, from which a search goes on.
    pub(super) const fn selected(&self) -> usize {
        self.scroll.selected
    }

    /// Goes to a line.
    pub(super) fn select(&mut self, line: usize) {
        self.with(|scroll, laid| {
            scroll.select(line, laid);
            // The place stands under what leads to it.
            scroll.roll_up(laid.height / 3, laid);
        });
        self.scroll.selected = line;
    }

    /// How many lines there are.
    pub(super) fn lines(&self) -> usize {
        self.body.as_ref().map_or(0, |body| body.lines.len())
    }

    /// Whether a text stands in a line.
    pub(super) fn has(&self, line: usize, wanted: &dyn Fn(&str) -> bool) -> bool {
        self.body.as_ref().and_then(|body| body.lines.get(line)).is_some_and(|line| wanted(&line.text))
    }

    /// How much of the lines is above the last row of the screen, in percent; `None` where all of it is on the screen.
    pub(super) fn percent(&self) -> Option<usize> {
        let body = self.body.as_ref()?;
        let mut end = 0;
        let mut all = false;
        self.seen(|scroll, laid| {
            let shown = scroll.shown(laid);
            end = shown.last().map_or(0, |last| last.item + 1);
            all = end == laid.count && scroll.top() == 0;
        });
        (!all).then(|| end * 100 / body.lines.len().max(1))
    }

    /// The rows on the screen.
    pub(super) fn rows(&self) -> Vec<Rich> {
        let Some(body) = &self.body else { return Vec::new() };
        let mut rows = Vec::new();
        self.seen(|scroll, laid| {
            for stretch in scroll.shown(laid) {
                let Some(line) = body.lines.get(stretch.item) else { continue };
                let indent = indent(line, self.size.0);
                let made = broken(line, self.size.0);
                rows.extend(made.into_iter().skip(stretch.from).take(stretch.rows).enumerate().map(|(place, text)| {
                    let lead = if line.goes_on && place == 0 && stretch.from == 0 { "" } else { " " };
                    let mut row = vec![(Role::Text, format!("{}{lead}", " ".repeat(indent)))];
                    row.extend(coloured(&text));
                    row
                }));
            }
        });
        rows
    }

    fn with(&mut self, work: impl FnOnce(&mut Scroll, &Laid<'_>)) {
        let mut scroll = self.scroll;
        self.seen(|_, laid| work(&mut scroll, laid));
        self.scroll = scroll;
    }

    fn seen(&self, work: impl FnOnce(&Scroll, &Laid<'_>)) {
        let Some(body) = &self.body else { return };
        let rows = |line: usize| body.lines.get(line).map_or(1, |line| broken(line, self.size.0).len());
        work(&self.scroll, &Laid { count: body.lines.len(), height: self.size.1.max(1), rows: &rows });
    }
}

fn indent(line: &BodyLine, columns: usize) -> usize {
    usize::from(line.indent).min(columns / 2)
}

fn broken(line: &BodyLine, columns: usize) -> Vec<String> {
    wrap(&line.text, columns.saturating_sub(indent(line, columns) + 2).max(8))
}

/// A row with the name of a member told apart from what follows.
fn coloured(text: &str) -> Rich {
    match text.split_once("\": ") {
        Some((name, rest)) if name.starts_with('"') && !name.contains("\\\"") => {
            vec![(Role::CodeName, format!("{name}\"")), (Role::CodePunctuation, ": ".to_owned()), (Role::CodeString, rest.to_owned())]
        }
        _ => vec![(Role::CodeString, text.to_owned())],
    }
}
