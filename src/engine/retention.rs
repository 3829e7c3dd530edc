//! Deletes what may not stay, now and then, while nothing else needs the thread.

use std::{
    sync::{Arc, Weak},
    thread,
    time::{Duration, Instant},
};

use super::Core;
use crate::store::{RetentionRule, StoreError};

/// How often it is looked.
const PERIOD: Duration = Duration::from_secs(60);

/// How long the thread may outlive the engine.
const GLANCE: Duration = Duration::from_millis(500);

/// Starts the thread, unless everything may stay. It ends with the engine.
pub(super) fn watch(core: &Arc<Core>, rule: RetentionRule) -> std::io::Result<()> {
    if rule == RetentionRule::default() {
        return Ok(());
    }
    let core = Arc::downgrade(core);
    thread::Builder::new().name("retention".into()).spawn(move || look_after(&core, rule)).map(drop)
}

fn look_after(core: &Weak<Core>, rule: RetentionRule) {
    let mut next = Instant::now();
    loop {
        let Some(core) = core.upgrade().filter(|core| !core.gate.is_closed()) else { return };
        if Instant::now() >= next {
            match core.store.retain(rule) {
                Ok(0) => {}
                Ok(gone) => tracing::info!(gone, "old traces deleted"),
                Err(StoreError::Closed) => return,
                Err(error) => tracing::warn!(%error, "cannot delete old traces"),
            }
            next = Instant::now() + PERIOD;
        }
        drop(core);
        thread::sleep(GLANCE);
    }
}
