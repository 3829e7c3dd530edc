//! The items of an array or of JSON lines: judged side by side, submitted in order, so that they share commits.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use bytes::Bytes;
use futures_util::{StreamExt, stream};

use super::{
    Core,
    ingest::LARGE,
    news::Submitted,
    receipt::{Receipt, Refusal, RefusalKind},
};
use crate::store::Record;

/// Items judged in one go on a thread of the pool: so many, or so many bytes.
const CHUNK_ITEMS: usize = 64;
const CHUNK_BYTES: usize = 512 * 1024;

/// Most items of one delivery that wait for the writer at a time: several groups, so that the writer never waits for us.
const MAX_WAITING: usize = 2_048;

/// How long an item waits for room in the writer's queue when this delivery has nothing left in it.
const PATIENCE: Duration = Duration::from_secs(5);

type Item = (usize, Bytes);
type Outcome = (usize, Result<Receipt, Refusal>);

impl Core {
    /// Takes every item, each for itself.
    pub(super) async fn take_many(self: &Arc<Self>, items: Vec<Item>) -> Vec<Outcome> {
        let mut outcomes = Vec::with_capacity(items.len());
        let mut waiting: VecDeque<(usize, Bytes, Submitted)> = VecDeque::new();
        let judged = stream::iter(chunks(items)).map(|chunk| self.judge_chunk(chunk)).buffered(self.workers + 1);
        let mut judged = std::pin::pin!(judged);
        while let Some(chunk) = judged.next().await {
            for (index, piece, record) in chunk {
                match record {
                    Ok(record) => self.submit_patiently(index, piece, record, &mut waiting, &mut outcomes).await,
                    Err(refusal) => outcomes.push((index, Err(refusal))),
                }
            }
        }
        while let Some((index, piece, submitted)) = waiting.pop_front() {
            outcomes.push((index, self.settle(&piece, submitted).await));
        }
        outcomes.sort_by_key(|(index, _)| *index);
        outcomes
    }

    async fn judge_chunk(self: &Arc<Self>, chunk: Vec<Item>) -> Vec<(usize, Bytes, Result<Record, Refusal>)> {
        let core = Arc::clone(self);
        let turn = if chunk.iter().any(|(_, piece)| piece.len() > LARGE) { self.large_turn().await } else { None };
        let indexes: Vec<usize> = chunk.iter().map(|(index, _)| *index).collect();
        let judged = self.pool.run(move |tools| {
            let judge = |(index, piece): Item| {
                let record = core.judge(&piece, tools);
                (index, piece, record)
            };
            let judged = chunk.into_iter().map(judge).collect();
            drop(turn);
            judged
        });
        judged.await.unwrap_or_else(|error| {
            let refuse = |index| (index, Bytes::new(), Err(Refusal::from_pool(error)));
            indexes.into_iter().map(refuse).collect()
        })
    }

    /// Submits one item; when the writer's queue is full, first waits for items of the same delivery, then for others.
    async fn submit_patiently(
        self: &Arc<Self>,
        index: usize,
        piece: Bytes,
        record: Record,
        waiting: &mut VecDeque<(usize, Bytes, Submitted)>,
        outcomes: &mut Vec<Outcome>,
    ) {
        let begun = tokio::time::Instant::now();
        loop {
            while self.store.is_full() || waiting.len() >= MAX_WAITING {
                if let Some((index, piece, submitted)) = waiting.pop_front() {
                    outcomes.push((index, self.settle(&piece, submitted).await));
                } else if begun.elapsed() < PATIENCE {
                    tokio::time::sleep(Duration::from_millis(2)).await;
                } else {
                    break;
                }
            }
            // Another sender may take the place just seen: then the record is needed once more.
            match self.submit(record.clone()) {
                Ok(submitted) => return waiting.push_back((index, piece, submitted)),
                Err(refusal) if refusal.kind == RefusalKind::Busy && self.store.is_full() && begun.elapsed() < PATIENCE => {}
                Err(refusal) => return outcomes.push((index, Err(refusal))),
            }
        }
    }
}

fn chunks(items: Vec<Item>) -> Vec<Vec<Item>> {
    let mut chunks: Vec<Vec<Item>> = Vec::new();
    let mut bytes = 0;
    for item in items {
        let size = item.1.len();
        match chunks.last_mut() {
            Some(chunk) if chunk.len() < CHUNK_ITEMS && bytes + size <= CHUNK_BYTES => {
                bytes += size;
                chunk.push(item);
            }
            _ => {
                bytes = size;
                chunks.push(vec![item]);
            }
        }
    }
    chunks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_keep_order_and_stay_within_their_bounds() {
        let sizes = [10, CHUNK_BYTES, 5, 5, CHUNK_BYTES * 3, 1].into_iter().chain(std::iter::repeat_n(1, 500));
        let items: Vec<Item> = sizes.enumerate().map(|(index, size)| (index, Bytes::from(vec![0; size]))).collect();
        let chunks = chunks(items.clone());
        assert_eq!(chunks.concat(), items);
        for chunk in &chunks {
            let bytes: usize = chunk.iter().map(|(_, piece)| piece.len()).sum();
            assert!(chunk.len() == 1 || (chunk.len() <= CHUNK_ITEMS && bytes <= CHUNK_BYTES));
        }
        assert!(chunks.len() < 16, "{} chunks", chunks.len());
    }
}
