//! The thread that keeps the rows of running runs up to date: takes what waits in the inbox over into their bodies, at a bounded pace.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, PoisonError, Weak},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use super::{
    Core,
    event::{Event, TraceNews},
    judge::{Heard, NoRecord, judge_spans},
    live::{Assembled, Found, Live, MOST_BYTES, Work},
    news::Submitted,
    peers::agreement_in,
    pool::Tools,
    resent,
};
use crate::{
    analysis::peers::Likeness,
    formats::otlp::{assembly::run_key, bundle},
    model::{
        clock::Clock,
        grade::Letter,
        ids::{Sequence, TraceId},
        progress::{Progress, RunState},
        summary::Summary,
        verdict::OutcomeState,
    },
    store::{Arrival, Change, Committed, Continues, ParkedRule, Pending, Piece, Snapshot, StoreError, StoredTrace},
};

/// How often a run is assembled anew at once because somebody spoke about it in between.
const STALE_RETRIES: u32 = 5;

/// Traces that are looked for in the inbox in one go.
const SWEEP: usize = 1_024;

/// How long spans and log records wait for a run to belong to.
const PARKED_AGE: Duration = Duration::from_secs(60 * 60);

/// Most compressed bytes that wait for a run to belong to.
const PARKED_BYTES: u64 = 64 * 1024 * 1024;

/// The thread, to be ended with [`Assembler::close`].
pub(super) struct Assembler {
    live: Arc<Live>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Assembler {
    /// Not started yet.
    pub(super) fn new(live: &Arc<Live>) -> Self {
        Self { live: Arc::clone(live), thread: Mutex::new(None) }
    }

    /// Starts the thread. It ends with the engine.
    pub(super) fn start(&self, core: &Arc<Core>) -> std::io::Result<()> {
        let (weak, live, clock) = (Arc::downgrade(core), Arc::clone(&core.live), Arc::clone(&core.clock));
        let handle = thread::Builder::new().name("assembler".into()).spawn(move || work(&weak, &live, clock.as_ref()))?;
        *self.thread.lock().unwrap_or_else(PoisonError::into_inner) = Some(handle);
        Ok(())
    }

    /// Ends the thread after what it is at. What it has not come to waits in the inbox, on disk.
    pub(super) fn close(&self) {
        self.live.close();
        let handle = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        // The engine's last clone may be dropped by the thread itself; it cannot wait for itself.
        if let Some(handle) = handle.filter(|handle| handle.thread().id() != thread::current().id()) {
            let _ = handle.join();
        }
    }
}

fn work(core: &Weak<Core>, live: &Live, clock: &dyn Clock) {
    let mut tools = Tools::new();
    loop {
        let work = live.next(|| clock.now());
        let Some(core) = core.upgrade() else { return };
        match work {
            Work::Close => return,
            Work::Assemble(run) => {
                let (how, cost) = core.assemble_spared(&run, &mut tools);
                live.assembled(&run, how, cost, Instant::now());
            }
            Work::Settled(runs) => core.settled(&runs),
            Work::Sweep(after) => core.sweep(after.as_ref()),
            Work::DropParked => core.drop_parked(),
        }
    }
}

/// What an assembly starts from.
struct Parts {
    stored: Option<(Sequence, StoredTrace)>,
    pieces: Vec<Piece>,
}

impl Core {
    fn assemble_spared(self: &Arc<Self>, run: &TraceId, tools: &mut Tools) -> (Assembled, Duration) {
        let begun = Instant::now();
        let mut waited = Duration::ZERO;
        let assembled = catch_unwind(AssertUnwindSafe(|| self.assemble(run, tools, &mut waited)));
        let how = match assembled {
            Ok(Ok(how)) => how,
            Ok(Err(StoreError::Closed)) => Assembled::Nothing,
            Ok(Err(error)) => {
                tracing::warn!(%run, %error, "cannot bring a run up to date; it is tried again");
                Assembled::Failed
            }
            Err(_) => {
                tracing::error!(%run, "the analysis failed on a run's spans; they are kept");
                *tools = Tools::new();
                Assembled::Nothing
            }
        };
        (how, begun.elapsed().saturating_sub(waited))
    }

    /// Brings one run's row up to date. `waited` is the time that went by without work.
    fn assemble(self: &Arc<Self>, run: &TraceId, tools: &mut Tools, waited: &mut Duration) -> Result<Assembled, StoreError> {
        for _ in 0..STALE_RETRIES {
            let Parts { stored, pieces } = self.parts_of(run)?;
            let Some(newest) = pieces.last() else { return Ok(Assembled::Nothing) };
            if stored.as_ref().is_some_and(|(_, stored)| !bundle::is_bundle(&stored.body)) {
                tracing::warn!(%run, "spans came of a run that was sent whole by another door; they are set aside");
                return Ok(Assembled::Nothing);
            }
            // What is read from a file may have happened before what was heard live.
            let last = match stored.as_ref().map(|(_, stored)| stored.summary.progress) {
                Some(Progress::Spans { heard, .. }) => Some(heard),
                Some(Progress::Whole) | None => None,
            };
            let (through, heard) = (newest.number, pieces.iter().map(|piece| piece.heard).chain(last).max().unwrap_or(newest.heard));
            let mut body = {
                let kept = stored.iter().map(|(_, stored)| stored.body.as_slice());
                bundle::concatenate(kept.chain(pieces.iter().map(|piece| piece.bytes.as_slice())))
            };
            drop(pieces);
            let (mut spans, mut logs) = match bundle::decode(&body) {
                Ok(decoded) => decoded,
                Err(error) => {
                    tracing::error!(%run, %error, "the stored spans of a run cannot be read");
                    return Ok(Assembled::Nothing);
                }
            };
            if resent::take_out(&mut spans, &mut logs) {
                body = bundle::encode(&spans, &logs);
            }
            let before = stored.as_ref().map(|(_, stored)| &stored.summary);
            let names = if before.is_none() { run_key(&spans).and_then(|key| key_name(&key)) } else { None };
            let heard = Heard {
                id: run.clone(),
                spans,
                logs,
                arrived: before.map_or_else(|| self.clock.now(), |row| row.arrived),
                heard,
                feedback: before.and_then(|row| row.feedback.clone()),
            };
            let packed = tools.compress(&body).map_err(|error| StoreError::Write(error.to_string()))?.into();
            let own = stored.as_ref().map(|(sequence, _)| *sequence);
            let beside = |likeness: &Likeness| agreement_in(self.store.snapshot().ok()?.as_ref(), own, likeness).ok()?;
            let mut record = match judge_spans(heard, &body, packed, &self.rules, tools, beside) {
                Ok(record) => record,
                Err(NoRecord::NotARun) => return Ok(Assembled::Nothing),
                Err(NoRecord::Failed(error)) => return Err(StoreError::Write(error)),
            };
            record.continues = Some(Box::new(Continues {
                body_hash: stored.as_ref().map(|(_, stored)| stored.body_hash),
                through: Some(through),
                names: Vec::from_iter(names),
            }));
            let (progress, bytes) = (record.summary.progress, body.len() as u64);
            let (shown_before, shown) = (before.map(shown), shown(&record.summary));
            let news = Submitted::of(&record.summary);
            let begun = Instant::now();
            let committed = answer(self.store.submit(Change::Trace(Box::new(record)))?);
            *waited += begun.elapsed();
            match committed? {
                Committed::Trace { sequence, status } => {
                    self.tell_of_growth(news, sequence, status, shown_before != Some(shown));
                    let more = !self.store.snapshot()?.pieces(run, 1)?.is_empty();
                    return Ok(Assembled::Row { progress, bytes, more });
                }
                Committed::Stale => {}
                other => tracing::error!(?other, "the store answered otherwise than to a trace"),
            }
        }
        Ok(Assembled::Failed)
    }

    fn parts_of(&self, run: &TraceId) -> Result<Parts, StoreError> {
        let view = self.store.snapshot()?;
        let stored = match view.find(run)? {
            Some(sequence) => view.stored(sequence)?.map(|stored| (sequence, stored)),
            None => None,
        };
        let room = MOST_BYTES.saturating_sub(stored.as_ref().map_or(0, |(_, stored)| stored.body.len() as u64));
        let pieces = view.pieces(run, usize::try_from(room).unwrap_or(usize::MAX))?;
        Ok(Parts { stored, pieces })
    }

    /// Not of every span: when a run is first seen, and when what is said of it has changed.
    fn tell_of_growth(self: &Arc<Self>, news: Submitted, sequence: Sequence, status: Arrival, changed: bool) {
        match status {
            Arrival::New => self.tell(news, sequence, status),
            _ if changed => self.tell_again(news, sequence),
            _ => {}
        }
    }

    /// Runs have ended, or been given up: screens look again, and whoever listens is told how they ended.
    fn settled(&self, runs: &[TraceId]) {
        self.store.nudge();
        if self.events.receiver_count() == 0 {
            return;
        }
        let told = self.store.snapshot().and_then(|view| {
            for run in runs {
                if let Some(sequence) = view.find(run)?
                    && let Some(row) = view.summary(sequence)?
                {
                    let state = row.progress.state(self.clock.now(), self.patience);
                    let _ = self.events.send(Event::Verdict(Arc::new(TraceNews { state, ..TraceNews::of(&row) })));
                }
            }
            Ok(())
        });
        if let Err(error) = told {
            tracing::warn!(%error, "cannot tell how runs ended");
        }
    }

    fn sweep(&self, after: Option<&TraceId>) {
        let looked = self.store.snapshot().and_then(|view| {
            if after.is_none() {
                self.watch_open_runs(view.as_ref())?;
            }
            view.waiting(after, SWEEP)
        });
        match looked {
            Ok(waiting) => {
                let next = waiting.last().filter(|_| waiting.len() == SWEEP).cloned();
                self.live.swept(&waiting, next, Instant::now());
            }
            Err(error) => tracing::warn!(%error, "cannot look for waiting spans"),
        }
    }

    /// The newest runs may have been open when the program ended: whoever watches is told when they settle.
    fn watch_open_runs(&self, view: &dyn Snapshot) -> Result<(), StoreError> {
        let now = self.clock.now();
        for row in view.rows_before(None, SWEEP)? {
            if row.progress.state(now, self.patience) == RunState::Running {
                let found = Found { progress: Some(row.progress), bytes: u64::from(row.body_bytes) };
                self.live.claim(&row.trace_id, Some(found), &[], 0);
            }
        }
        Ok(())
    }

    /// Lets go of what belongs to no run: it was not a run's, or the rest of its run never came.
    fn drop_parked(&self) {
        let rule = ParkedRule { oldest: self.clock.now().minus(PARKED_AGE), max_bytes: PARKED_BYTES, after: 0 };
        match self.store.submit(Change::DropParked(rule)).and_then(answer) {
            Ok(Committed::Deleted(0)) | Err(StoreError::Closed | StoreError::Busy) => {}
            Ok(Committed::Deleted(gone)) => {
                tracing::warn!(gone, "spans and log records that belong to no run were dropped");
                let message = format!("{gone} pieces of traces without a run were dropped after an hour, or to keep the inbox small");
                self.ledger.refuse(gone, false, self.clock.now(), super::delivery::Source::Spans.request(), "NotARun", &message);
            }
            Ok(other) => tracing::error!(?other, "the store answered otherwise than to a deletion"),
            Err(error) => tracing::warn!(%error, "cannot drop spans that belong to no run"),
        }
        let waits = self.store.snapshot().and_then(|view| view.counts()).is_ok_and(|counts| counts.waiting_pieces > 0);
        self.live.dropped(waits, Instant::now());
    }
}

/// What is said of a run that is worth telling when it changes.
fn shown(row: &Summary) -> (Option<Letter>, OutcomeState) {
    (row.letter(), row.outcome.state)
}

/// The name under which a run with a key is found.
pub(super) fn key_name(key: &str) -> Option<TraceId> {
    TraceId::new(&format!("key:{key}")).ok()
}

fn answer(pending: Pending) -> Result<Committed, StoreError> {
    pending.blocking_recv().unwrap_or(Err(StoreError::Closed))
}
