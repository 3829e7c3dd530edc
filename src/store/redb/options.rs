//! How much the embedded store may use, and how it commits.

/// How much the embedded store may use, and how it commits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreOptions {
    /// Memory redb may cache pages in, in bytes.
    pub cache_bytes: usize,
    /// Changes that may wait; more are refused as busy.
    pub queue: usize,
    /// Bytes of waiting changes; more are refused as busy, unless nothing waits.
    pub queue_bytes: usize,
    /// Changes that go into one commit at most.
    pub group: usize,
    /// Whether every commit also writes the allocator's state (redb's quick repair), so that a start after a kill need not walk the
    /// whole file. Costs a second sync a commit; without it, a killed store of 100,000 traces takes seconds to open.
    pub quick_restart: bool,
    /// Whether the file is left as it is, byte for byte: what has to be written to read it (an older schema led on, a repair after a kill)
    /// stays in memory, and every change is refused.
    pub read_only: bool,
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self { cache_bytes: 64 << 20, queue: 1024, queue_bytes: 64 << 20, group: 256, quick_restart: true, read_only: false }
    }
}
