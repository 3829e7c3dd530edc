//! Tokens that are told for an agent as a whole: used where its calls tell none, and never beside them.

use std::collections::HashMap;

use super::{
    super::reading::SpanKind,
    scene::{Place, Scene},
};

/// What a total is shown as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Total {
    /// The usage of this model call, the only one inside.
    Of(usize),
    /// A step that stands for all calls inside.
    All,
}

/// The totals that are counted, by the span that tells each. Calls that fail tell no tokens, so as soon as one call in a span tells any,
/// its calls are believed and not its total.
pub(super) fn counted(scene: &Scene) -> HashMap<usize, Total> {
    let count = scene.forest.spans.len();
    let (mut told, mut calls) = (vec![false; count], vec![None; count]);
    let mut found = HashMap::new();
    // Innermost first: `calls` is how many model calls lie in a span, as none, one of them, or several.
    for place in scene.forest.order.iter().rev().copied() {
        let is_call = scene.places[place] == Place::Step && matches!(scene.kind(place), SpanKind::Model | SpanKind::Embedding);
        let has_usage = scene.readings[place].usage.is_some();
        if is_call {
            told[place] |= has_usage;
            calls[place] = merged(calls[place], Some(Some(place)));
        } else if has_usage && !told[place] && scene.readings[place].usage.is_some_and(|usage| usage.total() > 0) {
            told[place] = true;
            found.insert(
                place,
                match calls[place] {
                    Some(Some(only)) => Total::Of(only),
                    _ => Total::All,
                },
            );
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
