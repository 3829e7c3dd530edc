//! A set of runs, one bit for each that is stored: the rows a filter lets through, and windows of them.

use super::{Anchor, RowQuery, sweep::Stretch};
use crate::model::ids::Sequence;

const BITS: u64 = u64::BITS as u64;

/// A set of runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hits {
    /// The sequence of the first bit.
    first: u64,
    words: Vec<u64>,
    count: u64,
}

/// Some of a set around an anchor, newest first.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Around {
    pub(super) sequences: Vec<Sequence>,
    /// Which of them is the anchor, or the first below it.
    pub(super) anchor_index: usize,
    /// How many are above the first of them, and below the last.
    pub(super) above: u64,
    pub(super) below: u64,
}

impl Hits {
    /// An empty set for runs of this stretch; it grows upwards.
    pub(super) const fn new((first, _): Stretch) -> Self {
        Self { first: first.0, words: Vec::new(), count: 0 }
    }

    /// How many there are.
    pub(super) const fn len(&self) -> u64 {
        self.count
    }

    fn place(&self, sequence: Sequence) -> Option<(usize, u64)> {
        let bit = sequence.0.checked_sub(self.first)?;
        Some((usize::try_from(bit / BITS).ok()?, 1 << (bit % BITS)))
    }

    /// Puts a run in. Runs before the stretch the set was made for are never asked for again, and left out.
    pub(super) fn add(&mut self, sequence: Sequence) {
        let Some((word, bit)) = self.place(sequence) else { return };
        if self.words.len() <= word {
            self.words.resize(word + 1, 0);
        }
        self.count += u64::from(self.words[word] & bit == 0);
        self.words[word] |= bit;
    }

    /// Takes a run out.
    pub(super) fn remove(&mut self, sequence: Sequence) {
        if let Some((word, bit)) = self.place(sequence)
            && let Some(bits) = self.words.get_mut(word)
        {
            self.count -= u64::from(*bits & bit != 0);
            *bits &= !bit;
        }
    }

    /// The runs from `from` on upwards, oldest first.
    fn up(&self, from: Sequence) -> impl Iterator<Item = Sequence> {
        let start = from.0.saturating_sub(self.first);
        let first_word = usize::try_from(start / BITS).unwrap_or(usize::MAX).min(self.words.len());
        self.words[first_word..].iter().enumerate().flat_map(move |(place, word)| {
            let mask = if place == 0 { u64::MAX << (start % BITS) } else { u64::MAX };
            let base = self.first + (first_word + place) as u64 * BITS;
            ones(word & mask).map(move |bit| Sequence(base + bit))
        })
    }

    /// The runs below `to`, newest first.
    fn down(&self, to: Sequence) -> impl Iterator<Item = Sequence> {
        let end = to.0.saturating_sub(self.first);
        let last_word = usize::try_from(end / BITS).unwrap_or(usize::MAX);
        let words = self.words.get(..=last_word).unwrap_or(&self.words);
        words.iter().enumerate().rev().flat_map(move |(place, word)| {
            let mask = if place == last_word { !(u64::MAX << (end % BITS)) } else { u64::MAX };
            let base = self.first + place as u64 * BITS;
            ones(word & mask).rev().map(move |bit| Sequence(base + bit))
        })
    }

    /// How many are at `from` or above.
    fn count_from(&self, from: Sequence) -> u64 {
        let start = from.0.saturating_sub(self.first);
        let first_word = usize::try_from(start / BITS).unwrap_or(usize::MAX).min(self.words.len());
        let masked = |(place, word): (usize, &u64)| if place == 0 { word & (u64::MAX << (start % BITS)) } else { *word };
        self.words[first_word..].iter().enumerate().map(masked).map(|word| u64::from(word.count_ones())).sum()
    }

    /// Those around the anchor of a question.
    pub(super) fn around(&self, query: &RowQuery<'_>) -> Around {
        let (middle, before) = match query.anchor {
            Anchor::Newest => (Sequence(u64::MAX), 0),
            Anchor::At(anchor) => (Sequence(anchor.0.saturating_add(1)), query.before),
            Anchor::Oldest => (Sequence(0), query.before + query.after),
        };
        let mut sequences: Vec<Sequence> = self.up(middle).take(before).collect();
        sequences.reverse();
        let anchor_index = sequences.len();
        sequences.extend(self.down(middle).take(query.after));
        let all_above = self.count_from(middle);
        let above = all_above - anchor_index as u64;
        let below = self.count - above - sequences.len() as u64;
        Around { sequences, anchor_index, above, below }
    }
}

/// The places of the bits that are set, lowest first.
fn ones(word: u64) -> impl DoubleEndedIterator<Item = u64> {
    (0..BITS).filter(move |bit| word >> bit & 1 == 1)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// The same as a plain set says, around any anchor.
        #[test]
        fn windows_are_those_of_a_plain_set(
            first in 1_u64..200,
            added in prop::collection::vec(0_u64..400, 0..120),
            removed in prop::collection::vec(0_u64..500, 0..40),
            anchor in prop_oneof![Just(None), (0_u64..700).prop_map(Some)],
            before in 0_usize..9,
            after in 0_usize..9,
        ) {
            let mut hits = Hits::new((Sequence(first), Sequence(first + 400)));
            let mut plain = BTreeSet::new();
            for run in added {
                hits.add(Sequence(first + run));
                plain.insert(first + run);
            }
            for run in removed {
                hits.remove(Sequence(run));
                plain.remove(&run);
            }
            prop_assert_eq!(hits.len(), plain.len() as u64);
            let at = anchor.map_or(Anchor::Newest, |anchor| Anchor::At(Sequence(anchor)));
            let found = hits.around(&RowQuery { anchor: at, before, after, filter: None });
            let middle = anchor.map_or(u64::MAX, |anchor| anchor + 1);
            let before = if anchor.is_some() { before } else { 0 };
            let mut above: Vec<u64> = plain.range(middle..).copied().take(before).collect();
            above.reverse();
            let below: Vec<u64> = plain.range(..middle).rev().copied().take(after).collect();
            prop_assert_eq!(found.anchor_index, above.len());
            prop_assert_eq!(found.above, (plain.range(middle..).count() - above.len()) as u64);
            prop_assert_eq!(found.below, (plain.range(..middle).count() - below.len()) as u64);
            above.extend(below);
            prop_assert_eq!(found.sequences.iter().map(|sequence| sequence.0).collect::<Vec<_>>(), above);
        }
    }

    #[test]
    fn the_oldest_are_at_the_end() {
        let mut hits = Hits::new((Sequence(1), Sequence(900)));
        (1..900).step_by(7).for_each(|run| hits.add(Sequence(run)));
        let found = hits.around(&RowQuery { anchor: Anchor::Oldest, before: 2, after: 1, filter: None });
        assert_eq!(found.sequences, [Sequence(15), Sequence(8), Sequence(1)]);
        assert_eq!((found.above, found.below), (hits.len() - 3, 0));
    }
}
