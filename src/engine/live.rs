//! Runs of which spans were heard lately: what is known of each without asking the store, and when each is to be assembled anew.
//!
//! The table is a cache and a timetable, never the truth: what is not in it is found again through the store.

mod state;

use std::{
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use self::state::{Run, State};
use crate::model::{
    ids::TraceId,
    progress::{Patience, Progress},
    time::Timestamp,
};

/// Runs kept in the table; the least recently heard make room.
const MOST_RUNS: usize = 8_192;

/// Bytes of spans and log records of one run, as they are kept; more are refused. Some ten times what fits into any screen or report.
pub(super) const MOST_BYTES: u64 = 64 * 1024 * 1024;

/// How soon a run is assembled anew after something came of it.
const FIRST: Duration = Duration::from_millis(250);

/// Each time a run is assembled anew it rests so many times as long as that took: no run takes more than a tenth of a processor.
const REST: u32 = 9;

/// How soon it is tried again after the store could not take it.
const RETRY: Duration = Duration::from_secs(1);

/// Settled runs are told of together, at most this often.
const TELL_EVERY: Duration = Duration::from_millis(250);

/// How often it is looked for what has waited too long for a run, and after how many bytes at once.
const DROP_EVERY: Duration = Duration::from_secs(60);
const DROP_AFTER_BYTES: u64 = 32 * 1024 * 1024;

/// While a run is open the clock is looked at this often at least: it may have been set, or the machine may have slept.
const GLANCE: Duration = Duration::from_secs(1);

/// What the store knows of a run that is not in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    /// How far its row has come; `None` when it has no row and only pieces wait.
    pub(super) progress: Option<Progress>,
    /// Bytes of its body.
    pub(super) bytes: u64,
}

/// What becomes of spans that have come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Claim {
    /// Nobody knows their run: whoever asked makes it one, and says so by [`Live::made`].
    New,
    /// They are added to the inbox, which [`Live::heard`] is told.
    Known,
    /// The run has as much as a run may have.
    Full,
}

/// What there is to do.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Work {
    /// This run is to be assembled anew; [`Live::assembled`] ends it.
    Assemble(TraceId),
    /// Time alone has changed what these runs are.
    Settled(Vec<TraceId>),
    /// The store may hold pieces that nobody in the table stands for; [`Live::swept`] ends it.
    Sweep(Option<TraceId>),
    /// What waits for a run that never comes is to be let go; [`Live::dropped`] ends it.
    DropParked,
    /// Nothing any more.
    Close,
}

/// How an assembly ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Assembled {
    /// The row is up to date; `more` when further pieces wait.
    Row { progress: Progress, bytes: u64, more: bool },
    /// There is nothing to make a row of, until more comes.
    Nothing,
    /// The store could not take it.
    Failed,
}

/// The table.
#[derive(Debug)]
pub(super) struct Live {
    state: Mutex<State>,
    work: Condvar,
    patience: Patience,
}

impl Live {
    /// An empty table; what waits in the store is looked for first.
    pub(super) fn new(patience: Patience) -> Self {
        Self { state: Mutex::new(State { sweep: Some(None), ..State::default() }), work: Condvar::new(), patience }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing that runs under this lock panics half-way.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The run in the table that goes by this name, its own or another.
    pub(super) fn run_of(&self, name: &TraceId) -> Option<TraceId> {
        let state = self.lock();
        if state.runs.contains_key(name) { Some(name.clone()) } else { state.names.get(name).cloned() }
    }

    /// The same, as long as the run is open.
    pub(super) fn open_run_of(&self, name: &TraceId, now: Timestamp) -> Option<TraceId> {
        let state = self.lock();
        let id = state.names.get(name)?;
        let run = state.runs.get(id)?;
        (run.open && run.settles.is_none_or(|settles| now < settles)).then(|| id.clone())
    }

    /// Says what becomes of `bytes` that have come of a run. `found` is what the store knew of it when it was not in the table;
    /// `names` are those its spans will come by beside its id.
    pub(super) fn claim(&self, id: &TraceId, found: Option<Found>, names: &[TraceId], bytes: u64) -> Claim {
        let mut state = self.lock();
        let claim = match state.runs.get_mut(id) {
            Some(run) if run.bytes.saturating_add(bytes) > MOST_BYTES => Claim::Full,
            Some(run) => {
                run.bytes += bytes;
                Claim::Known
            }
            None => {
                let before = found.map_or(0, |found| found.bytes);
                if before.saturating_add(bytes) > MOST_BYTES {
                    return Claim::Full;
                }
                let open = found.is_none_or(|found| found.progress != Some(Progress::Whole));
                state.runs.insert(id.clone(), Run::new(found.is_none(), open, before + bytes));
                if let Some(settles) = found.and_then(|found| found.progress).and_then(|progress| progress.settles(self.patience)) {
                    state.settle_at(id, Some(settles));
                }
                if found.is_some() { Claim::Known } else { Claim::New }
            }
        };
        state.name(id, names);
        state.touch(id);
        state.make_room();
        claim
    }

    /// Whoever got [`Claim::New`] is done: the run has a row with this progress, or none (what came waits in the inbox, or is lost to a
    /// store that could not take it).
    pub(super) fn made(&self, id: &TraceId, progress: Option<Progress>, now: Instant) {
        let mut state = self.lock();
        let Some(run) = state.runs.get_mut(id) else { return };
        run.busy = false;
        let bytes = run.bytes;
        match progress {
            Some(progress) => state.settle_at(id, progress.settles(self.patience)),
            None => self.parked(&mut state, bytes, now),
        }
        self.schedule(&mut state, id, now);
    }

    /// A piece of a run is in the inbox.
    pub(super) fn heard(&self, id: &TraceId, now: Instant) {
        let mut state = self.lock();
        match state.runs.get_mut(id) {
            Some(run) => {
                run.dirty = true;
                run.open = true;
                self.schedule(&mut state, id, now);
            }
            // It had to make room in between.
            None => self.look_for_pieces(&mut state),
        }
    }

    /// A run is gone from the store.
    pub(super) fn forget(&self, id: &TraceId) {
        self.lock().remove(id);
    }

    /// Waits for something to do; `clock` says what time it is.
    pub(super) fn next(&self, clock: impl Fn() -> Timestamp) -> Work {
        let mut state = self.lock();
        loop {
            let (instant, now) = (Instant::now(), clock());
            match state.work_at(instant, now) {
                Ok(work) => return work,
                Err(None) => state = self.work.wait(state).unwrap_or_else(PoisonError::into_inner),
                Err(Some(wait)) => state = self.work.wait_timeout(state, wait).unwrap_or_else(PoisonError::into_inner).0,
            }
        }
    }

    /// An assembly that took `cost` of a processor has ended.
    pub(super) fn assembled(&self, id: &TraceId, how: Assembled, cost: Duration, now: Instant) {
        let mut state = self.lock();
        let Some(run) = state.runs.get_mut(id) else { return };
        run.busy = false;
        run.rest = cost.saturating_mul(REST);
        let bytes_before = run.bytes;
        let settles = match how {
            Assembled::Row { progress, bytes, more } => {
                run.dirty |= more;
                run.bytes = bytes;
                run.open = true;
                Some(progress.settles(self.patience))
            }
            Assembled::Nothing => {
                self.parked(&mut state, bytes_before, now);
                None
            }
            Assembled::Failed => {
                run.dirty = true;
                run.rest = run.rest.max(RETRY);
                None
            }
        };
        if let Some(settles) = settles {
            state.settle_at(id, settles);
        }
        self.schedule(&mut state, id, now);
    }

    /// These runs have waiting pieces; `after` is where to look on, `None` when there are no more.
    pub(super) fn swept(&self, waiting: &[TraceId], after: Option<TraceId>, now: Instant) {
        let mut state = self.lock();
        state.sweep = after.map(Some);
        for id in waiting {
            if !state.runs.contains_key(id) {
                state.runs.insert(id.clone(), Run::new(false, true, 0));
                state.touch(id);
            }
            if let Some(run) = state.runs.get_mut(id) {
                run.dirty = true;
            }
            self.schedule(&mut state, id, now);
        }
        state.make_room();
    }

    /// What has waited too long is gone; `more` when something waits on.
    pub(super) fn dropped(&self, more: bool, now: Instant) {
        let mut state = self.lock();
        if more && state.drop_at.is_none() {
            state.drop_at = Some(now + DROP_EVERY);
        }
    }

    fn parked(&self, state: &mut State, bytes: u64, now: Instant) {
        state.parked += bytes;
        let at = if state.parked > DROP_AFTER_BYTES { now } else { now + DROP_EVERY };
        if state.drop_at.is_none_or(|before| at < before) {
            state.drop_at = Some(at);
            self.work.notify_one();
        }
    }

    /// Ends [`Live::next`] for good.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.work.notify_all();
    }

    fn schedule(&self, state: &mut State, id: &TraceId, now: Instant) {
        let Some(run) = state.runs.get_mut(id) else { return };
        if run.dirty && !run.busy && run.due.is_none() {
            let due = now + FIRST.max(run.rest);
            run.due = Some(due);
            state.due.insert((due, id.clone()));
        }
        // Waking for nothing costs more than looking whether it is sooner than what is waited for.
        let sooner = |set: Option<&TraceId>| set == Some(id);
        if sooner(state.due.first().map(|(_, id)| id)) || sooner(state.settling.first().map(|(_, id)| id)) {
            self.work.notify_one();
        }
    }

    fn look_for_pieces(&self, state: &mut State) {
        state.sweep = Some(None);
        self.work.notify_one();
    }
}

#[cfg(test)]
mod tests;
