//! The door for spans: sorted by run, durable when answered. A run nobody knows becomes a row at once; what comes of a known run
//! waits in the inbox for the assembler.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use bytes::Bytes;

use super::{
    Core, Engine,
    assembler::key_name,
    budget::Reservation,
    delivery::{Delivery, Source},
    ingest::LARGE,
    judge::{Heard, NoRecord, judge_spans},
    live::{Claim, Found, MOST_BYTES},
    making::Making,
    news::Submitted,
    pool::{PoolError, Tools},
    receipt::{Refusal, RefusalKind, SpansTaken},
};
use crate::{
    formats::{
        FormatError,
        otlp::{
            assembly::run_key,
            bundle,
            group::{self, Piece},
            span::{LogRecord, Span},
        },
    },
    model::{ids::TraceId, progress::RunState, time::Timestamp},
    store::{Change, Committed, Continues, NewPiece, Pending, Snapshot, StoreError},
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

/// What became of a request so far, and what is still to do.
#[derive(Default)]
struct Work {
    sent: Vec<Sent>,
    rest: VecDeque<Piece>,
    taken: SpansTaken,
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
            core.take_spans(held, read).await
        });
        let taken = trip.await.unwrap_or_else(|_| Err(Refusal::from_pool(PoolError::Panicked)));
        self.core.count_spans(&taken);
        taken
    }
}

impl Core {
    async fn take_spans(
        self: &Arc<Self>,
        held: Reservation,
        read: impl FnOnce(&Self, &mut Reservation) -> Result<SpansRead, Refusal> + Send + 'static,
    ) -> Result<SpansTaken, Refusal> {
        let turn = if held.held() > LARGE { self.large_turn().await } else { None };
        let (core, mut held) = (Arc::clone(self), held);
        let begin = move |tools: &mut Tools| {
            let SpansRead { spans, logs, rejected, reasons } = read(&core, &mut held)?;
            let mut taken = SpansTaken { rejected, ..SpansTaken::default() };
            reasons.iter().for_each(|reason| taken.reject(0, reason));
            let mut work = Work { sent: Vec::new(), rest: group::by_trace(spans, logs).into(), taken };
            core.dispatch(&mut work, tools)?;
            drop(turn);
            Ok((work, held))
        };
        // The bytes stay counted until the last run is on disk.
        let answer = self.pool.try_run(begin).map_err(Refusal::from_pool)?;
        let (mut work, _held) = answer.get().await.map_err(Refusal::from_pool)??;
        loop {
            for sent in work.sent.drain(..) {
                self.land(sent, &mut work.taken).await?;
            }
            if work.rest.is_empty() {
                return Ok(work.taken);
            }
            let core = Arc::clone(self);
            let next = self.pool.run(move |tools| core.dispatch(&mut work, tools).map(|()| work));
            work = next.await.map_err(Refusal::from_pool)??;
        }
    }

    /// Prepares the next few runs of a request and hands them to the writer.
    fn dispatch(&self, work: &mut Work, tools: &mut Tools) -> Result<(), Refusal> {
        let mut view = None;
        for _ in 0..CHUNK_RUNS {
            let Some(piece) = work.rest.pop_front() else { break };
            let items = (piece.spans.len() + piece.logs.len()) as u64;
            match self.prepare(piece, items, &mut view, tools)? {
                Ok(sent) => work.sent.push(sent),
                Err(reason) => work.taken.reject(items, &reason),
            }
        }
        Ok(())
    }

    /// One run's share: a row of its own, or a piece for the inbox; the inner error says why it can be neither.
    fn prepare(
        &self,
        piece: Piece,
        items: u64,
        view: &mut Option<Box<dyn Snapshot>>,
        tools: &mut Tools,
    ) -> Result<Result<Sent, String>, Refusal> {
        let now = self.clock.now();
        let Piece { trace, spans, logs } = piece;
        let failed = |error: &dyn std::fmt::Display| Refusal::new(RefusalKind::Analysis, format!("trace {trace}: {error}"));
        let own = TraceId::new(&trace.to_string()).map_err(|error| failed(&error))?;
        let bundle = bundle::encode(&spans, &logs);
        let packed: Bytes = tools.compress(&bundle).map_err(|error| failed(&error))?.into();
        let place = self.place_of(&own, &spans, now, view).map_err(|error| Refusal::from_store(&error, Some(own.clone())))?;
        let (run, found, mut names) = match place {
            Place::Whole => return Ok(Err(format!("trace {own} was sent whole before; its spans are not added to it"))),
            Place::Run(run, found) => (run, found, Vec::new()),
            Place::New(key) => (own.clone(), None, Vec::from_iter(key)),
        };
        if run != own {
            names.push(own);
        }
        let claim = self.live.claim(&run, found, &names, bundle.len() as u64);
        let piece = NewPiece { trace: run.clone(), piece: packed.clone(), heard: now, names: names.clone() };
        let (kind, change) = match claim {
            Claim::Full => {
                let most = human::count(MOST_BYTES);
                return Ok(Err(format!("trace {run} has more than {most} bytes already, the most that is kept of one run")));
            }
            Claim::Known => (Kind::Appended, Change::Spans(Box::new(piece))),
            Claim::New => {
                let making = Making::new(&self.live, run.clone());
                let heard = Heard { id: run.clone(), spans, logs, arrived: now, heard: now, feedback: None };
                match judge_spans(heard, &bundle, packed, &self.rules, tools) {
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
        Ok(Ok(Sent { run, items, kind, change }))
    }

    /// Where the spans of a trace belong: to the run of its id, to the run its id is another name of, or to an open run with the same key.
    fn place_of(&self, own: &TraceId, spans: &[Span], now: Timestamp, view: &mut Option<Box<dyn Snapshot>>) -> Result<Place, StoreError> {
        if let Some(run) = self.live.run_of(own) {
            return Ok(Place::Run(run, None));
        }
        let view = match view {
            Some(view) => view,
            None => view.insert(self.store.snapshot()?),
        };
        let run = view.run_named(own)?.unwrap_or_else(|| own.clone());
        match look_up(view.as_ref(), &run)? {
            LookedUp::Run(found) => return Ok(Place::Run(run, Some(found))),
            LookedUp::Whole => return Ok(Place::Whole),
            LookedUp::Nothing => {}
        }
        let Some(key) = run_key(spans).and_then(|key| key_name(&key)) else { return Ok(Place::New(None)) };
        if let Some(run) = self.live.open_run_of(&key, now) {
            return Ok(Place::Run(run, None));
        }
        if let Some(run) = view.run_named(&key)?
            && let LookedUp::Run(found) = look_up(view.as_ref(), &run)?
            && found.progress.is_none_or(|progress| progress.state(now, self.patience) == RunState::Running)
        {
            return Ok(Place::Run(run, Some(found)));
        }
        Ok(Place::New(Some(key)))
    }

    /// Waits until a run's share is on disk, and tells whom it concerns.
    async fn land(self: &Arc<Self>, sent: Sent, taken: &mut SpansTaken) -> Result<(), Refusal> {
        let Sent { run, items, kind, change } = sent;
        let pending = match change {
            Submission::Waits(pending) => pending,
            Submission::Later(change) => self.submit_when_there_is_room(change, &run).await?,
        };
        let committed = self.answered(pending, &run).await?;
        match (kind, committed) {
            (Kind::Created(created), Committed::Trace { sequence, status }) => {
                self.tell(created.news, sequence, status);
                taken.runs += 1;
                created.making.done();
            }
            (Kind::Created(created), Committed::Stale) => {
                let Created { making, piece, .. } = *created;
                // There is such a run after all: somebody sent it by another door, or it was forgotten by the table just now.
                let pending = self.submit_when_there_is_room(Change::Spans(Box::new(piece)), &run).await?;
                self.answered(pending, &run).await?;
                drop(making);
                self.live.heard(&run, std::time::Instant::now());
            }
            (Kind::Parked { making }, Committed::Spans) => drop(making),
            (Kind::Appended, Committed::Spans) => self.live.heard(&run, std::time::Instant::now()),
            (_, other) => return Err(Refusal::new(RefusalKind::Analysis, format!("the store answered {other:?} to spans"))),
        }
        taken.accepted += items;
        Ok(())
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

/// Where spans belong.
enum Place {
    /// To a run that is known; what the store knows of it, unless the table does.
    Run(TraceId, Option<Found>),
    /// To a run that was sent whole, by a door that is not for spans.
    Whole,
    /// To a run of their own; the key other traces of it would come by.
    New(Option<TraceId>),
}

enum LookedUp {
    Run(Found),
    Whole,
    Nothing,
}

fn look_up(view: &dyn Snapshot, run: &TraceId) -> Result<LookedUp, StoreError> {
    let Some(sequence) = view.find(run)? else {
        let waits = !view.pieces(run, 1)?.is_empty();
        return Ok(if waits { LookedUp::Run(Found { progress: None, bytes: 0 }) } else { LookedUp::Nothing });
    };
    let Some(row) = view.summary(sequence)? else { return Ok(LookedUp::Nothing) };
    let found = Found { progress: Some(row.progress), bytes: u64::from(row.body_bytes) };
    // What was imported from a file of spans can go on; what was sent as something else cannot.
    let came_as_spans = row.progress != crate::model::progress::Progress::Whole
        || view.stored(sequence)?.is_some_and(|stored| bundle::is_bundle(&stored.body));
    Ok(if came_as_spans { LookedUp::Run(found) } else { LookedUp::Whole })
}
