//! News as server-sent events: each trace, verdict, new pattern and decision as it is committed.

use std::sync::{Arc, atomic::Ordering};

use bytes::Bytes;
use futures_util::stream;
use serde::Serialize;
use tokio::{
    sync::{broadcast, watch},
    time::timeout,
};

use crate::{
    engine::event::Event,
    listener::{
        answer,
        call::Call,
        endpoints::Reply,
        json,
        problem::{Kind, Problem},
        service::Service,
    },
};

/// `GET /api/events`
pub(in crate::listener) fn events(call: &mut Call) -> Reply<'_> {
    Box::pin(async move {
        let seat = Seat::take(&call.service)?;
        let listening = Listening { news: call.engine().events(), stopping: call.service.stopping.clone(), seat, greeted: false };
        Ok(answer::stream("text/event-stream", Box::pin(stream::unfold(listening, Listening::next))))
    })
}

/// One of the places for event streams, so that they never fill all connections.
struct Seat(Arc<Service>);

impl Seat {
    fn take(service: &Arc<Service>) -> Result<Self, Problem> {
        let taken = service.streams.fetch_add(1, Ordering::AcqRel);
        let seat = Self(Arc::clone(service));
        if taken >= service.limits.streams {
            return Err(Problem::new(Kind::Busy, format!("{} event streams are open, which is all there can be", service.limits.streams)));
        }
        Ok(seat)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.0.streams.fetch_sub(1, Ordering::AcqRel);
    }
}

struct Listening {
    news: broadcast::Receiver<Event>,
    stopping: watch::Receiver<bool>,
    seat: Seat,
    greeted: bool,
}

#[derive(Serialize)]
struct Missed {
    missed: u64,
}

impl Listening {
    /// The next piece of the stream; `None` ends it.
    async fn next(mut self) -> Option<(Bytes, Self)> {
        if !self.greeted {
            self.greeted = true;
            return Some((Bytes::from_static(b"retry: 2000\n: listening\n\n"), self));
        }
        let heartbeat = self.seat.0.limits.heartbeat;
        let news = tokio::select! {
            biased;
            _ = self.stopping.wait_for(|stopping| *stopping) => return None,
            news = timeout(heartbeat, self.news.recv()) => news,
        };
        let piece = match news {
            Err(_) => Bytes::from_static(b": heartbeat\n\n"),
            Ok(Ok(event)) => written(&event),
            Ok(Err(broadcast::error::RecvError::Lagged(missed))) => piece("missed", None, &Missed { missed }),
            Ok(Err(broadcast::error::RecvError::Closed)) => return None,
        };
        Some((piece, self))
    }
}

fn written(event: &Event) -> Bytes {
    match event {
        Event::Trace(news) => piece("trace", Some(news.sequence.0), &**news),
        Event::Verdict(news) => piece("verdict", None, &**news),
        Event::Pattern(news) => piece("pattern", None, &**news),
        Event::Decision(decision) => piece("fix", None, &**decision),
    }
}

fn piece<T: Serialize>(name: &str, id: Option<u64>, data: &T) -> Bytes {
    let mut text = format!("event: {name}\n");
    if let Some(id) = id {
        text.push_str(&format!("id: {id}\n"));
    }
    text.push_str("data: ");
    // JSON of one line: line breaks inside texts are escaped. News cannot fail to be JSON.
    text.push_str(&String::from_utf8_lossy(&json::to_vec(data).unwrap_or_default()));
    text.push_str("\n\n");
    text.into()
}
