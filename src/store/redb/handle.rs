//! The open database, which can be closed and opened again under whoever uses it.
//!
//! After an I/O error redb refuses everything until its file is opened anew. The writer does that here; readers wait meanwhile.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use redb::{Builder, Database, ReadTransaction, ReadableDatabase, WriteTransaction};

use super::{
    fault::Fault,
    migrations::{MIGRATIONS, prepare},
    options::StoreOptions,
    place::{Mode, Place},
};
use crate::store::StoreError;

enum State {
    Open(Database),
    /// It can be read; why it cannot be written.
    Shadow(Database, StoreError),
    Broken(StoreError),
    Closed,
}

/// The open database.
pub(super) struct Handle {
    place: Box<dyn Place>,
    cache_bytes: usize,
    quick_restart: bool,
    read_only: bool,
    state: RwLock<State>,
}

impl Handle {
    /// Opens the place, making a store there if there is none, unless it is only to be read.
    pub(super) fn open(place: Box<dyn Place>, options: &StoreOptions) -> Result<Self, StoreError> {
        let StoreOptions { cache_bytes, quick_restart, read_only, .. } = *options;
        let state = if read_only {
            State::Shadow(open_database(place.as_ref(), cache_bytes, Mode::Read)?, only_read())
        } else {
            State::Open(open_database(place.as_ref(), cache_bytes, Mode::Create)?)
        };
        Ok(Self { place, cache_bytes, quick_restart, read_only, state: RwLock::new(state) })
    }

    fn share(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn own(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts reading.
    pub(super) fn begin_read(&self) -> Result<ReadTransaction, Fault> {
        Ok(self.share().readable()?.begin_read()?)
    }

    /// Starts writing; the commit will be on disk when it returns.
    pub(super) fn begin_write(&self) -> Result<WriteTransaction, Fault> {
        let mut transaction = self.share().writable()?.begin_write()?;
        transaction.set_quick_repair(self.quick_restart);
        Ok(transaction)
    }

    /// Closes the database and opens it again, as it was after the last commit that reached the disk. Where it cannot be opened to
    /// write, it is opened to be read if possible, and the error is the writer's. Snapshots taken before answer with an error from now on.
    pub(super) fn reopen(&self) -> Result<(), StoreError> {
        if self.read_only {
            return Err(only_read());
        }
        let mut state = self.own();
        if matches!(*state, State::Closed) {
            return Err(StoreError::Closed);
        }
        // Closed first: while it is open, its lock on the file keeps us out as well. After a panic inside redb, closing panics too, but
        // lets go of the file all the same.
        let before = std::mem::replace(&mut *state, State::Broken(StoreError::Write("the store is being opened again".to_owned())));
        let _ = catch_unwind(AssertUnwindSafe(|| drop(before)));
        let open = |mode| open_database(self.place.as_ref(), self.cache_bytes, mode);
        match open(Mode::Write) {
            Ok(database) => {
                *state = State::Open(database);
                Ok(())
            }
            Err(error) => {
                let error = StoreError::Write(error.to_string());
                *state = match open(Mode::Shadow) {
                    Ok(database) => State::Shadow(database, error.clone()),
                    Err(_) => State::Broken(error.clone()),
                };
                Err(error)
            }
        }
    }

    /// Whether it can be written.
    pub(super) fn is_writable(&self) -> bool {
        matches!(*self.share(), State::Open(_))
    }

    /// Gives free space back to the file system; `false` when there was nothing to give. Nobody may be reading.
    pub(super) fn compact(&self) -> Result<bool, Fault> {
        match &mut *self.own() {
            State::Open(database) => Ok(database.compact()?),
            other => Err(other.unusable()),
        }
    }

    /// Closes the database cleanly; a second call does nothing.
    pub(super) fn close(&self) -> Result<(), StoreError> {
        match std::mem::replace(&mut *self.own(), State::Closed) {
            State::Open(database) => database.close().map_err(|error| Fault::from(error).writing()),
            State::Shadow(..) if self.read_only => Ok(()),
            State::Shadow(_, error) | State::Broken(error) => Err(error),
            State::Closed => Ok(()),
        }
    }

    /// The size of the file.
    pub(super) fn bytes(&self) -> u64 {
        self.place.bytes()
    }
}

impl State {
    fn readable(&self) -> Result<&Database, Fault> {
        match self {
            Self::Open(database) | Self::Shadow(database, _) => Ok(database),
            other => Err(other.unusable()),
        }
    }

    fn writable(&self) -> Result<&Database, Fault> {
        match self {
            Self::Open(database) => Ok(database),
            other => Err(other.unusable()),
        }
    }

    fn unusable(&self) -> Fault {
        Fault::NotOpen(match self {
            Self::Shadow(_, error) | Self::Broken(error) => error.clone(),
            Self::Open(_) | Self::Closed => StoreError::Closed,
        })
    }
}

/// Why a store that was opened to be read takes no change.
fn only_read() -> StoreError {
    StoreError::Write("it was opened only to be read".to_owned())
}

fn open_database(place: &dyn Place, cache_bytes: usize, mode: Mode) -> Result<Database, StoreError> {
    let mut builder = Builder::new();
    builder.set_cache_size(cache_bytes);
    let database = place.open(&builder, mode)?;
    prepare(&database, &place.name(), MIGRATIONS)?;
    Ok(database)
}
