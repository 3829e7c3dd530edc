//! Wires decode, analysis, commit and news together: the one thing listener, watched folders, imports and the workbench all call.

mod assembler;
mod baseline;
mod batch;
mod budget;
pub mod delivery;
pub mod demo;
pub mod error;
pub mod event;
mod exports;
pub mod facts;
mod feedback;
pub mod file_lines;
mod gate;
mod ingest;
mod judge;
pub mod judgement;
mod lifecycle;
mod live;
mod making;
mod news;
pub mod options;
pub mod owner;
mod peers;
mod pool;
pub mod receipt;
mod redaction;
pub mod refusals;
pub mod regrade;
mod resent;
mod retention;
mod spans;
pub mod watch_folder;
mod whereabouts;
pub mod window;

use std::{
    future::Future,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
};

use jiff::tz::TimeZone;
use tokio::sync::{Semaphore, broadcast, watch};

use self::{
    assembler::Assembler,
    budget::Budget,
    error::EngineError,
    event::Event,
    facts::{AdviceDesk, CostDesk, Facts, Memory},
    gate::Gate,
    live::Live,
    news::PatternWatch,
    owner::Owner,
    peers::Settler,
    pool::{Pool, Tools},
    refusals::{Ledger, Refusals},
};
pub use self::{budget::Reservation, spans::SpansRead};
use crate::{
    analysis::Rules,
    model::{clock::Clock, decision::Decision, ids::TraceId, progress::Patience, time::Timestamp},
    store::{Change, Committed, Pulse, SharedStore, StoreError},
};

/// Everything but the screen and the network. Cheap to clone; all clones are one engine.
#[derive(Clone)]
pub struct Engine {
    core: Arc<Core>,
}

/// What all clones share.
struct Core {
    store: SharedStore,
    pool: Pool,
    workers: usize,
    large: Arc<Semaphore>,
    rules: Arc<Rules>,
    clock: Arc<dyn Clock>,
    zone: TimeZone,
    budget: Arc<Budget>,
    max_body: usize,
    redact: bool,
    ledger: Ledger,
    events: broadcast::Sender<Event>,
    patterns: PatternWatch,
    judging: Vec<tokio::sync::Mutex<()>>,
    live: Arc<Live>,
    assembler: Assembler,
    settler: Settler,
    patience: Patience,
    desk: Arc<AdviceDesk>,
    memory: Arc<Memory>,
    costs: Arc<CostDesk>,
    gate: Gate,
    closing: tokio::sync::Mutex<Option<Result<(), EngineError>>>,
    path: Option<PathBuf>,
}

impl Engine {
    /// News of commits: only the newest matters.
    #[must_use]
    pub fn pulse(&self) -> watch::Receiver<Pulse> {
        self.core.store.pulse()
    }

    /// News of each trace, verdict, pattern and decision; a reader that lags is told how many it missed.
    #[must_use]
    pub fn events(&self) -> broadcast::Receiver<Event> {
        self.core.events.subscribe()
    }

    /// What was accepted and refused since start.
    #[must_use]
    pub fn refusals(&self) -> Refusals {
        self.core.ledger.read()
    }

    /// Changes whenever something was refused; [`Engine::refusals`] says what.
    #[must_use]
    pub fn refusal_news(&self) -> watch::Receiver<u64> {
        self.core.ledger.news()
    }

    /// Notes that a request of any kind came.
    pub fn note_request(&self) {
        self.core.ledger.request(self.now());
    }

    /// Notes a request that was refused before it got as far as a delivery: `request` as `POST /api/trace`, `kind` as in the error body.
    pub fn note_refusal(&self, request: &str, kind: &str, busy: bool, message: &str) {
        self.core.ledger.refuse(1, busy, self.now(), request, kind, message);
    }

    /// A consistent view of what is stored. Blocks on disk: not for network or screen threads.
    pub fn facts(&self) -> Result<Facts, EngineError> {
        let core = &self.core;
        let (desk, memory, costs) = (Arc::clone(&core.desk), Arc::clone(&core.memory), Arc::clone(&core.costs));
        Ok(Facts::new(core.store.snapshot()?, core.clock.now(), core.patience, core.zone.clone(), desk, memory, costs))
    }

    /// A place to count the bytes of a body while they come.
    #[must_use]
    pub fn reserve(&self) -> Reservation {
        self.core.budget.reserve()
    }

    /// Most bytes of one body, after decompression.
    #[must_use]
    pub fn max_body(&self) -> usize {
        self.core.max_body
    }

    /// Bytes of bodies in work at the moment.
    #[must_use]
    pub fn bytes_in_flight(&self) -> usize {
        self.core.budget.used()
    }

    /// Whether a delivery handed over now would be turned away as busy.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.core.store.is_full()
    }

    /// What time it is.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.core.clock.now()
    }

    /// How long is waited for more of a run that comes as spans.
    #[must_use]
    pub fn patience(&self) -> Patience {
        self.core.patience
    }

    /// The store's file; `None` in memory.
    #[must_use]
    pub fn store_path(&self) -> Option<&Path> {
        self.core.path.as_deref()
    }

    /// Writes the owner file beside the store: who has it, and where it listens (`None`: nowhere). Nothing for a store in memory.
    pub fn announce(&self, address: Option<SocketAddr>) -> Result<(), EngineError> {
        let Some(path) = self.store_path() else { return Ok(()) };
        let owner = Owner { pid: std::process::id(), address: address.map(|address| address.to_string()), since: self.now() };
        owner
            .write(path)
            .map_err(|error| EngineError::Owner { path: Owner::path_for(path).display().to_string(), reason: error.to_string() })
    }

    /// Records a decision on a fix or scenario; the newest on a subject counts.
    pub async fn decide(&self, decision: Decision) -> Result<(), EngineError> {
        self.carry_out(move |engine| async move {
            engine.commit(Change::Decision(decision.clone())).await?;
            let _ = engine.core.events.send(Event::Decision(Arc::new(decision)));
            Ok(())
        })
        .await
    }

    /// Forgets traces: body, row, verdict and their part in every figure. Answers how many there were.
    pub async fn forget(&self, ids: Vec<TraceId>) -> Result<u64, EngineError> {
        self.carry_out(move |engine| async move {
            match engine.commit(Change::Delete(ids.clone())).await? {
                Committed::Deleted(count) => {
                    ids.iter().for_each(|id| engine.core.live.forget(id));
                    Ok(count)
                }
                other => Err(EngineError::Analysis(format!("the store answered {other:?} to a deletion"))),
            }
        })
        .await
    }

    /// Does something that is to be finished even when the caller stops waiting, and that closing waits for.
    async fn carry_out<T, F>(&self, work: impl FnOnce(Self) -> F + Send + 'static) -> Result<T, EngineError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, EngineError>> + Send,
    {
        let engine = self.clone();
        let task = tokio::spawn(async move {
            let core = Arc::clone(&engine.core);
            let Some(_pass) = core.gate.enter() else { return Err(EngineError::Closed) };
            work(engine).await
        });
        task.await.unwrap_or_else(|error| Err(EngineError::Analysis(error.to_string())))
    }

    /// Submits a change and waits until it is on disk.
    async fn commit(&self, change: Change) -> Result<Committed, EngineError> {
        let pending = self.core.store.submit(change)?;
        Ok(pending.await.unwrap_or(Err(StoreError::Closed))?)
    }

    /// Does something on the pool, after what waits there.
    async fn on_pool<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Self, &mut Tools) -> Result<T, EngineError> + Send + 'static,
    ) -> Result<T, EngineError> {
        let engine = self.clone();
        self.core.pool.run(move |tools| job(&engine, tools)).await?
    }
}
