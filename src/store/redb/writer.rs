//! The one thread that writes: takes what waits, commits it as a group, then answers everyone in it.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::sync::watch;

use super::{
    fault::Fault,
    group::{Group, News, Outcome},
    handle::Handle,
    options::StoreOptions,
    patterns::{PATTERNS_MAX, restore_miner},
    queue::{Company, Job, Queue, Taken},
    tables::{META, PROBES},
};
use crate::{
    analysis::patterns::Miner,
    store::{Committed, Pulse, StoreError},
};

/// How long the writer waits, while writing fails, before it tries by itself whether it works again.
const PROBE_EVERY: Duration = Duration::from_secs(2);
/// How long after a failure changes are refused without an attempt: each attempt opens the database anew, under whoever is reading.
const HOLD_OFF: Duration = Duration::from_millis(250);

/// Longest wait for company.
const GATHER_MOST: Duration = Duration::from_millis(3);

/// The writer's belongings; they live on its thread.
pub(super) struct Writer {
    handle: Arc<Handle>,
    queue: Arc<Queue>,
    pulse: watch::Sender<Pulse>,
    miner: Miner,
    group: usize,
    company: Company,
    failing: Option<Failure>,
}

/// The last write failed.
struct Failure {
    error: StoreError,
    since: Instant,
}

impl Writer {
    /// Reads what the writer must know from the store.
    pub(super) fn new(handle: Arc<Handle>, queue: Arc<Queue>, pulse: watch::Sender<Pulse>, options: &StoreOptions) -> Result<Self, Fault> {
        let miner = restore_miner(&handle.begin_read()?)?;
        Ok(Self { handle, queue, pulse, miner, group: options.group, company: Company::default(), failing: None })
    }

    /// Works until the queue is closed and empty.
    pub(super) fn run(mut self) {
        loop {
            let patience = self.failing.as_ref().map(|_| PROBE_EVERY);
            match self.queue.take(self.group, patience, self.company) {
                Taken::Group(jobs) => {
                    let (came, started) = (jobs.len(), Instant::now());
                    self.serve(jobs);
                    // A sender alone never waits for others; a crowd waits for itself no longer than half of what its last commit took.
                    self.company = Company { jobs: came, moment: (started.elapsed() / 2).min(GATHER_MOST) };
                }
                Taken::Nothing => self.probe(),
                Taken::Closed => return,
            }
        }
    }

    fn serve(&mut self, mut jobs: Vec<Job>) {
        if let [Job::Compact { .. }] = jobs.as_slice()
            && let Some(Job::Compact { answer }) = jobs.pop()
        {
            let compacted = self.attempt(|writer| writer.compact()).flatten();
            // The caller may have gone; then nobody wants to know.
            let _ = answer.send(compacted);
            return;
        }
        match self.attempt(|writer| writer.commit(&mut jobs)) {
            Ok((outcomes, news)) => {
                self.succeeded(Some(news));
                for (job, outcome) in jobs.into_iter().zip(outcomes) {
                    self.answer(job, outcome);
                }
            }
            Err(error) => {
                for job in jobs {
                    refuse(job, &error);
                }
            }
        }
    }

    /// Does something that writes, with a database that is open. After a failure the database is opened anew, so that the next
    /// attempt, and every reader, finds it as it was after the last good commit.
    fn attempt<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, Fault>) -> Result<T, StoreError> {
        if let Some(failure) = self.failing.as_ref().filter(|failure| failure.since.elapsed() < HOLD_OFF) {
            return Err(failure.error.clone());
        }
        let ready = if self.handle.is_writable() { Ok(()) } else { self.recover() };
        let result = ready.and_then(|()| {
            let worked = spared(|| work(self));
            worked.map_err(|fault| {
                // What reopening says is secondary: the next attempt reopens again and tells.
                let _ = spared(|| self.recover().map_err(Fault::NotOpen));
                fault.writing()
            })
        });
        if let Err(error) = &result {
            self.failed(error);
        }
        result
    }

    /// Opens the database again and forgets what the failed group taught.
    fn recover(&mut self) -> Result<(), StoreError> {
        self.handle.reopen()?;
        self.miner = self.handle.begin_read().and_then(|transaction| restore_miner(&transaction)).map_err(Fault::writing)?;
        Ok(())
    }

    /// Shrinks the file. That somebody is reading is an answer, not a failure of the store.
    fn compact(&self) -> Result<Result<bool, StoreError>, Fault> {
        match self.handle.compact() {
            Err(Fault::Database(error)) if matches!(*error, redb::Error::TransactionInProgress) => {
                Ok(Err(StoreError::Write("it is being read; compact it when nothing else runs".to_owned())))
            }
            other => other.map(Ok),
        }
    }

    fn commit(&mut self, jobs: &mut [Job]) -> Result<(Vec<Outcome>, News), Fault> {
        let transaction = self.handle.begin_write()?;
        let mut group = Group::open(&transaction, &mut self.miner, PATTERNS_MAX)?;
        let mut outcomes = Vec::with_capacity(jobs.len());
        for job in jobs {
            outcomes.push(match job {
                Job::Change { change, .. } => group.apply(change)?,
                Job::Retain { rule, .. } => group.retain(*rule)?,
                Job::Compact { .. } => Outcome::Refused(StoreError::Busy),
            });
        }
        let news = group.finish()?;
        if news.changed {
            transaction.commit()?
        } else {
            transaction.abort()?
        }
        Ok((outcomes, news))
    }

    /// Writes a number, to learn whether writing works again.
    fn probe(&mut self) {
        let written = self.attempt(|writer| {
            let transaction = writer.handle.begin_write()?;
            {
                let mut meta = transaction.open_table(META)?;
                let probes = redb::ReadableTable::get(&meta, PROBES)?.map_or(0, |guard| guard.value());
                meta.insert(PROBES, probes + 1)?;
            }
            Ok(transaction.commit()?)
        });
        if written.is_ok() {
            self.succeeded(None);
        }
    }

    fn succeeded(&mut self, news: Option<News>) {
        let committed = news.is_none_or(|news| news.changed);
        if committed {
            self.failing = None;
        }
        let queued = self.queue.len();
        self.pulse.send_if_modified(|pulse| {
            let before = pulse.clone();
            if let Some(news) = news.filter(|news| news.shown) {
                pulse.commits += 1;
                pulse.changes += 1;
                pulse.traces = news.traces;
                pulse.last = news.last;
            }
            pulse.queued = queued;
            pulse.failing = self.failing.as_ref().map(|failure| failure.error.to_string());
            *pulse != before
        });
    }

    fn failed(&mut self, error: &StoreError) {
        let says = error.to_string();
        tracing::error!(%says, "a commit failed");
        let queued = self.queue.len();
        self.failing = Some(Failure { error: error.clone(), since: Instant::now() });
        self.pulse.send_if_modified(|pulse| {
            let before = pulse.clone();
            pulse.queued = queued;
            pulse.failing = Some(says);
            *pulse != before
        });
    }

    fn answer(&self, job: Job, outcome: Outcome) {
        // Whoever has stopped waiting for an answer does not want it.
        match (job, outcome) {
            (Job::Change { change, deleted, answer }, Outcome::More(more)) => {
                self.queue.put_back(Job::Change { change, deleted: deleted + more, answer });
            }
            (Job::Change { deleted, answer, .. }, Outcome::Done(Committed::Deleted(last))) => {
                let _ = answer.send(Ok(Committed::Deleted(deleted + last)));
            }
            (Job::Change { answer, .. }, Outcome::Done(committed)) => drop(answer.send(Ok(committed))),
            (Job::Change { answer, .. }, Outcome::Refused(error)) => drop(answer.send(Err(error))),
            (Job::Retain { answer, .. }, Outcome::More(deleted)) => drop(answer.send(Ok((deleted, true)))),
            (Job::Retain { answer, .. }, Outcome::Done(Committed::Deleted(deleted))) => drop(answer.send(Ok((deleted, false)))),
            (Job::Retain { answer, .. }, _) => drop(answer.send(Ok((0, false)))),
            (Job::Compact { answer }, _) => drop(answer.send(Err(StoreError::Busy))),
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // Should the thread end by a panic nobody foresaw, nothing may wait for it for ever.
        self.queue.abandon();
    }
}

fn refuse(job: Job, error: &StoreError) {
    match job {
        Job::Change { answer, .. } => drop(answer.send(Err(error.clone()))),
        Job::Retain { answer, .. } => drop(answer.send(Err(error.clone()))),
        Job::Compact { answer } => drop(answer.send(Err(error.clone()))),
    }
}

/// Runs something that may panic, as redb does on some damaged pages: the writer must outlive it to answer.
fn spared<T>(work: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| Err(Fault::Panicked(panic_text(&*panic))))
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("no message").to_owned()
}
