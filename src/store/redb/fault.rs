//! What goes wrong inside the engine, before it is told as a [`StoreError`].

use crate::store::StoreError;

/// A failure of the database or of what was read from it. While writing, it fails the whole group.
#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    /// redb or the disk below it.
    #[error("{0}")]
    Database(Box<redb::Error>),
    /// Stored bytes do not decode.
    #[error("{what} is damaged: {reason}")]
    Damaged {
        /// What was being read.
        what: &'static str,
        /// What the decoder said.
        reason: String,
    },
    /// A value does not encode.
    #[error("{what} cannot be encoded: {reason}")]
    Encode {
        /// What was being written.
        what: &'static str,
        /// What the encoder said.
        reason: String,
    },
    /// A number ran out.
    #[error("there is no room for another {0}")]
    Exhausted(&'static str),
    /// The database is not open.
    #[error("{0}")]
    NotOpen(StoreError),
    /// The code below panicked, as redb does on some damaged pages.
    #[error("an internal error while writing: {0}")]
    Panicked(String),
}

impl Fault {
    /// Whether it lies in a change, or in what is stored of its trace, and not in the database as a whole.
    pub(super) fn is_of_the_change(&self) -> bool {
        matches!(self, Self::Damaged { .. } | Self::Encode { .. })
    }

    /// As the error of a read.
    pub(super) fn reading(self) -> StoreError {
        match self {
            Self::NotOpen(StoreError::Closed) => StoreError::Closed,
            other => StoreError::Read(other.to_string()),
        }
    }

    /// As the error of a write.
    pub(super) fn writing(self) -> StoreError {
        match self {
            Self::NotOpen(error @ (StoreError::Closed | StoreError::Write(_))) => error,
            other => StoreError::Write(other.to_string()),
        }
    }
}

macro_rules! from_database {
    ($($error:ty),+) => { $(
        impl From<$error> for Fault {
            fn from(error: $error) -> Self {
                Self::Database(Box::new(error.into()))
            }
        }
    )+ };
}

from_database!(
    redb::StorageError,
    redb::TableError,
    redb::TransactionError,
    redb::CommitError,
    redb::DatabaseError,
    redb::SetDurabilityError,
    redb::CompactionError
);
