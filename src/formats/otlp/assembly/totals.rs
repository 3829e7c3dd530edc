//! Tokens that are told for an agent as a whole: used where its calls tell none, and never beside them.

use super::{
    super::reading::SpanKind,
    scene::{Place, Scene},
};

/// Where a total goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Total {
    /// The usage of this model call, the only one inside.
    Of(usize),
    /// A step that stands for all calls of this span.
    All(usize),
}

/// The totals that are counted, each with the span that tells it. Calls that fail tell no tokens, so a span is believed to be told by
/// its calls as soon as one of them tells any.
pub(super) fn counted(scene: &Scene) -> Vec<(usize, Total)> {
    let count = scene.forest.spans.len();
    let (mut told, mut calls) = (vec![false; count], vec![None; count]);
    let mut found = Vec::new();
    // Innermost first: `calls` is how many model calls lie in a span, as none, one of them, or several.
    for place in scene.forest.order.iter().rev().copied() {
        let is_call = scene.places[place] == Place::Step && matches!(scene.kind(place), SpanKind::Model | SpanKind::Embedding);
        let has_usage = scene.readings[place].usage.is_some();
        if is_call {
            told[place] |= has_usage;
            calls[place] = merged(calls[place], Some(Some(place)));
        } else if has_usage && !told[place] && scene.readings[place].usage.is_some_and(|usage| usage.total() > 0) {
            told[place] = true;
            found.push((
                place,
                match calls[place] {
                    Some(Some(only)) => Total::Of(only),
                    _ => Total::All(place),
                },
            ));
        }
        if let Some(parent) = scene.forest.parents[place] {
            told[parent] |= told[place];
            calls[parent] = merged(calls[parent], calls[place]);
        }
    }
    found
}

fn merged(one: Option<Option<usize>>, other: Option<Option<usize>>) -> Option<Option<usize>> {
    match (one, other) {
        (Some(_), Some(_)) => Some(None),
        (one, other) => one.or(other),
    }
}
