//! The accept loop: takes connections in, watches over each, and stops in good order.

use std::{
    future::poll_fn,
    net::SocketAddr,
    pin::{Pin, pin},
    sync::Arc,
    task::Poll,
    time::Duration,
};

use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::{Semaphore, watch},
    task::JoinSet,
    time::{Instant, sleep, timeout},
};

use super::{
    address,
    connection::{Connection, Noted, Phase},
    error::ListenerError,
    key::Key,
    options::{Limits, ListenerOptions},
    problem::Kind,
    registry::Place,
    service::Service,
    site::Site,
};
use crate::engine::Engine;

/// Largest head of a request, and the largest piece of a body read at once.
const READ_BUFFER: usize = 64 * 1024;

/// Newcomers told at a time that there is no room; more are closed without a word.
const TURNED_AWAY: usize = 32;

/// A socket that listens, and everything needed to answer on it.
pub struct Listener {
    socket: TcpListener,
    address: SocketAddr,
    service: Arc<Service>,
    stop: watch::Sender<bool>,
}

impl Listener {
    /// Takes the address. Refuses one that other machines can reach when no key is set.
    pub async fn bind(address: &str, engine: Engine, options: ListenerOptions) -> Result<Self, ListenerError> {
        let text = address.to_owned();
        let wrong = |reason: String| ListenerError::Address { address: address.to_owned(), reason };
        let address = tokio::task::spawn_blocking(move || address::parse(&text)).await.map_err(|error| wrong(error.to_string()))??;
        let key = options.api_key.as_deref().map(Key::new).transpose()?;
        if key.is_none() && options.key_required {
            return Err(ListenerError::KeyRequired);
        }
        if key.is_none() && !address.ip().is_loopback() {
            return Err(ListenerError::Open { address });
        }
        let site = Site::new(address, &options.allow_hosts)?;
        let socket = match TcpListener::bind(address).await {
            Ok(socket) => socket,
            Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
                let holder = tokio::task::spawn_blocking(move || address::holder(address, &options.neighbours)).await;
                return Err(ListenerError::Taken { address, holder: holder.unwrap_or_default() });
            }
            Err(error) => return Err(ListenerError::Bind { address, reason: error.to_string() }),
        };
        let address = socket.local_addr().map_err(|error| ListenerError::Bind { address, reason: error.to_string() })?;
        let (stop, stopping) = watch::channel(false);
        let service = Service::new(engine, options.limits, site, key, stopping);
        Ok(Self { socket, address, service, stop })
    }

    /// The address taken; the real port where 0 was asked for.
    #[must_use]
    pub const fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Answers until `shutdown` completes; then takes nothing new, lets requests in work finish within a bounded time, and returns.
    /// The engine stays open.
    pub async fn serve(self, shutdown: impl Future<Output = ()>) {
        let Self { socket, service, stop, .. } = self;
        let mut shutdown = pin!(shutdown);
        let mut connections = JoinSet::new();
        let turned_away = Arc::new(Semaphore::new(TURNED_AWAY));
        loop {
            let accepted = tokio::select! {
                biased;
                () = &mut shutdown => break,
                Some(_) = connections.join_next(), if !connections.is_empty() => continue,
                accepted = socket.accept() => accepted,
            };
            match accepted {
                Ok((stream, _)) => match room(&service).await {
                    Some((connection, place)) => {
                        connections.spawn(attend(stream, connection, place, Arc::clone(&service)));
                    }
                    None => turn_away(stream, &service, &turned_away),
                },
                Err(error) => {
                    // Out of file descriptors, or a connection that was gone before it was taken. Pausing lets others end.
                    tracing::warn!(%error, "cannot take a connection");
                    sleep(Duration::from_millis(20)).await;
                }
            }
        }
        drop(socket);
        stop.send_replace(true);
        let all_done = async { while connections.join_next().await.is_some() {} };
        if timeout(service.limits.stop_time, all_done).await.is_err() {
            tracing::warn!(left = connections.len(), "stopping while requests are still in work");
            connections.shutdown().await;
        }
    }
}

/// A place for a new connection; waits a moment where every other was heard just now.
async fn room(service: &Service) -> Option<(Arc<Connection>, Place)> {
    let connection = Connection::new();
    for _ in 0..4 {
        if let Some(place) = service.registry.enter(&connection) {
            return Some((connection, place));
        }
        sleep(Duration::from_millis(20)).await;
    }
    None
}

/// Tells a newcomer that there is no room.
fn turn_away(mut stream: TcpStream, service: &Service, places: &Arc<Semaphore>) {
    let message = "every connection is in use; try again in a moment";
    service.engine.note_refusal("connection", Kind::Busy.name(), true, message);
    let Ok(place) = Arc::clone(places).try_acquire_owned() else { return };
    tokio::spawn(async move {
        let body = format!("{{\"error\":\"{}\",\"message\":\"{message}\",\"trace_id\":null}}", Kind::Busy.name());
        let answer = format!(
            "HTTP/1.1 503 Service Unavailable\r\ncontent-type: application/json\r\nretry-after: 1\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        let say = async {
            stream.write_all(answer.as_bytes()).await?;
            stream.shutdown().await?;
            // Reading what was sent keeps the system from resetting the connection before the answer is read.
            let mut rest = [0; 4096];
            while stream.read(&mut rest).await? > 0 {}
            Ok::<_, std::io::Error>(())
        };
        let _ = timeout(Duration::from_secs(1), say).await;
        drop(place);
    });
}

/// How a connection ended.
enum End {
    /// By itself.
    Served(Result<(), hyper::Error>),
    /// Its client kept us waiting too long, in this phase.
    Late(Phase),
    /// Another needed its place.
    Evicted,
}

/// Serves one connection until its end.
async fn attend(stream: TcpStream, connection: Arc<Connection>, place: Place, service: Arc<Service>) {
    // Answers are small and awaited; holding them back for more would only delay.
    let _ = stream.set_nodelay(true);
    let limits = service.limits;
    let mut stopping = service.stopping.clone();
    let io = TokioIo::new(Noted::new(stream, Arc::clone(&connection)));
    let answering = {
        let (service, connection) = (Arc::clone(&service), Arc::clone(&connection));
        service_fn(move |request| Arc::clone(&service).answer(request, Arc::clone(&connection)))
    };
    // Time limits are kept below, so that a pause between requests and a slow head can be told apart.
    let mut http =
        http1::Builder::new().half_close(true).header_read_timeout(None).max_buf_size(READ_BUFFER).serve_connection(io, answering);
    let end = {
        let mut evicted = pin!(connection.evicted());
        let mut stopped = pin!(async move { stopping.wait_for(|stopping| *stopping).await.is_ok() });
        let mut is_stopping = false;
        let mut alarm = pin!(sleep(limits.idle_time));
        poll_fn(|context| {
            if !is_stopping && stopped.as_mut().poll(context).is_ready() {
                is_stopping = true;
                Pin::new(&mut http).graceful_shutdown();
            }
            if let Poll::Ready(served) = Pin::new(&mut http).poll(context) {
                return Poll::Ready(End::Served(served));
            }
            if evicted.as_mut().poll(context).is_ready() {
                return Poll::Ready(End::Evicted);
            }
            watch_over(&connection, &limits, alarm.as_mut(), context)
        })
        .await
    };
    match end {
        End::Served(Ok(())) | End::Evicted => {}
        End::Served(Err(error)) => note_broken(&service, &connection, &error),
        End::Late(phase) => {
            if phase == Phase::Head {
                let message = format!("the head of the request did not come within {} s", limits.head_time.as_secs());
                service.engine.note_refusal("connection", Kind::Timeout.name(), false, &message);
                let answer = "HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
                let mut stream = http.into_parts().io.into_inner();
                let say = async { stream.write_all(answer.as_bytes()).await.and(stream.shutdown().await) };
                let _ = timeout(Duration::from_secs(1), say).await;
            }
        }
    }
    drop(place);
}

/// Keeps the alarm at or before the moment the connection is due; ready when that has come.
fn watch_over(
    connection: &Connection,
    limits: &Limits,
    mut alarm: Pin<&mut tokio::time::Sleep>,
    context: &mut std::task::Context<'_>,
) -> Poll<End> {
    loop {
        let due = connection.due(limits);
        // An alarm that rings early costs a look; setting it later at every request would cost more.
        if let Some(due) = due.filter(|due| *due < alarm.deadline()) {
            alarm.as_mut().reset(due);
        }
        if alarm.as_mut().poll(context).is_pending() {
            return Poll::Pending;
        }
        let now = Instant::now();
        match due {
            Some(due) if due <= now => return Poll::Ready(End::Late(connection.phase())),
            later => alarm.as_mut().reset(later.unwrap_or(now + limits.idle_time)),
        }
    }
}

/// Notes a connection that ended because what came was not HTTP: the commonest mistakes are worth a sentence on the screen.
fn note_broken(service: &Service, connection: &Connection, error: &hyper::Error) {
    if !error.is_parse() {
        return;
    }
    let message = match connection.first_byte() {
        Some(0x16) => "a TLS handshake came; this address speaks plain http://, not https://".to_owned(),
        _ => format!("what came is not HTTP/1.1: {error}"),
    };
    service.engine.note_refusal("connection", Kind::BadRequest.name(), false, &message);
}
