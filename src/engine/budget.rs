//! How many bytes of bodies may be in work at a time, so that many senders together cannot use up the memory.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

/// The bound, shared by everybody who holds bytes.
#[derive(Debug)]
pub(super) struct Budget {
    limit: usize,
    used: AtomicUsize,
}

impl Budget {
    /// At most `limit` bytes.
    pub(super) fn new(limit: usize) -> Arc<Self> {
        Arc::new(Self { limit, used: AtomicUsize::new(0) })
    }

    /// A part of it, empty at first.
    pub(super) fn reserve(self: &Arc<Self>) -> Reservation {
        Reservation { budget: Arc::clone(self), held: 0 }
    }

    /// Bytes held at the moment.
    pub(super) fn used(&self) -> usize {
        self.used.load(Ordering::Relaxed)
    }
}

/// Bytes held by one delivery, given back when dropped. It grows as bytes come, so a sender that only announces much holds nothing.
#[derive(Debug)]
pub struct Reservation {
    budget: Arc<Budget>,
    held: usize,
}

impl Reservation {
    /// Takes `bytes` more; false, and nothing taken, when there are not so many left.
    #[must_use]
    pub fn grow(&mut self, bytes: usize) -> bool {
        let limit = self.budget.limit;
        let fits = |used: usize| used.checked_add(bytes).filter(|sum| *sum <= limit);
        let grown = self.budget.used.fetch_update(Ordering::AcqRel, Ordering::Relaxed, fits).is_ok();
        if grown {
            self.held += bytes;
        }
        grown
    }

    /// Takes over what another part holds.
    pub(super) fn join(&mut self, mut other: Self) {
        self.held += std::mem::take(&mut other.held);
    }

    /// Bytes held.
    #[must_use]
    pub const fn held(&self) -> usize {
        self.held
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.budget.used.fetch_sub(self.held, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_is_bounded_and_given_back() {
        let budget = Budget::new(100);
        let mut first = budget.reserve();
        assert!(first.grow(60));
        let mut second = budget.reserve();
        assert!(!second.grow(41), "41 more would be over the limit");
        assert!(second.grow(40));
        assert_eq!(budget.used(), 100);
        drop(first);
        assert_eq!(budget.used(), 40);
        assert!(second.grow(60));
        assert!(!second.grow(usize::MAX), "an absurd size is refused, not wrapped");
        let mut whole = budget.reserve();
        whole.join(second);
        assert_eq!((whole.held(), budget.used()), (100, 100));
        drop(whole);
        assert_eq!(budget.used(), 0);
    }
}
