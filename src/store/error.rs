//! Why the store could not do what was asked.

/// Why the store could not do what was asked.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// Another process has the store open.
    #[error("the store {path} is in use by another process")]
    InUse {
        /// The store's path.
        path: String,
    },
    /// The file is something else.
    #[error("{path} is not an arc-eval-tui store: {reason}; choose another with --store, or move it away")]
    NotAStore {
        /// The file's path.
        path: String,
        /// What was wrong.
        reason: String,
    },
    /// The store was written by a newer program.
    #[error("the store {path} has schema {found}; this program knows up to {known}. Use the newer program, or another store with --store")]
    NewerSchema {
        /// The store's path.
        path: String,
        /// Its schema.
        found: u32,
        /// The newest schema this program reads.
        known: u32,
    },
    /// The file system refused.
    #[error("cannot open the store {path}: {reason}")]
    Open {
        /// The store's path.
        path: String,
        /// What the system said.
        reason: String,
    },
    /// A commit failed; nothing acknowledged is harmed.
    #[error("the store cannot write: {0}")]
    Write(String),
    /// A read failed.
    #[error("the store cannot read: {0}")]
    Read(String),
    /// The queue of waiting changes is full.
    #[error("the store has too much waiting; try again in a moment")]
    Busy,
    /// The store has been closed.
    #[error("the store is closed")]
    Closed,
}
