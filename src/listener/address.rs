//! The address to listen on, and who has it when it is taken.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream, ToSocketAddrs},
    path::PathBuf,
    time::Duration,
};

use super::error::ListenerError;
use crate::engine::owner::Owner;

/// How long a neighbour is waited for that may tell who it is.
const PATIENCE: Duration = Duration::from_millis(300);

/// Reads `127.0.0.1:8000`, `localhost:8000`, `[::1]:8000`, `:8000` or `8000`. May ask the system for a name's address.
///
/// # Errors
/// When it is none.
pub fn parse(text: &str) -> Result<SocketAddr, ListenerError> {
    let wrong = |reason: String| ListenerError::Address { address: text.to_owned(), reason };
    let trimmed = text.trim();
    if let Ok(address) = trimmed.parse() {
        return Ok(address);
    }
    let bare = trimmed.strip_prefix(':').unwrap_or(trimmed);
    if !bare.is_empty() && bare.bytes().all(|byte| byte.is_ascii_digit()) {
        let port: u16 = bare.parse().map_err(|_| wrong("a port is a number up to 65535".into()))?;
        return Ok(SocketAddr::from(([127, 0, 0, 1], port)));
    }
    let found: Vec<SocketAddr> = trimmed.to_socket_addrs().map_err(|error| wrong(error.to_string()))?.collect();
    // `localhost` may mean both; the one that every client tries is the older.
    found.iter().find(|address| address.is_ipv4()).or(found.first()).copied().ok_or_else(|| wrong("the name has no address".into()))
}

/// Who listens on a taken address, as ` by …`: from the owner files of `stores`, else by asking the address itself. Blocks shortly.
#[must_use]
pub fn holder(address: SocketAddr, stores: &[PathBuf]) -> String {
    for store in stores {
        if let Some(owner) = Owner::of(store).filter(|owner| owner.address.as_deref() == Some(&address.to_string())) {
            return format!(" by arc-eval-tui (process {}, since {}), which has the store {}", owner.pid, owner.since, store.display());
        }
    }
    match ask(address) {
        Some(true) => " by another arc-eval-tui".to_owned(),
        Some(false) => " by another program, which is no arc-eval-tui".to_owned(),
        None => String::new(),
    }
}

/// Whether the program at an address is one of us; `None` when it does not say anything in time.
fn ask(address: SocketAddr) -> Option<bool> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    stream.set_write_timeout(Some(PATIENCE)).ok()?;
    stream.write_all(format!("GET /health HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").as_bytes()).ok()?;
    let mut answer = Vec::new();
    // What had come when the time was over is enough.
    let _ = stream.take(4096).read_to_end(&mut answer);
    (!answer.is_empty()).then(|| String::from_utf8_lossy(&answer).contains("\"program\":\"arc-eval-tui\""))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn the_usual_ways_to_write_an_address_are_understood() {
        for text in ["127.0.0.1:8000", "localhost:8000", ":8000", "8000", " 127.0.0.1:8000 "] {
            assert_eq!(parse(text).unwrap(), SocketAddr::from(([127, 0, 0, 1], 8000)), "{text}");
        }
        assert!(parse("[::1]:0").unwrap().is_ipv6());
        for text in ["", ":", "70000", "127.0.0.1", "http://127.0.0.1:8000"] {
            assert!(matches!(parse(text), Err(ListenerError::Address { .. })), "{text}");
        }
    }
}
