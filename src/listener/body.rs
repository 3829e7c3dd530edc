//! Reading a request's body within its bounds of size, time and memory; and letting a refused one run out, so that its sender can
//! read the answer.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::{
    HeaderMap,
    body::{Body, Incoming},
    header::{CONTENT_LENGTH, EXPECT},
};
use tokio::time::{Duration, timeout_at};

use super::{
    connection::{Connection, Reading},
    options::Limits,
    problem::{Kind, Problem},
};
use crate::{engine::Reservation, text::human};

/// Most bytes thrown away of a refused body, and the longest time for it.
const DRAIN_BYTES: u64 = 256 * 1024 * 1024;
const DRAIN_TIME: Duration = Duration::from_secs(10);

/// Largest buffer made on a sender's word alone.
const ON_TRUST: usize = 64 * 1024;

/// A body on its way in.
pub(super) struct RequestBody {
    incoming: Incoming,
    announced: Option<u64>,
    expects_continue: bool,
    connection: Arc<Connection>,
}

impl RequestBody {
    pub(super) fn new(incoming: Incoming, headers: &HeaderMap, connection: Arc<Connection>) -> Self {
        let announced = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
        Self { incoming, announced, expects_continue: headers.contains_key(EXPECT), connection }
    }

    /// The whole body. What comes is counted in `held` as it comes.
    pub(super) async fn read(&mut self, limits: &Limits, held: &mut Reservation) -> Result<Bytes, Problem> {
        let _reading = Reading::on(&self.connection);
        self.read_within(limits, held).await
    }

    async fn read_within(&mut self, limits: &Limits, held: &mut Reservation) -> Result<Bytes, Problem> {
        let too_large = || {
            Problem::new(
                Kind::TooLarge,
                format!("the body is larger than {} bytes; send less in one request", human::count(limits.body as u64)),
            )
        };
        if self.announced.is_some_and(|length| length > limits.body as u64) {
            return Err(too_large());
        }
        let deadline = tokio::time::Instant::now() + limits.body_time;
        let mut first = Bytes::new();
        let mut rest: Option<BytesMut> = None;
        loop {
            let so_far = rest.as_ref().map_or(first.len(), BytesMut::len);
            let frame = match timeout_at(deadline, self.incoming.frame()).await {
                Ok(None) => return Ok(rest.map_or(first, BytesMut::freeze)),
                Ok(Some(Ok(frame))) => frame,
                Ok(Some(Err(error))) => return Err(Problem::bad(format!("the body ended early, after {so_far} bytes: {error}"))),
                Err(_) => {
                    let message = format!("the body did not come within {} s; {so_far} bytes had come", limits.body_time.as_secs());
                    return Err(Problem::new(Kind::Timeout, message));
                }
            };
            let Ok(data) = frame.into_data() else { continue };
            if so_far + data.len() > limits.body {
                return Err(too_large());
            }
            if !held.grow(data.len()) {
                return Err(Problem::new(Kind::Busy, "too many bytes are being worked on; try again in a moment"));
            }
            if let Some(buffer) = &mut rest {
                buffer.extend_from_slice(&data);
            } else if first.is_empty() {
                // Most bodies come in one piece, which then need not be copied.
                first = data;
            } else {
                let announced = self.announced.and_then(|length| usize::try_from(length).ok()).unwrap_or(0);
                let mut buffer = BytesMut::with_capacity(announced.min(ON_TRUST).max(first.len() + data.len()));
                buffer.extend_from_slice(&first);
                buffer.extend_from_slice(&data);
                rest = Some(buffer);
            }
        }
    }

    /// Lets what is left of the body run out beside the answer, within bounds. A sender still writing would otherwise find its
    /// connection reset before it has read why.
    pub(super) fn run_out(mut self) {
        // Who asked first whether to send has its answer, and sends nothing.
        if self.incoming.is_end_stream() || self.expects_continue {
            return;
        }
        tokio::spawn(async move {
            let deadline = tokio::time::Instant::now() + DRAIN_TIME;
            let mut thrown = 0_u64;
            while let Ok(Some(Ok(frame))) = timeout_at(deadline, self.incoming.frame()).await {
                thrown += frame.data_ref().map_or(0, |data| data.len() as u64);
                if thrown > DRAIN_BYTES {
                    return;
                }
            }
        });
    }
}
