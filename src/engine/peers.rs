//! Keeps judgements up to date with the runs they stand beside: when another run about the same subject comes, those before it are held
//! against it too, later, and slowly enough that nobody waits for it.
//!
//! What there is to do stands in the store, written in the commit that made it necessary; so a program that was killed goes on where it
//! was. A subject is looked at once a pause however many runs of it come meanwhile, and of its runs the newest few are judged anew, so a
//! flood of runs about one thing costs no more than a trickle.

use std::{
    collections::BTreeSet,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Condvar, Mutex, PoisonError, Weak},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use super::{Core, feedback::place_of, judge::judge_again, news::Submitted, pool::Tools};
use crate::{
    analysis::peers::{Likeness, MOST_PEERS, agreement, has_moved},
    model::{
        ids::{Sequence, TraceId},
        verdict::Agreement,
    },
    store::{Change, Committed, Snapshot, StoreError},
};

/// Subjects looked at in one go.
const SUBJECTS: usize = 64;

/// For each moment of work so many of rest: what comes in goes first.
const REST: u32 = 4;

/// How a run agrees with those stored about the same subject, itself left out.
pub(super) fn agreement_in(view: &dyn Snapshot, own: Option<Sequence>, likeness: &Likeness) -> Result<Option<Agreement>, StoreError> {
    let found = view.about(likeness.subjects(), MOST_PEERS + 1)?;
    let peers: Vec<&Likeness> =
        found.iter().filter(|(sequence, _)| Some(*sequence) != own).map(|(_, peer)| peer).take(MOST_PEERS).collect();
    Ok(agreement(likeness, &peers))
}

/// The thread, to be ended with [`Settler::close`].
pub(super) struct Settler {
    closing: Arc<Closing>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Default)]
struct Closing {
    is_closed: Mutex<bool>,
    news: Condvar,
}

impl Closing {
    /// Waits so long, or until it is time to end; true when it is.
    fn wait(&self, pause: Duration) -> bool {
        let closed = self.is_closed.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.news.wait_timeout_while(closed, pause, |closed| !*closed);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }
}

impl Settler {
    /// Not started yet.
    pub(super) fn new() -> Self {
        Self { closing: Arc::default(), thread: Mutex::new(None) }
    }

    /// Starts the thread, which looks once a `pause`. It ends with the engine.
    pub(super) fn start(&self, core: &Arc<Core>, pause: Duration) -> std::io::Result<()> {
        let (weak, closing) = (Arc::downgrade(core), Arc::clone(&self.closing));
        let handle = thread::Builder::new().name("peers".into()).spawn(move || work(&weak, &closing, pause))?;
        *self.thread.lock().unwrap_or_else(PoisonError::into_inner) = Some(handle);
        Ok(())
    }

    /// Ends the thread after the subject it is at. What it has not come to waits in the store.
    pub(super) fn close(&self) {
        *self.closing.is_closed.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.closing.news.notify_all();
        let handle = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        // The engine's last clone may be dropped by the thread itself; it cannot wait for itself.
        if let Some(handle) = handle.filter(|handle| handle.thread().id() != thread::current().id()) {
            let _ = handle.join();
        }
    }
}

fn work(core: &Weak<Core>, closing: &Closing, pause: Duration) {
    let mut tools = Tools::new();
    let (mut after, mut seen) = (None, None);
    let mut rest = pause;
    while !closing.wait(rest) {
        let Some(core) = core.upgrade() else { return };
        let begun = Instant::now();
        let changes = core.store.pulse().borrow().commits;
        // Where nothing was committed since everything was settled, nothing is unsettled.
        if after.is_none() && seen == Some(changes) {
            continue;
        }
        match core.settle_some(after, closing, &mut tools) {
            Ok(next) => {
                seen = Some(changes);
                after = next;
            }
            Err(StoreError::Closed) => return,
            Err(StoreError::Busy) => seen = None,
            Err(error) => {
                seen = None;
                tracing::warn!(%error, "cannot judge runs beside those that came after them; it is tried again");
            }
        }
        // A subject comes up again after a pause at the earliest: the end of the list is followed by one.
        rest = if after.is_some() { begun.elapsed() * REST } else { pause.max(begun.elapsed() * REST) };
    }
}

impl Core {
    /// Settles the next few subjects; answers the last where there may be more.
    fn settle_some(self: &Arc<Self>, after: Option<u64>, closing: &Closing, tools: &mut Tools) -> Result<Option<u64>, StoreError> {
        let unsettled = self.store.snapshot()?.unsettled(after, SUBJECTS)?;
        for (subject, stamp) in &unsettled {
            if closing.wait(Duration::ZERO) {
                return Err(StoreError::Closed);
            }
            if self.store.is_full() {
                return Err(StoreError::Busy);
            }
            match catch_unwind(AssertUnwindSafe(|| self.settle_subject(*subject, tools))) {
                Ok(settled) => settled?,
                Err(_) => {
                    tracing::error!(subject, "the analysis failed on runs about one subject; their judgements stand");
                    *tools = Tools::new();
                }
            }
            self.answer(Change::Settled(vec![(*subject, *stamp)]))?;
        }
        Ok(unsettled.last().filter(|_| unsettled.len() == SUBJECTS).map(|(subject, _)| *subject))
    }

    /// Judges the newest runs about a subject anew where the runs beside them tell something else than they did.
    fn settle_subject(self: &Arc<Self>, subject: u64, tools: &mut Tools) -> Result<(), StoreError> {
        let moved = self.moved(subject)?;
        // A person's word on any of them waits, so that it is not overtaken. Each lock once, in order.
        let places: BTreeSet<usize> = moved.iter().map(|(_, run)| place_of(run, self.judging.len())).collect();
        let _turns: Vec<_> = places.iter().filter_map(|place| self.judging.get(*place)).map(tokio::sync::Mutex::blocking_lock).collect();
        let view = self.store.snapshot()?;
        let mut submitted = Vec::with_capacity(moved.len());
        for (sequence, run) in moved {
            let Some(stored) = view.stored(sequence)? else { continue };
            let beside = |likeness: &Likeness| agreement_in(view.as_ref(), Some(sequence), likeness).ok().flatten();
            match judge_again(&stored, &self.rules, stored.summary.feedback.clone(), tools, beside) {
                Ok(record) => {
                    let told = (stored.summary.letter(), stored.summary.outcome) != (record.summary.letter(), record.summary.outcome);
                    let news = told.then(|| Submitted::of(&record.summary));
                    let pending = self.store.submit(Change::Regrade { sequence, record: Box::new(record) })?;
                    submitted.push((sequence, news, pending));
                }
                Err(error) => tracing::warn!(%run, %error, "cannot judge a run anew beside the others; its judgement stands"),
            }
        }
        drop(view);
        for (sequence, news, pending) in submitted {
            // A run that has changed meanwhile was judged beside the others when it did.
            let committed = pending.blocking_recv().unwrap_or(Err(StoreError::Closed))?;
            if let (Committed::Regraded, Some(news)) = (committed, news) {
                self.tell_again(news, sequence);
            }
        }
        Ok(())
    }

    /// The newest runs about a subject of which the runs beside them tell something else than they did.
    fn moved(&self, subject: u64) -> Result<Vec<(Sequence, TraceId)>, StoreError> {
        let view = self.store.snapshot()?;
        let mut moved = Vec::new();
        for (sequence, likeness) in view.about(&[subject], MOST_PEERS)? {
            let now = agreement_in(view.as_ref(), Some(sequence), &likeness)?;
            if let Some(stored) = view.stored(sequence)?
                && has_moved(&stored.verdict, now.as_ref())
            {
                moved.push((sequence, stored.summary.trace_id));
            }
        }
        Ok(moved)
    }

    fn answer(&self, change: Change) -> Result<Committed, StoreError> {
        self.store.submit(change)?.blocking_recv().unwrap_or(Err(StoreError::Closed))
    }
}
