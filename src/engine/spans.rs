//! The door for spans: sorted by run, durable when answered. A run nobody knows becomes a row at once; what comes of a known run
//! waits in the inbox for the assembler.

use std::{
    collections::VecDeque,
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use xxhash_rust::xxh3::xxh3_128;

use super::{
    Core, Engine,
    budget::Reservation,
    delivery::{Delivery, Source},
    ingest::LARGE,
    judge::{Heard, NoRecord, judge_spans},
    live::{Claim, MOST_BYTES},
    making::Making,
    news::Submitted,
    peers::agreement_in,
    pool::{PoolError, Tools},
    receipt::{Refusal, RefusalKind, SpansTaken},
    redaction,
    whereabouts::Place,
};
use crate::{
    analysis::peers::Likeness,
    formats::{
        FormatError,
        otlp::{
            bundle,
            group::{self, Piece},
            span::{LogRecord, OtelTraceId, Span, UnixNanos},
        },
    },
    model::{ids::TraceId, time::Timestamp},
    store::{Arrival, Change, Committed, Continues, NewPiece, Pending, Snapshot, StoreError},
    text::human,
};

/// Runs of one request that are worked on in one go.
const CHUNK_RUNS: usize = 64;

/// How long a run waits for room in the writer's queue.
const PATIENCE: Duration = Duration::from_secs(5);

/// What was read from one request.
#[derive(Debug, Default)]
pub struct SpansRead {
    /// The spans.
    pub spans: Vec<Span>,
    /// The log records.
    pub logs: Vec<LogRecord>,
    /// Spans and records that could not be read.
    pub rejected: u64,
    /// Why, each reason once.
    pub reasons: Vec<String>,
}

/// What a run's share of a request becomes, on its way to the disk.
struct Sent {
    trace: OtelTraceId,
    run: TraceId,
    items: u64,
    kind: Kind,
    change: Submission,
}

enum Kind {
    /// A new row. Should the store have one after all, the piece goes to the inbox.
    Created(Box<Created>),
    /// A piece of a run that has no row yet, because nothing of it is a run.
    Parked { making: Making },
    /// A piece of a known run.
    Appended,
}

struct Created {
    news: Submitted,
    making: Making,
    piece: NewPiece,
}

enum Submission {
    Waits(Pending),
    /// The writer had no room.
    Later(Change),
}

enum Prepared {
    Sent(Sent),
    /// Nothing has to be done: it is there.
    There(TraceId),
    /// Why it cannot be taken.
    Rejected(String),
}

/// What became of a request so far, and what is still to do.
#[derive(Default)]
struct Work {
    sent: Vec<Sent>,
    rest: VecDeque<Piece>,
    taken: SpansTaken,
    landed: Vec<Landed>,
}

/// What became of the spans of one trace.
pub(super) struct Landed {
    pub(super) trace: OtelTraceId,
    /// The run they are of, and how it relates to what was there; or why they were not taken.
    pub(super) outcome: Result<(TraceId, Arrival), String>,
}

/// How the spans of a request are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Taking {
    /// As they happen: more may come.
    Live,
    /// Out of a file or a body, some time after they happened; the same may be sent again.
    Kept,
}

impl Engine {
    /// Takes spans and log records; answers when they are on disk. The same spans may come again: they count once.
    pub async fn spans(&self, spans: Vec<Span>, logs: Vec<LogRecord>, held: Reservation) -> Result<SpansTaken, Refusal> {
        self.through_the_gate(held, |_, _| Ok(SpansRead { spans, logs, ..SpansRead::default() })).await
    }

    /// Takes one export request: unpacks it, reads it by `read`, takes what could be read; answers when it is on disk.
    pub async fn export(
        &self,
        delivery: Delivery,
        read: impl FnOnce(&[u8]) -> Result<SpansRead, FormatError> + Send + 'static,
    ) -> Result<SpansTaken, Refusal> {
        let Delivery { body, encoding, reservation, .. } = delivery;
        let mut held = reservation.unwrap_or_else(|| self.reserve());
        if held.held() < body.len() && !held.grow(body.len() - held.held()) {
            return Err(Refusal::busy());
        }
        self.through_the_gate(held, move |core, room| {
            let body = core.unpack(body, encoding, room)?;
            read(&body).map_err(|error| Refusal::from_format(&error))
        })
        .await
    }

    async fn through_the_gate(
        &self,
        held: Reservation,
        read: impl FnOnce(&Core, &mut Reservation) -> Result<SpansRead, Refusal> + Send + 'static,
    ) -> Result<SpansTaken, Refusal> {
        let engine = self.clone();
        // It goes on to its end when the caller stops waiting: what is half taken would be told of by nobody.
        let trip = tokio::spawn(async move {
            let core = &engine.core;
            let Some(_pass) = core.gate.enter() else { return Err(Refusal::from_store(&StoreError::Closed, None)) };
            if core.store.is_full() {
                return Err(Refusal::busy());
            }
            core.take_spans(held, Taking::Live, read).await.map(|(taken, _)| taken)
        });
        let taken = trip.await.unwrap_or_else(|_| Err(Refusal::from_pool(PoolError::Panicked)));
        self.core.count_spans(&taken);
        taken
    }
}

impl Core {
    /// Takes the spans and log records of one request; beside the count, what became of each trace.
    pub(super) async fn take_spans(
        self: &Arc<Self>,
        held: Reservation,
        taking: Taking,
        read: impl FnOnce(&Self, &mut Reservation) -> Result<SpansRead, Refusal> + Send + 'static,
    ) -> Result<(SpansTaken, Vec<Landed>), Refusal> {
        let turn = if held.held() > LARGE { self.large_turn().await } else { None };
        let (core, mut held) = (Arc::clone(self), held);
        let begin = move |tools: &mut Tools| {
            let mut read = read(&core, &mut held)?;
            if core.redact {
                redaction::redact(&mut read, &core.rules.scanner);
            }
            let SpansRead { spans, logs, rejected, reasons } = read;
            let mut taken = SpansTaken { rejected, ..SpansTaken::default() };
            reasons.iter().for_each(|reason| taken.reject(0, reason));
            let mut work = Work { rest: group::by_trace(spans, logs).into(), taken, ..Work::default() };
            core.dispatch(&mut work, taking, tools)?;
            drop(turn);
            Ok((work, held))
        };
        // The bytes stay counted until the last run is on disk.
        let answer = self.pool.try_run(begin).map_err(Refusal::from_pool)?;
        let (mut work, _held) = answer.get().await.map_err(Refusal::from_pool)??;
        loop {
            for sent in work.sent.drain(..) {
                let landed = self.land(sent, &mut work.taken).await?;
                work.landed.push(landed);
            }
            if work.rest.is_empty() {
                return Ok((work.taken, work.landed));
            }
            let core = Arc::clone(self);
            let next = self.pool.run(move |tools| core.dispatch(&mut work, taking, tools).map(|()| work));
            work = next.await.map_err(Refusal::from_pool)??;
        }
    }

    /// Prepares the next few runs of a request and hands them to the writer.
    fn dispatch(&self, work: &mut Work, taking: Taking, tools: &mut Tools) -> Result<(), Refusal> {
        let mut view = None;
        for _ in 0..CHUNK_RUNS {
            let Some(piece) = work.rest.pop_front() else { break };
            let (trace, items) = (piece.trace, (piece.spans.len() + piece.logs.len()) as u64);
            match self.prepare(piece, items, taking, &mut view, tools)? {
                Prepared::Sent(sent) => work.sent.push(sent),
                Prepared::There(run) => {
                    work.taken.accepted += items;
                    work.landed.push(Landed { trace, outcome: Ok((run, Arrival::Unchanged)) });
                }
                Prepared::Rejected(reason) => {
                    work.taken.reject(items, &reason);
                    work.landed.push(Landed { trace, outcome: Err(reason) });
                }
            }
        }
        Ok(())
    }

    /// One run's share: a row of its own, or a piece for the inbox.
    fn prepare(
        &self,
        piece: Piece,
        items: u64,
        taking: Taking,
        view: &mut Option<Box<dyn Snapshot>>,
        tools: &mut Tools,
    ) -> Result<Prepared, Refusal> {
        let now = self.clock.now();
        let own = piece.run_id();
        let Piece { trace, spans, logs } = piece;
        let failed = |error: &dyn std::fmt::Display| Refusal::new(RefusalKind::Analysis, format!("trace {trace}: {error}"));
        // What is read from a file was heard when it happened.
        let heard = if taking == Taking::Live { now } else { newest(&spans).map_or(now, |newest| newest.min(now)) };
        let bundle = bundle::encode(&spans, &logs);
        let packed: Bytes = tools.compress(&bundle).map_err(|error| failed(&error))?.into();
        let place = self.place_of(&own, &spans, now, view).map_err(|error| Refusal::from_store(&error, Some(own.clone())))?;
        let (run, found, mut names) = match place {
            Place::Whole => {
                return Ok(Prepared::Rejected(format!("trace {own} was sent whole before; its spans are not added to it")));
            }
            Place::Run(run, found) => (run, found, Vec::new()),
            Place::New(key) => (own.clone(), None, Vec::from_iter(key)),
        };
        if taking == Taking::Kept && self.is_stored(&run, &bundle, view).map_err(|error| Refusal::from_store(&error, Some(own.clone())))? {
            return Ok(Prepared::There(run));
        }
        if run != own {
            names.push(own);
        }
        let claim = self.live.claim(&run, found, &names, bundle.len() as u64);
        let piece = NewPiece { trace: run.clone(), piece: packed.clone(), heard, names: names.clone() };
        let (kind, change) = match claim {
            Claim::Full => {
                let most = human::count(MOST_BYTES);
                return Ok(Prepared::Rejected(format!("trace {run} has {most} bytes already, the most that is kept of one run")));
            }
            Claim::Known => (Kind::Appended, Change::Spans(Box::new(piece))),
            Claim::New => {
                let making = Making::new(&self.live, run.clone());
                let heard = Heard { id: run.clone(), spans, logs, arrived: now, heard, feedback: None };
                let beside = |likeness: &Likeness| {
                    let view = match view {
                        Some(view) => view,
                        None => view.insert(self.store.snapshot().ok()?),
                    };
                    agreement_in(view.as_ref(), None, likeness).ok()?
                };
                match judge_spans(heard, &bundle, packed, &self.rules, tools, beside) {
                    Ok(mut record) => {
                        record.continues = Some(Box::new(Continues { names, ..Continues::default() }));
                        let news = Submitted::of(&record.summary);
                        let making = making.with(record.summary.progress);
                        (Kind::Created(Box::new(Created { news, making, piece })), Change::Trace(Box::new(record)))
                    }
                    Err(NoRecord::NotARun) => (Kind::Parked { making }, Change::Spans(Box::new(piece))),
                    Err(NoRecord::Failed(error)) => return Err(failed(&error)),
                }
            }
        };
        let change = if self.store.is_full() {
            Submission::Later(change)
        } else {
            Submission::Waits(self.store.submit(change).map_err(|error| Refusal::from_store(&error, Some(run.clone())))?)
        };
        Ok(Prepared::Sent(Sent { trace, run, items, kind, change }))
    }

    /// Whether exactly this is stored of a run already.
    fn is_stored(&self, run: &TraceId, bundle: &[u8], view: &mut Option<Box<dyn Snapshot>>) -> Result<bool, StoreError> {
        let view = match view {
            Some(view) => view,
            None => view.insert(self.store.snapshot()?),
        };
        let Some(sequence) = view.find(run)? else { return Ok(false) };
        Ok(view.stored(sequence)?.is_some_and(|stored| stored.body_hash == xxh3_128(bundle)))
    }

    /// Waits until a run's share is on disk, and tells whom it concerns.
    async fn land(self: &Arc<Self>, sent: Sent, taken: &mut SpansTaken) -> Result<Landed, Refusal> {
        let Sent { trace, run, items, kind, change } = sent;
        let pending = match change {
            Submission::Waits(pending) => pending,
            Submission::Later(change) => self.submit_when_there_is_room(change, &run).await?,
        };
        let committed = self.answered(pending, &run).await?;
        let outcome = match (kind, committed) {
            (Kind::Created(created), Committed::Trace { sequence, status }) => {
                self.tell(created.news, sequence, status);
                taken.runs += 1;
                created.making.done();
                Ok((run, status))
            }
            (Kind::Created(created), Committed::Stale) => {
                let Created { making, piece, .. } = *created;
                // There is such a run after all: somebody sent it by another door, or it was forgotten by the table just now.
                let pending = self.submit_when_there_is_room(Change::Spans(Box::new(piece)), &run).await?;
                self.answered(pending, &run).await?;
                drop(making);
                self.live.heard(&run, Instant::now());
                Ok((run, Arrival::Revised))
            }
            (Kind::Parked { making }, Committed::Spans) => {
                drop(making);
                Err("nothing in it belongs to a run of an agent; it is kept for an hour, for the rest of its run to come".to_owned())
            }
            (Kind::Appended, Committed::Spans) => {
                self.live.heard(&run, Instant::now());
                Ok((run, Arrival::Revised))
            }
            (_, other) => return Err(Refusal::new(RefusalKind::Analysis, format!("the store answered {other:?} to spans"))),
        };
        taken.accepted += items;
        Ok(Landed { trace, outcome })
    }

    async fn answered(&self, pending: Pending, run: &TraceId) -> Result<Committed, Refusal> {
        pending.await.unwrap_or(Err(StoreError::Closed)).map_err(|error| Refusal::from_store(&error, Some(run.clone())))
    }

    async fn submit_when_there_is_room(&self, change: Change, run: &TraceId) -> Result<Pending, Refusal> {
        let begun = tokio::time::Instant::now();
        while self.store.is_full() {
            if begun.elapsed() > PATIENCE {
                return Err(Refusal::busy());
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        self.store.submit(change).map_err(|error| Refusal::from_store(&error, Some(run.clone())))
    }

    fn count_spans(&self, taken: &Result<SpansTaken, Refusal>) {
        let (at, request) = (self.clock.now(), Source::Spans.request());
        match taken {
            Ok(taken) => {
                self.ledger.accept(taken.runs);
                let reason = taken.reasons.first().map_or("", String::as_str);
                self.ledger.refuse(taken.rejected, false, at, request, RefusalKind::Invalid.name(), reason);
            }
            Err(refusal) => {
                let busy = refusal.kind == RefusalKind::Busy;
                self.ledger.refuse(1, busy, at, request, refusal.kind.name(), &refusal.message);
            }
        }
    }
}

/// When the newest of some spans happened, by their sender's clock.
fn newest(spans: &[Span]) -> Option<Timestamp> {
    spans.iter().filter_map(|span| span.end.or(span.start)).max().map(UnixNanos::timestamp)
}
