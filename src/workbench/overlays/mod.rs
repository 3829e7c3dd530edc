//! What stands in front of the panes: one at a time, it gets the keys first, and Esc closes it.

pub mod apply;
pub mod comment;
pub mod compare_periods;
pub mod compare_runs;
pub mod confirm;
pub mod entry;
pub mod filter;
pub mod history;
pub mod messages;
pub mod narrow;
pub mod palette;
pub mod picker;
pub mod reader;
pub mod reason;
pub mod search;
pub mod views;

use crossterm::event::KeyEvent;
use ratatui::{
    buffer::Buffer,
    layout::{Position, Rect},
};

use crate::model::{feedback::Feedback, time::Timestamp};

use super::{
    action::{Action, ActionId},
    draw::card,
    effects::Orders,
    keymap::KeyMap,
    need::{Arrived, NameKind, Need},
    pane::{PaneId, Subject, View},
    root::Workbench,
    shared::Shared,
    toasts::Toasts,
    views::Views,
};

/// What stands in front.
#[derive(Debug)]
pub enum Overlay {
    /// Asks before something dangerous.
    Confirm(confirm::Confirm),
    /// The messages shown so far.
    Messages(messages::Messages),
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
    /// Two stretches of time or baselines beside each other.
    ComparePeriods(Box<compare_periods::ComparePeriods>),
    /// A fix to be applied, or not.
    Apply(apply::Apply),
    /// Why a fix is rejected.
    Reason(reason::Reason),
    /// What was decided and done about fixes.
    History(history::History),
    /// The saved views.
    Views(views::ViewList),
    /// Names to narrow the filter to.
    Narrow(narrow::Names),
    /// Two runs beside each other.
    CompareRuns(Box<compare_runs::CompareRuns>),
    /// What is searched in the pane's text, being typed.
    Search(search::Search),
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
        Self::Messages(messages::Messages::new(toasts))
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

    /// The filter prompt, on this text.
    #[must_use]
    pub fn filter(before: Option<&str>, shared: &Shared, now: Timestamp) -> Self {
        Self::Filter(filter::Prompt::new(before, shared, now))
    }

    /// The saved views.
    #[must_use]
    pub fn views(shared: &Shared) -> Self {
        Self::Views(views::ViewList::new(shared))
    }

    /// A name for a filter.
    #[must_use]
    pub fn save_view(filter: String, shared: &Shared) -> Self {
        Self::Views(views::ViewList::naming(filter, shared))
    }

    /// The same with a name already typed.
    #[must_use]
    pub fn save_view_as(filter: String, name: &str, shared: &Shared) -> Self {
        Self::Views(views::ViewList::naming(filter, shared).called(name))
    }

    /// Names of a kind to narrow the filter to.
    #[must_use]
    pub fn narrow(kind: NameKind, shared: &Shared) -> Self {
        Self::Narrow(narrow::Names::new(kind, shared))
    }

    /// The search line.
    #[must_use]
    pub fn search(before: String) -> Self {
        Self::Search(search::Search::new(before))
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
            Self::Messages(messages) => messages.key(event),
            Self::Reader(reader) => reader.key(event),
            Self::Palette(palette) => palette.key(event),
            Self::Picker(picker) => picker.key(event),
            Self::Comment(comment) => comment.key(event),
            Self::Filter(prompt) => prompt.key(event, now),
            Self::Search(search) => search.key(event),
            Self::ComparePeriods(periods) => periods.key(event),
            Self::Apply(apply) => apply.key(event, now),
            Self::Reason(reason) => reason.key(event, now),
            Self::History(history) => history.key(event, now),
            Self::Views(list) => list.key(event),
            Self::Narrow(names) => names.key(event),
            Self::CompareRuns(runs) => runs.key(event),
        }
    }

    /// The card it stands on, when the panes have `area`.
    #[must_use]
    pub fn card(&self, area: Rect) -> Rect {
        match self {
            Self::Confirm(confirm) => confirm.card(area),
            Self::Messages(messages) => messages.card(area),
            Self::Reader(reader) => reader.card(area),
            Self::Palette(palette) => palette.card(area),
            Self::Picker(picker) => picker.card(area),
            Self::Comment(comment) => comment.card(area),
            Self::Filter(prompt) => prompt.card(area),
            Self::Search(_) => search::Search::card(area),
            Self::Views(list) => list.card(area),
            Self::Apply(apply) => apply.card(area),
            Self::Reason(_) => reason::Reason::card(area),
            Self::History(history) => history.card(area),
            Self::Narrow(names) => names.card(area),
            Self::CompareRuns(_) | Self::ComparePeriods(_) => area,
        }
    }

    /// Takes a click on its card.
    pub fn click(&mut self, card: Rect, at: Position, now: Timestamp) -> Outcome {
        let inside = card::inside(card);
        if !inside.contains(at) {
            return Outcome::Stay;
        }
        let (row, column) = (at.y - inside.y, at.x - inside.x);
        match self {
            Self::Confirm(confirm) => confirm.click(row, column),
            Self::Messages(messages) => messages.click(row, inside),
            Self::Palette(palette) => palette.click(row, inside),
            Self::Picker(picker) => picker.click(row, inside.height),
            Self::Filter(prompt) => prompt.click(row, inside, now),
            Self::Views(list) => list.click(row, inside.height),
            Self::Narrow(names) => names.click(row, inside.height),
            // In the others there is nothing to click on; a click beside them closes them.
            _ => Outcome::Stay,
        }
    }

    /// Takes the keys as they are now.
    pub fn rekey(&mut self, keys: &KeyMap) {
        if let Self::Palette(palette) = self {
            palette.rekey(keys);
        }
    }

    /// Takes pasted text.
    pub fn paste(&mut self, text: &str, now: Timestamp) {
        match self {
            Self::Palette(palette) => palette.paste(text),
            Self::Comment(comment) => comment.paste(text),
            Self::Filter(prompt) => prompt.paste(text, now),
            Self::Reason(reason) => reason.paste(text),
            Self::Views(list) => list.paste(text),
            Self::Narrow(names) => names.paste(text),
            Self::Reader(reader) => reader.paste(text),
            Self::Search(search) => search.paste(text),
            Self::Confirm(_)
            | Self::Messages(_)
            | Self::Picker(_)
            | Self::CompareRuns(_)
            | Self::ComparePeriods(_)
            | Self::Apply(_)
            | Self::History(_) => {}
        }
    }

    /// Takes the names it asked for.
    pub fn named(&mut self, names: &[(String, u64)]) {
        match self {
            Self::Filter(prompt) => prompt.named(names),
            Self::Narrow(list) => list.named(names),
            _ => {}
        }
    }

    /// Takes the saved views as they are now.
    pub fn reviewed(&mut self, views: &Views, now: Timestamp) {
        match self {
            Self::Filter(prompt) => prompt.reviewed(views, now),
            Self::Views(list) => list.reviewed(views),
            _ => {}
        }
    }

    /// Takes the answer to what it must know, or why there is none.
    pub fn arrived(&mut self, answer: Result<Arrived, String>) {
        match (self, answer) {
            (Self::Filter(prompt), Ok(Arrived::Count(count))) => prompt.counted(count),
            (Self::ComparePeriods(periods), answer) => periods.arrived(answer),
            (Self::Views(list), Ok(Arrived::Count(count))) => list.counted(count),
            (Self::CompareRuns(runs), answer) => runs.arrived(answer),
            (Self::Apply(apply), Ok(Arrived::GitState(state))) => apply.stands(state),
            (Self::History(history), Ok(Arrived::History(rows))) => history.arrived(rows),
            _ => {}
        }
    }

    /// What it must know.
    #[must_use]
    pub fn need(&self) -> Option<Need> {
        match self {
            Self::Filter(prompt) => prompt.need(),
            Self::ComparePeriods(periods) => periods.need(),
            Self::Apply(apply) => apply.need(),
            Self::History(_) => Some(history::History::need()),
            Self::Views(list) => list.need(),
            Self::CompareRuns(runs) => runs.need(),
            _ => None,
        }
    }

    /// The names it offers.
    #[must_use]
    pub fn names_needed(&self) -> Option<Need> {
        match self {
            Self::Filter(prompt) => prompt.names_needed(),
            Self::Narrow(names) => names.need(),
            _ => None,
        }
    }

    /// Draws it; answers where the cursor blinks, if it does.
    pub fn draw(&self, area: Rect, buffer: &mut Buffer, view: &View<'_>) -> Option<(u16, u16)> {
        match self {
            Self::Confirm(confirm) => confirm.draw(area, buffer, view),
            Self::Messages(messages) => messages.draw(area, buffer, view),
            Self::Reader(reader) => return reader.draw(area, buffer, view),
            Self::Palette(palette) => return Some(palette.draw(area, buffer, view)),
            Self::Picker(picker) => picker.draw(area, buffer, view),
            Self::Comment(comment) => return comment.draw(area, buffer, view),
            Self::Filter(prompt) => return Some(prompt.draw(area, buffer, view)),
            Self::ComparePeriods(periods) => periods.draw(area, buffer, view),
            Self::Reason(reason) => return Some(reason.draw(area, buffer, view)),
            Self::Apply(apply) => apply.draw(area, buffer, view),
            Self::History(history) => history.draw(area, buffer, view),
            Self::Views(list) => return list.draw(area, buffer, view),
            Self::Narrow(names) => return Some(names.draw(area, buffer, view)),
            Self::CompareRuns(runs) => runs.draw(area, buffer, view),
            Self::Search(search) => return Some(search.draw(area, buffer, view)),
        }
        None
    }

    /// What its keys do, for the hint line: key and words.
    #[must_use]
    pub fn hints(&self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Confirm(_) => &[("n", "no"), ("y", "yes"), ("Esc", "no")],
            Self::Messages(_) => &[("j/k", "choose"), ("y", "copy"), ("Esc", "close")],
            Self::Reader(reader) => reader.hints(),
            Self::Palette(palette) => palette.hints(),
            Self::Picker(_) => &[("Enter", "keep"), ("j/k", "try on"), ("Esc", "back to the one before")],
            Self::Search(_) => &[("Enter", "keep"), ("Esc", "cancel")],
            Self::ComparePeriods(periods) => periods.hints(),
            Self::Filter(_) => {
                &[("Enter", "show"), ("Tab", "complete"), ("Up/Down", "choose"), ("Ctrl-s", "save as a view"), ("Esc", "cancel")]
            }
            Self::Apply(_) => &[("y", "apply"), ("n", "leave the file"), ("j/k", "scroll"), ("V", "split"), ("Esc", "leave the file")],
            Self::Reason(_) => &[("Enter", "reject"), ("Esc", "cancel")],
            Self::History(_) => &[("u", "undo"), ("j/k", "choose"), ("Esc", "close")],
            Self::Views(list) => list.hints(),
            Self::CompareRuns(runs) => runs.hints(),
            Self::Narrow(_) => &[("Enter", "only this"), ("Ctrl-o", "this as well"), ("Tab", "other names"), ("Esc", "close")],
            Self::Comment(_) => &[("Enter", "send"), ("Tab", "text or score"), ("Esc", "cancel")],
        }
    }
}
