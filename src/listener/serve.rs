//! The accept loop: takes connections in on every address, and stops in good order.

use std::{future::poll_fn, io, net::SocketAddr, path::PathBuf, pin::pin, sync::Arc, task::Poll, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::{Semaphore, watch},
    task::JoinSet,
    time::{sleep, timeout},
};

use super::{
    address,
    attend::attend,
    connection::Connection,
    error::ListenerError,
    key::Key,
    options::{Limits, ListenerOptions},
    problem::Kind,
    registry::Place,
    service::Service,
    site::Site,
};
use crate::{engine::Engine, repair::project::Projects};

/// Newcomers told at a time that there is no room; more are closed without a word.
const TURNED_AWAY: usize = 32;

/// Sockets that listen, and everything needed to answer on them.
pub struct Listener {
    sockets: Vec<TcpListener>,
    address: SocketAddr,
    engine: Engine,
    limits: Limits,
    projects: Projects,
    site: Site,
    key: Option<Key>,
    neighbours: Vec<PathBuf>,
}

impl Listener {
    /// Takes the address. Refuses one that other machines can reach when no key is set.
    pub async fn bind(address: &str, engine: Engine, options: ListenerOptions) -> Result<Self, ListenerError> {
        let key = options.api_key.as_deref().map(Key::new).transpose()?;
        if key.is_none() && options.key_required {
            return Err(ListenerError::KeyRequired);
        }
        let site = Site::new(&options.allow_hosts)?;
        let address = parse(address).await?;
        let mut listener = Self {
            sockets: Vec::new(),
            address,
            engine,
            limits: options.limits,
            projects: options.projects,
            site,
            key,
            neighbours: options.neighbours,
        };
        listener.address = listener.take(address, "--listen").await?;
        Ok(listener)
    }

    /// Listens on one more address, under the same rules; the same is answered there. Gives the address taken.
    pub async fn also_on(&mut self, address: &str) -> Result<SocketAddr, ListenerError> {
        let address = parse(address).await?;
        self.take(address, "--otlp-listen").await
    }

    async fn take(&mut self, address: SocketAddr, option: &'static str) -> Result<SocketAddr, ListenerError> {
        if self.key.is_none() && !address.ip().is_loopback() {
            return Err(ListenerError::Open { address });
        }
        let failed = |error: io::Error| ListenerError::Bind { address, reason: error.to_string() };
        let socket = match TcpListener::bind(address).await {
            Ok(socket) => socket,
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
                let neighbours = self.neighbours.clone();
                let holder = tokio::task::spawn_blocking(move || address::holder(address, &neighbours)).await;
                return Err(ListenerError::Taken { address, holder: holder.unwrap_or_default(), option });
            }
            Err(error) => return Err(failed(error)),
        };
        let taken = socket.local_addr().map_err(failed)?;
        self.site.bound_to(taken.ip());
        self.sockets.push(socket);
        Ok(taken)
    }

    /// The first address taken; the real port where 0 was asked for.
    #[must_use]
    pub const fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Answers until `shutdown` completes; then takes nothing new, lets requests in work finish within a bounded time, and returns.
    /// The engine stays open.
    pub async fn serve(self, shutdown: impl Future<Output = ()>) {
        let (stop, stopping) = watch::channel(false);
        let service = Service::new(self.engine, self.limits, self.projects, self.site, self.key, stopping);
        let sockets = self.sockets;
        let mut shutdown = pin!(shutdown);
        let mut connections = JoinSet::new();
        let turned_away = Arc::new(Semaphore::new(TURNED_AWAY));
        loop {
            let accepted = tokio::select! {
                biased;
                () = &mut shutdown => break,
                Some(_) = connections.join_next(), if !connections.is_empty() => continue,
                accepted = next(&sockets) => accepted,
            };
            match accepted {
                Ok(stream) => match room(&service).await {
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
        drop(sockets);
        stop.send_replace(true);
        let all_done = async { while connections.join_next().await.is_some() {} };
        if timeout(service.limits.stop_time, all_done).await.is_err() {
            tracing::warn!(left = connections.len(), "stopping while requests are still in work");
            connections.shutdown().await;
        }
    }
}

/// Reads an address, off the network threads: a name is asked for elsewhere.
async fn parse(text: &str) -> Result<SocketAddr, ListenerError> {
    let owned = text.to_owned();
    let read = tokio::task::spawn_blocking(move || address::parse(&owned)).await;
    read.map_err(|error| ListenerError::Address { address: text.to_owned(), reason: error.to_string() })?
}

/// The next connection on any of the sockets.
async fn next(sockets: &[TcpListener]) -> io::Result<TcpStream> {
    poll_fn(|context| {
        let mut ready = sockets.iter().map(|socket| socket.poll_accept(context)).filter(Poll::is_ready);
        ready.next().map_or(Poll::Pending, |accepted| accepted.map_ok(|(stream, _)| stream))
    })
    .await
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
