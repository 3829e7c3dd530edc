//! How an engine is opened.

use std::{path::PathBuf, sync::Arc, time::Duration};

use jiff::tz::TimeZone;

use crate::{
    analysis::Rules,
    model::{
        budget::Budget,
        clock::{Clock, SystemClock},
        progress::Patience,
    },
    store::RetentionRule,
};

/// Most bytes of one body, after decompression, unless chosen otherwise.
pub const DEFAULT_MAX_BODY: usize = 16 * 1024 * 1024;

/// Most bytes of bodies in work at a time, unless chosen otherwise: four of the largest, packed and unpacked.
pub const DEFAULT_MAX_IN_FLIGHT: usize = 128 * 1024 * 1024;

/// Where the store is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StorePlace {
    /// In this file.
    Path(PathBuf),
    /// In this file, which is left as it is: nothing can be changed, and others may read beside.
    ReadOnly(PathBuf),
    /// In memory: gone when closed.
    Memory,
}

/// How an engine is opened.
#[derive(Clone)]
pub struct EngineOptions {
    /// Where the store is.
    pub store: StorePlace,
    /// What analysis goes by.
    pub rules: Arc<Rules>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Whose calendar "today" is of.
    pub zone: TimeZone,
    /// Threads for decoding and analysis; 0 for as many as there are processors.
    pub workers: usize,
    /// Most bytes of bodies in work at a time.
    pub max_in_flight: usize,
    /// Most bytes of one body, after decompression.
    pub max_body: usize,
    /// Whether sensitive data is taken out of all that comes in before it is stored.
    pub redact: bool,
    /// How long is waited for more of a run that comes as spans.
    pub patience: Patience,
    /// How long runs wait, at least, to be judged anew beside those about the same subject that came after them.
    pub settling_pause: Duration,
    /// What may stay in the store.
    pub retention: RetentionRule,
    /// What may be spent.
    pub budgets: Vec<Budget>,
    /// How often it is looked for what may not stay.
    pub retention_period: Duration,
}

impl EngineOptions {
    /// The bundled rules, the machine's clock and zone, the default limits, nothing ever deleted.
    #[must_use]
    pub fn new(store: StorePlace) -> Self {
        Self {
            store,
            rules: Arc::new(Rules::bundled()),
            clock: Arc::new(SystemClock),
            zone: TimeZone::system(),
            workers: 0,
            max_in_flight: DEFAULT_MAX_IN_FLIGHT,
            max_body: DEFAULT_MAX_BODY,
            redact: false,
            patience: Patience::default(),
            settling_pause: Duration::from_secs(2),
            retention: RetentionRule::default(),
            budgets: Vec::new(),
            retention_period: Duration::from_secs(60),
        }
    }
}
