//! The log file: written only when asked for, never to the screen that is drawn on.

use std::{fs::OpenOptions, sync::Mutex};

use tracing_subscriber::EnvFilter;

use super::{exit::CliError, settings::Settings};

/// Starts the log when the settings name a file. `ARC_EVAL_LOG` chooses the level (`info` unless set).
pub fn start(settings: &Settings) -> Result<(), CliError> {
    let Some(path) = &settings.log.value else { return Ok(()) };
    let file = OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .map_err(|error| CliError::wrong_use(format!("cannot write the log {}: {error}", path.display())))?;
    let filter = EnvFilter::try_from_env("ARC_EVAL_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(false)
        .with_writer(Mutex::new(file))
        .try_init()
        .map_err(|error| CliError::wrong_use(format!("cannot start the log: {error}")))
}
