//! Who has asked what, and when to ask again: one open question a slot, the newest wins, late answers are dropped.

use std::{collections::BTreeMap, time::Duration};

use crate::model::time::Timestamp;

use super::{
    message::{Effect, Slot},
    need::{Ask, Need},
};

/// The open and answered questions of all slots.
#[derive(Debug, Default)]
pub struct Slots(BTreeMap<Slot, Asked>);

/// The newest question of a slot.
#[derive(Debug)]
struct Asked {
    ask: Ask,
    generation: u64,
    /// Commits that were known when it was asked.
    commits: u64,
    at: Timestamp,
    /// The answer has not come yet.
    open: bool,
    /// Least time until the same may be asked again; `None` while nobody wants it fresh.
    refresh: Option<Duration>,
    /// Something happened that makes the answer doubtful: ask again at once.
    doubtful: bool,
}

impl Slots {
    /// The question to send for a need, if it is a new one, or the store has changed and it is time to ask again.
    pub fn plan(&mut self, slot: Slot, need: Need, commits: u64, now: Timestamp) -> Option<Effect> {
        let before = self.0.get(&slot);
        if let Some(asked) = before
            && asked.ask == need.ask
        {
            let due = need.refresh.is_some_and(|every| asked.commits != commits && !asked.open && now.since(asked.at) >= every);
            if !due && !asked.doubtful {
                if let Some(asked) = self.0.get_mut(&slot) {
                    asked.refresh = need.refresh;
                }
                return None;
            }
        }
        let generation = before.map_or(1, |asked| asked.generation + 1);
        let asked = Asked { ask: need.ask.clone(), generation, commits, at: now, open: true, refresh: need.refresh, doubtful: false };
        self.0.insert(slot, asked);
        Some(Effect::Fetch { slot, generation, ask: need.ask })
    }

    /// Whether an answer is the one awaited; unless a later one will refine it, it is then no longer awaited.
    pub fn accept(&mut self, slot: Slot, generation: u64, done: bool) -> bool {
        match self.0.get_mut(&slot) {
            Some(asked) if asked.generation == generation && asked.open => {
                asked.open = !done;
                true
            }
            _ => false,
        }
    }

    /// Doubts every answer, so that the same questions are sent again.
    pub fn doubt_all(&mut self) {
        for asked in self.0.values_mut() {
            asked.doubtful = true;
        }
    }

    /// Doubts the answer of one slot and wants it fresh no more: whoever asks next is answered, whatever was asked before.
    pub fn doubt(&mut self, slot: Slot) {
        self.rest(slot);
        if let Some(asked) = self.0.get_mut(&slot) {
            asked.doubtful = true;
        }
    }

    /// Nobody looks at this slot's answer now, so nobody wants it fresh.
    pub fn rest(&mut self, slot: Slot) {
        if let Some(asked) = self.0.get_mut(&slot) {
            asked.refresh = None;
        }
    }

    /// Nobody waits for this slot's answer any more: one that is on its way is dropped, and the same question is asked afresh.
    pub fn forget(&mut self, slot: Slot) {
        if let Some(asked) = self.0.get_mut(&slot) {
            (asked.refresh, asked.open, asked.doubtful) = (None, false, true);
        }
    }

    /// The next moment at which a slot that is behind the store may ask again; `None` when none is behind.
    #[must_use]
    pub fn wake_at(&self, commits: u64) -> Option<Timestamp> {
        self.0
            .values()
            .filter(|asked| !asked.open && asked.commits != commits)
            .filter_map(|asked| asked.refresh.map(|every| asked.at.plus(every)))
            .min()
    }
}
