//! The items of an array or of JSON lines: judged side by side, submitted in order, so that they share commits.

use std::{collections::VecDeque, ops::Range, sync::Arc, time::Duration};

use bytes::Bytes;
use futures_util::{StreamExt, stream};

use super::{
    Core,
    news::Submitted,
    receipt::{Receipt, Refusal, RefusalKind},
};
use crate::store::Record;

/// Most items of one delivery.
pub const MAX_ITEMS: usize = 50_000;

/// Items judged in one go on a thread of the pool: so many, or so many bytes.
const CHUNK_ITEMS: usize = 64;
const CHUNK_BYTES: usize = 512 * 1024;

/// Most items of one delivery that wait for the writer at a time: several groups, so that the writer never waits for us.
const MAX_WAITING: usize = 2_048;

/// How long an item waits for room in the writer's queue when this delivery has nothing left in it.
const PATIENCE: Duration = Duration::from_secs(5);

type Item = (usize, Range<usize>);
type Outcome = (usize, Result<Receipt, Refusal>);

impl Core {
    /// Takes every item, each for itself.
    pub(super) async fn take_many(self: &Arc<Self>, body: &Bytes, items: Vec<Item>) -> Vec<Outcome> {
        let mut outcomes = Vec::with_capacity(items.len());
        let mut items = items;
        for (index, _) in items.drain(MAX_ITEMS.min(items.len())..) {
            let message = format!("one request holds at most {MAX_ITEMS} traces; send the rest in another");
            outcomes.push((index, Err(Refusal::new(RefusalKind::TooLarge, message))));
        }
        let mut waiting: VecDeque<(usize, Bytes, Submitted)> = VecDeque::new();
        let judged = stream::iter(chunks(items)).map(|chunk| self.judge_chunk(body.clone(), chunk)).buffered(self.workers + 1);
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

    async fn judge_chunk(self: &Arc<Self>, body: Bytes, chunk: Vec<Item>) -> Vec<(usize, Bytes, Result<Record, Refusal>)> {
        let core = Arc::clone(self);
        let places = chunk.clone();
        let judged = self.pool.run(move |tools| {
            let judge = |(index, range): Item| {
                let piece = body.slice(range);
                let record = core.judge(&piece, tools);
                (index, piece, record)
            };
            chunk.into_iter().map(judge).collect()
        });
        judged.await.unwrap_or_else(|error| {
            let refuse = |(index, _): Item| (index, Bytes::new(), Err(Refusal::from_pool(error)));
            places.into_iter().map(refuse).collect()
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
        let sizes = [10, CHUNK_BYTES, 5, 5, CHUNK_BYTES * 3, 1];
        let mut start = 0;
        let items: Vec<Item> = sizes
            .iter()
            .enumerate()
            .map(|(index, size)| {
                start += size;
                (index, start - size..start)
            })
            .chain((6..500).map(|index| (index, 0..1)))
            .collect();
        let chunks = chunks(items.clone());
        assert_eq!(chunks.concat(), items);
        for chunk in &chunks {
            let bytes: usize = chunk.iter().map(|(_, range)| range.len()).sum();
            assert!(chunk.len() == 1 || (chunk.len() <= CHUNK_ITEMS && bytes <= CHUNK_BYTES));
        }
        assert!(chunks.len() < 16, "{} chunks", chunks.len());
    }
}
