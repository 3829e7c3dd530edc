//! Standing still until the shell continues us.

#[cfg(unix)]
use std::time::Duration;

#[cfg(unix)]
use rustix::process::{Signal, kill_current_process_group};
#[cfg(unix)]
use tokio::signal::unix::{self, SignalKind, signal};

/// How long to wait for a stop that does not come: where nobody could continue us, the system lets us go on.
#[cfg(unix)]
const PATIENCE: Duration = Duration::from_millis(500);

/// Stops this process and those started with it, as the shell's Ctrl-Z would, and returns once the shell has continued it.
///
/// The signal stops the process as a whole, but not at once, while this thread goes on: so its end is waited for. Time that passes
/// standing still counts, so the wait is over as soon as we are continued.
#[cfg(unix)]
pub(super) async fn stop() -> std::io::Result<()> {
    let mut continued = Continued::listen()?;
    kill_current_process_group(Signal::TSTP)?;
    // Running out of patience says the same: we go on.
    let _ = tokio::time::timeout(PATIENCE, continued.wait()).await;
    Ok(())
}

/// Being continued. Whoever stopped us may have left the terminal in another mode than ours.
#[cfg(unix)]
pub(super) struct Continued(unix::Signal);

#[cfg(unix)]
impl Continued {
    /// Listens from now on.
    pub(super) fn listen() -> std::io::Result<Self> {
        signal(SignalKind::from_raw(Signal::CONT.as_raw())).map(Self)
    }

    /// Waits until we are continued.
    pub(super) async fn wait(&mut self) {
        if self.0.recv().await.is_none() {
            std::future::pending::<()>().await;
        }
    }
}

/// There is no such shell here.
#[cfg(not(unix))]
#[allow(clippy::unused_async)]
pub(super) async fn stop() -> std::io::Result<()> {
    Ok(())
}

/// Nothing stops us here.
#[cfg(not(unix))]
pub(super) struct Continued;

#[cfg(not(unix))]
impl Continued {
    /// Nothing to listen to.
    #[allow(clippy::unnecessary_wraps)]
    pub(super) fn listen() -> std::io::Result<Self> {
        Ok(Self)
    }

    /// Never returns.
    pub(super) async fn wait(&mut self) {
        std::future::pending::<()>().await;
    }
}
