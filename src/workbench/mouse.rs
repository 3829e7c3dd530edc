//! The mouse, while somebody has switched it on: a click focuses a pane, selects a row, or answers what stands in front; the wheel moves
//! what is under it; dragging a border moves it. Everything it does has a key, so it is never needed.

use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Position;

use crate::model::time::Timestamp;

use super::{
    action::{ActionId, verbs},
    borders::Border,
    draw::tabs,
    effects::Effects,
    layout::Place,
    message::{Effect, Toast},
    pane::{Handled, Motion, PaneMsg},
    root::Workbench,
};

/// Rows that one notch of the wheel moves.
const NOTCH: usize = 3;
/// How soon a second click on the same cell must follow to open what is there.
const TWICE_WITHIN: Duration = Duration::from_millis(400);

/// What the mouse is about.
#[derive(Debug, Default)]
pub(super) struct Mouse {
    /// Whether the terminal tells of it.
    pub(super) on: bool,
    /// The border it holds.
    held: Option<Border>,
    /// Where and when it was last clicked inside a pane.
    clicked: Option<(Position, Timestamp)>,
}

impl Workbench {
    /// Takes the mouse from the terminal, or leaves it to it again.
    pub(super) fn toggle_mouse(&mut self, now: Timestamp, effects: &mut Effects) {
        self.mouse = Mouse { on: !self.mouse.on, ..Mouse::default() };
        effects.push(Effect::Mouse(self.mouse.on));
        let key = self.keys.shown(ActionId("mouse")).unwrap_or_else(|| "the palette".to_owned());
        let words = match self.mouse.on {
            true => format!("mouse on; Shift selects text as before; {key} switches it off"),
            false => "mouse off; it is the terminal's again".to_owned(),
        };
        self.say(Toast::news(words), now);
    }

    /// Takes what the mouse did.
    pub(super) fn take_mouse(&mut self, event: MouseEvent, now: Timestamp, effects: &mut Effects) {
        if !self.mouse.on {
            return;
        }
        let at = Position { x: event.column, y: event.row };
        match event.kind {
            MouseEventKind::Down(MouseButton::Left) => self.press(at, now, effects),
            MouseEventKind::Drag(MouseButton::Left) => self.drag(at),
            MouseEventKind::Up(MouseButton::Left) => self.mouse.held = None,
            MouseEventKind::ScrollUp => self.wheel(at, Motion::Up, now, effects),
            MouseEventKind::ScrollDown => self.wheel(at, Motion::Down, now, effects),
            _ => return,
        }
        self.dirty = true;
    }

    fn press(&mut self, at: Position, now: Timestamp, effects: &mut Effects) {
        let Some(arrangement) = self.arrangement() else { return };
        if let Some(mut overlay) = self.overlay.take() {
            let card = overlay.card(arrangement.body());
            let outcome = match card.contains(at) {
                true => overlay.click(card, at, now),
                false => overlay.key(&KeyEvent::from(KeyCode::Esc), now),
            };
            return self.follow(overlay, outcome, now, effects);
        }
        if arrangement.tabs.contains(at) {
            if let Some(pane) = tabs::at(self, arrangement.tabs, at.x) {
                self.refocus(self.index_of(pane).unwrap_or(self.focus));
            }
            return;
        }
        self.mouse.held = arrangement.edges.iter().find(|edge| edge.handle.contains(at)).map(|edge| edge.border);
        let Some(place) = under(&arrangement.places, at) else { return };
        let Some(index) = self.index_of(place.pane) else { return };
        if index != self.focus {
            self.refocus(index);
        }
        if !place.inside.contains(at) {
            return;
        }
        let click = PaneMsg::Click { row: at.y - place.inside.y, column: at.x - place.inside.x };
        if self.tell_focused(&click, now, effects) == Handled::No {
            self.select_row(at.y - place.inside.y, now, effects);
        }
        let twice = self.mouse.clicked.take().is_some_and(|(before, when)| before == at && now.since(when) <= TWICE_WITHIN);
        if twice {
            self.act(verbs::OPEN.id, false, now, effects);
        } else {
            self.mouse.clicked = Some((at, now));
        }
    }

    /// Moves the selection of the focused pane to a row of its list, step by step as the keys would.
    fn select_row(&mut self, row: u16, now: Timestamp, effects: &mut Effects) {
        let Some(rows) = self.seat().map(|seat| seat.pane.list_rows()).filter(|rows| rows.contains(&row)) else { return };
        // One step more than there are rows: the first may only bring a cursor.
        for _ in rows.start..=rows.end {
            let here = self.seat().and_then(|seat| seat.pane.selected_row());
            let motion = match here {
                Some(here) if here == row => return,
                Some(here) if here > row => Motion::Up,
                _ => Motion::Down,
            };
            self.tell_focused(&PaneMsg::Move(motion), now, effects);
        }
    }

    fn drag(&mut self, at: Position) {
        let Some(border) = self.mouse.held else { return };
        let edges = self.arrangement().map(|arrangement| arrangement.edges).unwrap_or_default();
        if let Some(edge) = edges.iter().find(|edge| edge.border == border) {
            self.borders.set(border, edge.share_at(if edge.upright { at.x } else { at.y }));
        }
    }

    fn wheel(&mut self, at: Position, motion: Motion, now: Timestamp, effects: &mut Effects) {
        if let Some(overlay) = &mut self.overlay {
            let key = KeyEvent::from(if motion == Motion::Up { KeyCode::Up } else { KeyCode::Down });
            let mut outcome = overlay.key(&key, now);
            for _ in 1..NOTCH {
                outcome = overlay.key(&key, now);
            }
            if let Some(overlay) = self.overlay.take() {
                self.follow(overlay, outcome, now, effects);
            }
            return;
        }
        let places = self.arrangement().map(|arrangement| arrangement.places).unwrap_or_default();
        let Some(index) = under(&places, at).and_then(|place| self.index_of(place.pane)) else { return };
        for _ in 0..NOTCH {
            self.tell(index, &PaneMsg::Move(motion), now, effects);
        }
    }
}

/// The pane under a cell. Panes of the desk share a frame; each has its header and inside.
fn under(places: &[Place], at: Position) -> Option<&Place> {
    let own = |place: &&Place| place.inside.contains(at) || place.header.is_some_and(|header| header.contains(at));
    places.iter().find(own).or_else(|| places.iter().find(|place| place.frame.contains(at)))
}

#[cfg(test)]
#[path = "mouse_tests.rs"]
mod tests;
