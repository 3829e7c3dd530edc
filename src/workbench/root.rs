//! The root of the workbench: it holds the panes and routes; nothing in it names a pane's own action.

use crate::model::time::Timestamp;

use super::{
    action::{Action, ActionId},
    alarms::Alarms,
    borders::{Border, Borders},
    keymap::KeyMap,
    layout::{Arrangement, arrange},
    message::Slot,
    mouse::Mouse,
    overlays::Overlay,
    pane::{Pane, PaneId, Registration, Spec},
    panes::PANES,
    rate::Rate,
    shared::Shared,
    slots::Slots,
    toasts::Toasts,
};

/// Columns a pane gets wider or narrower by with one key; rows come one by one.
const COLUMNS_A_STEP: i32 = 2;

/// A pane on its seat.
#[derive(Debug)]
pub struct Seat {
    /// What it is and what can be done in it.
    pub registration: &'static Registration,
    /// The pane.
    pub pane: Box<dyn Pane>,
    /// The size of its inside when it was last on the screen.
    pub size: Option<(u16, u16)>,
    /// Why its last question has no answer; shown in place.
    pub problem: Option<String>,
}

/// Everything the screen is made of.
#[derive(Debug)]
pub struct Workbench {
    /// What all panes can see.
    pub shared: Shared,
    pub(super) seats: Vec<Seat>,
    pub(super) focus: usize,
    /// Where links were followed from, newest last; Esc goes back along it.
    pub(super) trail: Vec<usize>,
    pub(super) zoomed: bool,
    pub(super) borders: Borders,
    pub(super) mouse: Mouse,
    pub(super) size: (u16, u16),
    pub(super) overlay: Option<Overlay>,
    pub(super) slots: Slots,
    pub(super) keys: KeyMap,
    /// Keys changed since the start: the action, and what the file gave it before. The newest last.
    pub(super) rebound: Vec<(ActionId, Option<Vec<String>>)>,
    pub(super) toasts: Toasts,
    pub(super) rate: Rate,
    /// What was said of budgets.
    pub(super) alarms: Alarms,
    /// When Ctrl-c was last pressed.
    pub(super) interrupted: Option<Timestamp>,
    /// Names of the themes there are.
    pub(super) themes: Vec<String>,
    /// Whether what is on the screen is no longer true.
    pub(super) dirty: bool,
}

impl Workbench {
    /// A workbench on which nothing has happened yet; it learns its size from [`super::message::Msg::Resize`].
    #[must_use]
    pub fn new(shared: Shared, keys: KeyMap) -> Self {
        let seats =
            PANES.iter().map(|registration| Seat { registration, pane: (registration.make)(), size: None, problem: None }).collect();
        Self {
            shared,
            seats,
            focus: 0,
            trail: Vec::new(),
            zoomed: false,
            borders: Borders::default(),
            mouse: Mouse::default(),
            size: (0, 0),
            overlay: None,
            slots: Slots::default(),
            keys,
            rebound: Vec::new(),
            toasts: Toasts::default(),
            rate: Rate::default(),
            alarms: Alarms::default(),
            interrupted: None,
            themes: Vec::new(),
            dirty: true,
        }
    }

    /// The pane with the focus.
    #[must_use]
    pub fn focused(&self) -> PaneId {
        self.seat().map_or(PaneId(""), |seat| seat.registration.spec.id)
    }

    /// Whether something changed since [`Workbench::drawn`].
    #[must_use]
    pub const fn is_dirty(&self) -> bool {
        self.dirty
    }

    /// What is on the screen is true again.
    pub const fn drawn(&mut self) {
        self.dirty = false;
    }

    /// The next moment at which something changes by itself (a toast goes, a rate falls, a question may be asked again);
    /// `None` when nothing will.
    #[must_use]
    pub fn wake_at(&self, now: Timestamp) -> Option<Timestamp> {
        let questions = self.slots.wake_at(self.shared.beat.commits);
        [questions, self.toasts.wake_at(), self.rate.wake_at(now)].into_iter().flatten().min()
    }

    /// Who stands where now; `None` when the terminal is too small.
    #[must_use]
    pub fn arrangement(&self) -> Option<Arrangement> {
        arrange(self.size.0, self.size.1, &self.specs(), self.focused(), self.zoomed, &self.borders)
    }

    /// The actions that can be used now, the focused pane's own first, each with the reason when it is blocked.
    #[must_use]
    pub fn actions(&self) -> Vec<(Action, Option<String>)> {
        let own = self.seat().map_or(&[][..], |seat| seat.registration.actions);
        own.iter().chain(super::action::GLOBAL).map(|action| (*action, self.blocked(action.id))).collect()
    }

    /// Why an action cannot be used now, as a short sentence.
    #[must_use]
    pub fn blocked(&self, id: ActionId) -> Option<String> {
        let seat = self.seat()?;
        if seat.registration.actions.iter().any(|action| action.id == id) {
            return seat.pane.blocked(id, &self.shared);
        }
        let alone = || self.unzoomed_panes() <= 1;
        let reason = match id.0 {
            "zoom" if alone() => "this pane has the whole screen already",
            "wider" | "narrower" | "taller" | "shorter" if self.growth(id).is_none() => {
                if self.arrangement().is_some_and(|arrangement| arrangement.places.len() > 1) {
                    "no border of this pane can go further that way"
                } else {
                    "one pane is shown, so there is no border to move"
                }
            }
            "reset-borders" if self.borders.is_usual() => "no border has been moved",
            "undo-key" if self.rebound.is_empty() => "no key has been changed since the start",
            _ => return None,
        };
        Some(reason.to_owned())
    }

    /// The border that an action moves for the focused pane, and the share it then stands at; `None` when none can.
    pub(super) fn growth(&self, id: ActionId) -> Option<(Border, u16)> {
        let (upright, by) = match id.0 {
            "wider" => (true, COLUMNS_A_STEP),
            "narrower" => (true, -COLUMNS_A_STEP),
            "taller" => (false, 1),
            "shorter" => (false, -1),
            _ => return None,
        };
        let edges = self.arrangement()?.edges;
        let pane = self.focused();
        // The border under or right of the pane first, else the one above or left of it.
        let own = |side: usize| edges.iter().filter(move |edge| edge.upright == upright && edge.panes[side].contains(&pane));
        own(0).chain(own(1)).find_map(|edge| Some((edge.border, edge.share_at(edge.grown(pane, by)?))))
    }

    /// How many panes the screen has room for when none is zoomed.
    pub(super) fn unzoomed_panes(&self) -> usize {
        arrange(self.size.0, self.size.1, &self.specs(), self.focused(), false, &self.borders)
            .map_or(0, |arrangement| arrangement.places.len())
    }

    pub(super) fn specs(&self) -> Vec<&'static Spec> {
        self.seats.iter().map(|seat| seat.registration.spec).collect()
    }

    pub(super) fn seat(&self) -> Option<&Seat> {
        self.seats.get(self.focus)
    }

    pub(super) fn seat_of(&self, pane: PaneId) -> Option<&Seat> {
        self.seats.iter().find(|seat| seat.registration.spec.id == pane)
    }

    pub(super) fn index_of(&self, pane: PaneId) -> Option<usize> {
        self.seats.iter().position(|seat| seat.registration.spec.id == pane)
    }

    pub(super) fn slot_index(&self, slot: Slot) -> Option<usize> {
        match slot {
            Slot::Pane(pane) => self.index_of(pane),
            Slot::Status | Slot::Prompt | Slot::Names => None,
        }
    }
}
