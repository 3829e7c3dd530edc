//! From the bytes of one trace to the record that is committed: decode, analyse, compress, summarise. Runs on the pool.

use bytes::Bytes;
use xxhash_rust::xxh3::xxh3_128;

use super::{
    pool::Tools,
    receipt::{Refusal, RefusalKind},
};
use crate::{
    analysis::{Rules, analyse_among, arguments, peers::Likeness, summarise, time},
    formats::{
        self,
        otlp::{
            assembly::assemble,
            bundle,
            span::{LogRecord, Span},
        },
    },
    model::{
        feedback::Feedback,
        ids::TraceId,
        progress::Progress,
        summary::Summary,
        time::Timestamp,
        trace::Trace,
        verdict::{Agreement, Verdict},
    },
    store::{MinedFailure, Record, StoredTrace},
    text::clean::clean_line,
};

/// What is known of a run beside its body.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// What a person has said about it.
    pub(super) feedback: Option<Feedback>,
    /// How it agrees with other runs about the same subject.
    pub(super) agreement: Option<Agreement>,
}

/// Judges a body that has just arrived. `known_of` is asked for what is known of it: by its id, where that was the sender's, and by what
/// of it can be compared.
pub(super) fn judge_arrival(
    body: &[u8],
    rules: &Rules,
    arrived: Timestamp,
    tools: &mut Tools,
    known_of: impl FnOnce(Option<&TraceId>, Option<&Likeness>) -> Known,
) -> Result<Record, Refusal> {
    let mut made = false;
    let trace = formats::decode(body, || {
        made = true;
        TraceId::generate()
    })
    .map_err(|error| Refusal::from_format(&error))?;
    let likeness = Likeness::of(&trace);
    let known = known_of(Some(&trace.id).filter(|_| !made), likeness.as_ref());
    let (verdict, summary) = judged(&trace, rules, arrived, body.len(), known);
    let failed = |what: &str, error: &dyn std::fmt::Display| Refusal {
        kind: RefusalKind::Analysis,
        message: clean_line(&format!("{what}: {error}")).into_owned(),
        trace_id: Some(trace.id.clone()),
    };
    let compressed = tools.compress(body).map_err(|error| failed("the body cannot be compressed", &error))?;
    let (failures, verdict) = pack(verdict, &summary, tools).map_err(|error| failed("the verdict cannot be kept", &error))?;
    Ok(Record { body: compressed.into(), body_hash: xxh3_128(body), verdict, failures, summary, likeness, continues: None })
}

/// Spans and log records of one run, read, beside the bundle that holds them.
pub(super) struct Heard {
    /// The run.
    pub(super) id: TraceId,
    /// Its spans.
    pub(super) spans: Vec<Span>,
    /// Its log records.
    pub(super) logs: Vec<LogRecord>,
    /// When it was first heard of, and last.
    pub(super) arrived: Timestamp,
    pub(super) heard: Timestamp,
    /// What a person has said.
    pub(super) feedback: Option<Feedback>,
}

/// Why spans made no record.
#[derive(Debug)]
pub(super) enum NoRecord {
    /// Nothing in them belongs to a run of an agent, as far as has come.
    NotARun,
    /// The program failed on them.
    Failed(String),
}

/// Judges a run that came as spans. `packed` is `bundle`, compressed; the caller says what the record goes on from.
/// `beside` is asked how the run agrees with others, once it has ended.
pub(super) fn judge_spans(
    heard: Heard,
    bundle: &[u8],
    packed: Bytes,
    rules: &Rules,
    tools: &mut Tools,
    beside: impl FnOnce(&Likeness) -> Option<Agreement>,
) -> Result<Record, NoRecord> {
    let Heard { id, spans, logs, arrived, heard, feedback } = heard;
    let trace = assemble(spans, logs, id).map_err(|_| NoRecord::NotARun)?;
    let likeness = Likeness::of(&trace);
    let known = Known { feedback, agreement: likeness.as_ref().and_then(beside) };
    let (verdict, mut summary) = judged(&trace, rules, arrived, bundle.len(), known);
    summary.progress = Progress::Spans { heard, ended: trace.ended };
    let packed_verdict = pack(verdict, &summary, tools);
    let (failures, verdict) = packed_verdict.map_err(|error| NoRecord::Failed(format!("the verdict cannot be kept: {error}")))?;
    Ok(Record { body: packed, body_hash: xxh3_128(bundle), verdict, failures, summary, likeness, continues: None })
}

/// Judges a stored trace anew, with other feedback or other rules: its row keeps place, revision and time of arrival.
/// `beside` is asked how it agrees with others.
pub(super) fn judge_again(
    stored: &StoredTrace,
    rules: &Rules,
    feedback: Option<Feedback>,
    tools: &mut Tools,
    beside: impl FnOnce(&Likeness) -> Option<Agreement>,
) -> Result<Record, String> {
    let trace = decode_stored(&stored.body, &stored.summary.trace_id)?;
    let likeness = Likeness::of(&trace);
    let known = Known { feedback, agreement: likeness.as_ref().and_then(beside) };
    let (verdict, mut summary) = judged(&trace, rules, stored.summary.arrived, stored.body.len(), known);
    summary.sequence = stored.summary.sequence;
    summary.revision = stored.summary.revision;
    summary.progress = stored.summary.progress;
    let (failures, verdict) = pack(verdict, &summary, tools).map_err(|error| error.to_string())?;
    Ok(Record { body: Bytes::new(), body_hash: stored.body_hash, verdict, failures, summary, likeness, continues: None })
}

/// What is said about a run, and its row.
fn judged(trace: &Trace, rules: &Rules, arrived: Timestamp, body_bytes: usize, known: Known) -> (Verdict, Summary) {
    let Known { feedback, agreement } = known;
    let mut verdict = analyse_among(trace, rules, feedback.as_ref(), agreement.as_ref());
    verdict.incomplete.extend(time::effective(trace.timestamp, arrived).1);
    let summary = summarise(trace, &verdict, rules, arrived, body_bytes, feedback);
    arguments::leave_to_body(&mut verdict, trace);
    (verdict, summary)
}

/// Reads a stored body again; a body that named no id goes by the one it was given.
pub(super) fn decode_stored(body: &[u8], id: &TraceId) -> Result<Trace, String> {
    formats::decode(body, || id.clone()).map_err(|error| format!("the stored body cannot be read: {error}"))
}

/// A stored body as people and programs can read it: as it was sent, or, where it came as spans, the whole of them as OTLP/JSON.
pub(super) fn readable(body: Vec<u8>) -> Result<Vec<u8>, String> {
    if !bundle::is_bundle(&body) {
        return Ok(body);
    }
    bundle::to_json(&body).map_err(|error| format!("the stored spans cannot be read: {error}"))
}

/// What the miner needs of each failure, and the verdict as it is kept: without found secrets.
fn pack(mut verdict: Verdict, summary: &Summary, tools: &mut Tools) -> Result<(Vec<MinedFailure>, Bytes), std::io::Error> {
    let failures = verdict
        .failures
        .iter()
        .map(|failure| MinedFailure {
            code: failure.code,
            subject: failure.subject.clone(),
            framework: summary.framework.clone(),
            message: failure.message.clone(),
        })
        .collect();
    for leak in &mut verdict.leaks {
        leak.value = None;
    }
    let json = serde_json::to_vec(&verdict).map_err(std::io::Error::other)?;
    Ok((failures, tools.compress(&json)?.into()))
}
