//! The same answers for commands of this very program, through memory instead of a port.

use std::sync::Arc;

use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{io::DuplexStream, sync::watch};

use super::{connection::Connection, error::ListenerError, options::Limits, service::Service, site::Site};
use crate::{engine::Engine, repair::project::Projects};

/// Bytes that may lie between the two ends of a connection: a slow reader holds the writer back.
const BETWEEN: usize = 256 * 1024;

/// Answers what the listener answers, to whoever holds it: no address is taken, no key is asked for.
pub struct Inside {
    service: Arc<Service>,
    /// Event streams end when this is dropped.
    _stop: watch::Sender<bool>,
}

impl Inside {
    /// Answers for this engine, with fixes for these projects.
    ///
    /// # Errors
    /// None is to be expected.
    pub fn of(engine: Engine, projects: Projects) -> Result<Self, ListenerError> {
        let (stop, stopping) = watch::channel(false);
        let site = Site::new(&[])?;
        Ok(Self { service: Service::new(engine, Limits::default(), projects, site, None, stopping), _stop: stop })
    }

    /// A new connection that speaks HTTP/1.1, by the name `localhost`. It ends when its other end is dropped. Needs a tokio runtime.
    #[must_use]
    pub fn connect(&self) -> DuplexStream {
        let (ours, theirs) = tokio::io::duplex(BETWEEN);
        let (service, connection) = (Arc::clone(&self.service), Connection::new());
        let answering = service_fn(move |request| Arc::clone(&service).answer(request, Arc::clone(&connection)));
        tokio::spawn(async move {
            // What goes wrong on it, its other end is told.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(ours), answering).await;
        });
        theirs
    }
}
