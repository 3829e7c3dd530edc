//! A store that can be read while nothing can be written: what redb writes in order to open it stays in memory.
//!
//! redb opens a file only if it may write to it. When the disk refuses every write, the stored traces are still there to be shown.

use std::{
    collections::BTreeMap,
    fmt, io,
    ops::Bound,
    sync::{Mutex, MutexGuard, PoisonError},
};

use redb::{BackendError, StorageBackend};

const BLOCK: u64 = 4096;

/// The blocks that differ from what lies below.
#[derive(Default)]
struct Written {
    blocks: BTreeMap<u64, Box<[u8]>>,
    len: u64,
    /// How much of what lies below is still to be seen: less than all of it once the length was cut.
    seen: u64,
}

/// Reads through to `below`, keeps writes to itself.
pub(super) struct Shadow<B> {
    below: B,
    lock: Lock,
    written: Mutex<Written>,
}

/// Which lock of what lies below is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lock {
    /// None: right where nobody could write.
    None,
    /// One that keeps everybody else out.
    Alone,
    /// One that keeps those out who write.
    Readers,
}

impl<B: StorageBackend> Shadow<B> {
    /// A shadow of what lies below.
    pub(super) fn new(below: B, lock: Lock) -> io::Result<Self> {
        let len = below.len()?;
        Ok(Self { below, lock, written: Mutex::new(Written { blocks: BTreeMap::new(), len, seen: len }) })
    }

    fn written(&self) -> MutexGuard<'_, Written> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Fills `out` from below, with zeroes where nothing is to be seen there.
    fn read_below(&self, offset: u64, out: &mut [u8], seen: u64) -> io::Result<()> {
        let known = usize::try_from(seen.saturating_sub(offset)).unwrap_or(usize::MAX).min(out.len());
        let (found, beyond) = out.split_at_mut(known);
        beyond.fill(0);
        if found.is_empty() { Ok(()) } else { self.below.read(offset, found) }
    }
}

/// The parts of a range that lie in one block each: block, offset in it, place in the range.
fn parts(offset: u64, len: usize) -> impl Iterator<Item = (u64, usize, std::ops::Range<usize>)> {
    let mut done = 0;
    std::iter::from_fn(move || {
        if done == len {
            return None;
        }
        let at = offset + done as u64;
        let within = (at % BLOCK) as usize;
        let end = len.min(done + BLOCK as usize - within);
        let part = (at / BLOCK, within, done..end);
        done = end;
        Some(part)
    })
}

impl<B: StorageBackend> StorageBackend for Shadow<B> {
    fn len(&self) -> io::Result<u64> {
        Ok(self.written().len)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let written = self.written();
        if offset.checked_add(out.len() as u64).is_none_or(|end| end > written.len) {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.read_below(offset, out, written.seen)?;
        for (block, within, range) in parts(offset, out.len()) {
            if let Some(bytes) = written.blocks.get(&block) {
                let len = range.len();
                out[range].copy_from_slice(&bytes[within..within + len]);
            }
        }
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let mut written = self.written();
        if len < written.len {
            let first_gone = len.div_ceil(BLOCK);
            written.blocks.retain(|block, _| *block < first_gone);
            if let Some(last) = written.blocks.get_mut(&(len / BLOCK)) {
                last[(len % BLOCK) as usize..].fill(0);
            }
            written.seen = written.seen.min(len);
        }
        written.len = len;
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let mut written = self.written();
        if offset.checked_add(data.len() as u64).is_none_or(|end| end > written.len) {
            return Err(io::ErrorKind::InvalidInput.into());
        }
        for (block, within, range) in parts(offset, data.len()) {
            if !written.blocks.contains_key(&block) {
                let mut bytes = vec![0; BLOCK as usize].into_boxed_slice();
                self.read_below(block * BLOCK, &mut bytes, written.seen)?;
                written.blocks.insert(block, bytes);
            }
            if let Some(bytes) = written.blocks.get_mut(&block) {
                bytes[within..within + range.len()].copy_from_slice(&data[range]);
            }
        }
        Ok(())
    }

    fn close(&self) -> io::Result<()> {
        self.below.close()
    }

    fn try_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        match self.lock {
            Lock::None => Err(BackendError::Unsupported),
            Lock::Alone => self.below.try_lock_range(start, end),
            Lock::Readers => self.below.try_lock_shared_range(start, end),
        }
    }

    fn unlock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<(), BackendError> {
        if self.lock == Lock::None { Err(BackendError::Unsupported) } else { self.below.unlock_range(start, end) }
    }

    fn query_lock_range(&self, start: Bound<u64>, end: Bound<u64>) -> Result<bool, BackendError> {
        if self.lock == Lock::None { Err(BackendError::Unsupported) } else { self.below.query_lock_range(start, end) }
    }
}

impl<B: fmt::Debug> fmt::Debug for Shadow<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shadow").field("below", &self.below).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;
    use redb::backends::InMemoryBackend;

    use super::*;

    #[derive(Debug, Clone)]
    enum Step {
        Write(u64, Vec<u8>),
        Resize(u64),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            3 => (0..30_000_u64, prop::collection::vec(any::<u8>(), 1..9000)).prop_map(|(offset, data)| Step::Write(offset, data)),
            1 => (0..40_000_u64).prop_map(Step::Resize),
        ]
    }

    proptest! {
        #[test]
        fn behaves_like_the_file_and_leaves_the_file_alone(steps in prop::collection::vec(step(), 0..12)) {
            let original: Vec<u8> = (0..20_000_u32).map(|n| (n % 251) as u8).collect();
            let below = InMemoryBackend::new();
            below.set_len(original.len() as u64).unwrap();
            below.write(0, &original).unwrap();
            let shadow = Shadow::new(below, Lock::Alone).unwrap();
            let mut model = original.clone();
            for step in steps {
                match step {
                    Step::Write(offset, data) => {
                        let fits = offset as usize + data.len() <= model.len();
                        prop_assert_eq!(shadow.write(offset, &data).is_ok(), fits);
                        if fits {
                            model[offset as usize..][..data.len()].copy_from_slice(&data);
                        }
                    }
                    Step::Resize(len) => {
                        shadow.set_len(len).unwrap();
                        model.resize(len as usize, 0);
                    }
                }
                let mut seen = vec![0; model.len()];
                shadow.read(0, &mut seen).unwrap();
                prop_assert_eq!(&seen, &model);
                prop_assert!(shadow.read(1, &mut seen).is_err() || seen.is_empty());
            }
            let mut kept = vec![0; original.len()];
            shadow.below.read(0, &mut kept).unwrap();
            prop_assert_eq!(kept, original);
        }
    }
}
