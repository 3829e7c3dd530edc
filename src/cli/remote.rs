//! Asking the one owner of a store over HTTP: a running program, or the engine this command has opened itself.

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{Method, Request, Response, StatusCode, body::Incoming, client::conn::http1, header};
use hyper_util::rt::TokioIo;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};

use super::exit::{CliError, Status};
use crate::{engine::owner::Owner, listener::Inside};

/// Whoever answers for a store.
pub struct Remote {
    reached: Reached,
}

/// How it is reached.
enum Reached {
    /// A workbench or server that listens.
    Network { address: String, key: Option<String> },
    /// This very program.
    Inside(Inside),
}

/// What bytes go through.
trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

impl Remote {
    /// The one that an owner file names; refused with a sentence when it listens nowhere.
    pub fn of(owner: &Owner, key: Option<String>) -> Result<Self, CliError> {
        match &owner.address {
            Some(address) => Ok(Self { reached: Reached::Network { address: address.clone(), key } }),
            None => Err(CliError::unavailable(format!(
                "the store is open in process {}, which listens nowhere; close it, or name another store with --store",
                owner.pid
            ))),
        }
    }

    /// This program's own.
    #[must_use]
    pub const fn inside(inside: Inside) -> Self {
        Self { reached: Reached::Inside(inside) }
    }

    /// Where it listens; `localhost` where it is this program's own.
    #[must_use]
    pub fn address(&self) -> &str {
        match &self.reached {
            Reached::Network { address, .. } => address,
            Reached::Inside(_) => "localhost",
        }
    }

    /// Whether anybody takes connections at the address.
    pub async fn is_there(&self) -> bool {
        self.connect().await.is_ok()
    }

    async fn connect(&self) -> Result<Box<dyn Stream>, CliError> {
        match &self.reached {
            Reached::Network { address, .. } => match TcpStream::connect(address).await {
                Ok(stream) => Ok(Box::new(stream)),
                Err(error) => Err(self.silent(&error)),
            },
            Reached::Inside(inside) => Ok(Box::new(inside.connect())),
        }
    }

    fn silent(&self, error: &dyn std::fmt::Display) -> CliError {
        CliError::unavailable(format!("the program at {} does not answer: {error}", self.address()))
    }

    /// One request on a connection of its own; the answer's body is still to be read.
    pub async fn ask(&self, method: Method, path: &str, body: Bytes) -> Result<Response<Incoming>, CliError> {
        let stream = self.connect().await?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(|error| self.silent(&error))?;
        // Ends by itself once the answer has been read or dropped.
        tokio::spawn(connection);
        let mut request = Request::builder().method(method).uri(path).header(header::HOST, self.address());
        if !body.is_empty() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        if let Reached::Network { key: Some(key), .. } = &self.reached {
            request = request.header("x-api-key", key);
        }
        let request = request.body(Full::new(body)).map_err(|error| CliError::wrong_use(format!("the request cannot be made: {error}")))?;
        sender.send_request(request).await.map_err(|error| self.silent(&error))
    }

    /// Asks and reads the whole answer: its status and body.
    pub async fn whole(&self, method: Method, path: &str, body: Bytes) -> Result<(StatusCode, Bytes), CliError> {
        let answer = self.ask(method, path, body).await?;
        let status = answer.status();
        let body = answer.into_body().collect().await.map_err(|error| self.silent(&error))?.to_bytes();
        Ok((status, body))
    }

    /// Posts JSON and returns the status with the answer's body.
    pub async fn post(&self, path: &str, body: Bytes) -> Result<(StatusCode, Bytes), CliError> {
        self.whole(Method::POST, path, body).await
    }

    /// The answer to a question, as it was written; a refusal is an error with its sentence.
    pub async fn answer(&self, method: Method, path: &str, body: Bytes) -> Result<Bytes, CliError> {
        let (status, body) = self.whole(method, path, body).await?;
        if status.is_success() { Ok(body) } else { Err(self.refusal(status, &body)) }
    }

    /// The answer to a question, read.
    pub async fn value<T: DeserializeOwned>(&self, method: Method, path: &str, body: Bytes) -> Result<T, CliError> {
        let answer = self.answer(method, path, body).await?;
        self.read(&answer)
    }

    /// An answer, read.
    pub fn read<T: DeserializeOwned>(&self, answer: &[u8]) -> Result<T, CliError> {
        serde_json::from_slice(answer).map_err(|error| {
            CliError::unavailable(format!(
                "the program at {} answered what this one does not understand ({error}); are both of the same version?",
                self.address()
            ))
        })
    }

    /// Why a question was refused, in the words of who refused it.
    pub fn refusal(&self, status: StatusCode, body: &[u8]) -> CliError {
        let told = serde_json::from_slice::<Value>(body).unwrap_or_default();
        let message =
            told["message"].as_str().map_or_else(|| format!("the program at {} answered {status}", self.address()), str::to_owned);
        match status {
            StatusCode::UNAUTHORIZED => {
                CliError::wrong_use(format!("the program at {}: {message}; set ARC_EVAL_API_KEY to its key", self.address()))
            }
            // The path itself is unknown to it.
            status if status == StatusCode::METHOD_NOT_ALLOWED || message.starts_with("there is no path") => {
                CliError::unavailable(format!("the program at {} is of another version than this one: {message}", self.address()))
            }
            status if status.is_client_error() => CliError { status: Status::WrongUse, message },
            _ => CliError::unavailable(message),
        }
    }
}
