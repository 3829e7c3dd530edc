//! The filter prompt: what is typed is checked at every key, mistakes are pointed at, what may come next is offered with the names that
//! are stored, matches are counted while one looks, and earlier filters come back with Up. Nothing changes before Enter.

mod offers;
mod words;

use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use crate::{
    model::time::Timestamp,
    query::{Filter, FilterError, LENGTH_MAX},
    text::{
        clean::clean_line,
        human,
        width::{fit, wrap},
    },
    workbench::{
        draw::card,
        effects::{Order, Orders, OverlayKind},
        need::{Ask, Counted, Need},
        pane::View,
        shared::Shared,
        theme::Role,
        views::Views,
    },
};

use super::{
    Outcome,
    entry::{Entry, LONGEST},
};
use offers::Offers;
pub use words::counted as counted_in_words;

/// Rows of the card that hold no offers: its frame, what is typed, the pointer, the meaning.
const OTHER_ROWS: u16 = 5;
/// Rows for offers on a screen with room for them.
const OFFER_ROWS: u16 = 6;
/// Rows a mistake may take when it is told.
const MISTAKE_ROWS: usize = 3;

/// How often matches are counted again while the store changes, and how often where bodies have to be read.
pub const COUNT_EVERY: Duration = Duration::from_secs(2);
const COUNT_BODIES_EVERY: Duration = Duration::from_secs(30);

/// The prompt.
#[derive(Debug)]
pub struct Prompt {
    entry: Entry,
    views: Views,
    /// The filter that is typed and the text it stands for, views written out.
    checked: Result<(Filter, String), FilterError>,
    offers: Offers,
    /// How many match, and of which text that was counted.
    count: Option<(String, Counted)>,
    past: Vec<String>,
    /// Which of the past filters stands in the prompt unchanged.
    recalled: Option<usize>,
    /// Whether nothing has been typed yet.
    fresh: bool,
    /// What was refused by the last key, in a sentence.
    refusal: Option<String>,
}

impl Prompt {
    /// Opens on a text, usually the filter in force.
    #[must_use]
    pub fn new(before: Option<&str>, shared: &Shared, now: Timestamp) -> Self {
        let entry = Entry::new(&before.map(|filter| format!("{} ", filter.trim_end())).unwrap_or_default());
        let current = |past: &&String| Some(past.as_str()) == before;
        let mut prompt = Self {
            entry,
            views: shared.views.clone(),
            checked: Ok((Filter::default(), String::new())),
            offers: Offers::default(),
            count: None,
            past: shared.past_filters.iter().filter(|past| !current(past)).cloned().collect(),
            recalled: None,
            fresh: true,
            refusal: None,
        };
        prompt.check(now);
        prompt
    }

    fn check(&mut self, now: Timestamp) {
        self.checked = self.views.read(self.entry.text(), now);
        self.offer();
    }

    fn offer(&mut self) {
        self.offers.find(self.entry.text(), self.entry.cursor(), &self.views);
    }

    /// Takes a key.
    pub fn key(&mut self, event: &KeyEvent, now: Timestamp) -> Outcome {
        self.refusal = None;
        match event.code {
            KeyCode::Esc => return Outcome::Close,
            KeyCode::Enter => return self.accept(),
            KeyCode::Char('s') if event.modifiers.contains(KeyModifiers::CONTROL) => return self.save(),
            KeyCode::Tab => self.take_offer(now),
            KeyCode::Up if self.at_rest() && self.offers.is_first() => self.recall(now, true),
            KeyCode::Down if self.recalled.is_some() => self.recall(now, false),
            KeyCode::Down => self.offers.next(),
            KeyCode::Up | KeyCode::BackTab => self.offers.previous(),
            _ if self.entry.key(event) => {
                (self.fresh, self.recalled) = (false, None);
                self.check(now);
            }
            KeyCode::Char(_) if self.entry.is_full() => {
                self.refusal = Some(format!("a filter here has at most {} characters", human::count(LONGEST as u64)));
            }
            _ => self.offer(),
        }
        Outcome::Stay
    }

    /// Whether the text is none of the person's own yet: Up then goes to earlier filters.
    fn at_rest(&self) -> bool {
        self.fresh || self.recalled.is_some() || self.entry.text().trim().is_empty()
    }

    /// Puts the filter before (`older`) or after the one that stands there into the prompt; after the newest, nothing.
    fn recall(&mut self, now: Timestamp, older: bool) {
        let place = match (self.recalled, older) {
            (None, true) => Some(0),
            (Some(place), true) => Some((place + 1).min(self.past.len().saturating_sub(1))),
            (Some(place), false) => place.checked_sub(1),
            (None, false) => None,
        };
        if self.past.is_empty() {
            self.refusal = Some("no filter has been used before".to_owned());
            return;
        }
        let text = place.and_then(|place| self.past.get(place)).map_or("", String::as_str);
        (self.entry, self.recalled) = (Entry::new(text), place);
        self.check(now);
    }

    /// Sets the filter if it is one; an empty one shows everything.
    fn accept(&self) -> Outcome {
        let Ok((_, text)) = &self.checked else { return Outcome::Stay };
        let text = text.trim();
        let mut orders = Orders::default();
        orders.push(Order::Filter((!text.is_empty()).then(|| text.to_owned())));
        Outcome::Order(orders)
    }

    /// Asks for a name to keep the filter under.
    fn save(&mut self) -> Outcome {
        let text = self.entry.text().trim().to_owned();
        if self.checked.is_err() || text.is_empty() {
            self.refusal = Some("there is no filter yet that could be saved".to_owned());
            return Outcome::Stay;
        }
        let mut orders = Orders::default();
        orders.push(Order::Overlay(OverlayKind::SaveView(text)));
        Outcome::Order(orders)
    }

    fn take_offer(&mut self, now: Timestamp) {
        let Some(offer) = self.offers.chosen() else { return };
        let byte = |place: usize| self.entry.text().char_indices().nth(place).map_or(self.entry.text().len(), |(at, _)| at);
        let (range, insert) = (byte(offer.from)..byte(offer.to), offer.insert.clone());
        self.entry.replace(range, &insert);
        (self.fresh, self.recalled) = (false, None);
        self.check(now);
    }

    /// Takes pasted text; one that is too long for a filter is refused whole, for its beginning would be another filter.
    pub fn paste(&mut self, text: &str, now: Timestamp) {
        self.refusal = None;
        if !self.entry.has_room(text) {
            let (bytes, most) = (human::count(text.len() as u64), human::count(LONGEST as u64));
            self.refusal = Some(format!("not pasted: {bytes} bytes, and a filter here has at most {most} characters"));
            return;
        }
        self.entry.paste(text);
        (self.fresh, self.recalled) = (false, None);
        self.check(now);
    }

    /// Takes the count that was asked for, as far as it has come.
    pub fn counted(&mut self, count: Counted) {
        let Ok((_, text)) = &self.checked else { return };
        // While it is counted again what was counted before stays.
        let again = self.count.as_ref().is_some_and(|(counted, before)| counted == text.trim() && before.done);
        if count.done || !again {
            self.count = Some((text.trim().to_owned(), count));
        }
    }

    /// Takes the names that were asked for.
    pub fn named(&mut self, names: &[(String, u64)]) {
        self.offers.named(names);
        self.offer();
    }

    /// Takes the saved views as they are now.
    pub fn reviewed(&mut self, views: &Views, now: Timestamp) {
        self.views = views.clone();
        self.check(now);
    }

    /// The count of what is typed, while it is a filter.
    #[must_use]
    pub fn need(&self) -> Option<Need> {
        let (filter, text) = self.checked.as_ref().ok()?;
        let every = if filter.reads_bodies() { COUNT_BODIES_EVERY } else { COUNT_EVERY };
        Some(Need::live(Ask::Count(text.trim().to_owned()), every))
    }

    /// The names that would complete what is typed.
    #[must_use]
    pub fn names_needed(&self) -> Option<Need> {
        self.offers.wanted().map(|kind| Need::once(Ask::Names(kind)))
    }

    /// The card it is drawn on, at the foot of the panes, so that the list it filters stays in sight. It keeps its size while one types.
    #[must_use]
    pub fn card(&self, area: Rect) -> Rect {
        let offers = if area.height >= 18 { OFFER_ROWS } else { 1 };
        let height = (OTHER_ROWS + offers).min(area.height);
        Rect { y: area.bottom() - height, height, ..area }
    }

    /// Draws it; answers where the cursor is.
    pub fn draw(&self, area: Rect, buffer: &mut Buffer, view: &View<'_>) -> (u16, u16) {
        let inside = card::at("Filter", self.card(area), buffer, view);
        let cursor = self.entry.draw("", inside, buffer, view);
        let columns = usize::from(inside.width);
        if let Some(refusal) = &self.refusal {
            card::line(inside, 1, &Line::styled(fit(refusal, columns).into_owned(), view.style(Role::Warn)), buffer);
        }
        match &self.checked {
            Err(error) => self.mistake(error, inside, buffer, view),
            Ok((_, text)) => {
                let count = self.count.as_ref().filter(|(counted, _)| counted == text.trim()).map(|(_, count)| count);
                words::meaning(self.entry.text(), self.entry.cursor(), count, inside, buffer, view);
            }
        }
        self.offers.draw(self.entry.text(), self.offers_place(inside), buffer, view);
        cursor
    }

    /// What is wrong, in as many rows as it takes.
    fn told(error: &FilterError, columns: u16) -> Vec<String> {
        let mut rows = wrap(&clean_line(&error.to_string()), usize::from(columns));
        rows.truncate(MISTAKE_ROWS);
        rows
    }

    /// Where the offers stand within the card.
    fn offers_place(&self, inside: Rect) -> Rect {
        let told = self.checked.as_ref().err().map_or(1, |error| Self::told(error, inside.width).len());
        let above = 2 + u16::try_from(told).unwrap_or(u16::MAX);
        Rect { y: inside.y.saturating_add(above).min(inside.bottom()), height: inside.height.saturating_sub(above), ..inside }
    }

    /// Takes a click on a row of its inside: takes the offer there.
    pub fn click(&mut self, row: u16, inside: Rect, now: Timestamp) -> Outcome {
        let place = self.offers_place(inside);
        if let Some(row) = inside.y.saturating_add(row).checked_sub(place.y)
            && self.offers.choose(row, place.height)
        {
            self.take_offer(now);
        }
        Outcome::Stay
    }

    /// Points at a mistake and tells it.
    fn mistake(&self, error: &FilterError, inside: Rect, buffer: &mut Buffer, view: &View<'_>) {
        let columns = usize::from(inside.width);
        // Where one is still typing, something is awaited rather than wrong.
        let typing = error.column > self.entry.text().chars().count() && !self.offers.is_empty();
        let role = if typing { Role::Dim } else { Role::Bad };
        if self.refusal.is_none() {
            let (column, pointer) = self.entry.pointer(error.column.saturating_sub(1), columns);
            let line = Line::from(vec![Span::raw(" ".repeat(column)), Span::styled(pointer, view.style(role))]);
            card::line(inside, 1, &line, buffer);
        }
        let rows = Self::told(error, inside.width);
        for (row, text) in (2..).zip(&rows) {
            card::line(inside, row, &Line::styled(text.as_str(), view.style(role)), buffer);
        }
        if self.offers.is_empty() && !error.expected.is_empty() {
            let expected = fit(&clean_line(&format!("expected: {}", error.expected.join("  "))), columns).into_owned();
            let row = 2 + u16::try_from(rows.len()).unwrap_or(u16::MAX);
            card::line(inside, row, &Line::styled(expected, view.style(Role::Dim)), buffer);
        }
    }
}

const _: () = assert!(LONGEST <= LENGTH_MAX, "what fits into the prompt can be read as a filter, if it is ASCII");

#[cfg(test)]
mod tests;
