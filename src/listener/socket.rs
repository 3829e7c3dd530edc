//! A socket that notes what comes and goes, and can tell by its first bytes which protocol its client speaks.

use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf},
    net::TcpStream,
};

use super::connection::Connection;

/// What every HTTP/2 connection of a client begins with (RFC 9113, 3.4). No HTTP/1.1 request can.
const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// What a client speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Protocol {
    /// HTTP/1.1, or nothing that we know; the reader for it says what is wrong.
    Http1,
    /// HTTP/2 without TLS, by prior knowledge, as gRPC speaks it.
    Http2,
}

/// A socket that notes what comes and goes.
pub(super) struct Socket<S = TcpStream> {
    stream: S,
    connection: Arc<Connection>,
    /// What was read to tell the protocol; it is read again by whoever speaks it.
    start: [u8; PREFACE.len()],
    held: usize,
    given: usize,
}

impl<S: AsyncRead + Unpin> Socket<S> {
    pub(super) fn new(stream: S, connection: Arc<Connection>) -> Self {
        Self { stream, connection, start: [0; PREFACE.len()], held: 0, given: 0 }
    }

    /// Reads until it is clear what the client speaks, and not a byte more than that needs. Nothing that was read is lost.
    pub(super) async fn protocol(&mut self) -> io::Result<Protocol> {
        while let Some(rest) = self.start.get_mut(self.held..).filter(|rest| !rest.is_empty()) {
            let read = self.stream.read(rest).await;
            let count = *read.as_ref().unwrap_or(&0);
            self.connection.read(rest.get(..count).unwrap_or_default());
            self.held += count;
            let same = PREFACE.iter().zip(&self.start).take(self.held).all(|(wanted, given)| wanted == given);
            if read? == 0 || !same {
                return Ok(Protocol::Http1);
            }
        }
        Ok(Protocol::Http2)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Socket<S> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if let Some(held) = this.start.get(this.given..this.held).filter(|held| !held.is_empty()) {
            let count = held.len().min(buffer.remaining());
            buffer.put_slice(held.get(..count).unwrap_or_default());
            this.given += count;
            return Poll::Ready(Ok(()));
        }
        let (before, has_room) = (buffer.filled().len(), buffer.remaining() > 0);
        let poll = Pin::new(&mut this.stream).poll_read(context, buffer);
        if poll.is_ready() && has_room {
            this.connection.read(buffer.filled().get(before..).unwrap_or_default());
        }
        poll
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Socket<S> {
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
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use proptest::prelude::*;
    use tokio::io::{AsyncWriteExt, duplex};

    use super::*;

    /// Sends `said` in pieces of `size`; gives what the protocol was taken for, and what was read after that.
    fn hear(said: &[u8], size: usize) -> (Protocol, Vec<u8>) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let (mut client, server) = duplex(size);
            let mut socket = Socket::new(server, Connection::new());
            let saying = async {
                client.write_all(said).await.unwrap();
                client.shutdown().await.unwrap();
            };
            let hearing = async {
                let protocol = socket.protocol().await.unwrap();
                let mut heard = Vec::new();
                socket.read_to_end(&mut heard).await.unwrap();
                (protocol, heard)
            };
            tokio::join!(saying, hearing).1
        })
    }

    #[test]
    fn the_preface_tells_the_protocols_apart() {
        let http2 = [PREFACE.as_slice(), b"\0\0\0\x04\0"].concat();
        for size in [1, 3, 24, 100] {
            assert_eq!(hear(&http2, size), (Protocol::Http2, http2.clone()));
            for other in ["", "P", "POST / HTTP/1.1\r\n\r\n", "PRI * HTTP/1.1\r\n\r\n", "\u{16}\u{3}\u{1}", "GET /"] {
                assert_eq!(hear(other.as_bytes(), size), (Protocol::Http1, other.as_bytes().to_vec()), "{other:?}");
            }
        }
    }

    proptest! {
        #[test]
        fn not_a_byte_is_lost(cut in 0..=PREFACE.len(), rest in prop::collection::vec(any::<u8>(), 0..60), size in 1..40_usize) {
            let said = [PREFACE.get(..cut).unwrap(), &rest].concat();
            let (protocol, heard) = hear(&said, size);
            prop_assert_eq!(protocol == Protocol::Http2, said.starts_with(PREFACE));
            prop_assert_eq!(heard, said);
        }
    }
}
