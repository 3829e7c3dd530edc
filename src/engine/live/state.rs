//! What the table holds, and what there is to do at a moment.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    time::{Duration, Instant},
};

use super::{GLANCE, MOST_RUNS, TELL_EVERY, Work};
use crate::model::{ids::TraceId, time::Timestamp};

#[derive(Debug)]
pub(super) struct Run {
    /// Somebody is making or assembling it.
    pub(super) busy: bool,
    /// Something came that its row does not hold.
    pub(super) dirty: bool,
    /// When it is to be assembled, in [`State::due`].
    pub(super) due: Option<Instant>,
    /// When it stops being open, in [`State::settling`].
    pub(super) settles: Option<Timestamp>,
    /// Whether it has no row yet, or was open when last looked at.
    pub(super) open: bool,
    /// What the last assembly asks to wait.
    pub(super) rest: Duration,
    pub(super) bytes: u64,
    pub(super) names: Vec<TraceId>,
    pub(super) used: u64,
}

impl Run {
    pub(super) const fn new(busy: bool, open: bool, bytes: u64) -> Self {
        Self { busy, dirty: false, due: None, settles: None, open, rest: Duration::ZERO, bytes, names: Vec::new(), used: 0 }
    }
}

#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) runs: HashMap<TraceId, Run>,
    /// Other names of runs in the table.
    pub(super) names: HashMap<TraceId, TraceId>,
    pub(super) due: BTreeSet<(Instant, TraceId)>,
    pub(super) settling: BTreeSet<(Timestamp, TraceId)>,
    pub(super) used: BTreeMap<u64, TraceId>,
    pub(super) ticks: u64,
    /// Where to look for pieces nobody stands for; `None` when there is nothing to look for.
    pub(super) sweep: Option<Option<TraceId>>,
    pub(super) told: Option<Instant>,
    /// When to let go of what waits for a run that never comes.
    pub(super) drop_at: Option<Instant>,
    /// Bytes that have come since without a run.
    pub(super) parked: u64,
    pub(super) closed: bool,
}

impl State {
    /// What there is to do now, or how long there is nothing.
    pub(super) fn work_at(&mut self, instant: Instant, now: Timestamp) -> Result<Work, Option<Duration>> {
        if self.closed {
            return Ok(Work::Close);
        }
        let tell = self.told.map_or(instant, |told| told + TELL_EVERY);
        if tell <= instant {
            let settled = self.take_settled(now);
            if !settled.is_empty() {
                self.told = Some(instant);
                return Ok(Work::Settled(settled));
            }
        }
        if let Some((due, _)) = self.due.first()
            && *due <= instant
            && let Some((_, id)) = self.due.pop_first()
        {
            if let Some(run) = self.runs.get_mut(&id) {
                run.due = None;
                run.dirty = false;
                run.busy = true;
            }
            return Ok(Work::Assemble(id));
        }
        // Not while the table is full of runs that wait: they would only push each other out.
        if self.due.len() < MOST_RUNS / 2
            && let Some(after) = self.sweep.take()
        {
            return Ok(Work::Sweep(after));
        }
        if self.drop_at.is_some_and(|at| at <= instant) {
            (self.drop_at, self.parked) = (None, 0);
            return Ok(Work::DropParked);
        }
        let due = self.due.first().map(|(due, _)| *due).into_iter().chain(self.drop_at).min();
        let due = due.map(|due| due.saturating_duration_since(instant));
        let settles = self.settling.first().map(|(settles, _)| {
            let left = Duration::from_micros(u64::try_from(settles.micros().saturating_sub(now.micros())).unwrap_or(0));
            left.min(GLANCE).max(tell.saturating_duration_since(instant)).max(Duration::from_millis(1))
        });
        Err(due.into_iter().chain(settles).min())
    }

    fn take_settled(&mut self, now: Timestamp) -> Vec<TraceId> {
        let mut settled = Vec::new();
        while self.settling.first().is_some_and(|(settles, _)| *settles <= now) {
            let Some((_, id)) = self.settling.pop_first() else { break };
            if let Some(run) = self.runs.get_mut(&id) {
                run.settles = None;
                run.open = false;
                settled.push(id);
            }
        }
        settled
    }

    pub(super) fn settle_at(&mut self, id: &TraceId, settles: Option<Timestamp>) {
        let Some(run) = self.runs.get_mut(id) else { return };
        if let Some(before) = std::mem::replace(&mut run.settles, settles) {
            self.settling.remove(&(before, id.clone()));
        }
        if let Some(settles) = settles {
            self.settling.insert((settles, id.clone()));
        }
    }

    pub(super) fn name(&mut self, id: &TraceId, names: &[TraceId]) {
        for name in names.iter().filter(|name| *name != id) {
            let before = self.names.insert(name.clone(), id.clone());
            if before.as_ref() != Some(id)
                && let Some(run) = self.runs.get_mut(id)
            {
                run.names.push(name.clone());
            }
        }
    }

    pub(super) fn touch(&mut self, id: &TraceId) {
        self.ticks += 1;
        if let Some(run) = self.runs.get_mut(id) {
            self.used.remove(&run.used);
            run.used = self.ticks;
            self.used.insert(self.ticks, id.clone());
        }
    }

    /// Lets the least recently heard go. What waits for its turn or is being made stays; should that be too much, what only waits goes
    /// as well, and is looked for in the store later.
    pub(super) fn make_room(&mut self) {
        while self.runs.len() > MOST_RUNS {
            let idle = |id: &TraceId| self.runs.get(id).is_none_or(|run| !run.busy && !run.dirty);
            // Almost always the first is idle; a table full of waiting runs gives up its oldest one that nobody is at.
            let free = |id: &TraceId| self.runs.get(id).is_none_or(|run| !run.busy);
            let oldest = || self.used.values().take(64);
            let Some(id) = oldest().find(|id| idle(id)).or_else(|| oldest().find(|id| free(id))).cloned() else { return };
            if self.runs.get(&id).is_some_and(|run| run.dirty) {
                self.sweep = Some(None);
            }
            self.remove(&id);
        }
    }

    pub(super) fn remove(&mut self, id: &TraceId) {
        let Some(run) = self.runs.remove(id) else { return };
        self.used.remove(&run.used);
        if let Some(due) = run.due {
            self.due.remove(&(due, id.clone()));
        }
        if let Some(settles) = run.settles {
            self.settling.remove(&(settles, id.clone()));
        }
        for name in run.names {
            if self.names.get(&name) == Some(id) {
                self.names.remove(&name);
            }
        }
    }
}
