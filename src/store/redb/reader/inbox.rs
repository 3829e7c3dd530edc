//! What waits in the inbox.

use super::RedbSnapshot;
use crate::{
    model::{ids::TraceId, time::Timestamp},
    store::{
        Piece,
        redb::{
            codec,
            fault::Fault,
            inbox::trace_id,
            tables::{INBOX, INBOX_RUNS, NAMES},
        },
    },
};

impl RedbSnapshot {
    pub(super) fn read_run_named(&self, name: &TraceId) -> Result<Option<TraceId>, Fault> {
        self.transaction.open_table(NAMES)?.get(name.as_str().as_bytes())?.map(|guard| trace_id(guard.value())).transpose()
    }

    pub(super) fn read_pieces(&self, trace: &TraceId, max_bytes: usize) -> Result<Vec<Piece>, Fault> {
        let (runs, pieces) = (self.transaction.open_table(INBOX_RUNS)?, self.transaction.open_table(INBOX)?);
        let key = trace.as_str().as_bytes();
        let (mut found, mut bytes) = (Vec::new(), 0_usize);
        for entry in runs.range((key, 0)..=(key, u64::MAX))? {
            let number = entry?.0.value().1;
            let missing = || Fault::Damaged { what: "the inbox", reason: format!("piece {number} is missing") };
            let guard = pieces.get(number)?.ok_or_else(missing)?;
            let (_, heard, frame) = guard.value();
            let unpacked = codec::unpack("a piece", frame)?;
            bytes = bytes.saturating_add(unpacked.len());
            if bytes > max_bytes && !found.is_empty() {
                break;
            }
            found.push(Piece { number, heard: Timestamp::from_micros(heard), bytes: unpacked });
        }
        Ok(found)
    }

    pub(super) fn read_waiting(&self, after: Option<&TraceId>, limit: usize) -> Result<Vec<TraceId>, Fault> {
        let runs = self.transaction.open_table(INBOX_RUNS)?;
        let mut found: Vec<TraceId> = Vec::new();
        let mut last = after.map(|id| id.as_str().as_bytes().to_vec());
        while found.len() < limit {
            // On to the next run, over all the pieces of this one.
            let from = last.as_deref().map_or((&[] as &[u8], 0), |last| (last, u64::MAX));
            let Some((guard, _)) = runs.range(from..)?.next().transpose()? else { break };
            let run = guard.value().0;
            found.push(trace_id(run)?);
            last = Some(run.to_vec());
        }
        Ok(found)
    }
}
