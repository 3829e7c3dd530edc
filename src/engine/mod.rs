//! Wires decode, analysis, commit and news together: the one thing listener, watched folders, imports and the workbench all call.

pub mod error;
pub mod event;
pub mod facts;
pub mod judgement;
pub mod receipt;
pub mod refusals;
pub mod window;

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
};

use bytes::Bytes;
use tokio::sync::{broadcast, watch};

use self::{
    error::EngineError,
    event::Event,
    facts::Facts,
    judgement::{BaselineChoice, FeedbackInput, FeedbackReceipt},
    receipt::{Ingested, Source},
    refusals::Refusals,
};
use crate::{
    analysis::Rules,
    model::{
        baseline::Baseline,
        clock::{Clock, SystemClock},
        decision::Decision,
        ids::TraceId,
        time::Timestamp,
    },
    store::{Pulse, RetentionRule, StoreError},
};

/// Where the store is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StorePlace {
    /// In this file.
    Path(PathBuf),
    /// In memory: gone when closed.
    Memory,
}

/// How an engine is opened.
pub struct EngineOptions {
    /// Where the store is.
    pub store: StorePlace,
    /// What analysis goes by.
    pub rules: Rules,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Threads for decoding and analysis; 0 for as many as there are processors.
    pub workers: usize,
    /// Most bytes of bodies in work at a time.
    pub max_in_flight: usize,
    /// Most bytes of one body, after decompression.
    pub max_body: usize,
    /// What may stay in the store.
    pub retention: RetentionRule,
}

/// Everything but the screen. Cheap to clone; all clones are one engine.
#[derive(Clone)]
pub struct Engine {}

impl Engine {
    /// Opens the store and starts the analysis threads. Blocks on disk.
    pub fn open(options: EngineOptions) -> Result<Self, EngineError> {
        todo!()
    }
    /// Takes a delivery (one object, an array or JSON lines; not compressed): decodes, analyses, commits; answers when it is on disk.
    pub async fn ingest(&self, body: Bytes, source: Source) -> Ingested {
        todo!()
    }
    /// Records what a person says about a run, and judges the run anew.
    pub async fn feedback(&self, id: &TraceId, input: FeedbackInput) -> Result<FeedbackReceipt, EngineError> {
        todo!()
    }
    /// Names a set of runs to compare with later.
    pub async fn set_baseline(&self, name: Option<String>, which: BaselineChoice) -> Result<Baseline, EngineError> {
        todo!()
    }
    /// Records a decision on a fix or scenario.
    pub async fn decide(&self, decision: Decision) -> Result<(), EngineError> {
        todo!()
    }
    /// Forgets traces; answers how many there were.
    pub async fn forget(&self, ids: Vec<TraceId>) -> Result<u64, EngineError> {
        todo!()
    }
    /// Finishes what is in work, writes it, closes the store, removes the owner file. Later calls answer [`EngineError::Closed`].
    pub async fn close(&self) -> Result<(), EngineError> {
        todo!()
    }
    /// News of commits: only the newest matters.
    pub fn pulse(&self) -> watch::Receiver<Pulse> {
        todo!()
    }
    /// News of each trace, verdict, pattern, decision; a reader that lags is told how many it missed.
    pub fn events(&self) -> broadcast::Receiver<Event> {
        todo!()
    }
    /// What was accepted and refused since start.
    pub fn refusals(&self) -> Refusals {
        todo!()
    }
    /// A consistent view of what is stored. Blocks on disk: not for network or screen threads.
    pub fn facts(&self) -> Result<Facts, EngineError> {
        todo!()
    }
    /// What time it is.
    pub fn now(&self) -> Timestamp {
        todo!()
    }
    /// The store's file; `None` in memory.
    pub fn store_path(&self) -> Option<&Path> {
        todo!()
    }
    /// Writes the owner file beside the store: who has it, and where it listens (`None`: nowhere).
    pub fn announce(&self, address: Option<SocketAddr>) -> Result<(), EngineError> {
        todo!()
    }
}
