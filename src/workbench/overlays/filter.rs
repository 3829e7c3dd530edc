//! The filter prompt: what is typed is checked at every key, mistakes are pointed at, what may come next is offered, matches are counted.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use crate::{
    model::time::Timestamp,
    query::{Completion, Filter, FilterError, complete, field_at},
    text::human,
    workbench::{
        draw::card,
        effects::{Order, Orders},
        need::{Ask, Need},
        pane::View,
        theme::Role,
    },
};

use super::{Outcome, entry::Entry};

/// The prompt.
#[derive(Debug)]
pub struct Prompt {
    entry: Entry,
    checked: Result<Filter, FilterError>,
    next: Vec<Completion>,
    chosen: usize,
    /// How many match, and of which text that was counted.
    count: Option<(String, u64)>,
}

impl Prompt {
    /// Opens on the filter in force.
    #[must_use]
    pub fn new(before: Option<&str>, now: Timestamp) -> Self {
        let entry = Entry::new(&before.map(|filter| format!("{filter} ")).unwrap_or_default());
        let mut prompt = Self { entry, checked: Filter::parse("", now), next: Vec::new(), chosen: 0, count: None };
        prompt.check(now);
        prompt
    }

    fn check(&mut self, now: Timestamp) {
        self.checked = Filter::parse(self.entry.text(), now);
        self.offer();
    }

    fn offer(&mut self) {
        self.next = complete(self.entry.text(), self.entry.cursor());
        self.chosen = 0;
    }

    /// Takes a key.
    pub fn key(&mut self, event: &KeyEvent, now: Timestamp) -> Outcome {
        match event.code {
            KeyCode::Esc => return Outcome::Close,
            KeyCode::Enter => return self.accept(),
            KeyCode::Tab => self.take_offer(now),
            KeyCode::Down => self.chosen = (self.chosen + 1).min(self.next.len().saturating_sub(1)),
            KeyCode::Up => self.chosen = self.chosen.saturating_sub(1),
            _ if self.entry.key(event) => self.check(now),
            _ => self.offer(),
        }
        Outcome::Stay
    }

    /// Sets the filter if it is one; an empty one shows everything.
    fn accept(&self) -> Outcome {
        if self.checked.is_err() {
            return Outcome::Stay;
        }
        let text = self.entry.text().trim();
        let mut orders = Orders::default();
        orders.push(Order::Filter((!text.is_empty()).then(|| text.to_owned())));
        Outcome::Order(orders)
    }

    fn take_offer(&mut self, now: Timestamp) {
        let Some(offer) = self.next.get(self.chosen) else { return };
        let byte = |place: usize| self.entry.text().char_indices().nth(place).map_or(self.entry.text().len(), |(at, _)| at);
        let (range, insert) = (byte(offer.from)..byte(offer.to), offer.insert.clone());
        self.entry.replace(range, &insert);
        self.check(now);
    }

    /// Takes pasted text.
    pub fn paste(&mut self, text: &str, now: Timestamp) {
        self.entry.paste(text);
        self.check(now);
    }

    /// Takes the count that was asked for.
    pub fn counted(&mut self, count: u64) {
        self.count = Some((self.entry.text().trim().to_owned(), count));
    }

    /// The count of what is typed, while it is a filter.
    #[must_use]
    pub fn need(&self) -> Option<Need> {
        self.checked.as_ref().ok()?;
        Some(Need::once(Ask::Count(self.entry.text().trim().to_owned())))
    }

    /// The card it is drawn on.
    #[must_use]
    pub fn card(&self, area: Rect) -> Rect {
        let height = 6.min(area.height);
        Rect { y: area.bottom() - height, height, ..area }
    }

    /// Draws it at the foot of the panes, so that the list it filters stays in sight; answers where the cursor is.
    pub fn draw(&self, area: Rect, buffer: &mut Buffer, view: &View<'_>) -> (u16, u16) {
        let inside = card::at("Filter", self.card(area), buffer, view);
        let cursor = self.entry.draw("", inside, buffer, view);
        if let Err(error) = &self.checked {
            let column = self.entry.column_of(error.column.saturating_sub(1), usize::from(inside.width));
            let line = Line::from(vec![Span::raw(" ".repeat(column)), Span::styled("^", view.style(Role::Bad))]);
            card::line(inside, 1, &line, buffer);
        }
        card::line(inside, 2, &self.meaning(view), buffer);
        card::line(inside, 3, &self.offers(view), buffer);
        cursor
    }

    /// What is wrong, or what the condition at the cursor means and how many runs match.
    fn meaning(&self, view: &View<'_>) -> Line<'static> {
        if let Err(error) = &self.checked {
            return Line::styled(error.to_string(), view.style(Role::Bad));
        }
        let text = self.entry.text();
        let mut spans = Vec::new();
        if let Some(field) = field_at(text, self.entry.cursor()) {
            spans.push(Span::styled(format!("{}   ", field.help), view.style(Role::Dim)));
        }
        let stored = view.shared.beat.traces;
        spans.push(match &self.count {
            Some((counted, count)) if counted == text.trim() => {
                Span::styled(format!("matches {} of {}", human::count(*count), human::count(stored)), view.style(Role::Strong))
            }
            _ => Span::styled("counting ...", view.style(Role::Dim)),
        });
        Line::from(spans)
    }

    /// What may come next, the chosen one marked.
    fn offers(&self, view: &View<'_>) -> Line<'static> {
        let mut spans = vec![Span::styled("next: ", view.style(Role::Dim))];
        for (place, offer) in self.next.iter().enumerate().skip(self.chosen.saturating_sub(3)) {
            let style = if place == self.chosen { view.style(Role::Selection) } else { view.style(Role::Accent) };
            spans.extend([Span::raw(" "), Span::styled(offer.insert.clone(), style), Span::raw(" ")]);
        }
        if let Some(offer) = self.next.get(self.chosen) {
            spans.insert(1, Span::styled(format!("({}) ", offer.help), view.style(Role::Dim)));
        }
        Line::from(spans)
    }
}
