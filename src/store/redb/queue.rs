//! What waits for the writer: bounded by count and by bytes, in the order it came.

use std::{
    collections::VecDeque,
    mem::size_of,
    sync::{Condvar, Mutex, MutexGuard, PoisonError, mpsc::SyncSender},
    time::Duration,
};

use tokio::sync::oneshot;

use super::group::DELETE_STEP;
use crate::{
    analysis::peers::Likeness,
    store::{Change, Committed, NewPiece, Record, RetentionRule, StoreError},
};

/// Bytes of changes that go into one commit at most, unless a single change is larger.
const GROUP_BYTES: usize = 16 << 20;

/// The answer to a change.
pub(super) type Answer = Result<Committed, StoreError>;

/// Something for the writer to do.
#[derive(Debug)]
pub(super) enum Job {
    /// A change, and how many traces it has deleted in steps before this one.
    Change { change: Change, deleted: u64, answer: oneshot::Sender<Answer> },
    /// One step of retention; answers how many went and whether there is more to do.
    Retain { rule: RetentionRule, answer: SyncSender<Result<(u64, bool), StoreError>> },
    /// Shrinks the file; answers whether it helped.
    Compact { answer: SyncSender<Result<bool, StoreError>> },
}

impl Job {
    /// What it holds in memory, roughly.
    fn bytes(&self) -> usize {
        match self {
            Self::Change { change: Change::Trace(record) | Change::Regrade { record, .. }, .. } => record_bytes(record),
            Self::Change { change: Change::Spans(piece), .. } => size_of::<Self>() + size_of::<NewPiece>() + piece.piece.len(),
            Self::Change { change: Change::Delete(ids), .. } => ids.iter().map(|id| size_of::<Self>() + id.as_str().len()).sum(),
            Self::Change { change: Change::Baseline(baseline), .. } => size_of::<Self>() + 8 * baseline.runs.len(),
            Self::Change { change: Change::Settled(subjects), .. } => size_of::<Self>() + 16 * subjects.len(),
            Self::Change { change: Change::Decision(_) | Change::DropParked(_), .. } | Self::Retain { .. } | Self::Compact { .. } => {
                size_of::<Self>()
            }
        }
    }

    /// Whether it is done by itself, outside of any transaction.
    fn is_alone(&self) -> bool {
        matches!(self, Self::Compact { .. })
    }

    /// Whether it takes several commits, so that nothing after it may share its first.
    fn is_long(&self) -> bool {
        matches!(self, Self::Change { change: Change::Delete(ids), .. } if ids.len() > DELETE_STEP)
    }
}

fn record_bytes(record: &Record) -> usize {
    let messages: usize = record.failures.iter().map(|failure| failure.message.len()).sum();
    let likeness = record.likeness.as_ref().map_or(0, Likeness::heap_bytes);
    size_of::<Job>() + size_of::<Record>() + record.body.len() + record.verdict.len() + messages + likeness
}

/// What the writer gets when it asks for work.
#[derive(Debug)]
pub(super) enum Taken {
    /// A group, oldest first, never empty.
    Group(Vec<Job>),
    /// Nothing came in the time given.
    Nothing,
    /// Nothing waits and nothing will come.
    Closed,
}

#[derive(Debug, Default)]
struct Waiting {
    jobs: VecDeque<Job>,
    bytes: usize,
    closed: bool,
}

/// The queue.
#[derive(Debug)]
pub(super) struct Queue {
    waiting: Mutex<Waiting>,
    came: Condvar,
    most: usize,
    most_bytes: usize,
}

impl Queue {
    /// An empty queue for at most `most` jobs of at most `most_bytes` together.
    pub(super) fn new(most: usize, most_bytes: usize) -> Self {
        Self { waiting: Mutex::default(), came: Condvar::new(), most: most.max(1), most_bytes }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        // Nothing that runs under this lock can leave it half changed.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds a job, unless there is no room. A job larger than the bound gets in when nothing waits.
    pub(super) fn push(&self, job: Job) -> Result<(), StoreError> {
        let bytes = job.bytes();
        let mut waiting = self.lock();
        if waiting.closed {
            return Err(StoreError::Closed);
        }
        let crowded = waiting.jobs.len() >= self.most || waiting.bytes.saturating_add(bytes) > self.most_bytes;
        if crowded && !waiting.jobs.is_empty() {
            return Err(StoreError::Busy);
        }
        waiting.add_last(job, bytes);
        drop(waiting);
        self.came.notify_one();
        Ok(())
    }

    /// Adds a job of the store's own, whatever waits: its caller waits for the answer, so there are only as many as callers.
    pub(super) fn push_own(&self, job: Job) -> Result<(), StoreError> {
        let bytes = job.bytes();
        let mut waiting = self.lock();
        if waiting.closed {
            return Err(StoreError::Closed);
        }
        waiting.add_last(job, bytes);
        drop(waiting);
        self.came.notify_one();
        Ok(())
    }

    /// Puts the rest of a long job back, before everything else; allowed after closing, so that it is finished.
    pub(super) fn put_back(&self, job: Job) {
        let mut waiting = self.lock();
        waiting.bytes += job.bytes();
        waiting.jobs.push_front(job);
    }

    /// Whether another change would be refused.
    pub(super) fn is_full(&self) -> bool {
        let waiting = self.lock();
        waiting.jobs.len() >= self.most || (waiting.bytes >= self.most_bytes && !waiting.jobs.is_empty())
    }

    /// Jobs that wait.
    pub(super) fn len(&self) -> usize {
        self.lock().jobs.len()
    }

    /// Refuses whatever comes from now on; what waits is still handed out.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.came.notify_all();
    }

    /// Closes and lets go of what waits; whoever asked learns that there will be no answer.
    pub(super) fn abandon(&self) {
        let mut waiting = self.lock();
        waiting.closed = true;
        waiting.bytes = 0;
        let jobs = std::mem::take(&mut waiting.jobs);
        drop(waiting);
        drop(jobs);
    }

    /// Takes what waits, at most `most` jobs; when nothing does, waits for it, but no longer than `patience`. Once something waits, it is
    /// given a moment to gather company: senders that were answered together come again together, and share a sync if it waits for them.
    pub(super) fn take(&self, most: usize, patience: Option<Duration>, company: Company) -> Taken {
        let idle = |waiting: &mut Waiting| waiting.jobs.is_empty() && !waiting.closed;
        let guard = self.lock();
        let mut waiting = match patience {
            None => self.came.wait_while(guard, idle).unwrap_or_else(PoisonError::into_inner),
            Some(patience) => self.came.wait_timeout_while(guard, patience, idle).unwrap_or_else(PoisonError::into_inner).0,
        };
        if !waiting.jobs.is_empty() && company.jobs > 1 {
            let alone = |waiting: &mut Waiting| waiting.jobs.len() < company.jobs && !waiting.closed;
            waiting = self.came.wait_timeout_while(waiting, company.moment, alone).unwrap_or_else(PoisonError::into_inner).0;
        }
        let group = waiting.group(most.max(1));
        match (group.is_empty(), waiting.closed) {
            (false, _) => Taken::Group(group),
            (true, true) => Taken::Closed,
            (true, false) => Taken::Nothing,
        }
    }
}

/// How many jobs are worth waiting for once one is there, and how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Company {
    /// As many as came last time.
    pub(super) jobs: usize,
    /// No longer than this.
    pub(super) moment: Duration,
}

impl Waiting {
    fn add_last(&mut self, job: Job, bytes: usize) {
        self.bytes += bytes;
        self.jobs.push_back(job);
    }

    fn group(&mut self, most: usize) -> Vec<Job> {
        let mut group = Vec::new();
        let mut group_bytes = 0;
        while let Some(next) = self.jobs.front() {
            let bytes = next.bytes();
            let joins = group.len() < most && group_bytes + bytes <= GROUP_BYTES && !next.is_alone();
            if !joins && !group.is_empty() {
                break;
            }
            let ends = next.is_alone() || next.is_long();
            group.extend(self.jobs.pop_front());
            group_bytes += bytes;
            self.bytes = self.bytes.saturating_sub(bytes);
            if ends {
                break;
            }
        }
        group
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]

    use super::*;
    use crate::model::{
        decision::{Choice, Decision},
        ids::TraceId,
        time::Timestamp,
    };

    fn decision(subject: &str) -> Job {
        let decision =
            Decision { subject: subject.into(), pattern: None, choice: Choice::Accepted, reason: None, at: Timestamp::default() };
        Job::Change { change: Change::Decision(decision), deleted: 0, answer: oneshot::channel().0 }
    }

    fn deletion(ids: usize) -> Job {
        let ids = (0..ids).map(|n| TraceId::new(&n.to_string()).unwrap()).collect();
        Job::Change { change: Change::Delete(ids), deleted: 0, answer: oneshot::channel().0 }
    }

    fn taken(queue: &Queue, most: usize) -> Vec<Job> {
        match queue.take(most, Some(Duration::ZERO), Company::default()) {
            Taken::Group(jobs) => jobs,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn refuses_beyond_its_count_and_takes_in_order() {
        let queue = Queue::new(2, usize::MAX);
        queue.push(decision("a")).unwrap();
        assert!(!queue.is_full());
        queue.push(decision("b")).unwrap();
        assert!(queue.is_full());
        assert!(matches!(queue.push(decision("c")), Err(StoreError::Busy)));
        let subjects: Vec<String> = taken(&queue, 10)
            .into_iter()
            .map(|job| match job {
                Job::Change { change: Change::Decision(decision), .. } => decision.subject,
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(subjects, ["a", "b"]);
        queue.push(decision("c")).unwrap();
    }

    #[test]
    fn refuses_beyond_its_bytes_but_lets_one_large_job_in() {
        let queue = Queue::new(100, 1000);
        queue.push(deletion(1000)).unwrap();
        assert!(queue.is_full());
        assert!(matches!(queue.push(decision("waits")), Err(StoreError::Busy)));
        assert_eq!(taken(&queue, 10).len(), 1);
        assert!(!queue.is_full());
        queue.push(decision("gets in")).unwrap();
        queue.push(decision("so does the next")).unwrap();
    }

    #[test]
    fn a_group_is_bounded_and_ends_at_a_long_deletion() {
        let queue = Queue::new(100, usize::MAX);
        for _ in 0..5 {
            queue.push(decision("x")).unwrap();
        }
        assert_eq!(taken(&queue, 3).len(), 3);
        queue.push(deletion(DELETE_STEP + 1)).unwrap();
        queue.push(decision("after")).unwrap();
        assert_eq!(taken(&queue, 100).len(), 3, "what came before it, and it");
        assert_eq!(taken(&queue, 100).len(), 1, "what came after it");
    }

    #[test]
    fn compaction_stands_alone() {
        let queue = Queue::new(100, usize::MAX);
        queue.push(decision("before")).unwrap();
        queue.push_own(Job::Compact { answer: std::sync::mpsc::sync_channel(1).0 }).unwrap();
        queue.push(decision("after")).unwrap();
        for _ in 0..3 {
            assert_eq!(taken(&queue, 100).len(), 1);
        }
    }

    #[test]
    fn hands_out_what_waits_after_closing() {
        let queue = Queue::new(100, usize::MAX);
        queue.push(decision("x")).unwrap();
        queue.close();
        assert!(matches!(queue.push(decision("y")), Err(StoreError::Closed)));
        let job = taken(&queue, 100).pop().unwrap();
        queue.put_back(job);
        assert_eq!(taken(&queue, 100).len(), 1);
        assert!(matches!(queue.take(100, None, Company::default()), Taken::Closed));
    }

    #[test]
    fn waits_no_longer_than_its_patience() {
        let queue = Queue::new(1, 1);
        assert!(matches!(queue.take(1, Some(Duration::from_millis(1)), Company::default()), Taken::Nothing));
    }
}
