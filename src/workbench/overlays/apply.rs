//! Asks whether a fix is to be applied: the file, what git knows of it, and every line that changes. No is the answer of Enter.

use crossterm::event::{KeyCode, KeyEvent};
use ratatui::{buffer::Buffer, layout::Rect, text::Line};

use crate::{
    model::{fix::Fix, time::Timestamp},
    repair::project::git::GitState,
    text::clean::clean_line,
    workbench::{
        draw::{
            card,
            facts::more,
            hunks::{Hunks, SPLIT_LEAST},
        },
        effects::Orders,
        mending::Mending,
        message::Effect,
        need::{Ask, Need},
        pane::View,
        theme::Role,
    },
};

use super::Outcome;

/// Rows over the diff.
const HEAD: u16 = 4;
/// Rows a page scrolls.
const PAGE: usize = 10;

/// The question about one fix.
#[derive(Debug)]
pub struct Apply {
    fix: Fix,
    git: Option<GitState>,
    split: bool,
    top: usize,
}

impl Apply {
    /// Asks about a fix.
    #[must_use]
    pub const fn new(fix: Fix) -> Self {
        Self { fix, git: None, split: false, top: 0 }
    }

    /// What it must know: how the file stands in git.
    #[must_use]
    pub fn need(&self) -> Option<Need> {
        self.fix.place.clone().map(|place| Need::once(Ask::GitState(place)))
    }

    /// Takes how the file stands in git.
    pub const fn stands(&mut self, git: Option<GitState>) {
        self.git = git;
    }

    /// Takes a key.
    pub fn key(&mut self, event: &KeyEvent, now: Timestamp) -> Outcome {
        self.top = match event.code {
            KeyCode::Char('y' | 'Y') => {
                let mut orders = Orders::default();
                orders.effect(Effect::Mend(Mending::Apply(Box::new(self.fix.clone()), now)));
                return Outcome::Order(orders);
            }
            KeyCode::Enter | KeyCode::Esc | KeyCode::Char('n' | 'N' | 'q') => return Outcome::Close,
            KeyCode::Char('V' | 'v') => {
                self.split = !self.split;
                0
            }
            KeyCode::Char('j') | KeyCode::Down => self.top.saturating_add(1),
            KeyCode::Char('k') | KeyCode::Up => self.top.saturating_sub(1),
            KeyCode::PageDown => self.top.saturating_add(PAGE),
            KeyCode::PageUp => self.top.saturating_sub(PAGE),
            KeyCode::Char('g') | KeyCode::Home => 0,
            KeyCode::Char('G') | KeyCode::End => usize::MAX,
            _ => self.top,
        }
        .min(self.fix.diff.as_deref().map_or(0, |diff| diff.lines().count()));
        Outcome::Stay
    }

    fn hunks(&self, width: u16) -> Option<Hunks> {
        Hunks::of(self.fix.diff.as_deref()?, self.split && width >= SPLIT_LEAST)
    }

    /// The card it is drawn on.
    #[must_use]
    pub fn card(&self, area: Rect) -> Rect {
        let width = area.width.saturating_sub(4).min(140);
        let rows = self.hunks(width).as_ref().map_or(0, Hunks::len);
        let height = u16::try_from(rows).unwrap_or(u16::MAX).saturating_add(HEAD + 3).min(area.height.saturating_sub(2));
        card::place((width, height), area)
    }

    /// Draws it.
    pub fn draw(&self, area: Rect, buffer: &mut Buffer, view: &View<'_>) {
        let card = self.card(area);
        let hunks = self.hunks(card.width);
        let inside = card::at("Apply this fix to your file?", card, buffer, view);
        let file = self.fix.place.as_ref().map_or_else(String::new, |place| clean_line(&place.path).into_owned());
        let root = self.fix.place.as_ref().map_or_else(String::new, |place| format!("in {}", clean_line(&place.root)));
        card::line(inside, 0, &Line::styled(file, view.style(Role::Strong)), buffer);
        card::line(inside, 1, &Line::styled(root, view.style(Role::Dim)), buffer);
        let (says, role) = self.git_says();
        card::line(inside, 2, &Line::styled(says, view.style(role)), buffer);
        let below = Rect { y: inside.y + HEAD.min(inside.height), height: inside.height.saturating_sub(HEAD + 1), ..inside };
        if let Some(hunks) = hunks {
            let fits = usize::from(below.height);
            let shown = if hunks.len() > fits { fits.saturating_sub(1) } else { fits };
            let top = self.top.min(hunks.len().saturating_sub(shown));
            for (y, row) in (below.y..below.bottom()).zip(top..hunks.len().min(top + shown)) {
                hunks.draw_row(row, Rect { y, height: 1, ..below }, buffer, view);
            }
            if hunks.len() > shown {
                more(hunks.len() - shown - top, " below", below, buffer, view);
            }
        }
        let keys = "y applies it; n, Enter and Esc leave the file as it is. U undoes it later.";
        card::line(inside, inside.height.saturating_sub(1), &Line::styled(keys, view.style(Role::Warn)), buffer);
    }

    const fn git_says(&self) -> (&'static str, Role) {
        match self.git {
            None => ("What it holds now is kept for undoing; git is left alone.", Role::Dim),
            Some(GitState::Clean) => ("As committed in git. What it holds now is kept for undoing; git is left alone.", Role::Dim),
            Some(GitState::Changed) => ("It has changes that are not committed. They stay; the fix is made on top of them.", Role::Warn),
            Some(GitState::Untracked) => ("Git does not know this file. What it holds now is kept for undoing.", Role::Warn),
        }
    }
}
