//! Performing an action: the focused pane's own first, else the root's.

use std::time::Duration;

use crate::model::time::Timestamp;

use crate::workbench::{
    action::{Action, ActionId, GLOBAL},
    effects::{Effects, Orders},
    message::{Effect, Toast},
    overlays::{Outcome, Overlay},
    pane::{Handled, Motion, PaneId, PaneMsg},
    root::Workbench,
    table::digit_of,
};

/// How soon a second Ctrl-c must follow to quit.
const TWICE_WITHIN: Duration = Duration::from_secs(2);

impl Workbench {
    /// Performs an action if it can be used here: blocked ones say why, dangerous ones ask.
    pub(in crate::workbench) fn act(&mut self, id: ActionId, repeat: bool, now: Timestamp, effects: &mut Effects) {
        let Some(action) = self.action_here(id) else { return };
        if repeat && !action.repeatable {
            return;
        }
        if let Some(reason) = self.blocked(id) {
            return self.say(Toast::news(format!("{}: {reason}", action.name)), now);
        }
        if action.danger {
            self.overlay = Some(Overlay::confirm(&action));
            return;
        }
        self.perform(id, now, effects);
    }

    /// Does what came of a key or click in what stands in front.
    pub(in crate::workbench) fn follow(&mut self, overlay: Overlay, outcome: Outcome, now: Timestamp, effects: &mut Effects) {
        match outcome {
            Outcome::Stay => self.overlay = Some(overlay),
            Outcome::Close => {}
            Outcome::Try(orders) => {
                self.overlay = Some(overlay);
                self.carry(orders, now, effects);
            }
            Outcome::Order(orders) => self.carry(orders, now, effects),
            Outcome::Run(pane, id) => self.run(pane, id, now, effects),
            Outcome::Confirmed(id) => self.perform(id, now, effects),
        }
    }

    /// Runs what was chosen in the palette, in its pane or here, and teaches its key.
    fn run(&mut self, pane: Option<PaneId>, id: ActionId, now: Timestamp, effects: &mut Effects) {
        if let Some(index) = pane.and_then(|pane| self.index_of(pane)) {
            self.focus = index;
        }
        let shown = self.keys.shown(id);
        self.act(id, false, now, effects);
        if let Some(key) = shown {
            self.say(Toast::news(format!("{} has the key {key}", id.0)), now);
        }
    }

    /// Gives a pane the focus by choice; no link led there, so Esc leads back along none.
    pub(in crate::workbench) fn refocus(&mut self, index: usize) {
        self.focus = index;
        self.trail.clear();
    }

    /// The action a meaning has here, now.
    fn action_here(&self, id: ActionId) -> Option<Action> {
        let own = self.seat().map_or(&[][..], |seat| seat.registration.actions);
        let declared = own.iter().chain(GLOBAL).find(|action| action.id == id).copied();
        declared.or_else(|| digit_of(id).and_then(crate::workbench::table::go_to))
    }

    /// Performs an action that was found usable, and confirmed where it is dangerous.
    pub(super) fn perform(&mut self, id: ActionId, now: Timestamp, effects: &mut Effects) {
        let own = self.seat().is_some_and(|seat| seat.registration.actions.iter().any(|action| action.id == id));
        if own {
            self.tell_focused(&PaneMsg::Act(id), now, effects);
        } else if let Some(digit) = digit_of(id) {
            self.focus_digit(digit);
        } else if let Some(motion) = motion(id) {
            self.tell_focused(&PaneMsg::Move(motion), now, effects);
        } else {
            self.perform_global(id, now, effects);
        }
    }

    fn perform_global(&mut self, id: ActionId, now: Timestamp, effects: &mut Effects) {
        match id.0 {
            "palette" => self.overlay = Some(Overlay::palette(self)),
            "help" => self.overlay = Some(Overlay::help(self)),
            "messages" => self.overlay = Some(Overlay::messages(&self.toasts)),
            "theme" => self.overlay = Some(Overlay::themes(&self.themes, &self.shared.theme.name)),
            "quit" => effects.push(Effect::Quit),
            "next-pane" => self.turn_focus(1),
            "previous-pane" => self.turn_focus(-1),
            "back" => self.back(now, effects),
            "zoom" => self.zoomed = !self.zoomed,
            "demo" => effects.push(Effect::ToggleDemo),
            "mouse" => self.toggle_mouse(now, effects),
            "wider" | "narrower" | "taller" | "shorter" => self.grow(id),
            "reset-borders" => {
                self.borders.reset();
            }
            "edit-keys" => effects.push(Effect::EditKeys),
            "undo-key" => {
                let undone = self.rebound.pop();
                effects.extend(undone.map(|(id, keys)| Effect::BindKeys { id, keys, undoing: true }));
            }
            "redraw" => effects.push(Effect::Redraw),
            "suspend" => effects.push(Effect::Suspend),
            "interrupt" => self.interrupt(now, effects),
            _ => {}
        }
    }

    /// Moves a border of the focused pane by a step, as the mouse would.
    fn grow(&mut self, id: ActionId) {
        if let Some((border, share)) = self.growth(id) {
            self.borders.set(border, share);
        }
    }

    fn focus_digit(&mut self, digit: u8) {
        if let Some(index) = self.seats.iter().position(|seat| seat.registration.spec.digit == digit) {
            self.refocus(index);
        }
    }

    /// Tab goes round the panes on the screen; where only one is, round all of them.
    fn turn_focus(&mut self, by: isize) {
        let shown: Vec<usize> = self
            .arrangement()
            .filter(|arrangement| arrangement.places.len() > 2 && !self.zoomed)
            .map(|arrangement| arrangement.places.iter().filter_map(|place| self.index_of(place.pane)).collect())
            .unwrap_or_else(|| (0..self.seats.len()).collect());
        let here = shown.iter().position(|index| *index == self.focus).unwrap_or(0);
        let count = isize::try_from(shown.len()).unwrap_or(1).max(1);
        let next = (isize::try_from(here).unwrap_or(0) + by).rem_euclid(count);
        if let Some(index) = usize::try_from(next).ok().and_then(|next| shown.get(next)) {
            self.refocus(*index);
        }
    }

    /// One step back: a problem that stands, the pane's inner step, zoom, the link that led here, the filter.
    fn back(&mut self, now: Timestamp, effects: &mut Effects) {
        if self.toasts.dismiss() || self.tell_focused(&PaneMsg::Back, now, effects) == Handled::Yes {
            return;
        }
        if std::mem::take(&mut self.zoomed) && self.unzoomed_panes() > 1 {
            return;
        }
        if let Some(from) = self.trail.pop() {
            self.focus = from;
        } else if self.shared.filter.is_some() {
            let mut orders = Orders::default();
            orders.push(crate::workbench::effects::Order::Filter(None));
            self.carry(orders, now, effects);
        }
    }

    fn interrupt(&mut self, now: Timestamp, effects: &mut Effects) {
        if self.interrupted.is_some_and(|before| now.since(before) <= TWICE_WITHIN) {
            effects.push(Effect::Quit);
        } else {
            self.interrupted = Some(now);
            self.say(Toast::news("Ctrl-c again quits"), now);
        }
    }
}

fn motion(id: ActionId) -> Option<Motion> {
    Some(match id.0 {
        "up" => Motion::Up,
        "down" => Motion::Down,
        "page-up" => Motion::PageUp,
        "page-down" => Motion::PageDown,
        "first" => Motion::First,
        "last" => Motion::Last,
        _ => return None,
    })
}
