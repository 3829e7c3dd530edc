//! Calls that bought nothing: those that brought what was known, and tries of what kept failing.

use std::collections::HashMap;

use super::{Idea, Looked, risk, working::Working};
use crate::{
    analysis::call::{Call, Returned},
    model::{advice::AdviceKind, money::Money},
};

/// Tries of one call that are worth making.
const TRIES: usize = 2;

/// Model calls that asked for nothing but tool calls that had been made, with the same result and no change in between.
pub(super) fn dropped(looked: &[Looked<'_>]) -> Option<Idea> {
    let working = of(looked, |looked| looked.run.repeats.needless.clone())?;
    let risk = risk::none("the results were known");
    Some(Idea { kind: AdviceKind::DropRepeats, says: "leave out calls whose result is known".to_owned(), working, risk })
}

/// Model calls that asked for nothing but what had failed often enough, and never came to succeed.
pub(super) fn capped(looked: &[Looked<'_>]) -> Option<Idea> {
    let working = of(looked, |looked| {
        let mut tries: HashMap<u64, (bool, usize)> = HashMap::new();
        for call in &looked.run.calls {
            if let Some(identity) = call.identity {
                tries.entry(identity).or_insert((true, 0)).0 &= matches!(call.returned, Returned::Erred(_));
            }
        }
        let more = |call: &Call<'_>| {
            let Some((failed, made)) = call.identity.and_then(|identity| tries.get_mut(&identity)) else { return false };
            *made += 1;
            *failed && *made > TRIES
        };
        looked.run.calls.iter().map(more).collect()
    })?;
    let risk = risk::none("none of these tries succeeded");
    Some(Idea { kind: AdviceKind::CapRetries, says: format!("stop after {TRIES} tries of a call: more never succeeded"), working, risk })
}

/// What the model calls cost that asked only for tool calls of a kind.
fn of(looked: &[Looked<'_>], wasted: impl Fn(&Looked<'_>) -> Vec<bool>) -> Option<Working> {
    let mut all = Working::default();
    for looked in looked {
        let mut run = Working::default();
        let wasted = wasted(looked);
        let mut asked = looked.run.calls.iter().zip(wasted).peekable();
        // The tool calls between one model call and the next are what the first asked for.
        for (nth, turn) in looked.run.turns.iter().enumerate() {
            let end = looked.run.turns.get(nth + 1).map_or(usize::MAX, |next| next.position);
            while asked.next_if(|(call, _)| call.position <= turn.position).is_some() {}
            let (mut any, mut all_wasted) = (false, true);
            while let Some((_, wasted)) = asked.next_if(|(call, _)| call.position < end) {
                (any, all_wasted) = (true, all_wasted && wasted);
            }
            if !any || !all_wasted {
                continue;
            }
            for line in looked.bill_at(turn.position).into_iter().flat_map(|bill| &bill.lines) {
                run.add(line.class, line.tokens, line.per_million, Money::ZERO);
            }
        }
        all.take(run);
    }
    (all.runs() > 0).then_some(all)
}
