//! Opening and closing: the store, the threads, the owner file, in the right order on every way out.

use std::{sync::Arc, thread::available_parallelism, time::Duration};

use tokio::sync::{Semaphore, broadcast};

use super::{
    Core, Engine,
    assembler::Assembler,
    budget::Budget,
    error::EngineError,
    facts::{AdviceDesk, CostDesk},
    gate::Gate,
    live::Live,
    news::PatternWatch,
    options::{EngineOptions, StorePlace},
    owner::Owner,
    peers::Settler,
    pool::Pool,
    refusals::Ledger,
    retention,
};
use crate::store::{
    SharedStore,
    redb::{RedbStore, StoreOptions},
};

/// Jobs that wait for or run on the pool. More than the listener has connections, so that bytes in work are the bound that is met first.
const JOBS: usize = 1_024;

/// News a slow reader may be behind before it misses some.
const EVENTS: usize = 1_024;

/// Locks that keep two people's words on one run from overtaking each other; a run has one of them.
const JUDGES: usize = 64;

/// How long closing waits for work that was let in.
const CLOSE_PATIENCE: Duration = Duration::from_secs(10);

impl Engine {
    /// Opens the store and starts the analysis threads. Blocks on disk.
    pub fn open(options: EngineOptions) -> Result<Self, EngineError> {
        let only_read = matches!(options.store, StorePlace::ReadOnly(_));
        let (store, path): (SharedStore, _) = match options.store {
            StorePlace::Path(path) => (RedbStore::open(&path, StoreOptions::default())?, Some(path)),
            StorePlace::ReadOnly(path) => {
                (RedbStore::open(&path, StoreOptions { read_only: true, ..StoreOptions::default() })?, Some(path))
            }
            StorePlace::Memory => (RedbStore::in_memory()?, None),
        };
        let patterns = PatternWatch::knowing(store.snapshot()?.as_ref())?;
        let workers = if options.workers == 0 { available_parallelism().map_or(2, usize::from) } else { options.workers };
        let live = Arc::new(Live::new(options.patience));
        let core = Arc::new(Core {
            store,
            pool: Pool::start(workers, JOBS).map_err(|error| EngineError::Threads(error.to_string()))?,
            workers,
            large: Arc::new(Semaphore::new(workers.saturating_sub(1).max(1))),
            desk: Arc::new(AdviceDesk::new(Arc::clone(&options.rules))),
            memory: Arc::default(),
            costs: Arc::new(CostDesk::new(options.budgets)),
            rules: options.rules,
            clock: options.clock,
            zone: options.zone,
            budget: Budget::new(options.max_in_flight),
            max_body: options.max_body,
            redact: options.redact,
            ledger: Ledger::new(),
            events: broadcast::Sender::new(EVENTS),
            patterns,
            judging: (0..JUDGES).map(|_| tokio::sync::Mutex::new(())).collect(),
            assembler: Assembler::new(&live),
            settler: Settler::new(),
            live,
            patience: options.patience,
            gate: Gate::new(),
            closing: tokio::sync::Mutex::new(None),
            path,
        });
        // What they do is write.
        if !only_read {
            core.assembler.start(&core).map_err(|error| EngineError::Threads(error.to_string()))?;
            core.settler.start(&core, options.settling_pause).map_err(|error| EngineError::Threads(error.to_string()))?;
            retention::watch(&core, options.retention, options.retention_period)
                .map_err(|error| EngineError::Threads(error.to_string()))?;
        }
        Ok(Self { core })
    }

    /// Finishes what is in work, writes it, closes the store, removes the owner file. Later calls answer [`EngineError::Closed`];
    /// closing twice is closing once. When work that was let in does not end within ten seconds, the store is closed all the same.
    pub async fn close(&self) -> Result<(), EngineError> {
        let mut closing = self.core.closing.lock().await;
        if let Some(done) = closing.as_ref() {
            return done.clone();
        }
        self.core.gate.close();
        if !self.core.gate.empty(CLOSE_PATIENCE).await {
            tracing::warn!(left = self.core.gate.inside(), "closing the store while work is still going on");
        }
        let core = Arc::clone(&self.core);
        let closed = tokio::task::spawn_blocking(move || core.shut()).await;
        let done = closed.unwrap_or_else(|error| Err(EngineError::Analysis(error.to_string())));
        *closing = Some(done.clone());
        done
    }

    /// Whether [`Engine::close`] has been called.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.core.gate.is_closed()
    }
}

impl Core {
    fn shut(&self) -> Result<(), EngineError> {
        self.gate.close();
        self.assembler.close();
        self.settler.close();
        self.pool.close();
        let closed = self.store.close();
        if let Some(path) = &self.path
            && let Err(error) = Owner::remove(path)
        {
            tracing::warn!(%error, "cannot remove the owner file");
        }
        Ok(closed?)
    }
}

impl Drop for Core {
    fn drop(&mut self) {
        // A way out on which nobody called `close`: an error, a panic.
        if !self.gate.is_closed()
            && let Err(error) = self.shut()
        {
            tracing::warn!(%error, "cannot close the store");
        }
    }
}
