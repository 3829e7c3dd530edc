//! Where spans belong: to a run that is known by their trace's id or by another name, or to one of their own.

use super::{Core, assembler::key_name, live::Found};
use crate::{
    formats::otlp::{assembly::run_key, bundle, span::Span},
    model::{
        ids::TraceId,
        progress::{Progress, RunState},
        time::Timestamp,
    },
    store::{Snapshot, StoreError},
};

/// Where spans belong.
pub(super) enum Place {
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

impl Core {
    /// Where the spans of a trace belong: to the run of its id, to the run its id is another name of, or to an open run with the same key.
    pub(super) fn place_of(
        &self,
        own: &TraceId,
        spans: &[Span],
        now: Timestamp,
        view: &mut Option<Box<dyn Snapshot>>,
    ) -> Result<Place, StoreError> {
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
}

fn look_up(view: &dyn Snapshot, run: &TraceId) -> Result<LookedUp, StoreError> {
    let Some(sequence) = view.find(run)? else {
        let waits = !view.pieces(run, 1)?.is_empty();
        return Ok(if waits { LookedUp::Run(Found { progress: None, bytes: 0 }) } else { LookedUp::Nothing });
    };
    let Some(row) = view.summary(sequence)? else { return Ok(LookedUp::Nothing) };
    let found = Found { progress: Some(row.progress), bytes: u64::from(row.body_bytes) };
    // What was imported from a file of spans can go on; what was sent as something else cannot.
    let came_as_spans = row.progress != Progress::Whole || view.stored(sequence)?.is_some_and(|stored| bundle::is_bundle(&stored.body));
    Ok(if came_as_spans { LookedUp::Run(found) } else { LookedUp::Whole })
}
