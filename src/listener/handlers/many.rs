//! What is done with every run a filter chooses: counted, given out, forgotten.

use bytes::Bytes;
use futures_util::stream;
use serde::Serialize;
use tokio::sync::mpsc;

use super::traces::{Cursor, places};
use crate::{
    engine::{
        Engine,
        error::EngineError,
        facts::{Cancel, Facts, FiguresOf},
    },
    listener::{
        answer,
        call::Call,
        endpoints::Reply,
        problem::{Kind, Problem},
    },
    model::ids::Sequence,
    query::Filter,
    report::export::ExportFormat,
};

/// Bytes written in one piece, and pieces that wait for a slow reader.
const PIECE: usize = 64 * 1024;
const PIECES: usize = 4;

/// Runs read from one view of the store: a slow reader must not keep what is deleted meanwhile from being reused.
const RUNS_A_VIEW: usize = 256;

/// Runs forgotten by one request unless asked for otherwise, and at most.
const FORGOTTEN: usize = 1_000;
const MOST_FORGOTTEN: usize = 10_000;

/// The filter of the parameter `where`; `None` where it is absent or empty.
pub(super) fn filter(call: &Call) -> Result<Option<Filter>, Problem> {
    let Some(text) = call.parameters.get("where").filter(|text| !text.trim().is_empty()) else { return Ok(None) };
    Filter::parse(text, call.engine().now()).map(Some).map_err(|error| Problem::bad(format!("where: {error}")))
}

/// `GET /api/traces/count`
pub(in crate::listener) fn count(call: &mut Call) -> Reply<'_> {
    Box::pin(async move {
        let filter = filter(call)?;
        answer::json(&call.read(move |facts| facts.count_chosen(filter.as_ref())).await?)
    })
}

/// `GET /api/export`
pub(in crate::listener) fn export(call: &mut Call) -> Reply<'_> {
    Box::pin(async move {
        let filter = filter(call)?;
        let format = match call.parameters.get("format") {
            None => ExportFormat::JsonLines,
            Some(name) => ExportFormat::parse(name).ok_or_else(|| {
                let names: Vec<&str> = ExportFormat::ALL.iter().map(|format| format.name()).collect();
                Problem::bad(format!("parameter \"format\" is {name:?}; expected one of {}", names.join(", ")))
            })?,
        };
        let chosen = call.read(move |facts| facts.chosen(filter.as_ref())).await?;
        let (sender, receiver) = mpsc::channel(PIECES);
        let engine = call.engine().clone();
        tokio::task::spawn_blocking(move || {
            // A reader who has gone away, or a store that fails, ends it: the answer then breaks off, which its reader sees.
            if let Err(error) = write(&engine, format, &chosen, &sender) {
                tracing::warn!(%error, "an export ended early");
                let _ = sender.blocking_send(Err(error));
            }
        });
        let pieces = stream::unfold(receiver, |mut receiver| async move { receiver.recv().await.map(|piece| (piece, receiver)) });
        Ok(answer::fallible_stream(format.content_type(), Box::pin(pieces)))
    })
}

/// `GET /api/figures`
pub(in crate::listener) fn figures(call: &mut Call) -> Reply<'_> {
    Box::pin(async move {
        let of = match filter(call)? {
            Some(filter) => FiguresOf::Chosen(Box::new(filter)),
            None if call.parameters.is_on("all") => FiguresOf::All,
            None => FiguresOf::Grades,
        };
        answer::json(&call.read(move |facts| facts.figures(&of)).await?)
    })
}

/// Pieces on their way to whoever asked.
type Sender = mpsc::Sender<Result<Bytes, EngineError>>;

fn write(engine: &Engine, format: ExportFormat, chosen: &[Sequence], sender: &Sender) -> Result<(), EngineError> {
    let mut piece = format.head().into_bytes();
    for some in chosen.chunks(RUNS_A_VIEW) {
        let mut facts = engine.facts()?;
        for sequence in some {
            if let Some(run) = format.run(&facts, *sequence)? {
                piece.extend_from_slice(&run);
            }
            if piece.len() >= PIECE {
                if sender.blocking_send(Ok(std::mem::take(&mut piece).into())).is_err() {
                    return Ok(());
                }
                facts = engine.facts()?;
            }
        }
    }
    if !piece.is_empty() {
        let _ = sender.blocking_send(Ok(piece.into()));
    }
    Ok(())
}

#[derive(Serialize)]
struct Forgotten {
    deleted: u64,
    next: Option<String>,
}

/// `DELETE /api/traces`
pub(in crate::listener) fn forget(call: &mut Call) -> Reply<'_> {
    Box::pin(async move {
        let filter = filter(call)?;
        if filter.as_ref().is_none_or(|filter| filter.shows_all() && filter.limit().is_none()) && !call.parameters.is_on("all") {
            return Err(Problem::bad("this would forget every run; say which in `where`, or give `all=true`"));
        }
        let limit = call.parameters.count("limit", FORGOTTEN, MOST_FORGOTTEN)?;
        let after = call.parameters.get("after").map(Cursor::parse).transpose()?;
        let ordered = filter.as_ref().is_some_and(|filter| filter.sort().is_some() || filter.limit().is_some());
        if ordered && after.is_some() {
            return Err(Problem::bad("a filter with `sort` or `limit` is done in one request; leave `after` out"));
        }
        let (ids, next) = call.read(move |facts| chosen(facts, filter.as_ref(), ordered, limit, after)).await?;
        if ids.len() > MOST_FORGOTTEN {
            let message = format!("a filter with `sort` or `limit` may forget {MOST_FORGOTTEN} runs at a time; give a smaller `limit`");
            return Err(Problem::new(Kind::BadRequest, message));
        }
        let deleted = if ids.is_empty() { 0 } else { call.engine().forget(ids).await? };
        answer::json(&Forgotten { deleted, next })
    })
}

/// The ids of the next runs to forget, and where to go on. What a filter with an order chooses changes with what is gone, so that is all
/// taken at once.
fn chosen(
    facts: &Facts,
    filter: Option<&Filter>,
    ordered: bool,
    limit: usize,
    after: Option<Cursor>,
) -> Result<(Vec<crate::model::ids::TraceId>, Option<String>), EngineError> {
    if ordered {
        let mut ids = Vec::new();
        facts.each_chosen(filter, |row| {
            ids.push(row.trace_id);
            ids.len() <= MOST_FORGOTTEN
        })?;
        return Ok((ids, None));
    }
    let (rows, next) = places(facts, filter, limit, after, &Cancel::default())?;
    Ok((rows.into_iter().map(|row| row.trace_id).collect(), next))
}
