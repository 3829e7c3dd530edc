//! A few threads for work that needs the processor: decoding, analysis, compression. Bounded, and a panic costs one job, not a thread.

use std::{
    collections::VecDeque,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread::{self, JoinHandle},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

/// How a thread of the pool compresses: made once a thread, because setting up zstd costs more than a small body.
pub(super) struct Tools {
    compressor: Option<zstd::bulk::Compressor<'static>>,
}

impl Tools {
    /// The level of stored bodies: level 1 gives 2.6 to 1 on traces at a third of level 3's time.
    const LEVEL: i32 = 1;

    pub(super) fn new() -> Self {
        Self { compressor: zstd::bulk::Compressor::new(Self::LEVEL).ok() }
    }

    /// `bytes`, compressed with zstd.
    pub(super) fn compress(&mut self, bytes: &[u8]) -> std::io::Result<Vec<u8>> {
        match &mut self.compressor {
            Some(compressor) => compressor.compress(bytes),
            None => zstd::bulk::compress(bytes, Self::LEVEL),
        }
    }
}

/// Why a job gave no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PoolError {
    /// Too many jobs are waiting.
    Full,
    /// The pool has been closed.
    Closed,
    /// The job panicked; its thread goes on.
    Panicked,
}

type Job = Box<dyn FnOnce(&mut Tools) + Send>;

/// The answer of a job, to be awaited.
pub(super) struct Answer<T>(oneshot::Receiver<T>);

impl<T> Answer<T> {
    /// Waits for the job to end.
    pub(super) async fn get(self) -> Result<T, PoolError> {
        self.0.await.map_err(|_| PoolError::Panicked)
    }
}

/// A fixed number of threads and a bounded queue before them.
pub(super) struct Pool {
    shared: Arc<Shared>,
    places: Arc<Semaphore>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

struct Shared {
    queue: Mutex<Queue>,
    arrived: Condvar,
}

struct Queue {
    jobs: VecDeque<(Job, OwnedSemaphorePermit)>,
    closed: bool,
}

impl Pool {
    /// Starts `threads` threads; at most `waiting` jobs wait or run at a time.
    pub(super) fn start(threads: usize, waiting: usize) -> std::io::Result<Self> {
        let shared = Arc::new(Shared { queue: Mutex::new(Queue { jobs: VecDeque::new(), closed: false }), arrived: Condvar::new() });
        let mut pool = Self { shared, places: Arc::new(Semaphore::new(waiting)), threads: Mutex::new(Vec::new()) };
        for number in 0..threads.max(1) {
            let shared = Arc::clone(&pool.shared);
            let handle = thread::Builder::new().name(format!("analysis-{number}")).spawn(move || work(&shared))?;
            pool.threads.get_mut().unwrap_or_else(PoisonError::into_inner).push(handle);
        }
        Ok(pool)
    }

    /// Queues a job at once, or refuses it.
    pub(super) fn try_run<T: Send + 'static>(&self, job: impl FnOnce(&mut Tools) -> T + Send + 'static) -> Result<Answer<T>, PoolError> {
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|error| match error {
            tokio::sync::TryAcquireError::NoPermits => PoolError::Full,
            tokio::sync::TryAcquireError::Closed => PoolError::Closed,
        })?;
        self.push(place, job)
    }

    /// Waits for a place in the queue, then for the job. For work that was already let in.
    pub(super) async fn run<T: Send + 'static>(&self, job: impl FnOnce(&mut Tools) -> T + Send + 'static) -> Result<T, PoolError> {
        let place = Arc::clone(&self.places).acquire_owned().await.map_err(|_| PoolError::Closed)?;
        self.push(place, job)?.get().await
    }

    fn push<T: Send + 'static>(
        &self,
        place: OwnedSemaphorePermit,
        job: impl FnOnce(&mut Tools) -> T + Send + 'static,
    ) -> Result<Answer<T>, PoolError> {
        let (sender, receiver) = oneshot::channel();
        let job: Job = Box::new(move |tools| {
            // Nobody waiting any more is no reason to stop half-way: what the job submitted stays submitted.
            let _ = sender.send(job(tools));
        });
        {
            let mut queue = lock(&self.shared.queue);
            if queue.closed {
                return Err(PoolError::Closed);
            }
            queue.jobs.push_back((job, place));
        }
        self.shared.arrived.notify_one();
        Ok(Answer(receiver))
    }

    /// Lets the queued jobs finish and joins the threads. Blocks; later jobs are refused.
    pub(super) fn close(&self) {
        self.places.close();
        lock(&self.shared.queue).closed = true;
        self.shared.arrived.notify_all();
        let threads = std::mem::take(&mut *self.threads.lock().unwrap_or_else(PoisonError::into_inner));
        for thread in threads {
            // A thread that is closing the pool itself (the engine's last clone dropped inside a job) cannot wait for itself.
            if thread.thread().id() != thread::current().id() {
                let _ = thread.join();
            }
        }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.close();
    }
}

fn lock(queue: &Mutex<Queue>) -> MutexGuard<'_, Queue> {
    // A panic cannot happen while the lock is held; were it to, the queue would still be whole.
    queue.lock().unwrap_or_else(PoisonError::into_inner)
}

fn work(shared: &Shared) {
    let mut tools = Tools::new();
    loop {
        let (job, place) = {
            let mut queue = lock(&shared.queue);
            loop {
                if let Some(next) = queue.jobs.pop_front() {
                    break next;
                }
                if queue.closed {
                    return;
                }
                queue = shared.arrived.wait(queue).unwrap_or_else(PoisonError::into_inner);
            }
        };
        if catch_unwind(AssertUnwindSafe(|| job(&mut tools))).is_err() {
            tools = Tools::new();
        }
        drop(place);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use std::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn answers_come_back_and_a_panic_costs_only_its_own_job() {
        let pool = Pool::start(1, 4).unwrap();
        let broken = pool.try_run(|_| -> u32 { panic!("this panic is part of the test") }).unwrap();
        let whole = pool.try_run(|_| 7).unwrap();
        assert_eq!(broken.get().await, Err(PoolError::Panicked));
        assert_eq!(whole.get().await, Ok(7));
    }

    #[tokio::test]
    async fn a_full_queue_refuses_and_takes_again_when_there_is_room() {
        let pool = Pool::start(1, 2).unwrap();
        let (release, wait) = mpsc::channel::<()>();
        let first = pool.try_run(move |_| wait.recv().is_ok()).unwrap();
        let second = pool.try_run(|_| 2).unwrap();
        assert_eq!(pool.try_run(|_| 3).err(), Some(PoolError::Full));
        release.send(()).unwrap();
        assert_eq!(first.get().await, Ok(true));
        assert_eq!(second.get().await, Ok(2));
        assert_eq!(pool.run(|_| 4).await, Ok(4));
    }

    #[test]
    fn closing_finishes_what_was_queued_and_refuses_the_rest() {
        let pool = Pool::start(2, 64).unwrap();
        let (done, finished) = mpsc::channel();
        for number in 0..50 {
            let done = done.clone();
            pool.try_run(move |_| done.send(number).is_ok()).unwrap();
        }
        pool.close();
        drop(done);
        assert_eq!(finished.iter().count(), 50);
        assert_eq!(pool.try_run(|_| 1).err(), Some(PoolError::Closed));
    }

    #[test]
    fn what_is_compressed_can_be_read_back() {
        let body = b"{\"agent_id\":\"me\"}".repeat(100);
        let small = Tools::new().compress(&body).unwrap();
        assert!(small.len() < body.len() / 4, "{} of {}", small.len(), body.len());
        assert_eq!(zstd::stream::decode_all(small.as_slice()).unwrap(), body);
    }
}
