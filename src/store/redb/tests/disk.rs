//! A disk for tests: it counts syncs, fails on command, and knows what a power loss would leave.

use std::{
    io,
    sync::{Arc, Mutex},
};

use redb::{Builder, Database, StorageBackend};

use crate::store::{
    StoreError,
    redb::{
        RedbStore, StoreOptions,
        place::{Mode, Place, SharedBackend, opened},
        shadow::{Lock, Shadow},
    },
};

/// A sector is written whole or not at all.
const SECTOR: usize = 512;

#[derive(Debug, Clone)]
enum Unsynced {
    Write(usize, Vec<u8>),
    Resize(usize),
}

/// How the disk misbehaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Fault {
    /// It does not.
    #[default]
    None,
    /// Every write fails.
    Writes,
    /// Every sync fails.
    Syncs,
    /// Writes fail where nothing was written before: the file system has no block to give.
    Full,
    /// Writes panic.
    Panics,
    /// The power has gone: nothing works any more.
    Dead,
}

#[derive(Debug, Default)]
struct Inner {
    now: Vec<u8>,
    safe: Vec<u8>,
    unsynced: Vec<Unsynced>,
    written: std::collections::BTreeSet<usize>,
    syncs: u64,
    fault: Fault,
    operations_left: Option<u64>,
}

/// The disk.
#[derive(Debug, Default)]
pub(super) struct Disk(Mutex<Inner>);

impl Disk {
    pub(super) fn store(self: &Arc<Self>) -> Result<Arc<RedbStore>, StoreError> {
        // A small cache, so that pages are really read and written.
        self.store_with(&StoreOptions { cache_bytes: 1 << 20, ..StoreOptions::default() })
    }

    pub(super) fn store_with(self: &Arc<Self>, options: &StoreOptions) -> Result<Arc<RedbStore>, StoreError> {
        RedbStore::start(Box::new(DiskPlace(Arc::clone(self))), options)
    }

    pub(super) fn fault(&self, fault: Fault) {
        self.0.lock().unwrap().fault = fault;
    }

    /// The power goes after so many more writes, resizes and syncs.
    pub(super) fn dies_after(&self, operations: u64) {
        self.0.lock().unwrap().operations_left = Some(operations);
    }

    pub(super) fn syncs(&self) -> u64 {
        self.0.lock().unwrap().syncs
    }

    /// A disk with what is certainly there if the power went now: what was synced, and of the rest whatever `survives` says,
    /// sector by sector.
    pub(super) fn after_power_loss(&self, mut survives: impl FnMut() -> bool) -> Arc<Self> {
        let inner = self.0.lock().unwrap();
        let mut bytes = inner.safe.clone();
        for operation in &inner.unsynced {
            match operation {
                Unsynced::Resize(len) if survives() => bytes.resize(*len, 0),
                Unsynced::Resize(_) => {}
                Unsynced::Write(offset, data) => {
                    for (place, sector) in data.chunks(SECTOR).enumerate() {
                        let start = offset + place * SECTOR;
                        if survives() {
                            bytes.resize(bytes.len().max(start + sector.len()), 0);
                            bytes[start..start + sector.len()].copy_from_slice(sector);
                        }
                    }
                }
            }
        }
        Arc::new(Self(Mutex::new(Inner { now: bytes.clone(), safe: bytes, ..Inner::default() })))
    }
}

impl Inner {
    fn spend(&mut self) -> io::Result<()> {
        if let Some(left) = &mut self.operations_left {
            match left.checked_sub(1) {
                Some(fewer) => *left = fewer,
                None => self.fault = Fault::Dead,
            }
        }
        if self.fault == Fault::Dead { Err(io::Error::other("the power has gone")) } else { Ok(()) }
    }
}

impl StorageBackend for Disk {
    fn len(&self) -> io::Result<u64> {
        Ok(self.0.lock().unwrap().now.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let inner = self.0.lock().unwrap();
        if inner.fault == Fault::Dead {
            return Err(io::Error::other("the power has gone"));
        }
        let offset = offset as usize;
        out.copy_from_slice(inner.now.get(offset..offset + out.len()).ok_or(io::ErrorKind::UnexpectedEof)?);
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let mut inner = self.0.lock().unwrap();
        inner.spend()?;
        let len = len as usize;
        inner.now.resize(len, 0);
        inner.unsynced.push(Unsynced::Resize(len));
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut inner = self.0.lock().unwrap();
        inner.spend()?;
        if inner.fault == Fault::Syncs {
            return Err(io::Error::other("sync failed"));
        }
        inner.syncs += 1;
        let Inner { safe, unsynced, .. } = &mut *inner;
        for operation in unsynced.drain(..) {
            match operation {
                Unsynced::Resize(len) => safe.resize(len, 0),
                Unsynced::Write(offset, data) => safe[offset..offset + data.len()].copy_from_slice(&data),
            }
        }
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let offset = offset as usize;
        let mut inner = self.0.lock().unwrap();
        inner.spend()?;
        let blocks = offset / 4096..(offset + data.len()).div_ceil(4096);
        match inner.fault {
            Fault::Writes => return Err(io::Error::other("write failed")),
            Fault::Full if blocks.clone().any(|block| !inner.written.contains(&block)) => {
                return Err(io::Error::from(io::ErrorKind::StorageFull));
            }
            Fault::Panics => {
                drop(inner);
                panic!("the disk panics, as the test told it to");
            }
            _ => {}
        }
        inner.written.extend(blocks);
        inner.now.get_mut(offset..offset + data.len()).ok_or(io::ErrorKind::UnexpectedEof)?.copy_from_slice(data);
        inner.unsynced.push(Unsynced::Write(offset, data.to_vec()));
        Ok(())
    }
}

struct DiskPlace(Arc<Disk>);

impl Place for DiskPlace {
    fn open(&self, builder: &Builder, mode: Mode) -> Result<Database, StoreError> {
        let backend = SharedBackend(Arc::clone(&self.0) as Arc<dyn StorageBackend>);
        opened(&self.name(), || match mode {
            Mode::Shadow | Mode::Read => builder.create_with_backend(Shadow::new(backend, Lock::Alone)?),
            Mode::Create | Mode::Write => builder.create_with_backend(backend),
        })
    }

    fn bytes(&self) -> u64 {
        self.0.len().unwrap_or(0)
    }

    fn name(&self) -> String {
        "the test's disk".to_owned()
    }
}
