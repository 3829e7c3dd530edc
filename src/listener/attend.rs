//! Serves one connection in the protocol its client speaks, and ends it when the client keeps us waiting.

use std::{
    future::poll_fn,
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use hyper::{
    server::conn::{http1, http2},
    service::service_fn,
};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::{
    io::AsyncWriteExt,
    net::TcpStream,
    time::{Instant, Sleep, sleep, timeout},
};

use super::{
    connection::{Connection, Phase},
    options::Limits,
    problem::Kind,
    registry::Place,
    service::Service,
    socket::{Protocol, Socket},
};

/// Largest head of a request, and the largest piece of a body read at once.
const READ_BUFFER: usize = 64 * 1024;

/// Requests at a time on one HTTP/2 connection; an exporter has one or a few.
const STREAMS: u32 = 64;

/// What a client may send ahead of us on one HTTP/2 request, and on all of a connection together, in bytes.
const STREAM_WINDOW: u32 = 256 * 1024;
const CONNECTION_WINDOW: u32 = 1024 * 1024;

/// How often a silent HTTP/2 client is asked for a sign of life, and how long it may take.
const PING_INTERVAL: Duration = Duration::from_secs(20);

/// Longest time for the last words on a connection.
const FAREWELL: Duration = Duration::from_secs(1);

/// How the watch over a connection ended.
enum End<T> {
    /// By itself.
    Served(T),
    /// Its client kept us waiting too long, in this phase.
    Late(Phase),
    /// Another needed its place, or the listener stopped before anything had begun.
    Unwanted,
}

/// Serves one connection until its end.
pub(super) async fn attend(stream: TcpStream, connection: Arc<Connection>, place: Place, service: Arc<Service>) {
    // Answers are small and awaited; holding them back for more would only delay.
    let _ = stream.set_nodelay(true);
    let mut socket = Socket::new(stream, Arc::clone(&connection));
    let end = {
        let telling = pin!(socket.protocol());
        watch(telling, &connection, &service, |_| false).await
    };
    match end {
        End::Served(Ok(Protocol::Http1)) => http1(socket, &connection, &service).await,
        End::Served(Ok(Protocol::Http2)) => http2(socket, &connection, &service).await,
        End::Late(Phase::Head) => late_head(socket, &service).await,
        End::Served(Err(_)) | End::Late(_) | End::Unwanted => {}
    }
    drop(place);
}

async fn http1(socket: Socket, connection: &Arc<Connection>, service: &Arc<Service>) {
    let answering = {
        let (service, connection) = (Arc::clone(service), Arc::clone(connection));
        service_fn(move |request| Arc::clone(&service).answer(request, Arc::clone(&connection)))
    };
    // Time limits are kept here, so that a pause between requests and a slow head can be told apart.
    let mut builder = http1::Builder::new();
    builder.half_close(true).header_read_timeout(None).max_buf_size(READ_BUFFER);
    let mut http = builder.serve_connection(TokioIo::new(socket), answering);
    let stop = |http: Pin<&mut _>| {
        http1::Connection::graceful_shutdown(http);
        true
    };
    match watch(Pin::new(&mut http), connection, service, stop).await {
        End::Served(Err(error)) if error.is_parse() => note_broken(service, connection, &error),
        End::Late(Phase::Head) => late_head(http.into_parts().io.into_inner(), service).await,
        End::Served(_) | End::Late(_) | End::Unwanted => {}
    }
}

async fn http2(socket: Socket, connection: &Arc<Connection>, service: &Arc<Service>) {
    connection.is_shared();
    let answering = {
        let (service, connection) = (Arc::clone(service), Arc::clone(connection));
        service_fn(move |request| Arc::clone(&service).answer(request, Arc::clone(&connection)))
    };
    let mut builder = http2::Builder::new(TokioExecutor::new());
    builder
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS)
        .max_header_list_size(READ_BUFFER as u32)
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_send_buf_size(READ_BUFFER)
        .keep_alive_interval(PING_INTERVAL)
        .keep_alive_timeout(PING_INTERVAL);
    let mut http = pin!(builder.serve_connection(TokioIo::new(socket), answering));
    let stop = |http: Pin<&mut _>| {
        http2::Connection::graceful_shutdown(http);
        true
    };
    match watch(http.as_mut(), connection, service, stop).await {
        // Where the other side did not end it, we did: what came was no HTTP/2.
        End::Served(Err(error)) if !connection.has_ended() && !error.is_timeout() => note_broken(service, connection, &error),
        End::Served(_) => {}
        End::Late(_) | End::Unwanted => {
            // A client that is told loses nothing: it opens another connection for its next request.
            http.as_mut().graceful_shutdown();
            let _ = timeout(FAREWELL, http).await;
        }
    }
}

/// Tells a client that the head of its request took too long.
async fn late_head(mut socket: Socket, service: &Service) {
    let message = format!("the head of the request did not come within {} s", service.limits.head_time.as_secs());
    service.engine.note_refusal("connection", Kind::Timeout.name(), false, &message);
    let answer = "HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
    let say = async { socket.write_all(answer.as_bytes()).await.and(socket.shutdown().await) };
    let _ = timeout(FAREWELL, say).await;
}

/// Drives `work` to its end, unless its client keeps us waiting or another needs its place. When the listener stops, `stop` is told
/// once; it answers whether to go on.
async fn watch<W: Future>(
    mut work: Pin<&mut W>,
    connection: &Connection,
    service: &Service,
    stop: impl Fn(Pin<&mut W>) -> bool,
) -> End<W::Output> {
    let limits = service.limits;
    let mut stopping = service.stopping.clone();
    let mut stopped = pin!(async move { stopping.wait_for(|stopping| *stopping).await.is_ok() });
    let mut is_stopping = false;
    let mut evicted = pin!(connection.evicted());
    let mut alarm = pin!(sleep(limits.idle_time));
    poll_fn(|context| {
        if !is_stopping && stopped.as_mut().poll(context).is_ready() {
            is_stopping = true;
            if !stop(work.as_mut()) {
                return Poll::Ready(End::Unwanted);
            }
        }
        if let Poll::Ready(served) = work.as_mut().poll(context) {
            return Poll::Ready(End::Served(served));
        }
        if evicted.as_mut().poll(context).is_ready() {
            return Poll::Ready(End::Unwanted);
        }
        late(connection, &limits, alarm.as_mut(), context).map(End::Late)
    })
    .await
}

/// Keeps the alarm at or before the moment the connection is due; ready when that has come.
fn late(connection: &Connection, limits: &Limits, mut alarm: Pin<&mut Sleep>, context: &mut Context<'_>) -> Poll<Phase> {
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
            Some(due) if due <= now => return Poll::Ready(connection.phase()),
            later => alarm.as_mut().reset(later.unwrap_or(now + limits.idle_time)),
        }
    }
}

/// Notes a connection that ended because what came was not HTTP: the commonest mistakes are worth a sentence on the screen.
fn note_broken(service: &Service, connection: &Connection, error: &hyper::Error) {
    let message = match connection.first_byte() {
        Some(0x16) => "a TLS handshake came; this address speaks plain http://, not https://".to_owned(),
        _ => format!("what came is not HTTP: {error}"),
    };
    service.engine.note_refusal("connection", Kind::BadRequest.name(), false, &message);
}
