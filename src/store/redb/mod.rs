//! The embedded engine: one redb file, one writer that commits groups, any number of readers.
//!
//! What a change touches goes into one transaction: body, verdict, row, indexes, rollups, patterns. A sender is answered after the
//! commit is on disk.

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError, mpsc::sync_channel},
    thread::{self, JoinHandle},
};

use tokio::sync::{oneshot, watch};

use self::{
    fault::Fault,
    handle::Handle,
    place::{FilePlace, MemoryPlace, Place},
    queue::{Job, Queue},
    reader::RedbSnapshot,
    writer::Writer,
};
use crate::store::{Change, Pending, Pulse, RetentionRule, Snapshot, Store, StoreError};

mod agents;
mod codec;
mod fault;
mod group;
mod handle;
mod inbox;
mod lean_row;
mod migrations;
mod named_runs;
mod names;
mod notes;
mod old_rows;
mod options;
mod patterns;
mod peers;
mod place;
mod queue;
mod reader;
mod rollups;
mod rows;
mod sessions;
mod shadow;
mod sums;
mod tables;
mod writer;

#[cfg(test)]
mod tests;

pub use options::StoreOptions;

/// A store in a redb file, or in memory.
pub struct RedbStore {
    handle: Arc<Handle>,
    queue: Arc<Queue>,
    pulse: watch::Sender<Pulse>,
    writer: Mutex<Option<JoinHandle<()>>>,
}

impl RedbStore {
    /// Opens the store in a file. A file that is not there is made, readable by its owner alone, with the folders it needs.
    ///
    /// # Errors
    /// [`StoreError::InUse`], [`StoreError::NotAStore`] (another file, or a damaged one), [`StoreError::NewerSchema`] and
    /// [`StoreError::Open`] (a folder, no permission, a full disk).
    pub fn open(path: &Path, options: StoreOptions) -> Result<Arc<Self>, StoreError> {
        Self::start(Box::new(FilePlace(path.to_path_buf())), &options)
    }

    /// A store in memory, gone when it is dropped.
    ///
    /// # Errors
    /// As for [`RedbStore::open`]; none of them is to be expected.
    pub fn in_memory() -> Result<Arc<Self>, StoreError> {
        Self::start(Box::new(MemoryPlace::default()), &StoreOptions::default())
    }

    fn start(place: Box<dyn Place>, options: &StoreOptions) -> Result<Arc<Self>, StoreError> {
        let path = place.name();
        let unusable = |reason: String| StoreError::Open { path: path.clone(), reason };
        let handle = Arc::new(Handle::open(place, options.cache_bytes, options.quick_restart)?);
        let counts = RedbSnapshot::take(&handle).and_then(|snapshot| snapshot.counts())?;
        let pulse = watch::Sender::new(Pulse { traces: counts.traces, last: counts.last, ..Pulse::default() });
        let queue = Arc::new(Queue::new(options.queue, options.queue_bytes));
        let writer = Writer::new(Arc::clone(&handle), Arc::clone(&queue), pulse.clone(), options);
        let writer = writer.map_err(|fault: Fault| unusable(fault.to_string()))?;
        let thread = thread::Builder::new().name("store".to_owned()).spawn(move || writer.run());
        let thread = thread.map_err(|error| unusable(error.to_string()))?;
        Ok(Arc::new(Self { handle, queue, pulse, writer: Mutex::new(Some(thread)) }))
    }

    /// Gives the space that deletions left back to the file system; `false` when there was nothing to give. Takes seconds on a large
    /// store and keeps writers and new readers waiting meanwhile: offer it at exit, or when asked for.
    ///
    /// # Errors
    /// [`StoreError::Write`] when a snapshot is still held, or when the disk fails.
    pub fn compact(&self) -> Result<bool, StoreError> {
        let (answer, answered) = sync_channel(1);
        self.queue.push_own(Job::Compact { answer })?;
        answered.recv().map_err(|_| StoreError::Closed)?
    }
}

impl Store for RedbStore {
    fn submit(&self, change: Change) -> Result<Pending, StoreError> {
        let (answer, pending) = oneshot::channel();
        self.queue.push(Job::Change { change, deleted: 0, answer })?;
        Ok(pending)
    }

    fn is_full(&self) -> bool {
        self.queue.is_full()
    }

    fn pulse(&self) -> watch::Receiver<Pulse> {
        self.pulse.subscribe()
    }

    fn nudge(&self) {
        self.pulse.send_modify(|pulse| pulse.changes += 1);
    }

    fn snapshot(&self) -> Result<Box<dyn Snapshot>, StoreError> {
        Ok(Box::new(RedbSnapshot::take(&self.handle)?))
    }

    fn retain(&self, rule: RetentionRule) -> Result<u64, StoreError> {
        let mut deleted = 0;
        loop {
            let (answer, answered) = sync_channel(1);
            self.queue.push_own(Job::Retain { rule, answer })?;
            // Each step queues up behind what has come since, so arriving traces never wait for more than one.
            let (step, more) = answered.recv().map_err(|_| StoreError::Closed)??;
            deleted += step;
            if !more {
                return Ok(deleted);
            }
        }
    }

    fn close(&self) -> Result<(), StoreError> {
        self.queue.close();
        // Held to the end: a second caller must not close the database under a writer that is still draining the queue.
        let mut thread = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let joined = thread.take().map_or(Ok(()), JoinHandle::join);
        let closed = self.handle.close();
        joined.map_err(|_| StoreError::Write("the writer ended early".to_owned()))?;
        closed
    }
}

impl Drop for RedbStore {
    fn drop(&mut self) {
        // Nobody is left to be told.
        let _ = self.close();
    }
}
