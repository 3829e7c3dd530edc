//! Asking the program that has the store open, over HTTP: it is the store's one owner.

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{Request, StatusCode, client::conn::http1, header};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::exit::CliError;
use crate::engine::owner::Owner;

/// A running workbench or server.
pub struct Remote {
    address: String,
    key: Option<String>,
}

impl Remote {
    /// The one that an owner file names; refused with a sentence when it listens nowhere.
    pub fn of(owner: &Owner, key: Option<String>) -> Result<Self, CliError> {
        match &owner.address {
            Some(address) => Ok(Self { address: address.clone(), key }),
            None => Err(CliError::unavailable(format!(
                "the store is open in process {}, which listens nowhere; close it, or name another store with --store",
                owner.pid
            ))),
        }
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Posts JSON and returns the status with the answer's body.
    pub async fn post(&self, path: &str, body: Bytes) -> Result<(StatusCode, Bytes), CliError> {
        let unavailable =
            |error: &dyn std::fmt::Display| CliError::unavailable(format!("the program at {} does not answer: {error}", self.address));
        let stream = TcpStream::connect(&self.address).await.map_err(|error| unavailable(&error))?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(|error| unavailable(&error))?;
        let driving = tokio::spawn(connection);
        let mut request = Request::post(path).header(header::HOST, &self.address).header(header::CONTENT_TYPE, "application/json");
        if let Some(key) = &self.key {
            request = request.header("x-api-key", key);
        }
        let request = request.body(Full::new(body)).map_err(|error| CliError::wrong_use(format!("the request cannot be made: {error}")))?;
        let answer = sender.send_request(request).await.map_err(|error| unavailable(&error))?;
        let status = answer.status();
        let body = answer.into_body().collect().await.map_err(|error| unavailable(&error))?.to_bytes();
        driving.abort();
        Ok((status, body))
    }
}
