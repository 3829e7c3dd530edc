//! How a command ends: the promised exit status and a sentence that says what to do.

use std::process::ExitCode;

/// The exit statuses users and scripts rely on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// 0: fine.
    Fine,
    /// 1: a gate or a check failed.
    CheckFailed,
    /// 2: wrong use, or a key is required and none is set.
    WrongUse,
    /// 3: the input could not be read.
    UnreadableInput,
    /// 4: the store or the listener is unavailable.
    Unavailable,
}

impl From<Status> for ExitCode {
    fn from(status: Status) -> Self {
        Self::from(match status {
            Status::Fine => 0,
            Status::CheckFailed => 1,
            Status::WrongUse => 2,
            Status::UnreadableInput => 3,
            Status::Unavailable => 4,
        })
    }
}

/// Why a command could not do what was asked.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct CliError {
    /// The status to end with.
    pub status: Status,
    /// What happened and what to do, clean of control characters.
    pub message: String,
}

impl CliError {
    fn new(status: Status, message: impl std::fmt::Display) -> Self {
        Self { status, message: crate::text::clean::clean_block(&message.to_string()).into_owned() }
    }

    /// The user asked for something that cannot be.
    #[must_use]
    pub fn wrong_use(message: impl std::fmt::Display) -> Self {
        Self::new(Status::WrongUse, message)
    }

    /// What was given to read could not be read.
    #[must_use]
    pub fn unreadable(message: impl std::fmt::Display) -> Self {
        Self::new(Status::UnreadableInput, message)
    }

    /// The store or the listener cannot be had.
    #[must_use]
    pub fn unavailable(message: impl std::fmt::Display) -> Self {
        Self::new(Status::Unavailable, message)
    }
}
