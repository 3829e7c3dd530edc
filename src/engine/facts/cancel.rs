//! A flag by which whoever asked says that the answer is no longer wanted.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

/// Says that an answer is no longer wanted. Clones are the same flag. Work that hears of it stops soon, and answers with what it has.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// The answer is no longer wanted.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether that was said.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Cancels when it is dropped: the answer is wanted as long as somebody holds this.
#[derive(Debug, Default)]
pub struct Wanted(Cancel);

impl Wanted {
    /// The flag that is raised.
    #[must_use]
    pub fn cancel(&self) -> Cancel {
        self.0.clone()
    }
}

impl Drop for Wanted {
    fn drop(&mut self) {
        self.0.cancel();
    }
}
