//! The door of the engine: counts what is inside, and once closed lets nothing in and tells when all have left.

use std::time::Duration;

use tokio::sync::watch;

/// Open until closed for good.
#[derive(Debug)]
pub(super) struct Gate {
    state: watch::Sender<State>,
}

#[derive(Debug, Default, Clone, Copy)]
struct State {
    inside: usize,
    closed: bool,
}

/// One piece of work inside; it leaves when dropped.
#[derive(Debug)]
pub(super) struct Pass<'a>(&'a Gate);

impl Gate {
    pub(super) fn new() -> Self {
        Self { state: watch::Sender::new(State::default()) }
    }

    /// Goes in; `None` once closed.
    pub(super) fn enter(&self) -> Option<Pass<'_>> {
        let entered = self.state.send_if_modified(|state| {
            if !state.closed {
                state.inside += 1;
            }
            !state.closed
        });
        entered.then(|| Pass(self))
    }

    /// Whether it has been closed.
    pub(super) fn is_closed(&self) -> bool {
        self.state.borrow().closed
    }

    /// How many are inside.
    pub(super) fn inside(&self) -> usize {
        self.state.borrow().inside
    }

    /// Closes it; true for the first who does.
    pub(super) fn close(&self) -> bool {
        self.state.send_if_modified(|state| !std::mem::replace(&mut state.closed, true))
    }

    /// Waits until all have left; false when that took longer than `patience`.
    pub(super) async fn empty(&self, patience: Duration) -> bool {
        let mut state = self.state.subscribe();
        let emptied = state.wait_for(|state| state.inside == 0);
        matches!(tokio::time::timeout(patience, emptied).await, Ok(Ok(_)))
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        self.0.state.send_modify(|state| state.inside -= 1);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[tokio::test]
    async fn closing_keeps_newcomers_out_and_waits_for_those_inside() {
        let gate = Gate::new();
        let pass = gate.enter().unwrap();
        assert!(gate.close());
        assert!(!gate.close(), "closed once");
        assert!(gate.enter().is_none());
        assert!(!gate.empty(Duration::from_millis(5)).await, "one is still inside");
        drop(pass);
        assert!(gate.empty(Duration::from_secs(5)).await);
        assert_eq!(gate.inside(), 0);
    }
}
