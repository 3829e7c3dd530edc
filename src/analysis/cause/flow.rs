//! Where values come up in a run and where they are used again: one list in the order of the moments, looked through once for a question.

use std::collections::BTreeMap;

use super::{
    moment::Moment,
    tokens::{self, Marks},
};

/// Where a value comes up: its number, and the place of the moment.
pub(super) type Appearance = (u64, u32);

/// Values looked at in one moment: a page of figures says no more than its beginning.
const MOST_VALUES: usize = 1_000;

/// All values with the moments that hold them.
pub(super) fn appearances(moments: &[Moment<'_>]) -> Vec<Appearance> {
    let mut all = Vec::new();
    for (place, moment) in moments.iter().enumerate() {
        let place = u32::try_from(place).unwrap_or(u32::MAX);
        let most = all.len() + MOST_VALUES;
        for part in moment.text.parts().chain(moment.asked.parts()).chain(moment.result.parts()) {
            tokens::values(part, |value, _| {
                if all.len() < most {
                    all.push((value, place));
                }
            });
        }
    }
    all
}

/// For each value of a moment that comes up there first, the later moments that use it: (place, how many of them).
pub(super) fn uses(appearances: &[Appearance], place: usize) -> Vec<(usize, usize)> {
    let at = u32::try_from(place).unwrap_or(u32::MAX);
    let start = appearances.partition_point(|(_, moment)| *moment < at);
    let end = appearances.partition_point(|(_, moment)| *moment <= at);
    let mut new: Marks = appearances[start..end].iter().map(|(value, _)| *value).collect();
    for (value, _) in &appearances[..start] {
        new.remove(value);
    }
    let mut used: BTreeMap<usize, Marks> = BTreeMap::new();
    for (value, moment) in appearances[end..].iter().filter(|(value, _)| new.contains(value)) {
        used.entry(usize::try_from(*moment).unwrap_or(usize::MAX)).or_default().insert(*value);
    }
    used.into_iter().map(|(moment, values)| (moment, values.len())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_used_by_the_moments_after_the_first_that_has_it() {
        let appearances = [(7, 0), (8, 1), (7, 1), (9, 1), (8, 3), (9, 3), (7, 4), (8, 5)];
        assert_eq!(uses(&appearances, 1), [(3, 2), (5, 1)], "7 came up before");
        assert_eq!(uses(&appearances, 0), [(1, 1), (4, 1)]);
        assert_eq!(uses(&appearances, 2), []);
    }
}
