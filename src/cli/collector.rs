//! Where the traces of a program started here go: to the workbench that has the store open, else to a listener of our own for as long
//! as the program runs.

use std::net::SocketAddr;

use tokio::{sync::oneshot, task::JoinHandle};

use super::{exit::CliError, house, remote::Remote, settings::Settings};
use crate::{
    engine::{Engine, owner::Owner},
    listener::{Listener, ListenerOptions},
    repair::project::Projects,
};

/// Any free port, for senders on this machine.
const ANY_PORT: &str = "127.0.0.1:0";

/// Something that takes traces.
pub enum Collector {
    /// A workbench or server that runs already.
    Running(Remote),
    /// A listener of our own.
    Own(Own),
}

/// A listener of our own, on an engine that is closed with it.
pub struct Own {
    engine: Engine,
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<()>,
}

impl Collector {
    /// The program that has the store open, or a listener of our own on the store.
    pub async fn on_store(settings: &Settings) -> Result<Self, CliError> {
        if let Some(owner) = Owner::of(&settings.store.value) {
            return Remote::of(&owner, settings.api_key.value.clone()).map(Self::Running);
        }
        let engine = house::open_engine(settings)?;
        Own::on(engine, house::listener_options(settings, Projects::none())).await.map(Self::Own)
    }

    /// Where to send, `http://127.0.0.1:8000`.
    #[must_use]
    pub fn url(&self) -> String {
        match self {
            // Whoever listens on every address is reached on this machine by its own.
            Self::Running(remote) => format!("http://{}", remote.address().replace("0.0.0.0", "127.0.0.1").replace("[::]", "[::1]")),
            Self::Own(own) => own.url(),
        }
    }

    /// Lets what is on its way arrive, and closes what was opened for it.
    pub async fn close(self) -> Result<(), CliError> {
        match self {
            Self::Running(_) => Ok(()),
            Self::Own(own) => own.close().await,
        }
    }
}

impl Own {
    /// A listener on this engine, at a free port.
    pub async fn on(engine: Engine, options: ListenerOptions) -> Result<Self, CliError> {
        let bound = async {
            let listener = Listener::bind(ANY_PORT, engine.clone(), options).await.map_err(house::listener_error)?;
            engine.announce(Some(listener.local_addr())).map_err(CliError::unavailable)?;
            Ok(listener)
        };
        let listener = match bound.await {
            Ok(listener) => listener,
            Err(error) => {
                // The first error is the one to tell; the store is closed all the same.
                let _ = engine.close().await;
                return Err(error);
            }
        };
        let address = listener.local_addr();
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = tokio::spawn(listener.serve(async {
            let _ = stopped.await;
        }));
        Ok(Self { engine, address, stop, serving })
    }

    /// Where it listens.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Finishes the requests in work and closes the engine.
    pub async fn close(self) -> Result<(), CliError> {
        let _ = self.stop.send(());
        let _ = self.serving.await;
        self.engine.close().await.map_err(CliError::unavailable)
    }
}
