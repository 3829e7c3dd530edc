//! Why the engine could not do what was asked.

use crate::{query::FilterError, store::StoreError};

/// Why the engine could not do what was asked.
#[derive(Debug, Clone, thiserror::Error)]
pub enum EngineError {
    /// The store refused or failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A filter does not parse.
    #[error(transparent)]
    Filter(#[from] FilterError),
    /// There is no such thing.
    #[error("there is no {what} {name:?}")]
    NotFound {
        /// The kind of thing: `trace`, `baseline`, `agent`, `pattern`.
        what: &'static str,
        /// The name that was asked for.
        name: String,
    },
    /// What was asked makes no sense; the text says why and what would.
    #[error("{0}")]
    Invalid(String),
    /// Too much is waiting.
    #[error("too much is waiting; try again in a moment")]
    Busy,
    /// The record kept changing while it was judged anew.
    #[error("the trace changed {0} times while this was worked on; try again")]
    Contended(u32),
    /// A stored body cannot be read any more, or a worker failed on it.
    #[error("the analysis failed: {0}")]
    Analysis(String),
    /// The threads of the engine could not be started.
    #[error("cannot start the analysis threads: {0}")]
    Threads(String),
    /// The owner file could not be written.
    #[error("cannot write the owner file {path}: {reason}")]
    Owner {
        /// The file.
        path: String,
        /// What the system said.
        reason: String,
    },
    /// The engine has been closed.
    #[error("the engine is closed")]
    Closed,
}
