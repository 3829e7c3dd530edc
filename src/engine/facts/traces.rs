//! One trace: found, opened, as sent.

use super::{Facts, TraceBody, TraceDetail};
use crate::{
    analysis::arguments,
    engine::{
        error::EngineError,
        judge::{decode_stored, readable},
    },
    model::{
        ids::{Sequence, TraceId},
        summary::Summary,
    },
    store::StoredTrace,
};

impl Facts {
    /// The place of a trace.
    pub fn find(&self, id: &TraceId) -> Result<Option<Sequence>, EngineError> {
        Ok(self.snapshot.find(id)?)
    }

    /// One row.
    pub fn summary(&self, sequence: Sequence) -> Result<Option<Summary>, EngineError> {
        Ok(self.snapshot.summary(sequence)?)
    }

    /// One trace, opened: decoded again from its body, so not for lists.
    pub fn trace(&self, sequence: Sequence) -> Result<Option<TraceDetail>, EngineError> {
        Ok(self.trace_with_body(sequence)?.map(|(detail, _)| detail))
    }

    /// One trace, opened, beside the bytes as sent (as OTLP/JSON where it came as spans).
    pub fn trace_with_body(&self, sequence: Sequence) -> Result<Option<(TraceDetail, Vec<u8>)>, EngineError> {
        let Some(stored) = self.stored(sequence)? else { return Ok(None) };
        let trace = decode_stored(&stored.body, &stored.summary.trace_id).map_err(EngineError::Analysis)?;
        let mut verdict = stored.verdict;
        arguments::restore(&mut verdict, &trace);
        Ok(Some((TraceDetail { summary: stored.summary, trace, verdict }, readable(stored.body).map_err(EngineError::Analysis)?)))
    }

    /// One trace as sent (as OTLP/JSON where it came as spans), with its verdict.
    pub fn body(&self, sequence: Sequence) -> Result<Option<TraceBody>, EngineError> {
        let Some(stored) = self.stored(sequence)? else { return Ok(None) };
        let body = readable(stored.body).map_err(EngineError::Analysis)?;
        Ok(Some(TraceBody { summary: stored.summary, body, verdict: stored.verdict }))
    }

    pub(in crate::engine) fn stored(&self, sequence: Sequence) -> Result<Option<StoredTrace>, EngineError> {
        Ok(self.snapshot.stored(sequence)?)
    }
}
