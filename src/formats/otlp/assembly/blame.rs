//! Errors that only an agent or a framework tells of, and the tool call that they name.

use std::collections::HashMap;

use super::{
    super::reading::SpanKind,
    errors,
    requests::{Joined, Request, asked},
    scene::{Place, Scene},
};
use crate::model::trace::RunError;

/// A call that may be to blame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Culprit {
    /// The call this span ran.
    Span(usize),
    /// A call that no span ran.
    Request(Request),
}

/// Each culprit with the span that tells of its error.
#[derive(Debug, Default)]
pub(super) struct Blame(HashMap<Culprit, usize>);

/// Spans looked through for the one that an error names, from the last back.
const LOOKED_BACK: usize = 64;

impl Blame {
    /// Finds the culprits among the last calls in each span with an error of its own. Machinery that did nothing but tell of its
    /// culprit's error needs no step of its own then.
    pub(super) fn of(scene: &mut Scene, joined: &Joined) -> Self {
        let mut found = HashMap::new();
        for position in 0..scene.forest.order.len() {
            let place = scene.forest.order[position];
            let encloses = scene.shows[place] && !matches!(scene.kind(place), SpanKind::Tool | SpanKind::Model);
            if !encloses || !scene.tells_error_of_its_own(place) {
                continue;
            }
            if let Some(culprit) = culprit(scene, joined, place) {
                found.insert(culprit, place);
                if scene.kind(place) == SpanKind::Wrapper && scene.places[place] == Place::Step {
                    scene.places[place] = Place::Hidden;
                }
            }
        }
        Self(found)
    }

    /// The error that a span around tells of this call.
    pub(super) fn error_of<'s>(&self, scene: &'s Scene, culprit: Culprit) -> Option<&'s RunError> {
        scene.readings[*self.0.get(&culprit)?].error.as_ref()
    }

    /// The call that this span's error is about.
    pub(super) fn culprit_of(&self, teller: usize) -> Option<Culprit> {
        self.0.iter().find(|(_, told_by)| **told_by == teller).map(|(culprit, _)| *culprit)
    }
}

fn culprit(scene: &Scene, joined: &Joined, teller: usize) -> Option<Culprit> {
    let text = errors::sentence(scene.readings[teller].error.as_ref()?)?;
    let named = |name: &str| name.len() > 2 && text.contains(name);
    let steps = scene.forest.within(teller).iter().rev().take(LOOKED_BACK).copied().filter(|place| scene.places[*place] == Place::Step);
    for place in steps {
        match scene.kind(place) {
            SpanKind::Model => {
                let open = joined.without_span.get(&place)?;
                let index = open.iter().rev().find(|index| named(&asked(scene, (place, **index)).name))?;
                return Some(Culprit::Request((place, *index)));
            }
            SpanKind::Tool | SpanKind::Unknown => {
                let asked = joined.ran.get(&place).map(|request| asked(scene, *request).name.as_str());
                if asked.or(scene.readings[place].tool_name.as_deref()).is_some_and(named) {
                    return Some(Culprit::Span(place));
                }
            }
            _ => {}
        }
    }
    None
}
