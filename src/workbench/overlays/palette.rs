//! One list of actions, two doors: `?` starts with what can be done in this pane, `:` with everything. Typing filters at once.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::Style,
    text::{Line, Span},
};
use unicode_segmentation::UnicodeSegmentation;

use crate::{
    text::{
        fuzzy::rank,
        width::{fit, pad_right, width, wrap},
    },
    workbench::{
        action::ActionId,
        chord::Chord,
        draw::{card, heading},
        effects::{Order, Orders, OverlayKind},
        keymap::KeyMap,
        message::Effect,
        pane::{PaneId, View},
        root::Workbench,
        table::{Context, entries},
        theme::Role,
        views,
    },
};

use super::{Outcome, entry::Entry};

/// Columns of the key in front of an action's words.
const KEY_COLUMNS: usize = 11;

/// Rows under the list while a new key is waited for: heading, question, and why the last one cannot be.
const BINDING_ROWS: u16 = 5;

/// The list and what has been typed.
#[derive(Debug)]
pub struct Palette {
    title: String,
    /// Whether headings stand between the groups.
    grouped: bool,
    items: Vec<Item>,
    entry: Entry,
    selected: usize,
    keys: KeyMap,
    /// The action whose next key is waited for, with its help.
    binding: Option<(ActionId, String)>,
    /// Why the key pressed last cannot be.
    refusal: Option<String>,
}

/// What the palette's keys do, and what they do while a new key is waited for.
const HINTS: [&[(&str, &str)]; 2] = [
    &[("Enter", "run"), ("Up/Down", "choose"), ("Ctrl-k", "change its key"), ("Esc", "close")],
    &[("any key", "becomes its key"), ("Delete", "no key"), ("Ctrl-k", "the usual key"), ("Esc", "leave it")],
];

/// One action, as it stood when the list was opened.
#[derive(Debug)]
struct Item {
    heading: String,
    pane: Option<PaneId>,
    id: ActionId,
    text: String,
    key: Option<String>,
    blocked: Option<String>,
}

/// One row of the list.
enum Row<'a> {
    Heading(&'a str),
    Item { item: &'a Item, matched: Vec<u32>, place: usize },
}

impl Palette {
    /// All actions, this pane's own first.
    #[must_use]
    pub fn everything(workbench: &Workbench) -> Self {
        Self::open("Command palette".to_owned(), false, workbench)
    }

    /// The same under headings.
    #[must_use]
    pub fn help(workbench: &Workbench) -> Self {
        let title = workbench.seat().map_or("", |seat| seat.registration.spec.title);
        Self::open(format!("Help: {title}   type to filter"), true, workbench)
    }

    fn open(title: String, grouped: bool, workbench: &Workbench) -> Self {
        let here = workbench.focused();
        let mut items: Vec<(u8, Item)> = entries()
            .into_iter()
            .map(|entry| {
                let (order, heading, pane) = match entry.context {
                    Context::Pane(spec) if spec.id == here => (0, "Here".to_owned(), Some(spec.id)),
                    Context::Everywhere => (1, "Everywhere".to_owned(), None),
                    Context::Pane(spec) => (1 + spec.digit, format!("In {}", spec.title), Some(spec.id)),
                };
                let id = entry.action.id;
                let text = match entry.context {
                    Context::Pane(spec) if spec.id != here && !grouped => format!("{}: {}", spec.tab, entry.help),
                    _ => entry.help,
                };
                let blocked = match pane.filter(|pane| *pane != here) {
                    Some(pane) => workbench.seat_of(pane).and_then(|seat| seat.pane.blocked(id, &workbench.shared)),
                    None => workbench.blocked(id),
                };
                (order, Item { heading, pane, id, text, key: workbench.keys.shown(id), blocked })
            })
            .collect();
        items.sort_by_key(|(order, _)| *order);
        Self {
            title,
            grouped,
            items: items.into_iter().map(|(_, item)| item).collect(),
            entry: Entry::default(),
            selected: 0,
            keys: workbench.keys.clone(),
            binding: None,
            refusal: None,
        }
    }

    /// Takes the keys as they are now.
    pub fn rekey(&mut self, keys: &KeyMap) {
        self.keys = keys.clone();
        for item in &mut self.items {
            item.key = keys.shown(item.id);
        }
    }

    /// What its keys do, for the hint line.
    #[must_use]
    pub const fn hints(&self) -> &'static [(&'static str, &'static str)] {
        HINTS[self.binding.is_some() as usize]
    }

    /// What fits what was typed: by fit in the palette; in help by fit inside each group.
    fn rows(&self) -> Vec<Row<'_>> {
        // What names a view is no search, whatever actions its letters are in.
        if views::spoken(self.entry.text()).is_some() {
            return Vec::new();
        }
        let mut ranked = rank(self.entry.text(), self.items.iter().map(|item| item.text.as_str()));
        if self.grouped {
            let group =
                |index: usize| self.items.iter().position(|item| self.items.get(index).is_some_and(|it| it.heading == item.heading));
            ranked.sort_by_key(|(index, _)| group(*index));
        }
        let mut rows = Vec::with_capacity(ranked.len() + 8);
        let mut heading = "";
        for (place, (index, matched)) in ranked.into_iter().enumerate() {
            let Some(item) = self.items.get(index) else { continue };
            if self.grouped && item.heading != heading {
                heading = &item.heading;
                rows.push(Row::Heading(heading));
            }
            rows.push(Row::Item { item, matched, place });
        }
        rows
    }

    fn chosen(&self) -> Option<&Item> {
        self.rows().into_iter().find_map(|row| match row {
            Row::Item { item, place, .. } if place == self.selected => Some(item),
            _ => None,
        })
    }

    fn matches(&self) -> usize {
        self.rows().iter().filter(|row| matches!(row, Row::Item { .. })).count()
    }

    /// Takes the key that an action is to have: what cannot be is said, and another is waited for.
    fn bind(&mut self, event: &KeyEvent) -> Outcome {
        let Some((id, _)) = self.binding.as_ref() else { return Outcome::Stay };
        let id = *id;
        let chord = Chord::of(event);
        let keys = match event.code {
            KeyCode::Esc => {
                (self.binding, self.refusal) = (None, None);
                return Outcome::Stay;
            }
            KeyCode::Delete => Some(Vec::new()),
            _ if is_rebind(event) => None,
            _ => match self.keys.rebound(id, chord) {
                Ok(keys) => Some(keys),
                Err(problem) => {
                    self.refusal = Some(problem.to_string());
                    return Outcome::Stay;
                }
            },
        };
        (self.binding, self.refusal) = (None, None);
        let mut orders = Orders::default();
        orders.effect(Effect::BindKeys { id, keys, undoing: false });
        Outcome::Try(orders)
    }

    /// Takes a key.
    pub fn key(&mut self, event: &KeyEvent) -> Outcome {
        if self.binding.is_some() {
            return self.bind(event);
        }
        if is_rebind(event) {
            self.binding = self.chosen().map(|item| (item.id, item.text.clone()));
            return Outcome::Stay;
        }
        let last = self.matches().saturating_sub(1);
        match event.code {
            KeyCode::Esc => return Outcome::Close,
            KeyCode::Up => self.selected = self.selected.saturating_sub(1),
            KeyCode::Down => self.selected = (self.selected + 1).min(last),
            KeyCode::PageUp => self.selected = self.selected.saturating_sub(10),
            KeyCode::PageDown => self.selected = (self.selected + 10).min(last),
            KeyCode::Enter => {
                if let (None, Some(name)) = (self.chosen(), views::spoken(self.entry.text())) {
                    let mut orders = Orders::default();
                    orders.push(Order::Overlay(OverlayKind::NameView(name)));
                    return Outcome::Order(orders);
                }
                return self.chosen().map_or(Outcome::Stay, |item| Outcome::Run(item.pane, item.id));
            }
            KeyCode::Backspace if self.entry.text().is_empty() => return Outcome::Close,
            _ => {
                if self.entry.key(event) {
                    self.selected = 0;
                }
            }
        }
        Outcome::Stay
    }

    /// Takes pasted text.
    pub fn paste(&mut self, text: &str) {
        self.entry.paste(text);
        self.selected = 0;
    }

    /// The card it is drawn on.
    #[must_use]
    pub fn card(&self, area: Rect) -> Rect {
        card::place((area.width.saturating_sub(4).min(100), area.height.saturating_sub(2).max(5)), area)
    }

    /// The rows of the list within the inside of the card, and the first of all rows that is shown.
    fn list(&self, rows: &[Row<'_>], inside: Rect) -> (Rect, usize) {
        let below = if self.binding.is_some() { BINDING_ROWS } else { 1 };
        let list = Rect { y: inside.y + 2.min(inside.height), height: inside.height.saturating_sub(3 + below), ..inside };
        let selected = rows.iter().position(|row| matches!(row, Row::Item { place, .. } if *place == self.selected)).unwrap_or(0);
        (list, selected.saturating_sub(usize::from(list.height).saturating_sub(1)))
    }

    /// Takes a click on a row of its inside: runs the action there.
    pub fn click(&mut self, row: u16, inside: Rect) -> Outcome {
        if self.binding.is_some() {
            return Outcome::Stay;
        }
        let rows = self.rows();
        let (list, top) = self.list(&rows, inside);
        let below = (inside.y + row).checked_sub(list.y).filter(|below| *below < list.height);
        match below.and_then(|below| rows.get(top + usize::from(below))) {
            Some(Row::Item { item, .. }) => Outcome::Run(item.pane, item.id),
            _ => Outcome::Stay,
        }
    }

    /// Draws it.
    pub fn draw(&self, area: Rect, buffer: &mut Buffer, view: &View<'_>) -> (u16, u16) {
        let inside = card::at(&self.title, self.card(area), buffer, view);
        let cursor = self.entry.draw("> ", inside, buffer, view);
        let rows = self.rows();
        let found = rows.iter().filter(|row| matches!(row, Row::Item { .. })).count();
        let (list, top) = self.list(&rows, inside);
        for (row, content) in (0..list.height).zip(rows.iter().skip(top)) {
            self.row(Rect { y: list.y + row, height: 1, ..list }, content, buffer, view);
        }
        if found == 0 {
            let view_named = views::spoken(self.entry.text()).map(|name| format!("Enter saves the filter as the view @{name}"));
            let says = view_named.unwrap_or_else(|| "No action fits what is typed.".to_owned());
            card::line(list, 0, &Line::styled(says, view.style(Role::Dim)), buffer);
        }
        let columns = usize::from(inside.width);
        if let Some((_, help)) = &self.binding {
            let foot = Rect { y: list.bottom(), height: inside.bottom().saturating_sub(list.bottom()), ..inside };
            heading::draw("another key", foot, buffer, view);
            let ask = format!("Press the key for: {help}");
            card::line(foot, 1, &Line::styled(fit(&ask, columns).into_owned(), view.style(Role::Strong)), buffer);
            for (row, text) in (2..foot.height).zip(self.refusal.iter().flat_map(|refusal| wrap(refusal, columns))) {
                card::line(foot, row, &Line::styled(text, view.style(Role::Bad)), buffer);
            }
            return cursor;
        }
        let foot = Rect { y: inside.bottom().saturating_sub(1), height: inside.height.min(1), ..inside };
        let words = format!("{found} of {} actions   digits are panes, so no key takes a count", self.items.len());
        card::line(foot, 0, &Line::styled(fit(&words, columns).into_owned(), view.style(Role::Dim)), buffer);
        cursor
    }

    fn row(&self, area: Rect, row: &Row<'_>, buffer: &mut Buffer, view: &View<'_>) {
        match row {
            Row::Heading(heading) => card::line(area, 0, &Line::styled((*heading).to_owned(), view.style(Role::Heading)), buffer),
            Row::Item { item, matched, place } => {
                let chosen = *place == self.selected;
                let base = if item.blocked.is_some() { view.style(Role::Dim) } else { Style::new() };
                let key = item.key.as_deref().unwrap_or("no key");
                let mark = if chosen { view.shared.glyphs.cursor } else { " " };
                let mut spans = vec![
                    Span::raw(format!("{mark} ")),
                    Span::styled(pad_right(key, KEY_COLUMNS), view.style(if item.key.is_some() { Role::Key } else { Role::Dim })),
                ];
                let reason = item.blocked.as_ref().map_or_else(String::new, |reason| format!("  ({reason})"));
                let room = usize::from(area.width).saturating_sub(KEY_COLUMNS + 2);
                let text = fit(&item.text, room.saturating_sub(width(&reason).min(room / 2)));
                spans.extend(marked(&text, matched, base, base.patch(view.style(Role::Match))));
                spans.push(Span::styled(fit(&reason, room.saturating_sub(width(&text))).into_owned(), view.style(Role::Dim)));
                card::line(area, 0, &Line::from(spans), buffer);
                if chosen {
                    buffer.set_style(area, view.style(Role::Selection));
                }
            }
        }
    }
}

/// Whether a key asks for another key for the action chosen.
fn is_rebind(event: &KeyEvent) -> bool {
    event.code == KeyCode::Char('k') && event.modifiers.contains(KeyModifiers::CONTROL)
}

/// A text with its matched clusters marked.
fn marked(text: &str, matched: &[u32], plain: Style, mark: Style) -> Vec<Span<'static>> {
    let mut spans: Vec<Span<'static>> = Vec::new();
    for (place, cluster) in (0u32..).zip(text.graphemes(true)) {
        let style = if matched.binary_search(&place).is_ok() { mark } else { plain };
        match spans.last_mut() {
            Some(last) if last.style == style => last.content.to_mut().push_str(cluster),
            _ => spans.push(Span::styled(cluster.to_owned(), style)),
        }
    }
    spans
}
