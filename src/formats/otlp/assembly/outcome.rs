//! How a run ended: whether it has, whether it failed, with which error, and in which span that came up.
//!
//! The root's status is not the verdict. A run failed when its root or its outermost agent did, or when the last thing in it failed
//! and no answer came out. It went well when it ended otherwise and gave an answer. Where neither shows, nothing is said.

use std::cmp::Reverse;

use super::{
    super::reading::SpanKind,
    errors,
    scene::{Place, Scene},
};
use crate::model::trace::RunError;

/// How a run ended.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Outcome {
    /// Whether its outermost spans are all here and have ended.
    pub(super) ended: bool,
    /// Whether it went well.
    pub(super) success: Option<bool>,
    /// The error that ended it.
    pub(super) error: Option<RunError>,
    /// The span in which that came up, and the one that tells that the run failed.
    pub(super) raised: Option<(usize, usize)>,
}

/// Decides; `answered` is whether the run gave an answer, as far as contents were recorded.
pub(super) fn of(scene: &Scene, answered: bool) -> Outcome {
    let tops: Vec<usize> = scene.forest.tops().filter(|top| counts(scene, *top)).collect();
    let ended = !tops.is_empty() && tops.iter().all(|top| scene.forest.is_root(*top) && scene.span(*top).end.is_some());
    let Some(failed) = failed(scene, &tops, answered) else {
        let well = ended && (answered || finished(scene));
        return Outcome { ended, success: well.then_some(true), ..Outcome::default() };
    };
    let raised = raised(scene, failed);
    let told = &scene.readings[failed].error;
    let mut error = told.clone().unwrap_or_default();
    if let Some(deepest) = scene.readings[raised].error.as_ref().filter(|deepest| raised != failed && errors::same(&error, deepest)) {
        error = RunError {
            kind: deepest.kind.clone().or(error.kind),
            message: deepest.message.clone().or(error.message),
            traceback: deepest.traceback.clone().or(error.traceback),
            failed_at_step: None,
        };
    }
    Outcome { ended, success: Some(false), error: Some(error), raised: Some((raised, failed)) }
}

/// Whether a top is of the run at all.
fn counts(scene: &Scene, top: usize) -> bool {
    scene.shows[top] || matches!(scene.places[top], Place::Step | Place::Run)
}

/// The outermost span that tells that the run failed: along the last thing in the last thing, from the top.
fn failed(scene: &Scene, tops: &[usize], answered: bool) -> Option<usize> {
    let mut at = latest(scene, tops.iter().copied())?;
    let mut outermost = true;
    loop {
        let erred = scene.readings[at].error.is_some();
        let kind = scene.kind(at);
        let encloses = scene.shows[at] || !scene.forest.children[at].is_empty();
        let believed = match kind {
            SpanKind::Agent => true,
            // Its own top failed, or a part of a run whose top has not been seen.
            _ if outermost => scene.forest.is_root(at) || encloses,
            SpanKind::Wrapper | SpanKind::Unknown | SpanKind::Noise | SpanKind::Model | SpanKind::Tool => !answered,
            _ => false,
        };
        if erred && believed {
            return Some(at);
        }
        if matches!(kind, SpanKind::Tool | SpanKind::Retrieval | SpanKind::Embedding | SpanKind::Guardrail) {
            return None;
        }
        let parts = scene.forest.children[at].iter().copied();
        at = latest(scene, parts.filter(|part| counts(scene, *part) || scene.readings[*part].error.is_some()))?;
        outermost = false;
    }
}

/// The span that ended last; one that is open has not ended yet.
fn latest(scene: &Scene, places: impl Iterator<Item = usize>) -> Option<usize> {
    places.min_by_key(|place| {
        let span = scene.span(*place);
        (Reverse(span.end.map_or(u64::MAX, |end| end.0)), Reverse(scene.forest.positions[*place]))
    })
}

/// Where the error of a failed span came up: in the innermost that tells of it, provided that nothing else was done afterwards.
fn raised(scene: &Scene, failed: usize) -> usize {
    let Some(deepest) = scene.wrong_within[failed] else { return failed };
    let error = |place: usize| scene.readings[place].error.as_ref();
    let repeats = || error(failed).zip(error(deepest)).is_some_and(|(one, other)| errors::same(one, other));
    let acts = |place: &usize| scene.places[*place] == Place::Step && matches!(scene.kind(*place), SpanKind::Model | SpanKind::Tool);
    let after = &scene.forest.order[scene.forest.ends[deepest]..scene.forest.ends[failed]];
    if !after.iter().any(acts) || repeats() { deepest } else { failed }
}

/// Whether the last thing done was a model call that came to its end: the sign of an answer where answers are not recorded.
fn finished(scene: &Scene) -> bool {
    let last = scene.steps().rev().find(|place| matches!(scene.kind(*place), SpanKind::Model | SpanKind::Tool));
    let ends = |reason: &str| {
        let reason = reason.rsplit_once('.').map_or(reason, |(_, last)| last);
        ["stop", "end_turn", "stop_sequence", "completed", "complete"].iter().any(|word| word.eq_ignore_ascii_case(reason))
    };
    last.map(|place| &scene.readings[place]).is_some_and(|reading| {
        let recorded = reading.output.is_some() || !reading.output_messages.is_empty();
        reading.kind == SpanKind::Model && !recorded && reading.error.is_none() && reading.finish_reason.as_deref().is_some_and(ends)
    })
}
