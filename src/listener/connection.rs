//! What one connection is doing and since when, so that it can be ended when its client keeps us waiting.

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use tokio::{sync::Notify, time::Instant};

use super::options::Limits;

/// What a connection is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// Nothing: the client may send a request.
    Idle,
    /// The head of a request has begun to come.
    Head,
    /// The body of a request is being read.
    Body,
    /// We are at work, or the answer is being written.
    Work,
}

/// One connection, as its watcher and the registry see it.
#[derive(Debug)]
pub(super) struct Connection {
    state: Mutex<State>,
    evicted: AtomicBool,
    eviction: Notify,
}

#[derive(Debug, Clone, Copy)]
struct State {
    /// Requests that have come and are not answered, and those among them whose body is being read. Over HTTP/2 there may be several.
    working: usize,
    reading: usize,
    /// Whether bytes that come between requests begin another. Over HTTP/2 they need not.
    head_follows: bool,
    in_head: bool,
    /// Since when it rests, or since when the head has been coming.
    since: Instant,
    last_read: Instant,
    /// Since when the client has taken nothing of what we write.
    stalled: Option<Instant>,
    /// The very first byte, which tells other protocols apart.
    first_byte: Option<u8>,
    /// Whether the client has ended it, or the network.
    ended: bool,
}

impl State {
    const fn phase(&self) -> Phase {
        match (self.working, self.reading) {
            (0, _) if self.in_head => Phase::Head,
            (0, _) => Phase::Idle,
            (working, reading) if reading >= working => Phase::Body,
            _ => Phase::Work,
        }
    }
}

impl Connection {
    pub(super) fn new() -> Arc<Self> {
        let now = Instant::now();
        let state = State {
            working: 0,
            reading: 0,
            head_follows: true,
            in_head: false,
            since: now,
            last_read: now,
            stalled: None,
            first_byte: None,
            ended: false,
        };
        Arc::new(Self { state: Mutex::new(state), evicted: AtomicBool::new(false), eviction: Notify::new() })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From here on it carries several requests at a time, and signs of life between them.
    pub(super) fn is_shared(&self) {
        let mut state = self.state();
        (state.head_follows, state.in_head) = (false, false);
        state.since = Instant::now();
    }

    /// What it is doing.
    pub(super) fn phase(&self) -> Phase {
        self.state().phase()
    }

    /// When it has to end unless something happens. The time of a body is kept by whoever reads it.
    pub(super) fn due(&self, limits: &Limits) -> Option<Instant> {
        let state = *self.state();
        let phase = match state.phase() {
            Phase::Idle => Some(state.since + limits.idle_time),
            Phase::Head => Some(state.since + limits.head_time),
            Phase::Body | Phase::Work => None,
        };
        let stall = state.stalled.map(|since| since + limits.stall_time);
        phase.into_iter().chain(stall).min()
    }

    /// Since when we wait for its client; `None` when it waits for us.
    pub(super) fn waiting_since(&self) -> Option<Instant> {
        let state = self.state();
        (state.phase() != Phase::Work).then_some(state.last_read)
    }

    /// The first byte the client ever sent.
    pub(super) fn first_byte(&self) -> Option<u8> {
        self.state().first_byte
    }

    /// Ends it, to make room for another.
    pub(super) fn evict(&self) {
        self.evicted.store(true, Ordering::Release);
        self.eviction.notify_one();
    }

    /// Returns when it has been evicted.
    pub(super) async fn evicted(&self) {
        while !self.evicted.load(Ordering::Acquire) {
            self.eviction.notified().await;
        }
    }

    /// Whether its end came from the other side.
    pub(super) fn has_ended(&self) -> bool {
        self.state().ended
    }

    /// Notes what was read; nothing, or a failure, is the end.
    pub(super) fn read(&self, bytes: &[u8]) {
        let mut state = self.state();
        let Some(first) = bytes.first() else {
            state.ended = true;
            return;
        };
        let now = Instant::now();
        state.last_read = now;
        state.first_byte = state.first_byte.or(Some(*first));
        if state.phase() == Phase::Idle && state.head_follows {
            state.in_head = true;
            state.since = now;
        }
    }

    /// Notes whether the client took some of what we write.
    pub(super) fn wrote(&self, progress: bool) {
        let mut state = self.state();
        state.stalled = if progress { None } else { state.stalled.or_else(|| Some(Instant::now())) };
    }
}

/// A request in work; it ends when the answer has been written, or dropped.
#[derive(Debug)]
pub(super) struct Working(Arc<Connection>);

impl Working {
    pub(super) fn on(connection: &Arc<Connection>) -> Self {
        let mut state = connection.state();
        state.working += 1;
        state.in_head = false;
        drop(state);
        Self(Arc::clone(connection))
    }
}

impl Drop for Working {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.working = state.working.saturating_sub(1);
        if state.working == 0 {
            state.since = Instant::now();
        }
    }
}

/// A body on its way in.
#[derive(Debug)]
pub(super) struct Reading(Arc<Connection>);

impl Reading {
    pub(super) fn on(connection: &Arc<Connection>) -> Self {
        connection.state().reading += 1;
        Self(Arc::clone(connection))
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.reading = state.reading.saturating_sub(1);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn each_phase_has_its_own_end() {
        let limits = Limits::default();
        let connection = Connection::new();
        let start = Instant::now();
        assert_eq!(connection.due(&limits), Some(start + limits.idle_time));
        tokio::time::advance(Duration::from_secs(40)).await;
        connection.read(b"GET");
        assert_eq!(
            connection.due(&limits),
            Some(start + Duration::from_secs(40) + limits.head_time),
            "the head counts from its first byte"
        );
        tokio::time::advance(Duration::from_secs(5)).await;
        connection.read(b" /");
        assert_eq!(connection.due(&limits), Some(start + Duration::from_secs(40) + limits.head_time), "more bytes do not prolong it");
        let working = Working::on(&connection);
        assert_eq!(connection.due(&limits), None);
        assert_eq!(connection.waiting_since(), None, "it waits for us");
        connection.wrote(false);
        connection.wrote(false);
        assert_eq!(connection.due(&limits), Some(start + Duration::from_secs(45) + limits.stall_time));
        connection.wrote(true);
        drop(working);
        assert_eq!(connection.due(&limits), Some(start + Duration::from_secs(45) + limits.idle_time));
        assert_eq!(connection.waiting_since(), Some(start + Duration::from_secs(45)));
        assert_eq!(connection.first_byte(), Some(b'G'));
    }

    #[tokio::test(start_paused = true)]
    async fn a_shared_connection_works_until_its_last_request_is_answered() {
        let limits = Limits::default();
        let connection = Connection::new();
        connection.read(b"PRI");
        assert_eq!(connection.phase(), Phase::Head);
        connection.is_shared();
        connection.read(b"ping");
        assert_eq!(connection.phase(), Phase::Idle, "a sign of life begins no request");
        let (first, second) = (Working::on(&connection), Working::on(&connection));
        let (one, two) = (Reading::on(&connection), Reading::on(&connection));
        assert_eq!(connection.phase(), Phase::Body, "every request waits for its client");
        drop(one);
        assert_eq!(connection.phase(), Phase::Work, "one waits for us");
        drop((two, first));
        assert_eq!(connection.phase(), Phase::Work);
        tokio::time::advance(Duration::from_secs(7)).await;
        drop(second);
        assert_eq!(connection.due(&limits), Some(Instant::now() + limits.idle_time));
        assert!(!connection.has_ended());
        connection.read(b"");
        assert!(connection.has_ended());
    }
}
