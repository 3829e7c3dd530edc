//! The trip of a delivery: opened and judged on the pool, submitted, answered when it is on disk.

use std::{borrow::Cow, sync::Arc};

use bytes::Bytes;
use tokio::sync::OwnedSemaphorePermit;

use super::{
    Core, Engine,
    budget::Reservation,
    delivery::{Delivery, Source},
    exports,
    judge::{Known, judge_arrival},
    news::Submitted,
    peers::agreement_in,
    pool::{PoolError, Tools},
    receipt::{Ingested, Receipt, Refusal, RefusalKind},
};
use crate::{
    analysis::peers::Likeness,
    formats::{
        decompress::{DecompressError, Encoding, decompress},
        split::split,
    },
    model::ids::TraceId,
    store::{Change, Committed, Record, StoreError},
};

/// How often a trace is judged anew because somebody spoke about it in between.
const STALE_RETRIES: u32 = 5;

/// Bodies larger than this are worked on by all but one thread of the pool, so that small ones always get through, and so that the
/// memory they grow into when read is bounded. A trace seldom has a tenth of it.
pub(super) const LARGE: usize = 1024 * 1024;

/// A delivery after a first look.
enum Looked {
    /// It is opened.
    Opened(Opened),
    /// So large that it has to wait for its turn.
    Large(Bytes),
}

/// A delivery, opened.
enum Opened {
    /// One object: judged and submitted already, on the same trip over the pool.
    One { body: Bytes, submitted: Result<Submitted, Refusal> },
    /// An OTLP export.
    Export(Bytes),
    /// Several: each with its index.
    Many(Vec<(usize, Bytes)>),
}

impl Engine {
    /// Takes a delivery that is not packed: one object, an array or JSON lines. Answers when it is on disk.
    pub async fn ingest(&self, body: Bytes, source: Source) -> Ingested {
        self.deliver(Delivery::plain(body, source)).await
    }

    /// Takes a delivery: unpacks, decodes, analyses and commits it; answers when it is on disk. Every item stands for itself:
    /// a bad one is refused and costs the others nothing. Goes on to its end when the caller stops waiting.
    pub async fn deliver(&self, delivery: Delivery) -> Ingested {
        let engine = self.clone();
        let source = delivery.source;
        let trip = tokio::spawn(async move {
            let Some(_pass) = engine.core.gate.enter() else {
                return Ingested::Single(Err(Refusal::from_store(&StoreError::Closed, None)));
            };
            engine.take(delivery).await
        });
        let ingested = trip.await.unwrap_or_else(|_| Ingested::Single(Err(Refusal::from_pool(PoolError::Panicked))));
        self.core.count(source, &ingested);
        ingested
    }

    async fn take(&self, delivery: Delivery) -> Ingested {
        let core = &self.core;
        if core.store.is_full() {
            return Ingested::Single(Err(Refusal::busy()));
        }
        let Delivery { body, encoding, reservation, source } = delivery;
        let mut held = reservation.unwrap_or_else(|| core.budget.reserve());
        if held.held() < body.len() && !held.grow(body.len() - held.held()) {
            return Ingested::Single(Err(Refusal::busy()));
        }
        // The bytes stay counted until the last item is on disk.
        match core.open(body, encoding, &mut held).await {
            Ok(Opened::One { body, submitted }) => Ingested::Single(match submitted {
                Ok(submitted) => core.settle(&body, submitted).await,
                Err(refusal) => Err(refusal),
            }),
            Ok(Opened::Export(body)) => one_or_many(core.take_exports(vec![(0, body)], source).await),
            Ok(Opened::Many(items)) => {
                let (exports, traces): (Vec<_>, Vec<_>) = items.into_iter().partition(|(_, body)| exports::is_export(body));
                let mut outcomes = core.take_many(traces).await;
                if !exports.is_empty() {
                    let first = |(index, answers): (usize, Vec<_>)| Some((index, answers.into_iter().next()?));
                    outcomes.extend(core.take_exports(exports, source).await.into_iter().filter_map(first));
                    outcomes.sort_by_key(|(index, _)| *index);
                }
                Ingested::Many(outcomes)
            }
            Err(refusal) => Ingested::Single(Err(refusal)),
        }
    }
}

/// An export by itself is answered as one where it holds one run, else run by run.
fn one_or_many(answers: Vec<(usize, Vec<Result<Receipt, Refusal>>)>) -> Ingested {
    let mut runs: Vec<_> = answers.into_iter().flat_map(|(_, runs)| runs).collect();
    match (runs.len(), runs.pop()) {
        (1, Some(only)) => Ingested::Single(only),
        (_, last) => Ingested::Many(runs.into_iter().chain(last).enumerate().collect()),
    }
}

impl Core {
    /// A turn at work on something large.
    pub(super) async fn large_turn(&self) -> Option<OwnedSemaphorePermit> {
        // It is never closed: a closed engine lets nothing in.
        Arc::clone(&self.large).acquire_owned().await.ok()
    }

    /// Unpacks and splits a delivery; a single trace is judged and submitted on the same trip over the pool.
    async fn open(self: &Arc<Self>, body: Bytes, encoding: Encoding, held: &mut Reservation) -> Result<Opened, Refusal> {
        let (core, mut room) = (Arc::clone(self), self.budget.reserve());
        let look = move |tools: &mut Tools| {
            let body = core.unpack(body, encoding, &mut room)?;
            let looked = if body.len() > LARGE { Looked::Large(body) } else { Looked::Opened(core.split_up(body, tools)?) };
            Ok((looked, room))
        };
        let (looked, room) = self.pool.try_run(look).map_err(Refusal::from_pool)?.get().await.map_err(Refusal::from_pool)??;
        held.join(room);
        match looked {
            Looked::Opened(opened) => Ok(opened),
            Looked::Large(body) => {
                let (core, turn) = (Arc::clone(self), self.large_turn().await);
                let open = move |tools: &mut Tools| {
                    let opened = core.split_up(body, tools);
                    drop(turn);
                    opened
                };
                self.pool.run(open).await.map_err(Refusal::from_pool)?
            }
        }
    }

    /// The bytes as they were before they were packed, within the limit; counted in `room` where they take more.
    pub(super) fn unpack(&self, body: Bytes, encoding: Encoding, room: &mut Reservation) -> Result<Bytes, Refusal> {
        let limit = self.max_body;
        if encoding == Encoding::Identity {
            return if body.len() > limit { Err(Refusal::too_large(limit)) } else { Ok(body) };
        }
        let plain = decompress(&body, encoding, limit).map_err(|error| match error {
            DecompressError::TooLarge { .. } => Refusal::too_large(limit),
            other => Refusal::new(RefusalKind::Invalid, other.to_string()),
        })?;
        if room.grow(plain.len()) { Ok(plain.into()) } else { Err(Refusal::busy()) }
    }

    fn split_up(self: &Arc<Self>, body: Bytes, tools: &mut Tools) -> Result<Opened, Refusal> {
        let batch = split(&body).map_err(|error| Refusal::from_format(&error))?;
        if batch.is_single() {
            if exports::is_export(&body) {
                return Ok(Opened::Export(body));
            }
            let submitted = self.judge(&body, tools).and_then(|record| self.submit(record));
            return Ok(Opened::One { body, submitted });
        }
        let items = batch.items.iter().map(|item| (item.index, body.slice_ref(item.bytes))).collect();
        Ok(Opened::Many(items))
    }

    /// Judges one trace, where that is wanted without its sensitive data: then nothing else is stored, compared or spoken of.
    pub(super) fn judge(&self, body: &[u8], tools: &mut Tools) -> Result<Record, Refusal> {
        let body = if self.redact { self.rules.scanner.redact_body(body) } else { Cow::Borrowed(body) };
        judge_arrival(&body, &self.rules, self.clock.now(), tools, |id, likeness| self.known_of(id, likeness))
    }

    /// What is known of a run: what a person has said about the one of this id, and how the runs about the same subject agree with it.
    /// Nothing as well when it cannot be read: the writer then says that it is stale, and runs are judged beside others again later.
    fn known_of(&self, id: Option<&TraceId>, likeness: Option<&Likeness>) -> Known {
        let Some(view) = self.store.snapshot().ok().filter(|_| id.is_some() || likeness.is_some()) else { return Known::default() };
        let own = id.and_then(|id| view.find(id).ok()?);
        Known {
            feedback: own.and_then(|sequence| view.summary(sequence).ok()??.feedback),
            agreement: likeness.and_then(|likeness| agreement_in(view.as_ref(), own, likeness).ok()?),
        }
    }

    /// Hands a record to the writer.
    pub(super) fn submit(&self, record: Record) -> Result<Submitted, Refusal> {
        let mut submitted = Submitted::of(&record.summary);
        match self.store.submit(Change::Trace(Box::new(record))) {
            Ok(pending) => {
                submitted.pending = Some(pending);
                Ok(submitted)
            }
            Err(error) => Err(Refusal::from_store(&error, Some(submitted.trace_id().clone()))),
        }
    }

    /// Waits until a submitted trace is on disk, and tells the news.
    pub(super) async fn settle(self: &Arc<Self>, body: &Bytes, mut submitted: Submitted) -> Result<Receipt, Refusal> {
        for _ in 0..STALE_RETRIES {
            let trace_id = submitted.trace_id().clone();
            let committed = match submitted.pending.take() {
                Some(pending) => pending.await.unwrap_or(Err(StoreError::Closed)),
                None => Err(StoreError::Closed),
            };
            match committed {
                Ok(Committed::Trace { sequence, status }) => {
                    self.tell(submitted, sequence, status);
                    return Ok(Receipt { trace_id, sequence, arrival: status });
                }
                Ok(Committed::Stale) => {
                    let (core, body) = (Arc::clone(self), body.clone());
                    let again = self.pool.run(move |tools| core.judge(&body, tools).and_then(|record| core.submit(record)));
                    submitted = again.await.map_err(Refusal::from_pool)??;
                }
                Ok(other) => {
                    let message = format!("the store answered {other:?} to a trace");
                    return Err(Refusal { trace_id: Some(trace_id), ..Refusal::new(RefusalKind::Analysis, message) });
                }
                Err(error) => return Err(Refusal::from_store(&error, Some(trace_id))),
            }
        }
        let trace_id = Some(submitted.trace_id().clone());
        Err(Refusal { trace_id, ..Refusal::new(RefusalKind::Busy, "the trace kept changing while it was judged; try again") })
    }

    /// Counts what became of a delivery.
    fn count(&self, source: Source, ingested: &Ingested) {
        let at = self.clock.now();
        let (mut accepted, mut refused, mut busy) = (0_u64, Vec::new(), Vec::new());
        let mut look = |place: Option<(usize, usize)>, result: &Result<Receipt, Refusal>| match result {
            Ok(_) => accepted += 1,
            Err(refusal) => if refusal.kind == RefusalKind::Busy { &mut busy } else { &mut refused }.push((place, refusal.clone())),
        };
        match ingested {
            Ingested::Single(result) => look(None, result),
            Ingested::Many(items) => items.iter().for_each(|(index, result)| look(Some((*index, items.len())), result)),
        }
        self.ledger.accept(accepted);
        for (turned_away, list) in [(false, refused), (true, busy)] {
            if let Some((place, first)) = list.first() {
                let message = match place {
                    Some((index, of)) => format!("item {index} of {of}: {}", first.message),
                    None => first.message.clone(),
                };
                let message = if self.redact { self.rules.scanner.redact_text(&message, None).unwrap_or(message) } else { message };
                self.ledger.refuse(list.len() as u64, turned_away, at, source.request(), first.kind.name(), &message);
            }
        }
    }
}
