//! A run that somebody is making: whatever happens to the maker, the table learns that it is done.

use std::{sync::Arc, time::Instant};

use super::live::Live;
use crate::model::{ids::TraceId, progress::Progress};

/// The claim on a new run. Dropped without [`Making::done`], the run has no row.
pub(super) struct Making {
    live: Arc<Live>,
    run: TraceId,
    progress: Option<Progress>,
    made: bool,
}

impl Making {
    /// The claim of whoever was answered [`super::live::Claim::New`].
    pub(super) fn new(live: &Arc<Live>, run: TraceId) -> Self {
        Self { live: Arc::clone(live), run, progress: None, made: false }
    }

    /// With the progress its row will have.
    pub(super) fn with(mut self, progress: Progress) -> Self {
        self.progress = Some(progress);
        self
    }

    /// The row is on disk.
    pub(super) fn done(mut self) {
        self.made = true;
    }
}

impl Drop for Making {
    fn drop(&mut self) {
        self.live.made(&self.run, self.progress.filter(|_| self.made), Instant::now());
    }
}
