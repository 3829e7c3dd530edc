//! How far a run agrees with others about the same subject, and they with each other.

use super::{
    MOST_PEERS, changes,
    likeness::{Effect, Likeness},
};
use crate::model::verdict::Agreement;

/// What a peer weighs beside the likeness (0 to 1) of what its user said: runs about one subject can be about different wishes.
const LEAST_LIKENESS: f64 = 0.2;

/// What a peer of another agent weighs against one of the same: an agent repeats its own mistakes, so that its other runs agree with them.
const OTHER_AGENT: f64 = 2.0;

/// Peers' weight that stands for knowing nothing, with an agreement of one half: a single peer says little.
const PRIOR_WEIGHT: f64 = 1.0;

/// What is left of the agreement of two runs of which one handed over and the other did not.
const HANDED_OVER_APART: f64 = 0.7;

/// What the agreement of two runs counts of which neither changed anything: there are many reasons to do nothing.
const BOTH_IDLE: f64 = 0.85;

/// Compares a run with others; `None` where none of them can be held against it. Peers are looked at in an order of their own, so that
/// theirs does not matter; beyond [`MOST_PEERS`] the first ones count.
#[must_use]
pub fn agreement(run: &Likeness, peers: &[&Likeness]) -> Option<Agreement> {
    let comparable = |peer: &&Likeness| peer.dialogue == run.dialogue && peer.subjects().iter().any(|key| run.subjects().contains(key));
    let mut peers: Vec<&Likeness> = peers.iter().copied().filter(comparable).take(MOST_PEERS).collect();
    peers.sort_unstable();
    let effects = Effects::of(&peers, run.dialogue);
    let weighed: Vec<Weighed> = peers
        .iter()
        .zip(&effects.of_peer)
        .filter_map(|(peer, effect)| {
            let alike = effects.kinds.get(*effect).and_then(|kind| effects.alike(&run.effect, kind))?;
            Some(Weighed { weight: weight(run, peer), effect: *effect, alike })
        })
        .collect();
    if weighed.is_empty() {
        return None;
    }
    let soft = mean(weighed.iter().map(|peer| (peer.weight, peer.alike.share)));
    let exact = mean(weighed.iter().map(|peer| (peer.weight, f64::from(u8::from(peer.alike.same)))));
    let mut agents: Vec<u64> = peers.iter().map(|peer| peer.agent).collect();
    agents.sort_unstable();
    agents.dedup();
    let counted = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    Some(Agreement {
        runs: counted(weighed.len()),
        agents: counted(agents.len()),
        same: counted(weighed.iter().filter(|peer| peer.alike.same).count()),
        exact,
        soft,
        central: soft - effects.among(&weighed),
        alone: None,
    })
}

/// A peer that can be held against the run.
struct Weighed {
    weight: f64,
    /// What it came to, as a place among the kinds.
    effect: usize,
    /// How alike that is to what the run came to.
    alike: Alike,
}

/// How alike what two runs came to is.
#[derive(Debug, Clone, Copy)]
struct Alike {
    /// 0 for nothing in common to 1.
    share: f64,
    /// Whether it is exactly the same.
    same: bool,
}

/// The different things that peers came to: many runs of a task mostly come to few.
struct Effects<'a> {
    kinds: Vec<&'a Effect>,
    of_peer: Vec<usize>,
    dialogue: bool,
}

impl<'a> Effects<'a> {
    fn of(peers: &[&'a Likeness], dialogue: bool) -> Self {
        let mut kinds: Vec<&Effect> = Vec::new();
        let of_peer = peers.iter().map(|peer| {
            kinds.iter().position(|kind| **kind == peer.effect).unwrap_or_else(|| {
                kinds.push(&peer.effect);
                kinds.len() - 1
            })
        });
        let of_peer = of_peer.collect();
        Self { kinds, of_peer, dialogue }
    }

    /// How far the peers agree with each other: of each its mean agreement with the rest, in the mean.
    fn among(&self, peers: &[Weighed]) -> f64 {
        let count = self.kinds.len();
        let mut between = vec![None; count * count];
        for (one, kind) in self.kinds.iter().enumerate() {
            for (other, another) in self.kinds.iter().enumerate().skip(one) {
                let alike = self.alike(kind, another);
                between[one * count + other] = alike;
                between[other * count + one] = alike;
            }
        }
        let (mut sum, mut weights) = (0.0, 0.0);
        for (place, peer) in peers.iter().enumerate() {
            let rest = peers.iter().enumerate().filter(|(other, _)| *other != place);
            let alike = rest.filter_map(|(_, other)| Some((other.weight, between[peer.effect * count + other.effect]?.share)));
            sum += peer.weight * mean(alike);
            weights += peer.weight;
        }
        sum / weights
    }

    /// How alike what two runs came to is; `None` where neither changed nor answered anything, so that nothing can be compared.
    ///
    /// Where both changed something, that is what they were asked for, and an answer only talks about it.
    fn alike(&self, one: &Effect, other: &Effect) -> Option<Alike> {
        let changed = changes::alike(&one.changes, &other.changes);
        let told = match (&one.answer, &other.answer) {
            _ if self.dialogue || (!one.changes.is_empty() && !other.changes.is_empty()) => 1.0,
            (Some(answer), Some(another)) => answer.alike(another),
            (None, None) if one.changes.is_empty() && other.changes.is_empty() => return None,
            (None, None) => 1.0,
            _ => 0.0,
        };
        let apart = if one.handed_over == other.handed_over { 1.0 } else { HANDED_OVER_APART };
        let idle = if self.dialogue && one.changes.is_empty() && other.changes.is_empty() { BOTH_IDLE } else { 1.0 };
        let whole = changed * told;
        Some(Alike { share: whole * apart * idle, same: whole > 0.999 && one.handed_over == other.handed_over })
    }
}

fn weight(run: &Likeness, peer: &Likeness) -> f64 {
    // Runs of one request share a subject only where the request is the same.
    let request = if run.dialogue { run.said.cosine(&peer.said) } else { 1.0 };
    (request + LEAST_LIKENESS) * if peer.agent == run.agent { 1.0 } else { OTHER_AGENT }
}

/// The mean of values with their weights, shrunk towards a half.
fn mean(values: impl Iterator<Item = (f64, f64)>) -> f64 {
    let (mut sum, mut weights) = (0.5 * PRIOR_WEIGHT, PRIOR_WEIGHT);
    for (weight, value) in values {
        sum += weight * value;
        weights += weight;
    }
    sum / weights
}

#[cfg(test)]
#[path = "agreement_tests.rs"]
mod tests;
