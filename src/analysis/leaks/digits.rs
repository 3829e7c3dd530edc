//! Numbers as people write them: groups of digits with signs between, the ground on which cards, phones, addresses are looked for.

use std::ops::Range;

/// Most groups of one number row; what goes on longer is a table, looked at piece by piece.
const MOST_GROUPS: usize = 24;

/// Signs between two groups.
const MOST_SIGNS: usize = 3;

/// Groups of digits that follow one another with nothing but separating signs between.
#[derive(Debug)]
pub(super) struct Row<'a> {
    pub(super) text: &'a str,
    /// The groups, in order; never empty.
    pub(super) groups: Vec<Range<usize>>,
    /// Whether the row was cut before its first group, or after its last.
    cut: (bool, bool),
}

impl Row<'_> {
    pub(super) fn digits(&self, index: usize) -> &str {
        &self.text[self.groups[index].clone()]
    }

    /// What stands between a group and the one before.
    pub(super) fn between(&self, index: usize) -> &str {
        &self.text[self.groups[index - 1].end..self.groups[index].start]
    }

    /// All digits of some groups.
    pub(super) fn joined(&self, groups: Range<usize>) -> String {
        groups.map(|index| self.digits(index)).collect()
    }

    pub(super) fn span(&self, groups: &Range<usize>) -> Range<usize> {
        self.groups[groups.start].start..self.groups[groups.end - 1].end
    }

    /// Whether some groups stand for themselves: around them is neither a letter nor a sign that joins them to more.
    pub(super) fn stands_alone(&self, groups: &Range<usize>) -> bool {
        let bytes = self.text.as_bytes();
        let span = self.span(groups);
        let before = if groups.start > 0 {
            self.between(groups.start).ends_with(' ')
        } else {
            let mut letters = self.text[..span.start].chars().rev();
            let joined = match letters.next() {
                Some('-' | '.') => letters.next().is_some_and(|letter| !letter.is_whitespace()),
                letter => letter.is_some_and(|letter| letter.is_alphanumeric() || letter == '_'),
            };
            !self.cut.0 && !joined
        };
        let after = if groups.end < self.groups.len() {
            self.between(groups.end).starts_with([' ', ','])
        } else {
            !self.cut.1 && !bytes.get(span.end).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
        };
        before && after
    }
}

/// Calls `visit` with every row of a text.
pub(super) fn rows<'a>(text: &'a str, mut visit: impl FnMut(&Row<'a>)) {
    let bytes = text.as_bytes();
    let (mut at, mut cut_before) = (0, false);
    while let Some(start) = next_digit(bytes, at) {
        let mut groups = Vec::with_capacity(4);
        let mut end = start;
        let mut cut_after = false;
        let mut group_start = start;
        loop {
            end += bytes[end..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            groups.push(group_start..end);
            let signs =
                bytes[end..].iter().take(MOST_SIGNS + 1).take_while(|byte| matches!(byte, b' ' | b'-' | b'.' | b'(' | b')' | b'/')).count();
            let next = end + signs;
            if signs == 0 || signs > MOST_SIGNS || !bytes.get(next).is_some_and(u8::is_ascii_digit) {
                break;
            }
            if groups.len() == MOST_GROUPS {
                cut_after = true;
                break;
            }
            group_start = next;
            end = next;
        }
        let row = Row { text, groups, cut: (cut_before, cut_after) };
        // A lone short number is nothing, but behind two letters it may begin a bank account.
        let behind_letters = start >= 2 && bytes[start - 1].is_ascii_alphabetic() && bytes[start - 2].is_ascii_alphabetic();
        if row.groups.len() > 1 || end - start >= 7 || behind_letters {
            visit(&row);
        }
        cut_before = cut_after;
        at = end;
    }
}

/// The next digit at or after `at`, eight bytes at a time.
fn next_digit(bytes: &[u8], at: usize) -> Option<usize> {
    const LOW: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let mut at = at;
    while let Some(chunk) = bytes.get(at..at + 8).and_then(|chunk| <[u8; 8]>::try_from(chunk).ok()) {
        let word = u64::from_le_bytes(chunk);
        // Bytes of 0x30 to 0x39: above 0x2F, below 0x3A, and not above 0x7F. Carries stay within a byte as its high bit is off.
        let low = word & !HIGH;
        let at_least = low + LOW * (0x80 - 0x30);
        let above = low + LOW * (0x80 - 0x3A);
        let found = at_least & !above & !word & HIGH;
        if found != 0 {
            return Some(at + (found.trailing_zeros() / 8) as usize);
        }
        at += 8;
    }
    bytes.get(at..)?.iter().position(u8::is_ascii_digit).map(|found| at + found)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn all(text: &str) -> Vec<Vec<&str>> {
        let mut found = Vec::new();
        rows(text, |row| found.push(row.groups.iter().map(|group| &text[group.clone()]).collect()));
        found
    }

    #[test]
    fn groups_are_read_in_rows() {
        assert_eq!(all("call (555) 123-4567 or 12, a1b2c3"), [vec!["555", "123", "4567"]]);
        assert_eq!(all("1234567"), [vec!["1234567"]]);
        assert_eq!(all("1  a 2"), Vec::<Vec<&str>>::new());
        assert_eq!(all("10.0.0.1 and 10.0.0.2").len(), 2);
    }

    proptest! {
        #[test]
        fn digits_are_found_as_one_by_one(bytes in proptest::collection::vec(any::<u8>(), 0..64), from in 0_usize..64) {
            let slowly = bytes.iter().enumerate().skip(from).find(|(_, byte)| byte.is_ascii_digit()).map(|(at, _)| at);
            prop_assert_eq!(next_digit(&bytes, from.min(bytes.len())), slowly);
        }
    }
}
