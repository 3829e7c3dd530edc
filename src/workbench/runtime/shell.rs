//! Standing still until the shell continues us.

#[cfg(unix)]
use std::time::Duration;

/// How long to wait for a stop that does not come: where nobody could continue us, the system lets us go on.
#[cfg(unix)]
const PATIENCE: Duration = Duration::from_millis(500);

/// Stops this process and those started with it, as the shell's Ctrl-Z would, and returns once the shell has continued it.
///
/// The signal stops the process as a whole, but not at once, while this thread goes on: so its end is waited for. Time that passes
/// standing still counts, so the wait is over as soon as we are continued.
#[cfg(unix)]
pub(super) async fn stop() -> std::io::Result<()> {
    use rustix::process::{Signal, kill_current_process_group};
    use tokio::signal::unix::{SignalKind, signal};
    let mut continued = signal(SignalKind::from_raw(Signal::CONT.as_raw()))?;
    kill_current_process_group(Signal::TSTP)?;
    // Running out of patience says the same: we go on.
    let _ = tokio::time::timeout(PATIENCE, continued.recv()).await;
    Ok(())
}

/// There is no such shell here.
#[cfg(not(unix))]
#[allow(clippy::unused_async)]
pub(super) async fn stop() -> std::io::Result<()> {
    Ok(())
}
