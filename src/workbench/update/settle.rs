//! After every message: panes learn their size, and what they now need is asked for.

use std::time::Duration;

use crate::model::time::Timestamp;

use crate::workbench::{
    effects::{Effects, Orders},
    message::Slot,
    need::{Ask, Need},
    overlays::Overlay,
    pane::PaneMsg,
    root::Workbench,
};

/// How often the status line's figures may be read again while traces arrive.
const OVERVIEW_EVERY: Duration = Duration::from_secs(1);

impl Workbench {
    /// Lets the panes on the screen know their size, then sends the questions that are new or due.
    pub(super) fn settle(&mut self, now: Timestamp, effects: &mut Effects) {
        let places = self.arrangement().map(|arrangement| arrangement.places).unwrap_or_default();
        let mut orders = Orders::default();
        for place in &places {
            let size = (place.inside.width, place.inside.height);
            let Some(seat) = self.index_of(place.pane).and_then(|index| self.seats.get_mut(index)) else { continue };
            if seat.size != Some(size) {
                seat.size = Some(size);
                seat.pane.update(&PaneMsg::Size { width: size.0, height: size.1 }, &self.shared, &mut orders);
            }
        }
        self.carry(orders, now, effects);
        let commits = self.shared.beat.commits;
        effects.extend(self.slots.plan(Slot::Status, Need::live(Ask::Overview, OVERVIEW_EVERY), commits, now));
        for seat in &self.seats {
            let pane = seat.registration.spec.id;
            let slot = Slot::Pane(pane);
            let shown = places.iter().any(|place| place.pane == pane);
            match seat.pane.need(&self.shared).filter(|_| shown) {
                Some(need) => effects.extend(self.slots.plan(slot, need, commits, now)),
                None => effects.extend(self.slots.rest(slot)),
            }
        }
        let overlay = self.overlay.as_ref();
        let wanted = [(Slot::Prompt, overlay.and_then(Overlay::need)), (Slot::Names, overlay.and_then(Overlay::names_needed))];
        for (slot, need) in wanted {
            match need {
                Some(need) => effects.extend(self.slots.plan(slot, need, commits, now)),
                None => effects.extend(self.slots.forget(slot)),
            }
        }
    }
}
