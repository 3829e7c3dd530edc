//! Two sequences laid beside each other so that as much as possible stands opposite its like.
//!
//! The greedy algorithm of Myers ("An O(ND) difference algorithm and its variations", Algorithmica 1, 1986), with common ends taken off first. Its cost
//! grows with the square of the differences, so it works in stretches: after [`MOST_EDITS`] differences it keeps the path that has come furthest and goes
//! on from there. Two sequences of 30,000 with nothing in common then cost 60 stretches, and one of a few differences is still laid out exactly.

/// Differences after which a stretch ends: one takes at most 2 MB and half a million steps.
const MOST_EDITS: usize = 1_000;

/// Which elements stand opposite each other.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Alignment {
    /// Places in the left and the right sequence, both rising.
    pub matches: Vec<(usize, usize)>,
    /// True when the differences were too many for the most matches to be found for certain.
    pub approximate: bool,
}

/// Lays two sequences beside each other.
#[must_use]
pub fn align<T: PartialEq>(left: &[T], right: &[T]) -> Alignment {
    let head = left.iter().zip(right).take_while(|(one, other)| one == other).count();
    let rest = left.len().min(right.len()) - head;
    let tail = left.iter().rev().zip(right.iter().rev()).take(rest).take_while(|(one, other)| one == other).count();
    let mut found = Alignment { matches: (0..head).map(|place| (place, place)).collect(), approximate: false };
    let (left_end, right_end) = (left.len() - tail, right.len() - tail);
    let (mut x, mut y) = (head, head);
    while x < left_end && y < right_end {
        let (left, right) = (&left[x..left_end], &right[y..right_end]);
        let stretch = Stretch::search(left, right);
        found.matches.extend(stretch.matches().into_iter().map(|(one, other)| (x + one, y + other)));
        let (dx, dy) = stretch.reached;
        let whole = dx == left.len() && dy == right.len();
        found.approximate |= !whole;
        (x, y) = (x + dx, y + dy);
    }
    found.matches.extend((0..tail).map(|place| (left_end + place, right_end + place)));
    found
}

/// One search from the start of both sequences: for every number of edits how far each diagonal has come.
struct Stretch {
    /// Per number of edits: the furthest place in the left sequence on each diagonal from `-edits` to `edits`; -1 where none leads there.
    rounds: Vec<Vec<i32>>,
    /// Where the search ended.
    reached: (usize, usize),
}

impl Stretch {
    fn search<T: PartialEq>(left: &[T], right: &[T]) -> Self {
        let (lefts, rights) = (size(left.len()), size(right.len()));
        let mut rounds: Vec<Vec<i32>> = Vec::new();
        for edits in 0..=MOST_EDITS {
            let most = size(edits);
            let mut round = vec![-1; 2 * edits + 1];
            for diagonal in (-most..=most).step_by(2) {
                let start = if edits == 0 { Some((0, None)) } else { from(rounds.last(), diagonal, lefts, rights) };
                let Some((mut x, _)) = start else { continue };
                while x < lefts && x - diagonal < rights && left[place(x)] == right[place(x - diagonal)] {
                    x += 1;
                }
                round[place(diagonal + most)] = x;
                if x == lefts && x - diagonal == rights {
                    rounds.push(round);
                    return Self { rounds, reached: (left.len(), right.len()) };
                }
            }
            rounds.push(round);
        }
        let most = size(rounds.len()) - 1;
        let last = rounds.last().map_or(&[][..], Vec::as_slice);
        let furthest = (-most..=most).zip(last).filter(|(_, x)| **x >= 0).max_by_key(|(diagonal, x)| **x * 2 - diagonal);
        // Every round reaches at least one diagonal while an end is not reached.
        let reached = furthest.map_or((left.len(), right.len()), |(diagonal, x)| (place(*x), place(x - diagonal)));
        Self { rounds, reached }
    }

    /// The matches of the path to where the search ended.
    fn matches(&self) -> Vec<(usize, usize)> {
        let (mut x, mut y) = (size(self.reached.0), size(self.reached.1));
        let mut matches = Vec::new();
        for edits in (0..self.rounds.len()).rev() {
            let diagonal = x - y;
            let earlier = edits.checked_sub(1).and_then(|before| self.rounds.get(before));
            let (start, before) = match earlier {
                Some(_) => from(earlier, diagonal, i32::MAX, i32::MAX).unwrap_or((0, None)),
                None => (0, None),
            };
            while x > start {
                (x, y) = (x - 1, y - 1);
                matches.push((place(x), place(y)));
            }
            let Some(before) = before else { break };
            (x, y) = (if before < diagonal { x - 1 } else { x }, if before > diagonal { y - 1 } else { y });
        }
        matches.reverse();
        matches
    }
}

/// Where one more edit enters a diagonal, and from which diagonal; `None` when none leads there within both sequences.
fn from(before: Option<&Vec<i32>>, diagonal: i32, lefts: i32, rights: i32) -> Option<(i32, Option<i32>)> {
    let before = before?;
    let most = size(before.len() / 2);
    let at = |diagonal: i32| usize::try_from(diagonal + most).ok().and_then(|place| before.get(place)).copied().filter(|x| *x >= 0);
    let fits = |x: i32| x <= lefts && x.checked_sub(diagonal).is_some_and(|y| y <= rights);
    let right = at(diagonal - 1).map(|x| (x + 1, Some(diagonal - 1))).filter(|(x, _)| fits(*x));
    let down = at(diagonal + 1).map(|x| (x, Some(diagonal + 1))).filter(|(x, _)| fits(*x));
    match (right, down) {
        (Some(right), Some(down)) => Some(if right.0 > down.0 { right } else { down }),
        (right, down) => right.or(down),
    }
}

/// Sequences are cut long before lengths leave this range.
fn size(length: usize) -> i32 {
    i32::try_from(length).unwrap_or(i32::MAX / 4)
}

fn place(at: i32) -> usize {
    usize::try_from(at).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn matched(left: &str, right: &str) -> String {
        let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
        align(&left, &right).matches.iter().map(|(place, _)| left[*place]).collect()
    }

    #[test]
    fn what_both_have_in_order_stands_opposite() {
        assert_eq!(matched("abcabba", "cbabac").len(), 4, "the example of the paper");
        assert_eq!(matched("plan search search answer", "plan search answer"), "plan search answer");
        assert_eq!(matched("", "abc"), "");
        assert_eq!(matched("abc", "xyz"), "");
    }

    #[test]
    fn sequences_with_nothing_in_common_cost_little_and_are_said_to_be_laid_roughly() {
        let (left, right): (Vec<u32>, Vec<u32>) = ((0..30_000).collect(), (30_000..60_000).collect());
        assert_eq!(align(&left, &right), Alignment { matches: Vec::new(), approximate: true });
    }

    #[test]
    fn long_sequences_of_few_differences_are_laid_exactly() {
        let left: Vec<u32> = (0..30_000).collect();
        let right: Vec<u32> = left.iter().copied().filter(|number| number % 500 != 7).collect();
        let found = align(&left, &right);
        assert_eq!((found.matches.len(), found.approximate), (right.len(), false));
    }

    /// The longest common subsequence by the textbook table.
    fn longest(left: &[u8], right: &[u8]) -> usize {
        let mut row = vec![0; right.len() + 1];
        for one in left {
            let mut corner = 0;
            for (at, other) in right.iter().enumerate() {
                let above = row[at + 1];
                row[at + 1] = if one == other { corner + 1 } else { above.max(row[at]) };
                corner = above;
            }
        }
        row[right.len()]
    }

    proptest! {
        #[test]
        fn it_finds_as_many_matches_as_there_are(left in proptest::collection::vec(0u8..4, 0..60), right in proptest::collection::vec(0u8..4, 0..60)) {
            let found = align(&left, &right);
            prop_assert!(!found.approximate);
            prop_assert!(found.matches.iter().all(|(one, other)| left[*one] == right[*other]));
            prop_assert!(found.matches.windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].1 < pair[1].1));
            prop_assert_eq!(found.matches.len(), longest(&left, &right));
        }
    }
}
