//! What stands in front of the panes: one at a time, it gets the keys first, and Esc closes it.

pub mod apply;
pub mod comment;
pub mod confirm;
pub mod entry;
pub mod filter;
pub mod history;
pub mod palette;
pub mod picker;
pub mod reader;
pub mod reason;

use crossterm::event::KeyEvent;
use ratatui::{buffer::Buffer, layout::Rect};

use crate::model::{feedback::Feedback, time::Timestamp};

use super::{
    action::{Action, ActionId},
    effects::Orders,
    need::{Arrived, Need},
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
    /// All actions, or help.
    Palette(palette::Palette),
    /// The themes.
    Picker(picker::Picker),
    /// A comment on a run.
    Comment(comment::Comment),
    /// The filter being typed.
    Filter(filter::Prompt),
    /// A fix to be applied, or not.
    Apply(apply::Apply),
    /// Why a fix is rejected.
    Reason(reason::Reason),
    /// What was decided and done about fixes.
    History(history::History),
}

/// What a key did to an overlay.
#[derive(Debug)]
pub enum Outcome {
    /// It stays.
    Stay,
    /// It closes.
    Close,
    /// It stays and asks for this.
    Try(Orders),
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

    /// All actions.
    #[must_use]
    pub fn palette(workbench: &Workbench) -> Self {
        Self::Palette(palette::Palette::everything(workbench))
    }

    /// What can be done here first, then the rest.
    #[must_use]
    pub fn help(workbench: &Workbench) -> Self {
        Self::Palette(palette::Palette::help(workbench))
    }

    /// The themes.
    #[must_use]
    pub fn themes(names: &[String], now: &str) -> Self {
        Self::Picker(picker::Picker::new(names, now))
    }

    /// The filter prompt.
    #[must_use]
    pub fn filter(before: Option<&str>, now: Timestamp) -> Self {
        Self::Filter(filter::Prompt::new(before, now))
    }

    /// The comment form.
    #[must_use]
    pub fn comment(subject: Subject, before: Option<Feedback>) -> Self {
        Self::Comment(comment::Comment::new(subject, before))
    }

    /// Takes a key.
    pub fn key(&mut self, event: &KeyEvent, now: Timestamp) -> Outcome {
        match self {
            Self::Confirm(confirm) => confirm.key(event),
            Self::Reader(reader) => reader.key(event),
            Self::Palette(palette) => palette.key(event),
            Self::Picker(picker) => picker.key(event),
            Self::Comment(comment) => comment.key(event),
            Self::Filter(prompt) => prompt.key(event, now),
            Self::Apply(apply) => apply.key(event, now),
            Self::Reason(reason) => reason.key(event, now),
            Self::History(history) => history.key(event, now),
        }
    }

    /// Takes pasted text.
    pub fn paste(&mut self, text: &str, now: Timestamp) {
        match self {
            Self::Palette(palette) => palette.paste(text),
            Self::Comment(comment) => comment.paste(text),
            Self::Filter(prompt) => prompt.paste(text, now),
            Self::Reason(reason) => reason.paste(text),
            Self::Confirm(_) | Self::Reader(_) | Self::Picker(_) | Self::Apply(_) | Self::History(_) => {}
        }
    }

    /// Takes the live count of the filter being typed.
    pub fn counted(&mut self, count: u64) {
        if let Self::Filter(prompt) = self {
            prompt.counted(count);
        }
    }

    /// Takes an answer to what it must know.
    pub fn arrived(&mut self, answer: Arrived) {
        match (self, answer) {
            (Self::Apply(apply), Arrived::GitState(state)) => apply.stands(state),
            (Self::History(history), Arrived::History(rows)) => history.arrived(rows),
            _ => {}
        }
    }

    /// What it must know.
    #[must_use]
    pub fn need(&self) -> Option<Need> {
        match self {
            Self::Filter(prompt) => prompt.need(),
            Self::Apply(apply) => apply.need(),
            Self::History(_) => Some(history::History::need()),
            _ => None,
        }
    }

    /// Draws it; answers where the cursor blinks, if it does.
    pub fn draw(&self, area: Rect, buffer: &mut Buffer, view: &View<'_>) -> Option<(u16, u16)> {
        match self {
            Self::Confirm(confirm) => confirm.draw(area, buffer, view),
            Self::Reader(reader) => reader.draw(area, buffer, view),
            Self::Palette(palette) => return Some(palette.draw(area, buffer, view)),
            Self::Picker(picker) => picker.draw(area, buffer, view),
            Self::Comment(comment) => return comment.draw(area, buffer, view),
            Self::Filter(prompt) => return Some(prompt.draw(area, buffer, view)),
            Self::Reason(reason) => return Some(reason.draw(area, buffer, view)),
            Self::Apply(apply) => apply.draw(area, buffer, view),
            Self::History(history) => history.draw(area, buffer, view),
        }
        None
    }

    /// What its keys do, for the hint line: key and words.
    #[must_use]
    pub const fn hints(&self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Confirm(_) => &[("n", "no"), ("y", "yes"), ("Esc", "no")],
            Self::Reader(_) => &[("j/k", "scroll"), ("Esc", "close")],
            Self::Palette(_) => &[("Enter", "run"), ("Up/Down", "choose"), ("Esc", "close")],
            Self::Picker(_) => &[("Enter", "keep"), ("j/k", "try on"), ("Esc", "back to the one before")],
            Self::Filter(_) => &[("Enter", "show"), ("Tab", "complete"), ("Up/Down", "choose"), ("Esc", "cancel")],
            Self::Apply(_) => &[("y", "apply"), ("n", "leave the file"), ("j/k", "scroll"), ("V", "split"), ("Esc", "leave the file")],
            Self::Reason(_) => &[("Enter", "reject"), ("Esc", "cancel")],
            Self::History(_) => &[("u", "undo"), ("j/k", "choose"), ("Esc", "close")],
            Self::Comment(_) => &[("Enter", "send"), ("Tab", "text or score"), ("Esc", "cancel")],
        }
    }
}
