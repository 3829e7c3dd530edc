//! All actions in one list: those of the root, the digits of panes, and every pane's own.

use super::{
    action::{Action, ActionId, GLOBAL, Group},
    pane::Spec,
    panes::PANES,
};

/// Where an action can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Context {
    /// Anywhere.
    Everywhere,
    /// In one pane.
    Pane(&'static Spec),
}

/// One row of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Where it can be used.
    pub context: Context,
    /// The action.
    pub action: Action,
    /// What it does, in a sentence without a full stop.
    pub help: String,
}

/// Going to a pane by its digit.
const GO: [Action; 9] = [
    go("go-1", &["1"]),
    go("go-2", &["2"]),
    go("go-3", &["3"]),
    go("go-4", &["4"]),
    go("go-5", &["5"]),
    go("go-6", &["6"]),
    go("go-7", &["7"]),
    go("go-8", &["8"]),
    go("go-9", &["9"]),
];

const fn go(id: &'static str, keys: &'static [&'static str]) -> Action {
    Action::new(id, "jump", "Go to a pane", keys, Group::Go).quiet()
}

/// The action that goes to the pane with this digit.
#[must_use]
pub fn go_to(digit: u8) -> Option<Action> {
    GO.get(usize::from(digit).checked_sub(1)?).copied()
}

/// The digit an action goes to, if it is one of those.
#[must_use]
pub fn digit_of(id: ActionId) -> Option<u8> {
    (1..=9).find(|digit| go_to(*digit).is_some_and(|action| action.id == id))
}

/// The whole table: root, digits, then pane by pane.
#[must_use]
pub fn entries() -> Vec<Entry> {
    let everywhere = GLOBAL.iter().map(|action| Entry { context: Context::Everywhere, action: *action, help: action.help.to_owned() });
    let digits = PANES.iter().filter_map(|pane| {
        let action = go_to(pane.spec.digit)?;
        Some(Entry { context: Context::Everywhere, action, help: format!("Go to {}", pane.spec.title) })
    });
    let own = PANES.iter().flat_map(|pane| {
        pane.actions.iter().map(|action| Entry { context: Context::Pane(pane.spec), action: *action, help: action.help.to_owned() })
    });
    everywhere.chain(digits).chain(own).collect()
}

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;
