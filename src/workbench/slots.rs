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

    /// Nobody looks at this slot's answer now, so nobody wants it fresh. A search that is still going on is to be given up; it begins anew
    /// when somebody looks again.
    pub fn rest(&mut self, slot: Slot) -> Option<Effect> {
        let asked = self.0.get_mut(&slot)?;
        asked.refresh = None;
        if !asked.open || !asked.ask.is_search() {
            return None;
        }
        asked.open = false;
        asked.doubtful = true;
        Some(Effect::GiveUp(slot))
    }

    /// Nobody waits for this slot's answer any more: one that is on its way is dropped, and the same question is asked afresh.
    pub fn forget(&mut self, slot: Slot) -> Option<Effect> {
        let given_up = self.rest(slot);
        let asked = self.0.get_mut(&slot)?;
        (asked.open, asked.doubtful) = (false, true);
        given_up
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

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_micros(1_000_000);

    #[test]
    fn an_answer_is_refined_until_its_last_word() {
        let mut slots = Slots::default();
        let need = || Need::live(Ask::Count("is:failed".to_owned()), Duration::ZERO);
        assert!(slots.plan(Slot::Prompt, need(), 1, NOW).is_some());
        assert!(slots.accept(Slot::Prompt, 1, false));
        assert!(slots.plan(Slot::Prompt, need(), 2, NOW).is_none(), "it is not asked again while it is being answered");
        assert!(slots.accept(Slot::Prompt, 1, true));
        assert!(!slots.accept(Slot::Prompt, 1, true), "nothing comes after the last word");
        assert!(slots.plan(Slot::Prompt, need(), 2, NOW).is_some());
    }

    #[test]
    fn a_search_nobody_looks_at_is_given_up_once_and_begins_anew() {
        let mut slots = Slots::default();
        let need = || Need::once(Ask::Count("text:refund".to_owned()));
        slots.plan(Slot::Prompt, need(), 1, NOW);
        assert_eq!(slots.rest(Slot::Prompt), Some(Effect::GiveUp(Slot::Prompt)));
        assert_eq!(slots.rest(Slot::Prompt), None);
        assert!(!slots.accept(Slot::Prompt, 1, true), "what was given up is not taken");
        assert!(slots.plan(Slot::Prompt, need(), 1, NOW).is_some());
        assert!(slots.accept(Slot::Prompt, 2, true));
        assert_eq!(slots.rest(Slot::Prompt), None, "what is answered need not be given up");
    }
}
