//! The saved views: a list to choose from, to rename, to delete from and take that back, and the line on which a filter gets its name.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use crate::{
    text::{
        clean::clean_line,
        width::{fit, pad_right, width, wrap},
    },
    workbench::{
        draw::card,
        effects::{Order, Orders, OverlayKind},
        message::Effect,
        need::{Ask, Counted, Need},
        pane::View,
        shared::Shared,
        theme::Role,
        views::{Change, Views, name_of},
    },
};

use super::{
    Outcome,
    entry::Entry,
    filter::{COUNT_EVERY, counted_in_words},
};

/// Widest column of names.
const NAME_COLUMNS: usize = 28;
/// Rows of the card that are not the list.
const OTHER_ROWS: u16 = 6;

/// The list.
#[derive(Debug)]
pub struct ViewList {
    views: Views,
    selected: usize,
    /// The filter in force.
    filter: Option<String>,
    naming: Option<Naming>,
    /// The view deleted last, which can be taken back.
    deleted: Option<(String, String)>,
    /// How many match, and of which filter that was counted.
    count: Option<(String, Counted)>,
    says: Option<String>,
}

/// A name being typed.
#[derive(Debug)]
struct Naming {
    entry: Entry,
    what: What,
    /// The name that is taken, once that was said: Enter again takes it over.
    taken: Option<String>,
    /// Whether there is no list behind it to go back to.
    alone: bool,
}

#[derive(Debug)]
enum What {
    Save(String),
    Rename(String),
}

impl ViewList {
    /// Opens on the view in force, if it is one.
    #[must_use]
    pub fn new(shared: &Shared) -> Self {
        let views = shared.views.clone();
        let current = shared.filter.as_deref().and_then(|filter| views.name_for(filter));
        let selected = views.iter().position(|(name, _)| Some(name) == current).unwrap_or(0);
        Self { views, selected, filter: shared.filter.clone(), naming: None, deleted: None, count: None, says: None }
    }

    /// Opens on the line on which this filter gets a name.
    #[must_use]
    pub fn naming(filter: String, shared: &Shared) -> Self {
        let naming = Naming { entry: Entry::default(), what: What::Save(filter), taken: None, alone: true };
        Self { naming: Some(naming), ..Self::new(shared) }
    }

    /// The same with this name typed, and said what is said of it.
    #[must_use]
    pub fn called(mut self, name: &str) -> Self {
        if let Some(naming) = &mut self.naming {
            naming.entry = Entry::new(name);
        }
        self.take_name();
        self
    }

    /// Takes the views as they are now.
    pub fn reviewed(&mut self, views: &Views) {
        let name = self.chosen().map(|(name, _)| name.to_owned());
        self.views = views.clone();
        let place = self.views.iter().position(|(known, _)| Some(known) == name.as_deref());
        self.selected = place.unwrap_or_else(|| self.selected.min(self.views.iter().len().saturating_sub(1)));
    }

    /// Takes the count that was asked for.
    pub fn counted(&mut self, count: Counted) {
        let Some(filter) = self.chosen_filter() else { return };
        // While it is counted again what was counted before stays.
        let again = self.count.as_ref().is_some_and(|(counted, before)| *counted == filter && before.done);
        if count.done || !again {
            self.count = Some((filter, count));
        }
    }

    /// How many runs the chosen view shows.
    #[must_use]
    pub fn need(&self) -> Option<Need> {
        self.naming.is_none().then(|| self.chosen_filter()).flatten().map(|filter| Need::live(Ask::Count(filter), COUNT_EVERY))
    }

    fn chosen(&self) -> Option<(&str, &str)> {
        self.views.iter().nth(self.selected)
    }

    /// The filter of the chosen view, written out.
    fn chosen_filter(&self) -> Option<String> {
        self.chosen().and_then(|(_, filter)| self.views.expand(filter).ok()).map(|expanded| expanded.text.trim().to_owned())
    }

    /// Takes a key.
    pub fn key(&mut self, event: &KeyEvent) -> Outcome {
        self.says = None;
        if self.naming.is_some() {
            return self.type_on(event);
        }
        let last = self.views.iter().len().saturating_sub(1);
        self.selected = match event.code {
            KeyCode::Char('j') | KeyCode::Down => (self.selected + 1).min(last),
            KeyCode::Char('k') | KeyCode::Up => self.selected.saturating_sub(1),
            KeyCode::PageDown => (self.selected + 10).min(last),
            KeyCode::PageUp => self.selected.saturating_sub(10),
            KeyCode::Char('g') | KeyCode::Home => 0,
            KeyCode::Char('G') | KeyCode::End => last,
            _ => return self.act(event),
        };
        Outcome::Stay
    }

    fn act(&mut self, event: &KeyEvent) -> Outcome {
        let mut orders = Orders::default();
        let chosen = self.chosen().map(|(name, filter)| (name.to_owned(), filter.to_owned()));
        match (event.code, chosen) {
            (KeyCode::Esc | KeyCode::Char('q' | '@'), _) => return Outcome::Close,
            (KeyCode::Enter, Some(_)) => {
                orders.push(Order::Filter(self.chosen_filter()));
                return Outcome::Order(orders);
            }
            (KeyCode::Char('e'), Some((_, filter))) => {
                orders.push(Order::Overlay(OverlayKind::EditFilter(filter)));
                return Outcome::Order(orders);
            }
            (KeyCode::Char('r'), Some((name, _))) => {
                self.naming = Some(Naming { entry: Entry::new(&name), what: What::Rename(name), taken: None, alone: false });
            }
            (KeyCode::Char('D') | KeyCode::Delete, Some((name, filter))) => {
                orders.effect(Effect::ChangeViews(Change::Delete(name.clone())));
                self.deleted = Some((name, filter));
                return Outcome::Try(orders);
            }
            (KeyCode::Char('u'), _) => match self.deleted.take() {
                Some((name, filter)) => {
                    orders.effect(Effect::ChangeViews(Change::Save { name, filter }));
                    return Outcome::Try(orders);
                }
                None => self.says = Some("nothing was deleted here that could come back".to_owned()),
            },
            (KeyCode::Char('s'), _) => match self.filter.clone() {
                Some(filter) => {
                    self.naming = Some(Naming { entry: Entry::default(), what: What::Save(filter), taken: None, alone: false });
                }
                None => self.says = Some("no filter is set that could be saved; / sets one".to_owned()),
            },
            _ => {}
        }
        Outcome::Stay
    }

    /// A key while a name is typed.
    fn type_on(&mut self, event: &KeyEvent) -> Outcome {
        let Some(naming) = &mut self.naming else { return Outcome::Stay };
        match event.code {
            KeyCode::Esc => {
                let alone = naming.alone;
                let what = self.naming.take().map(|naming| naming.what);
                // One step back: to the prompt, where the filter still stands, or to the list.
                if let (true, Some(What::Save(filter))) = (alone, what) {
                    let mut orders = Orders::default();
                    orders.push(Order::Overlay(OverlayKind::EditFilter(filter)));
                    return Outcome::Order(orders);
                }
            }
            KeyCode::Enter => return self.take_name(),
            _ => {
                if naming.entry.key(event) {
                    naming.taken = None;
                }
            }
        }
        Outcome::Stay
    }

    fn take_name(&mut self) -> Outcome {
        let Some(naming) = &mut self.naming else { return Outcome::Stay };
        let name = match name_of(naming.entry.text()) {
            Ok(name) => name,
            Err(problem) => {
                self.says = Some(problem);
                return Outcome::Stay;
            }
        };
        let taken = self.views.get(&name).is_some();
        let change = match &naming.what {
            What::Rename(from) if *from == name => {
                self.naming = None;
                return Outcome::Stay;
            }
            What::Rename(_) if taken => {
                self.says = Some(format!("there is a view @{name} already"));
                return Outcome::Stay;
            }
            What::Save(_) if taken && naming.taken.as_deref() != Some(name.as_str()) => {
                self.says = Some(format!("there is a view @{name} already; Enter again puts this filter in its place"));
                naming.taken = Some(name);
                return Outcome::Stay;
            }
            What::Rename(from) => Change::Rename { from: from.clone(), to: name },
            What::Save(filter) => Change::Save { name, filter: filter.clone() },
        };
        let mut orders = Orders::default();
        // A filter that was saved from the prompt is also set, as Enter in the prompt would have set it.
        let set = match &naming.what {
            What::Save(filter) if naming.alone => self.views.expand(filter).ok().map(|expanded| expanded.text.trim().to_owned()),
            _ => None,
        };
        orders.effect(Effect::ChangeViews(change));
        orders.extend(set.map(|filter| Order::Filter(Some(filter))));
        let alone = naming.alone;
        self.naming = None;
        if alone { Outcome::Order(orders) } else { Outcome::Try(orders) }
    }

    /// Takes pasted text into the name being typed.
    pub fn paste(&mut self, text: &str) {
        if let Some(naming) = &mut self.naming {
            naming.entry.paste(text);
            naming.taken = None;
        }
    }

    /// The card it is drawn on.
    #[must_use]
    pub fn card(&self, area: Rect) -> Rect {
        let rows = u16::try_from(self.views.iter().len().max(4)).unwrap_or(u16::MAX);
        card::place((100, rows.saturating_add(OTHER_ROWS)), area)
    }

    /// The first view shown on so many rows.
    fn top(&self, rows: u16) -> usize {
        self.selected.saturating_sub(usize::from(rows).saturating_sub(1))
    }

    /// Takes a click on a row of its inside, which has so many: chooses a view; a click on the chosen one shows its runs.
    pub fn click(&mut self, row: u16, rows: u16) -> Outcome {
        let listed = rows.saturating_sub(OTHER_ROWS - 2);
        let place = self.top(listed) + usize::from(row);
        if self.naming.is_some() || row >= listed || place >= self.views.iter().len() {
            return Outcome::Stay;
        }
        if place != self.selected {
            self.selected = place;
            return Outcome::Stay;
        }
        let mut orders = Orders::default();
        orders.push(Order::Filter(self.chosen_filter()));
        Outcome::Order(orders)
    }

    /// Draws it; answers where the cursor is, while a name is typed.
    pub fn draw(&self, area: Rect, buffer: &mut Buffer, view: &View<'_>) -> Option<(u16, u16)> {
        let inside = card::at("Saved views", self.card(area), buffer, view);
        let list = Rect { height: inside.height.saturating_sub(OTHER_ROWS - 2), ..inside };
        self.rows(list, buffer, view);
        let foot =
            Rect { y: list.bottom().saturating_add(1), height: inside.bottom().saturating_sub(list.bottom().saturating_add(1)), ..inside };
        let columns = usize::from(foot.width);
        if let Some(says) = &self.says {
            card::line(foot, 2, &Line::styled(fit(says, columns).into_owned(), view.style(Role::Warn)), buffer);
        } else if let Some((name, _)) = &self.deleted {
            card::line(foot, 2, &Line::styled(fit(&format!("u brings @{name} back"), columns).into_owned(), view.style(Role::Dim)), buffer);
        }
        if let Some(naming) = &self.naming {
            let (mark, about) = match &naming.what {
                What::Save(filter) => ("name: @".to_owned(), format!("for the filter {}", clean_line(filter))),
                What::Rename(name) => ("new name: @".to_owned(), format!("for @{name}")),
            };
            card::line(foot, 1, &Line::styled(fit(&about, columns).into_owned(), view.style(Role::Dim)), buffer);
            return Some(naming.entry.draw(&mark, foot, buffer, view));
        }
        if let Some(filter) = self.chosen_filter() {
            let count = self.count.as_ref().filter(|(counted, _)| *counted == filter).map(|(_, count)| count);
            let says = count.map_or_else(|| "counting …".to_owned(), counted_in_words);
            card::line(foot, 0, &Line::styled(fit(&clean_line(&filter), columns).into_owned(), view.style(Role::Text)), buffer);
            card::line(foot, 1, &Line::styled(says, view.style(Role::Strong)), buffer);
        }
        None
    }

    fn rows(&self, list: Rect, buffer: &mut Buffer, view: &View<'_>) {
        if self.views.iter().len() == 0 {
            let teach = "No view is saved yet. Type a filter with / and press Ctrl-s there to give it a name, or set one and press s here. \
                         Then @name stands for it, in the prompt and after --where.";
            for (row, text) in (0..list.height).zip(wrap(teach, usize::from(list.width))) {
                card::line(list, row, &Line::raw(text), buffer);
            }
            return;
        }
        let widest = self.views.iter().map(|(name, _)| width(name) + 1).max().unwrap_or(0).min(NAME_COLUMNS);
        let top = self.top(list.height);
        for (row, (place, (name, filter))) in (0..list.height).zip(self.views.iter().enumerate().skip(top)) {
            let chosen = place == self.selected;
            let mark = if chosen { view.shared.glyphs.cursor } else { " " };
            let head = format!("{mark} {}   ", pad_right(&format!("@{name}"), widest));
            let room = usize::from(list.width).saturating_sub(width(&head));
            let filter = fit(&clean_line(filter), room).into_owned();
            let line = Line::from(vec![Span::styled(head, view.style(Role::Accent)), Span::styled(filter, view.style(Role::Dim))]);
            card::line(list, row, &line, buffer);
            if chosen {
                buffer.set_style(Rect { y: list.y + row, height: 1, ..list }, view.style(Role::Selection));
            }
        }
    }

    /// What its keys do now.
    #[must_use]
    pub fn hints(&self) -> &'static [(&'static str, &'static str)] {
        if self.naming.is_some() {
            return &[("Enter", "take the name"), ("Esc", "back")];
        }
        if self.views.iter().len() == 0 {
            return &[("s", "save the filter"), ("Esc", "close")];
        }
        &[("Enter", "show"), ("e", "edit"), ("s", "save the filter"), ("r", "rename"), ("D", "delete"), ("u", "undo"), ("Esc", "close")]
    }
}

#[cfg(test)]
mod tests;
