//! Traces: taken in, shown, listed, forgotten.

use std::time::{Duration, Instant};

use hyper::StatusCode;
use serde::Serialize;
use serde_json::value::RawValue;

use super::{many::filter, row::Row};
use crate::{
    engine::{
        delivery::{Delivery, Source},
        error::EngineError,
        facts::{Anchor, Cancel, Facts, RowQuery, Wanted},
        receipt::{Ingested, Receipt, Refusal, RefusalKind},
    },
    formats::otlp::bundle,
    listener::{
        answer,
        call::Call,
        endpoints::Reply,
        json::guard,
        percent,
        problem::{Kind, Problem},
    },
    model::{
        ids::{Sequence, TraceId},
        summary::Summary,
        verdict::Verdict,
    },
    query::Filter,
};

/// Rows of a page unless asked for otherwise, and at most.
const PAGE: usize = 100;
const LARGEST_PAGE: usize = 1_000;

/// How long a search that has not filled its page goes on before the page is answered as it is.
const SEARCHES: Duration = Duration::from_secs(2);

#[derive(Serialize)]
struct Received<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    index: Option<usize>,
    trace_id: &'a TraceId,
    status: &'static str,
    next: String,
}

impl<'a> Received<'a> {
    fn new(index: Option<usize>, receipt: &'a Receipt) -> Self {
        let id = &receipt.trace_id;
        Self { index, trace_id: id, status: "received", next: format!("/api/analysis/{}", percent::encode(id.as_str())) }
    }
}

#[derive(Serialize)]
struct Rejected<'a> {
    index: usize,
    error: Kind,
    message: &'a str,
    trace_id: Option<&'a TraceId>,
}

#[derive(Serialize)]
struct Batch<'a> {
    traces: Vec<Received<'a>>,
    rejected: Vec<Rejected<'a>>,
}

/// `POST /api/trace`
pub(in crate::listener) fn receive(call: &mut Call) -> Reply<'_> {
    Box::pin(async move {
        // Before the body is read: a sender who has to wait should not have to send first.
        call.service.refuse_when_busy()?;
        let (body, encoding, held) = call.delivery().await?;
        let delivery = Delivery { body, encoding, source: Source::Http, reservation: Some(held) };
        match call.engine().deliver(delivery).await {
            Ingested::Single(Ok(receipt)) => answer::json(&Received::new(None, &receipt)),
            Ingested::Single(Err(refusal)) => Err(refusal.into()),
            Ingested::Many(items) => {
                // When nothing was taken because too much waits, the whole request is to be sent again.
                let busy = |item: &(usize, Result<Receipt, Refusal>)| matches!(&item.1, Err(refusal) if refusal.kind == RefusalKind::Busy);
                if let Some((_, Err(refusal))) = items.first().filter(|_| items.iter().all(busy)) {
                    return Err(refusal.clone().into());
                }
                answer::json(&batch(&items))
            }
        }
    })
}

fn batch(items: &[(usize, Result<Receipt, Refusal>)]) -> Batch<'_> {
    let mut batch = Batch { traces: Vec::new(), rejected: Vec::new() };
    for (index, item) in items {
        match item {
            Ok(receipt) => batch.traces.push(Received::new(Some(*index), receipt)),
            Err(refusal) => batch.rejected.push(Rejected {
                index: *index,
                error: refusal.kind.into(),
                message: &refusal.message,
                trace_id: refusal.trace_id.as_ref(),
            }),
        }
    }
    batch
}

#[derive(Serialize)]
struct Shown {
    /// As sent; what could act on a terminal is escaped.
    trace: Box<RawValue>,
    verdict: Told,
}

/// A verdict as it is told: with whether its report of success is doubted.
#[derive(Serialize)]
struct Told {
    #[serde(flatten)]
    verdict: Verdict,
    doubtful: bool,
}

/// A stored body as it was sent; of a run that came as spans, all of them as one OTLP/JSON object.
fn as_json(body: Vec<u8>) -> Result<Vec<u8>, EngineError> {
    if !bundle::is_bundle(&body) {
        return Ok(body);
    }
    bundle::to_json(&body).map_err(|error| EngineError::Analysis(error.to_string()))
}

/// `GET /api/trace/{id}`
pub(in crate::listener) fn one(call: &mut Call) -> Reply<'_> {
    Box::pin(async move {
        let id = call.trace_id()?;
        let missing = Problem::missing("trace", id.as_str()).about(&id);
        if call.parameters.is_on("raw") {
            let raw = call.read(move |facts| {
                with(facts, &id, |facts, sequence| facts.body(sequence)?.map(|stored| as_json(stored.body)).transpose())
            });
            return Ok(answer::bytes(StatusCode::OK, "application/json", raw.await?.ok_or(missing)?));
        }
        let shown = call.read(move |facts| {
            let found = with(facts, &id, |facts, sequence| facts.trace_with_body(sequence))?;
            found.map(|(detail, body)| Ok((detail, as_json(body)?))).transpose()
        });
        let (detail, body) = shown.await?.ok_or(missing)?;
        let text = String::from_utf8_lossy(&body);
        let unreadable =
            |error| Problem::new(Kind::AnalysisError, format!("the stored body is not JSON: {error}; `?raw` gives it as it is"));
        let trace = RawValue::from_string(guard(text.trim()).into_owned()).map_err(unreadable)?;
        answer::json(&Shown { trace, verdict: Told { doubtful: detail.summary.is_doubtful(), verdict: detail.verdict } })
    })
}

/// `GET /api/analysis/{id}`
pub(in crate::listener) fn analysis(call: &mut Call) -> Reply<'_> {
    Box::pin(async move {
        let id = call.trace_id()?;
        let missing = Problem::missing("trace", id.as_str()).about(&id);
        let detail = call.read(move |facts| with(facts, &id, |facts, sequence| facts.trace(sequence))).await?.ok_or(missing)?;
        answer::json(&Told { doubtful: detail.summary.is_doubtful(), verdict: detail.verdict })
    })
}

/// `DELETE /api/trace/{id}`
pub(in crate::listener) fn forget(call: &mut Call) -> Reply<'_> {
    Box::pin(async move {
        #[derive(Serialize)]
        struct Forgotten<'a> {
            trace_id: &'a TraceId,
            status: &'static str,
        }
        let id = call.trace_id()?;
        if call.engine().forget(vec![id.clone()]).await? == 0 {
            return Err(Problem::missing("trace", id.as_str()).about(&id));
        }
        answer::json(&Forgotten { trace_id: &id, status: "forgotten" })
    })
}

#[derive(Serialize)]
struct Page {
    traces: Vec<Row>,
    next: Option<String>,
}

/// `GET /api/traces`
pub(in crate::listener) fn list(call: &mut Call) -> Reply<'_> {
    Box::pin(async move {
        let limit = call.parameters.count("limit", PAGE, LARGEST_PAGE)?;
        let filter = filter(call)?;
        let after = match call.parameters.get("after") {
            Some(text) => Some(Cursor::parse(text)?),
            None => None,
        };
        // A client that goes away drops this, and the search ends.
        let wanted = Wanted::default();
        let cancel = wanted.cancel();
        let page = call.read(move |facts| page(facts, filter.as_ref(), limit, after, &cancel)).await?;
        drop(wanted);
        answer::json(&page)
    })
}

/// Where a page begins: below a row, or for a filter with an order of its own, at a place in its list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cursor {
    Below(Sequence),
    Place(usize),
}

impl Cursor {
    pub(super) fn parse(text: &str) -> Result<Self, Problem> {
        let cursor = match text.strip_prefix("at-") {
            Some(place) => place.parse().ok().map(Self::Place),
            None => text.parse().ok().map(|sequence| Self::Below(Sequence(sequence))),
        };
        cursor.ok_or_else(|| Problem::bad(format!("parameter \"after\" is {text:?}; give the `next` of the page before")))
    }

    fn text(self) -> String {
        match self {
            Self::Below(sequence) => sequence.0.to_string(),
            Self::Place(place) => format!("at-{place}"),
        }
    }
}

fn page(facts: &Facts, filter: Option<&Filter>, limit: usize, after: Option<Cursor>, cancel: &Cancel) -> Result<Page, EngineError> {
    let (rows, next) = places(facts, filter, limit, after, cancel)?;
    let row = |summary: Summary| {
        let state = facts.state(&summary);
        Row::of(summary, state)
    };
    Ok(Page { traces: rows.into_iter().map(row).collect(), next })
}

/// The rows of a page, and where the next begins.
pub(super) fn places(
    facts: &Facts,
    filter: Option<&Filter>,
    limit: usize,
    after: Option<Cursor>,
    cancel: &Cancel,
) -> Result<(Vec<Summary>, Option<String>), EngineError> {
    if let Some(filter) = filter.filter(|filter| filter.sort().is_some() || filter.limit().is_some()) {
        let from = if let Some(Cursor::Place(place)) = after { place } else { 0 };
        let window = facts.page_of_list(filter, from, limit, cancel)?;
        let next = window.more_below.then(|| Cursor::Place(from + window.rows.len()).text());
        return Ok((window.rows, next));
    }
    let mut anchor = match after {
        // Sequences start at 1: below the first there is nothing.
        Some(Cursor::Below(Sequence(0 | 1))) => return Ok((Vec::new(), None)),
        Some(Cursor::Below(Sequence(below))) => Anchor::At(Sequence(below - 1)),
        _ => Anchor::Newest,
    };
    let mut found = Vec::new();
    let begun = Instant::now();
    let next = loop {
        let window = facts.rows_until(&RowQuery { anchor, before: 0, after: limit - found.len(), filter }, cancel)?;
        let last = window.rows.last().map(|row| row.sequence);
        found.extend(window.rows);
        let next = match (window.resume_below, last) {
            (Some(resume), _) => Some(Cursor::Below(Sequence(resume.0 + 1))),
            (None, Some(last)) if window.more_below => Some(Cursor::Below(last)),
            _ => None,
        };
        match window.resume_below {
            Some(resume) if found.len() < limit && begun.elapsed() < SEARCHES && !cancel.is_cancelled() => anchor = Anchor::At(resume),
            _ => break next,
        }
    };
    Ok((found, next.map(Cursor::text)))
}

/// What `look` finds of the trace with this id; `None` when it is not there.
fn with<T>(
    facts: &Facts,
    id: &TraceId,
    look: impl FnOnce(&Facts, Sequence) -> Result<Option<T>, EngineError>,
) -> Result<Option<T>, EngineError> {
    match facts.find(id)? {
        Some(sequence) => look(facts, sequence),
        None => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    #[test]
    fn cursors_come_back_and_others_are_refused() {
        for cursor in [Cursor::Below(Sequence(12)), Cursor::Place(200)] {
            assert_eq!(Cursor::parse(&cursor.text()).unwrap(), cursor);
        }
        for text in ["", "x", "-1", "at-", "at-x", "99999999999999999999999"] {
            assert!(Cursor::parse(text).is_err(), "{text}");
        }
    }
}
