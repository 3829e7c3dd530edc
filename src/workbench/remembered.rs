//! What is found again next time in a project: the focus, the zoom, where borders were moved to, and the panes' own choices. Never facts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{borders::Border, root::Workbench};

/// Longest value kept of a pane's choice, in bytes.
const VALUE_LONGEST: usize = 256;
/// Most choices kept of one pane.
const CHOICES_MOST: usize = 32;

/// The layout of one project as it is written down.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Remembered {
    /// The pane with the focus, by its id.
    pub focus: String,
    /// Whether it had the whole screen.
    pub zoomed: bool,
    /// Borders that were moved: name, ten-thousandths of their space.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub borders: BTreeMap<String, u16>,
    /// The choices of panes, by the id of the pane and the pane's own name for the choice.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub panes: BTreeMap<String, BTreeMap<String, String>>,
}

impl Workbench {
    /// What is to be found again.
    #[must_use]
    pub fn remember(&self) -> Remembered {
        let choices = |seat: &super::root::Seat| {
            let choices = seat.pane.remember().into_iter().filter(|(_, value)| value.len() <= VALUE_LONGEST).take(CHOICES_MOST);
            choices.map(|(name, value)| (name.to_owned(), value)).collect::<BTreeMap<_, _>>()
        };
        let panes = self.seats.iter().map(|seat| (seat.registration.spec.id.0.to_owned(), choices(seat)));
        Remembered {
            focus: self.focused().0.to_owned(),
            zoomed: self.zoomed,
            borders: self.borders.moved().map(|(border, share)| (border.name(), share)).collect(),
            panes: panes.filter(|(_, choices)| !choices.is_empty()).collect(),
        }
    }

    /// Takes a layout up again. What no longer is (a pane, a border, a choice) is passed over.
    pub fn recall(&mut self, remembered: &Remembered) {
        if let Some(index) = self.seats.iter().position(|seat| seat.registration.spec.id.0 == remembered.focus) {
            self.refocus(index);
        }
        self.zoomed = remembered.zoomed;
        for (name, share) in &remembered.borders {
            if let Some(border) = Border::named(name) {
                self.borders.set(border, *share);
            }
        }
        for seat in &mut self.seats {
            let choices = remembered.panes.get(seat.registration.spec.id.0).into_iter().flatten();
            for (name, value) in choices.filter(|(_, value)| value.len() <= VALUE_LONGEST).take(CHOICES_MOST) {
                seat.pane.recall(name, value);
            }
        }
        self.dirty = true;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

    use crate::workbench::testing::Desk;

    use super::*;

    #[test]
    fn a_layout_is_found_again() {
        let mut desk = Desk::new(160, 48);
        desk.press("3 > > } z");
        let remembered = desk.workbench.remember();
        let mut other = Desk::new(160, 48);
        other.workbench.recall(&remembered);
        assert_eq!(other.workbench.focused().0, "cost");
        assert_eq!(other.screen(), desk.screen());
        other.press("z");
        assert_eq!(other.screen(), desk.press("z").screen(), "the borders, too");
    }

    #[test]
    fn what_no_longer_is_is_passed_over() {
        let text = "focus = \"gone\"\nzoomed = false\n[borders]\ncolumn = 65535\nnonsense = 3\n[panes.gone]\nview = \"x\"\n[panes.stream]\nnonsense = \"\\u001b[2J\"\n";
        let remembered: Remembered = toml::from_str(text).unwrap();
        let mut desk = Desk::new(160, 48);
        desk.workbench.recall(&remembered);
        assert_eq!(desk.workbench.focused().0, "stream");
        crate::workbench::testing::assert_harmless(&desk.screen());
        assert!(desk.screen().contains("3 Cost"), "the column keeps its least room\n{}", desk.screen());
    }
}
