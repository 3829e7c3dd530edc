//! Every table of the file: its name, key and value. Keys are fixed-width integers where they can be, values our own bytes.
//!
//! Times in keys are microseconds since 1970. A table ending in `()` is an index: the key says all.

use redb::{TableDefinition, WriteTransaction};

use super::fault::Fault;

/// Numbers by name: [`SCHEMA`], [`NEXT_SEQUENCE`], [`LIVE_BYTES`], [`NEXT_PIECE`], [`INBOX_BYTES`], [`REVISIONS`],
/// [`PROBES`]. Its presence makes a redb file a store of ours.
pub(super) const META: TableDefinition<'_, &str, u64> = TableDefinition::new("arc_eval_meta");
/// The version of the tables, in [`META`].
pub(super) const SCHEMA: &str = "schema";
/// The sequence the next new trace gets, in [`META`].
pub(super) const NEXT_SEQUENCE: &str = "next_sequence";
/// Bytes of bodies and verdicts, compressed, in [`META`].
pub(super) const LIVE_BYTES: &str = "live_bytes";
/// The number the next piece gets, in [`META`].
pub(super) const NEXT_PIECE: &str = "next_piece";
/// Bytes of waiting pieces, compressed, in [`META`].
pub(super) const INBOX_BYTES: &str = "inbox_bytes";
/// Rows that were replaced or taken away so far, in [`META`].
pub(super) const REVISIONS: &str = "revisions";
/// Writes made only to learn whether writing works again, in [`META`].
pub(super) const PROBES: &str = "probes";

/// Sequence → body as sent, zstd.
pub(super) const BODIES: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("bodies");
/// Sequence → verdict as JSON without fingerprints, zstd.
pub(super) const VERDICTS: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("verdicts");
/// Sequence → summary.
pub(super) const ROWS: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("rows");
/// Trace id → sequence, hash of the body as sent. The id itself is the key, so that no two ids can collide.
pub(super) const IDS: TableDefinition<'_, &[u8], (u64, u128)> = TableDefinition::new("ids");
/// Number of a revision → the trace whose row was replaced or taken away by it: the newest revisions only.
pub(super) const REVISED: TableDefinition<'_, u64, u64> = TableDefinition::new("revised");
/// (time, sequence).
pub(super) const TIMES: TableDefinition<'_, (i64, u64), ()> = TableDefinition::new("times");

/// Name key of an agent → its number.
pub(super) const AGENT_NUMBERS: TableDefinition<'_, &[u8], u32> = TableDefinition::new("agent_numbers");
/// Number of an agent → its name.
pub(super) const AGENT_NAMES: TableDefinition<'_, u32, &str> = TableDefinition::new("agent_names");
/// Number of an agent → runs, time of its newest run.
pub(super) const AGENTS: TableDefinition<'_, u32, (u64, i64)> = TableDefinition::new("agents");
/// (time of the newest run, agent), for agents that have runs.
pub(super) const AGENTS_SEEN: TableDefinition<'_, (i64, u32), ()> = TableDefinition::new("agents_seen");
/// (agent, time, sequence).
pub(super) const AGENT_TIMES: TableDefinition<'_, (u32, i64, u64), ()> = TableDefinition::new("agent_times");

/// (agent, when its run was judged, sequence), for runs whose feedback decides.
pub(super) const AGENT_VOTES: TableDefinition<'_, (u32, i64, u64), ()> = TableDefinition::new("agent_votes");

/// Name key of a model → its number.
pub(super) const MODEL_NUMBERS: TableDefinition<'_, &[u8], u32> = TableDefinition::new("model_numbers");
/// Number of a model → its name.
pub(super) const MODEL_NAMES: TableDefinition<'_, u32, &str> = TableDefinition::new("model_names");

/// (resolution, bucket start, agent) → sums.
pub(super) const AGENT_BUCKETS: TableDefinition<'_, (u8, i64, u32), &[u8]> = TableDefinition::new("agent_buckets");
/// (resolution, bucket start, agent, model) → sums.
pub(super) const MODEL_BUCKETS: TableDefinition<'_, (u8, i64, u32, u32), &[u8]> = TableDefinition::new("model_buckets");
/// (fingerprint, resolution, bucket start) → runs.
pub(super) const PATTERN_BUCKETS: TableDefinition<'_, (u64, u8, i64), u64> = TableDefinition::new("pattern_buckets");

/// Fingerprint → pattern.
pub(super) const PATTERNS: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("patterns");
/// (runs, fingerprint), patterns without runs included.
pub(super) const PATTERN_ORDER: TableDefinition<'_, (u64, u64), ()> = TableDefinition::new("pattern_order");
/// (fingerprint, sequence).
pub(super) const PATTERN_ROWS: TableDefinition<'_, (u64, u64), ()> = TableDefinition::new("pattern_rows");
/// (fingerprint, time, sequence).
pub(super) const PATTERN_TIMES: TableDefinition<'_, (u64, i64, u64), ()> = TableDefinition::new("pattern_times");
/// (fingerprint, agent) → runs.
pub(super) const PATTERN_AGENTS: TableDefinition<'_, (u64, u32), u64> = TableDefinition::new("pattern_agents");

/// (when it was set, hash of its id) → baseline.
pub(super) const BASELINES: TableDefinition<'_, (i64, u128), &[u8]> = TableDefinition::new("baselines");
/// Name key of a subject → newest decision on it.
pub(super) const DECISIONS: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("decisions");

/// Number of a piece → the run it is of, when it came, the piece as zstd: what has come of runs and is not part of a body yet.
pub(super) const INBOX: TableDefinition<'_, u64, (&[u8], i64, &[u8])> = TableDefinition::new("inbox");
/// (run, number of a piece).
pub(super) const INBOX_RUNS: TableDefinition<'_, (&[u8], u64), ()> = TableDefinition::new("inbox_runs");
/// Another name that spans of a run come by → the run.
pub(super) const NAMES: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("names");
/// (run, another name of it).
pub(super) const NAMES_OF: TableDefinition<'_, (&[u8], &[u8]), ()> = TableDefinition::new("names_of");

/// Sequence → what of the run can be compared with other runs; of runs of which nothing tells what they are about, nothing.
pub(super) const LIKENESSES: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("likenesses");
/// (what runs are about, sequence).
pub(super) const SUBJECTS: TableDefinition<'_, (u64, u64), ()> = TableDefinition::new("subjects");
/// What runs are about → how often runs about it changed since they were last judged beside each other.
pub(super) const UNSETTLED: TableDefinition<'_, u64, u64> = TableDefinition::new("unsettled_subjects");

/// Key of a session (its project and id) → its number.
pub(super) const SESSION_NUMBERS: TableDefinition<'_, &[u8], u64> = TableDefinition::new("session_numbers");
/// Number of a session → what its runs add up to.
pub(super) const SESSIONS: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("sessions");
/// (session, time, sequence).
pub(super) const SESSION_TIMES: TableDefinition<'_, (u64, i64, u64), ()> = TableDefinition::new("session_times");
/// (time of the last run, session).
pub(super) const SESSIONS_SEEN: TableDefinition<'_, (i64, u64), ()> = TableDefinition::new("sessions_seen");
/// (session, agent) → runs.
pub(super) const SESSION_AGENTS: TableDefinition<'_, (u64, u32), u64> = TableDefinition::new("session_agents");
/// (kind, name key) → runs that carry the name, the name.
pub(super) const NAMED_RUNS: TableDefinition<'_, (u8, &[u8]), (u64, &str)> = TableDefinition::new("named_runs");

/// Makes every table, so that readers find them all.
pub(super) fn create_all(transaction: &WriteTransaction) -> Result<(), Fault> {
    transaction.open_table(META)?;
    transaction.open_table(BODIES)?;
    transaction.open_table(VERDICTS)?;
    transaction.open_table(ROWS)?;
    transaction.open_table(IDS)?;
    transaction.open_table(REVISED)?;
    transaction.open_table(TIMES)?;
    transaction.open_table(AGENT_NUMBERS)?;
    transaction.open_table(AGENT_NAMES)?;
    transaction.open_table(AGENTS)?;
    transaction.open_table(AGENTS_SEEN)?;
    transaction.open_table(AGENT_TIMES)?;
    transaction.open_table(AGENT_VOTES)?;
    transaction.open_table(MODEL_NUMBERS)?;
    transaction.open_table(MODEL_NAMES)?;
    transaction.open_table(AGENT_BUCKETS)?;
    transaction.open_table(MODEL_BUCKETS)?;
    transaction.open_table(PATTERN_BUCKETS)?;
    transaction.open_table(PATTERNS)?;
    transaction.open_table(PATTERN_ORDER)?;
    transaction.open_table(PATTERN_ROWS)?;
    transaction.open_table(PATTERN_TIMES)?;
    transaction.open_table(PATTERN_AGENTS)?;
    transaction.open_table(BASELINES)?;
    transaction.open_table(DECISIONS)?;
    transaction.open_table(INBOX)?;
    transaction.open_table(INBOX_RUNS)?;
    transaction.open_table(NAMES)?;
    transaction.open_table(NAMES_OF)?;
    transaction.open_table(LIKENESSES)?;
    transaction.open_table(SUBJECTS)?;
    transaction.open_table(UNSETTLED)?;
    transaction.open_table(SESSION_NUMBERS)?;
    transaction.open_table(SESSIONS)?;
    transaction.open_table(SESSION_TIMES)?;
    transaction.open_table(SESSIONS_SEEN)?;
    transaction.open_table(SESSION_AGENTS)?;
    transaction.open_table(NAMED_RUNS)?;
    Ok(())
}
