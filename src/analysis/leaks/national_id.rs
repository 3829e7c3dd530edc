//! Social security numbers of the United States, by the rules of their issuer for areas, groups and serials.

use std::ops::Range;

use super::digits::Row;

/// Numbers that were printed in advertisements and are nobody's.
const ADVERTISED: &[&str] = &["078051120", "219099999", "123456789", "111111111", "333333333"];

/// The number that begins with the group `from`; `named` says that the text around speaks of such a number.
pub(super) fn find(row: &Row<'_>, from: usize, named: impl Fn() -> bool) -> Option<(Range<usize>, f64)> {
    let sizes = |sizes: &[usize]| {
        sizes.iter().enumerate().all(|(place, size)| row.groups.get(from + place).is_some_and(|group| group.len() == *size))
    };
    let (groups, probability) = if sizes(&[3, 2, 4]) {
        let (first, second) = (row.between(from + 1), row.between(from + 2));
        let probability = match (first, second) {
            ("-", "-") => 0.9,
            (" ", " ") | (".", ".") => {
                if named() {
                    0.85
                } else {
                    0.55
                }
            }
            _ => return None,
        };
        (from..from + 3, probability)
    } else if sizes(&[9]) && named() {
        (from..from + 1, 0.75)
    } else {
        return None;
    };
    let number = row.joined(groups.clone());
    let (area, group, serial) = (&number[..3], &number[3..5], &number[5..]);
    let issued = area != "000" && area != "666" && !area.starts_with('9') && group != "00" && serial != "0000";
    if !issued || !row.stands_alone(&groups) {
        return None;
    }
    Some((groups, if ADVERTISED.contains(&number.as_str()) { 0.4 } else { probability }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::leaks::digits::rows;

    fn found(text: &str, named: bool) -> bool {
        let mut found = false;
        rows(text, |row| found |= find(row, 0, || named).is_some_and(|(_, probability)| probability >= 0.5));
        found
    }

    #[test]
    fn issued_numbers_alone() {
        assert!(found("my number is 460-89-9847.", false));
        assert!(found("SSN 460899847", true));
        for text in [
            "000-12-3456",
            "666-12-3456",
            "912-12-3456",
            "460-00-9847",
            "460-89-0000",
            "460-89-98471",
            "460899847",
            "2460-89-9847",
            "123-45-6789",
        ] {
            assert!(!found(text, false), "{text}");
        }
    }
}
