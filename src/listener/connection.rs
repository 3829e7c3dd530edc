//! What one connection is doing and since when, so that it can be ended when its client keeps us waiting.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    sync::Notify,
    time::Instant,
};

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
    phase: Phase,
    since: Instant,
    last_read: Instant,
    /// Since when the client has taken nothing of what we write.
    stalled: Option<Instant>,
    /// The very first byte, which tells other protocols apart.
    first_byte: Option<u8>,
}

impl Connection {
    pub(super) fn new() -> Arc<Self> {
        let now = Instant::now();
        let state = State { phase: Phase::Idle, since: now, last_read: now, stalled: None, first_byte: None };
        Arc::new(Self { state: Mutex::new(state), evicted: AtomicBool::new(false), eviction: Notify::new() })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Goes over to another phase.
    pub(super) fn enter(&self, phase: Phase) {
        let mut state = self.state();
        state.phase = phase;
        state.since = Instant::now();
    }

    /// What it is doing.
    pub(super) fn phase(&self) -> Phase {
        self.state().phase
    }

    /// When it has to end unless something happens. The time of a body is kept by whoever reads it.
    pub(super) fn due(&self, limits: &Limits) -> Option<Instant> {
        let state = *self.state();
        let phase = match state.phase {
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
        (state.phase != Phase::Work).then_some(state.last_read)
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

    fn read(&self, bytes: &[u8]) {
        let mut state = self.state();
        let now = Instant::now();
        state.last_read = now;
        state.first_byte = state.first_byte.or(bytes.first().copied());
        if state.phase == Phase::Idle {
            state.phase = Phase::Head;
            state.since = now;
        }
    }

    fn wrote(&self, progress: bool) {
        let mut state = self.state();
        state.stalled = if progress { None } else { state.stalled.or_else(|| Some(Instant::now())) };
    }
}

/// Ends the work phase of a connection when the answer has been written, or dropped.
#[derive(Debug)]
pub(super) struct Working(Arc<Connection>);

impl Working {
    pub(super) fn on(connection: &Arc<Connection>) -> Self {
        connection.enter(Phase::Work);
        Self(Arc::clone(connection))
    }
}

impl Drop for Working {
    fn drop(&mut self) {
        self.0.enter(Phase::Idle);
    }
}

/// A socket that notes what comes and goes.
pub(super) struct Noted {
    stream: TcpStream,
    connection: Arc<Connection>,
}

impl Noted {
    pub(super) fn new(stream: TcpStream, connection: Arc<Connection>) -> Self {
        Self { stream, connection }
    }
}

impl AsyncRead for Noted {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let poll = Pin::new(&mut self.stream).poll_read(context, buffer);
        if let Some(new) = buffer.filled().get(before..).filter(|new| !new.is_empty()) {
            self.connection.read(new);
        }
        poll
    }
}

impl AsyncWrite for Noted {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.connection.wrote(poll.is_ready());
        poll
    }

    fn poll_write_vectored(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[io::IoSlice<'_>]) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.stream).poll_write_vectored(context, bytes);
        self.connection.wrote(poll.is_ready());
        poll
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
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
}
