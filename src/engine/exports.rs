//! Exports of spans that come where traces come: in a body of `POST /api/trace`, in a file. Their spans go the way of all spans.

use std::{collections::HashMap, sync::Arc};

use bytes::Bytes;

use super::{
    Core,
    delivery::Source,
    ingest::LARGE,
    receipt::{Receipt, Refusal, RefusalKind},
    spans::{Landed, SpansRead, Taking},
};
use crate::{
    formats::{
        self,
        otlp::{group, span::OtelTraceId},
    },
    model::ids::TraceId,
    store::{Arrival, StoreError},
};

/// An item of a delivery with its index.
type Item = (usize, Bytes);

/// What became of each item: one answer a run, at least one.
type Answers = Vec<(usize, Vec<Result<Receipt, Refusal>>)>;

/// The exports of a delivery, read together: the spans of one run may lie in several.
#[derive(Default)]
struct Read {
    spans: SpansRead,
    /// The traces of each item, in order of first sight; or why it cannot be read.
    items: Vec<(usize, Result<Vec<OtelTraceId>, Refusal>)>,
}

/// Whether a body is an export of spans, OpenTelemetry's or another tool's, rather than a trace.
pub(super) fn is_export(body: &[u8]) -> bool {
    std::str::from_utf8(body).is_ok_and(formats::holds_spans)
}

impl Core {
    /// Takes exports; answers when all of them are on disk.
    pub(super) async fn take_exports(self: &Arc<Self>, items: Vec<Item>, source: Source) -> Answers {
        let indexes: Vec<usize> = items.iter().map(|(index, _)| *index).collect();
        self.try_exports(items, source).await.unwrap_or_else(|refusal| {
            let refuse = |index| (index, vec![Err(refusal.clone())]);
            indexes.into_iter().map(refuse).collect()
        })
    }

    async fn try_exports(self: &Arc<Self>, items: Vec<Item>, source: Source) -> Result<Answers, Refusal> {
        let bytes: usize = items.iter().map(|(_, body)| body.len()).sum();
        let _turn = if bytes > LARGE { self.large_turn().await } else { None };
        let Read { spans, items } = self.pool.run(move |_| read(&items)).await.map_err(Refusal::from_pool)?;
        if let Some(reason) = spans.reasons.first() {
            self.ledger.refuse(spans.rejected, false, self.clock.now(), source.request(), RefusalKind::Invalid.name(), reason);
        }
        let (_, landed) = self.take_spans(self.budget.reserve(), Taking::Kept, move |_, _| Ok(spans)).await?;
        let core = Arc::clone(self);
        let receipts = self.pool.run(move |_| core.receipts(landed)).await.map_err(Refusal::from_pool)?;
        let receipts = receipts.map_err(|error| Refusal::from_store(&error, None))?;
        let answers = |(index, traces): (usize, Result<Vec<OtelTraceId>, Refusal>)| match traces {
            Ok(traces) => (index, traces.iter().filter_map(|trace| receipts.get(trace).cloned()).collect()),
            Err(refusal) => (index, vec![Err(refusal)]),
        };
        Ok(items.into_iter().map(answers).collect())
    }

    fn receipts(&self, landed: Vec<Landed>) -> Result<HashMap<OtelTraceId, Result<Receipt, Refusal>>, StoreError> {
        let view = self.store.snapshot()?;
        let receipt = |outcome: Result<(TraceId, Arrival), String>| {
            let (trace_id, arrival) = match outcome {
                Ok(taken) => taken,
                Err(reason) => return Ok(Err(Refusal::new(RefusalKind::Invalid, reason))),
            };
            Ok(match view.find(&trace_id)? {
                Some(sequence) => Ok(Receipt { trace_id, sequence, arrival }),
                None => {
                    let message = "it belongs to a run of which nothing is known but parts; they are kept, for the rest to come";
                    Err(Refusal { trace_id: Some(trace_id), ..Refusal::new(RefusalKind::Invalid, message) })
                }
            })
        };
        landed.into_iter().map(|Landed { trace, outcome }| Ok((trace, receipt(outcome)?))).collect()
    }
}

fn read(items: &[Item]) -> Read {
    let mut read = Read::default();
    for (index, body) in items {
        let traces = formats::spans(body).map_err(|error| Refusal::from_format(&error)).and_then(|both| {
            let unread = both.unread();
            read.spans.rejected += both.spans.rejected + both.logs.rejected;
            read.spans.reasons.extend(unread.clone());
            let pieces = group::by_trace(both.spans.items, both.logs.items);
            if pieces.is_empty() {
                let message = unread.map_or_else(
                    || "this export holds no span".to_owned(),
                    |unread| format!("this export holds no span that can be used: {unread}"),
                );
                return Err(Refusal::new(RefusalKind::Invalid, message));
            }
            let mut traces = Vec::with_capacity(pieces.len());
            for piece in pieces {
                traces.push(piece.trace);
                read.spans.spans.extend(piece.spans);
                read.spans.logs.extend(piece.logs);
            }
            Ok(traces)
        });
        read.items.push((*index, traces));
    }
    read
}
