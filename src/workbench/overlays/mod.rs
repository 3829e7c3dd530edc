//! What stands in front of the panes: one at a time, it gets the keys first, and Esc closes it.

pub mod confirm;
pub mod reader;

use crossterm::event::KeyEvent;
use ratatui::{buffer::Buffer, layout::Rect};

use crate::model::time::Timestamp;

use super::{
    action::{Action, ActionId},
    effects::Orders,
    need::Need,
    pane::{PaneId, Subject, View},
    root::Workbench,
    toasts::Toasts,
};

/// What stands in front.
#[derive(Debug)]
pub enum Overlay {
    /// Asks before something dangerous.
    Confirm(confirm::Confirm),
    /// A text to read.
    Reader(reader::Reader),
}

/// What a key did to an overlay.
#[derive(Debug)]
pub enum Outcome {
    /// It stays.
    Stay,
    /// It closes.
    Close,
    /// It closes and asks for this.
    Order(Orders),
    /// It closes and an action is to be run, in a pane or everywhere.
    Run(Option<PaneId>, ActionId),
    /// It closes and a dangerous action is confirmed.
    Confirmed(ActionId),
}

impl Overlay {
    /// Asks before a dangerous action.
    #[must_use]
    pub fn confirm(action: &Action) -> Self {
        Self::Confirm(confirm::Confirm::new(action))
    }

    /// A text to read.
    #[must_use]
    pub fn text(title: String, lines: Vec<String>) -> Self {
        Self::Reader(reader::Reader::new(title, lines))
    }

    /// The messages shown so far, newest first.
    #[must_use]
    pub fn messages(toasts: &Toasts) -> Self {
        let lines: Vec<String> = toasts.kept().rev().map(super::toasts::Said::text).collect();
        let lines = if lines.is_empty() { vec!["No messages so far.".to_owned()] } else { lines };
        Self::text("Messages".to_owned(), lines)
    }

    // The four below get their own files next; until then they say so.
    /// All actions.
    #[must_use]
    pub fn palette() -> Self {
        Self::text("Command palette".to_owned(), Vec::new())
    }

    /// The actions of this pane.
    #[must_use]
    pub fn help() -> Self {
        Self::text("Help".to_owned(), Vec::new())
    }

    /// The themes.
    #[must_use]
    pub fn themes(names: &[String], _now: &str) -> Self {
        Self::text("Themes".to_owned(), names.to_vec())
    }

    /// The filter prompt.
    #[must_use]
    pub fn filter(before: Option<&str>, _now: Timestamp) -> Self {
        Self::text("Filter".to_owned(), before.map(str::to_owned).into_iter().collect())
    }

    /// The comment form.
    #[must_use]
    pub fn comment(subject: Subject) -> Self {
        Self::text("Comment".to_owned(), vec![subject.agent])
    }

    /// Takes a key.
    pub fn key(&mut self, event: &KeyEvent, _workbench: &Workbench, _now: Timestamp) -> Outcome {
        match self {
            Self::Confirm(confirm) => confirm.key(event),
            Self::Reader(reader) => reader.key(event),
        }
    }

    /// Takes pasted text.
    pub fn paste(&mut self, _text: &str, _workbench: &Workbench, _now: Timestamp) {}

    /// Takes the live count of the filter being typed.
    pub fn counted(&mut self, _count: u64) {}

    /// What it must know.
    #[must_use]
    pub fn need(&self) -> Option<Need> {
        None
    }

    /// Draws it; answers where the cursor blinks, if it does.
    pub fn draw(&self, area: Rect, buffer: &mut Buffer, view: &View<'_>) -> Option<(u16, u16)> {
        match self {
            Self::Confirm(confirm) => confirm.draw(area, buffer, view),
            Self::Reader(reader) => reader.draw(area, buffer, view),
        }
        None
    }

    /// What its keys do, for the hint line: key and words.
    #[must_use]
    pub fn hints(&self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Confirm(_) => &[("n", "no"), ("y", "yes"), ("Esc", "no")],
            Self::Reader(_) => &[("j/k", "scroll"), ("Esc", "close")],
        }
    }
}
