//! A gRPC client that says exactly the bytes it is told to, for one call at a time.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, clippy::expect_used)]

use std::{convert::Infallible, net::SocketAddr, pin::Pin, time::Duration};

use bytes::Bytes;
use http_body_util::{BodyExt, Full, combinators::BoxBody};
use hyper::{
    HeaderMap, Request,
    body::{Body, Frame, Incoming},
    client::conn::http2::{self, SendRequest},
};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::{net::TcpStream, task::JoinHandle, time::timeout};

/// Longest wait for anything; reached only when something is broken.
const PATIENCE: Duration = Duration::from_secs(20);

pub const TRACES: &str = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
pub const LOGS: &str = "/opentelemetry.proto.collector.logs.v1.LogsService/Export";
pub const METRICS: &str = "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export";

/// What came of a call.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The status by gRPC's numbers; 0 is fine.
    pub code: u32,
    pub message: String,
    /// The message without its frame.
    pub body: Bytes,
    pub headers: HeaderMap,
}

/// An HTTP/2 connection.
pub struct Client {
    sender: SendRequest<BoxBody<Bytes, Infallible>>,
    address: SocketAddr,
    /// Ends with the connection.
    pub connection: JoinHandle<Result<(), hyper::Error>>,
}

impl Client {
    pub async fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        let (sender, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.unwrap();
        Self { sender, address, connection: tokio::spawn(connection) }
    }

    /// A call with a whole body.
    pub async fn call(&mut self, path: &str, headers: &[(&str, &str)], body: impl Into<Bytes>) -> Outcome {
        self.send(path, headers, Full::new(body.into()).boxed()).await
    }

    /// A call with a body that comes as it comes.
    pub async fn send(&mut self, path: &str, headers: &[(&str, &str)], body: BoxBody<Bytes, Infallible>) -> Outcome {
        let mut request = Request::post(format!("http://{}{path}", self.address)).header("te", "trailers");
        if !headers.iter().any(|(name, _)| *name == "content-type") {
            request = request.header("content-type", "application/grpc");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = timeout(PATIENCE, self.sender.send_request(request.body(body).unwrap())).await.expect("no answer came").unwrap();
        assert_eq!(answer.status(), 200, "{answer:?}");
        assert_eq!(answer.headers()["content-type"], "application/grpc");
        outcome(answer.headers().clone(), answer.into_body()).await
    }

    /// What a path answers to GET, over HTTP/2.
    pub async fn get(&mut self, path: &str) -> (u16, Bytes) {
        let request = Request::get(format!("http://{}{path}", self.address)).body(Full::default().boxed()).unwrap();
        let answer = timeout(PATIENCE, self.sender.send_request(request)).await.expect("no answer came").unwrap();
        (answer.status().as_u16(), answer.into_body().collect().await.unwrap().to_bytes())
    }
}

async fn outcome(headers: HeaderMap, body: Incoming) -> Outcome {
    let collected = body.collect().await.unwrap();
    let trailers = collected.trailers().cloned().unwrap_or_default();
    let status = |name: &str| trailers.get(name).or(headers.get(name)).map(|value| value.to_str().unwrap().to_owned());
    let code = status("grpc-status").expect("a status").parse().unwrap();
    let message = status("grpc-message").unwrap_or_default();
    let mut body = collected.to_bytes();
    if !body.is_empty() {
        let prefix = body.split_to(5);
        assert_eq!(prefix[..], [&[0][..], &u32::try_from(body.len()).unwrap().to_be_bytes()].concat()[..]);
    }
    Outcome { code, message: decoded(&message), body, headers }
}

fn decoded(message: &str) -> String {
    let mut parts = message.split('%');
    let mut bytes = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        bytes.push(u8::from_str_radix(&part[..2], 16).unwrap());
        bytes.extend_from_slice(&part.as_bytes()[2..]);
    }
    String::from_utf8(bytes).unwrap()
}

/// A message behind its five bytes.
pub fn framed(message: &[u8], packed: bool) -> Bytes {
    [&[u8::from(packed)][..], &u32::try_from(message.len()).unwrap().to_be_bytes(), message].concat().into()
}

/// A body that says this and then nothing more, without ending.
pub fn unending(said: Bytes) -> BoxBody<Bytes, Infallible> {
    struct Unending(Option<Bytes>);
    impl Body for Unending {
        type Data = Bytes;
        type Error = Infallible;
        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut std::task::Context<'_>,
        ) -> std::task::Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            self.0.take().map_or(std::task::Poll::Pending, |said| std::task::Poll::Ready(Some(Ok(Frame::data(said)))))
        }
    }
    Unending(Some(said)).boxed()
}
