//! All connections: how many there may be, and which one goes when another needs its place.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use super::connection::Connection;

/// A connection whose client was heard so lately keeps its place: its next request is probably on the way.
const FRESH: Duration = Duration::from_millis(50);

/// All connections.
pub(super) struct Registry {
    most: usize,
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    next: u64,
    connections: HashMap<u64, Arc<Connection>>,
}

/// A connection's place; given back when dropped.
pub(super) struct Place {
    registry: Arc<Registry>,
    number: u64,
}

impl Registry {
    pub(super) fn new(most: usize) -> Arc<Self> {
        Arc::new(Self { most: most.max(1), open: Mutex::default() })
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.open().connections.len()
    }

    /// A place for one more. When all are taken, the connection whose client has kept us waiting longest goes; `None` when every
    /// client waits for us, or was heard just now.
    pub(super) fn enter(self: &Arc<Self>, connection: &Arc<Connection>) -> Option<Place> {
        let mut open = self.open();
        if open.connections.len() >= self.most {
            let now = Instant::now();
            let waiting = open.connections.iter().filter_map(|(number, other)| Some((other.waiting_since()?, *number)));
            let (_, longest) = waiting.min().filter(|(since, _)| now.duration_since(*since) >= FRESH)?;
            if let Some(victim) = open.connections.remove(&longest) {
                victim.evict();
            }
        }
        let number = open.next;
        open.next += 1;
        open.connections.insert(number, Arc::clone(connection));
        Some(Place { registry: Arc::clone(self), number })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.registry.open().connections.remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use crate::listener::connection::Working;

    #[tokio::test(start_paused = true)]
    async fn the_longest_idle_goes_first_and_a_working_one_never() {
        let registry = Registry::new(2);
        let (busy, idle, newcomer) = (Connection::new(), Connection::new(), Connection::new());
        let _first = registry.enter(&busy).unwrap();
        let _second = registry.enter(&idle).unwrap();
        let working = Working::on(&busy);
        assert!(registry.enter(&newcomer).is_none(), "the idle one was heard just now");
        tokio::time::advance(FRESH).await;
        let third = registry.enter(&newcomer).unwrap();
        idle.evicted().await;
        assert_eq!(registry.len(), 2);
        let _answering = Working::on(&newcomer);
        tokio::time::advance(FRESH).await;
        assert!(registry.enter(&Connection::new()).is_none(), "both wait for us");
        drop(third);
        assert!(registry.enter(&Connection::new()).is_some());
        drop(working);
    }
}
