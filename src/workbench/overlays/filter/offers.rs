//! What may come next in the prompt: fields and their values from the language, names from the store, saved views; one of them chosen.

use std::collections::BTreeMap;

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    text::{Line, Span},
};

use crate::{
    query::{complete, name_at, quote},
    text::{
        clean::clean_line,
        fuzzy::rank,
        human,
        width::{fit, pad_right, width},
    },
    workbench::{draw::card, narrow, need::NameKind, pane::View, theme::Role, views::Views},
};

/// Most offers kept.
const MOST: usize = 100;
/// Most names of one kind looked through.
const NAMES_MOST: usize = 20_000;
/// Widest column for what would be inserted.
const INSERT_COLUMNS: usize = 32;

/// Something that may come next: replace the characters `from..to` by `insert`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Offer {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) insert: String,
    /// What it means, or how often it is there.
    help: String,
}

/// The offers, the one that is chosen, and the names they come from.
#[derive(Debug, Default)]
pub(super) struct Offers {
    all: Vec<Offer>,
    chosen: usize,
    names: BTreeMap<NameKind, Vec<(String, u64)>>,
    /// The names that are asked for.
    wanted: Option<NameKind>,
    /// The names among which none fits.
    unfit: Option<NameKind>,
}

impl Offers {
    /// Finds what may come next at the cursor.
    pub(super) fn find(&mut self, text: &str, cursor: usize, views: &Views) {
        self.chosen = 0;
        (self.wanted, self.unfit) = (None, None);
        self.all = self.views(text, cursor, views).or_else(|| self.names(text, cursor)).unwrap_or_else(|| {
            let offer =
                |next: crate::query::Completion| Offer { from: next.from, to: next.to, insert: next.insert, help: next.help.to_owned() };
            complete(text, cursor).into_iter().map(offer).collect()
        });
        self.all.truncate(MOST);
    }

    /// Views, where a word that begins with `@` is typed.
    fn views(&self, text: &str, cursor: usize, views: &Views) -> Option<Vec<Offer>> {
        let characters: Vec<char> = text.chars().collect();
        let before = characters.get(..cursor)?;
        let from = before.iter().rposition(|character| character.is_whitespace()).map_or(0, |at| at + 1);
        let typed: String = before.get(from..)?.iter().collect();
        let typed = typed.strip_prefix('@')?;
        if characters.get(cursor).is_some_and(|next| !next.is_whitespace()) {
            return None;
        }
        let known: Vec<(&str, &str)> = views.iter().collect();
        let fitting = rank(typed, known.iter().map(|(name, _)| *name)).into_iter().filter_map(|(place, _)| known.get(place));
        let offer =
            |(name, filter): &(&str, &str)| Offer { from, to: cursor, insert: format!("@{name}"), help: clean_line(filter).into_owned() };
        Some(fitting.map(offer).collect())
    }

    /// Names that are stored, where one is typed. Those that are not known yet are asked for.
    fn names(&mut self, text: &str, cursor: usize) -> Option<Vec<Offer>> {
        let place = name_at(text, cursor)?;
        let kind = narrow::kind(place.field.name)?;
        let Some(names) = self.names.get(&kind) else {
            self.wanted = Some(kind);
            return Some(Vec::new());
        };
        // Names that begin as typed come before those that only hold its letters somewhere.
        let begins = |name: &str| name.to_lowercase().starts_with(&place.typed.to_lowercase());
        let mut fitting: Vec<&(String, u64)> =
            rank(&place.typed, names.iter().map(|(name, _)| name)).into_iter().filter_map(|(index, _)| names.get(index)).collect();
        fitting.sort_by_key(|(name, _)| !begins(name));
        let offer = |(name, runs): &(String, u64)| Offer { from: place.from, to: place.to, insert: quote(name), help: runs_of(*runs) };
        if fitting.is_empty() {
            self.unfit = Some(kind);
        }
        Some(fitting.into_iter().filter(|(name, _)| *name != place.typed).map(offer).collect())
    }

    /// The names that are asked for.
    pub(super) const fn wanted(&self) -> Option<NameKind> {
        self.wanted
    }

    /// Takes the names that were asked for. A name with characters that no line of text may hold cannot be typed, so it is not offered.
    pub(super) fn named(&mut self, names: &[(String, u64)]) {
        let Some(kind) = self.wanted else { return };
        let typable = |(name, _): &&(String, u64)| !name.trim().is_empty() && clean_line(name) == name.as_str();
        self.names.insert(kind, names.iter().filter(typable).take(NAMES_MOST).cloned().collect());
    }

    pub(super) fn chosen(&self) -> Option<&Offer> {
        self.all.get(self.chosen)
    }

    /// Whether there is nothing to offer, and nothing is on its way.
    pub(super) const fn is_empty(&self) -> bool {
        self.all.is_empty() && self.wanted.is_none()
    }

    pub(super) const fn is_first(&self) -> bool {
        self.chosen == 0
    }

    pub(super) fn next(&mut self) {
        self.chosen = (self.chosen + 1).min(self.all.len().saturating_sub(1));
    }

    pub(super) const fn previous(&mut self) {
        self.chosen = self.chosen.saturating_sub(1);
    }

    /// The first one shown on so many rows.
    fn top(&self, rows: u16) -> usize {
        self.chosen.saturating_sub(usize::from(rows).saturating_sub(1))
    }

    /// Chooses the one on a row, when so many rows are shown; answers whether there is one.
    pub(super) fn choose(&mut self, row: u16, rows: u16) -> bool {
        let place = self.top(rows) + usize::from(row);
        let there = row < rows && place < self.all.len();
        if there {
            self.chosen = place;
        }
        there
    }

    /// Draws as many as there are rows for, the chosen one among them.
    pub(super) fn draw(&self, text: &str, area: Rect, buffer: &mut Buffer, view: &View<'_>) {
        let columns = usize::from(area.width);
        if let Some(kind) = self.wanted {
            let line = Line::styled(format!("reading the names of {} …", plural(kind)), view.style(Role::Dim));
            return card::line(area, 0, &line, buffer);
        }
        if self.all.is_empty() {
            let says = match self.unfit {
                Some(kind) if self.names.get(&kind).is_some_and(Vec::is_empty) => format!("no run names any {}", plural(kind)),
                Some(kind) => format!("none of the {} fits; * stands for anything", plural(kind)),
                None if text.ends_with('@') => "no view is saved yet; Ctrl-s saves a filter as one".to_owned(),
                None => String::new(),
            };
            return card::line(area, 0, &Line::styled(says, view.style(Role::Dim)), buffer);
        }
        let rows = usize::from(area.height);
        let top = self.top(area.height);
        let widest = self.all.iter().map(|offer| width(&offer.insert)).max().unwrap_or(0).min(INSERT_COLUMNS).min(columns / 2);
        for (row, (place, offer)) in (0..area.height).zip(self.all.iter().enumerate().skip(top)) {
            let chosen = place == self.chosen;
            let mark = if chosen { view.shared.glyphs.cursor } else { " " };
            let left = if place + 1 == top + rows { self.all.len().saturating_sub(top + rows) } else { 0 };
            let more = if left > 0 { format!("  {} more", human::count(left as u64)) } else { String::new() };
            let head = format!("{mark} {}   ", pad_right(&offer.insert, widest));
            let room = columns.saturating_sub(width(&head) + width(&more));
            let help = pad_right(&fit(&offer.help, room), room);
            let line = Line::from(vec![
                Span::styled(head, view.style(Role::Accent)),
                Span::styled(help, view.style(Role::Dim)),
                Span::styled(more, view.style(Role::Dim)),
            ]);
            card::line(area, row, &line, buffer);
            if chosen {
                buffer.set_style(Rect { y: area.y + row, height: 1, ..area }, view.style(Role::Selection));
            }
        }
    }
}

fn plural(kind: NameKind) -> &'static str {
    narrow::KINDS.iter().find(|(known, ..)| *known == kind).map_or("", |(_, _, plural)| plural)
}

fn runs_of(runs: u64) -> String {
    crate::workbench::words::counted(runs, "run")
}
