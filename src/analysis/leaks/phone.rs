//! Telephone numbers as countries write them, told from dates, ids, amounts and versions.
//!
//! A number is plausible by its prefix (a country's code, a trunk 0, an area in parentheses, the North American plan) and its grouping; bare
//! digits are one only where the text around speaks of a telephone.

use std::ops::Range;

use super::digits::Row;

/// Country codes of one and two digits; all others have three (ITU-T E.164).
const SHORT_CODES: &[&str] = &[
    "1", "7", "20", "27", "30", "31", "32", "33", "34", "36", "39", "40", "41", "43", "44", "45", "46", "47", "48", "49", "51", "52", "53",
    "54", "55", "56", "57", "58", "60", "61", "62", "63", "64", "65", "66", "81", "82", "84", "86", "90", "91", "92", "93", "94", "95",
    "98",
];

/// First two digits of codes of three.
const LONG_CODES: &[&str] = &[
    "21", "22", "23", "24", "25", "26", "29", "35", "37", "38", "42", "50", "59", "67", "68", "69", "80", "85", "87", "88", "96", "97",
    "99",
];

/// Digits of a whole number, country code included (E.164).
const MOST_DIGITS: usize = 15;

/// What the text around says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Around {
    /// It speaks of telephones.
    Telephone,
    /// It names something else that has a number.
    Other,
    /// Neither.
    Nothing,
}

/// The number that begins with the group `from`: its bytes and how sure that is.
pub(super) fn find(row: &Row<'_>, from: usize, around: Around) -> Option<(Range<usize>, Range<usize>, f64)> {
    let bytes = row.text.as_bytes();
    let first = row.groups[from].start;
    let lead = |back: usize| first.checked_sub(back).map(|at| bytes[at]);
    let plus = lead(1) == Some(b'+') || lead(1) == Some(b'(') && lead(2) == Some(b'+') || lead(2) == Some(b'+') && lead(1) == Some(b' ');
    let parenthesis = lead(1) == Some(b'(');
    let mut best: Option<(usize, f64)> = None;
    let mut total = 0;
    for end in from..row.groups.len() {
        if end > from && !joins(row.between(end)) {
            break;
        }
        total += row.groups[end].len();
        if total > MOST_DIGITS + 3 {
            break;
        }
        let candidate = Candidate { row, groups: from..end + 1, total, plus, parenthesis };
        if let Some(likelihood) = candidate.likelihood(around).filter(|likelihood| *likelihood > 0.0)
            && candidate.is_free()
            && best.is_none_or(|(_, known)| likelihood >= known)
        {
            best = Some((end + 1, likelihood));
        }
    }
    let (end, likelihood) = best?;
    let last = row.groups[end - 1].end;
    let mut start = first;
    while start > 0 && matches!(bytes[start - 1], b'+' | b'(') {
        start -= 1;
    }
    Some((from..end, start..last + extension(&row.text[last..]), likelihood))
}

/// Whether enough digits for a number follow from the group `from` on, signs between them that numbers have.
pub(super) fn is_shaped(row: &Row<'_>, from: usize) -> bool {
    let mut total = 0;
    for end in from..row.groups.len() {
        if end > from && !joins(row.between(end)) {
            break;
        }
        total += row.groups[end].len();
        if total >= 7 {
            return true;
        }
    }
    false
}

/// Whether the signs between two groups can stand inside of a number.
fn joins(signs: &str) -> bool {
    matches!(signs, " " | "-" | "." | "/" | ") " | " (" | ")" | "(" | ")-" | "-(" | " - " | ".(" | ")." | " / ")
}

/// The length of what follows a number and names an extension: `x123`, ` ext. 7`.
fn extension(rest: &str) -> usize {
    let trimmed = rest.trim_start_matches([' ', ',']);
    let gap = rest.len() - trimmed.len();
    let word = ["extension", "ext.", "ext", "x", "#"]
        .iter()
        .find(|word| trimmed.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word)));
    let Some(word) = word.filter(|_| gap <= 2) else { return 0 };
    let after = &trimmed[word.len()..];
    let number = after.trim_start_matches([' ', ':', '.']);
    let digits = number.bytes().take_while(u8::is_ascii_digit).count();
    let ends = !number.as_bytes().get(digits).is_some_and(u8::is_ascii_alphanumeric);
    if (1..=6).contains(&digits) && ends { gap + word.len() + (after.len() - number.len()) + digits } else { 0 }
}

struct Candidate<'a, 'b> {
    row: &'b Row<'a>,
    groups: Range<usize>,
    total: usize,
    plus: bool,
    parenthesis: bool,
}

impl Candidate<'_, '_> {
    fn sizes(&self) -> impl DoubleEndedIterator<Item = usize> + ExactSizeIterator + '_ {
        self.groups.clone().map(|index| self.row.groups[index].len())
    }

    fn has_sizes(&self, from: usize, sizes: &[usize]) -> bool {
        self.groups.len() == from + sizes.len() && self.sizes().skip(from).eq(sizes.iter().copied())
    }

    /// Nothing joins it to more before or behind.
    fn is_free(&self) -> bool {
        let (text, span) = (self.row.text, self.row.span(&self.groups));
        let bytes = text.as_bytes();
        let mut start = span.start;
        while start > 0 && matches!(bytes[start - 1], b'+' | b'(') {
            start -= 1;
        }
        let before = start.checked_sub(1).map(|at| bytes[at]);
        let joined_before = before.is_some_and(|byte| byte.is_ascii_alphanumeric() || b"_#$%@&=^~\\".contains(&byte))
            || before.is_some_and(|byte| matches!(byte, b'-' | b'.' | b'/'))
                && start.checked_sub(2).is_some_and(|at| bytes[at].is_ascii_alphanumeric())
            || ["€", "£", "¥", "№"].iter().any(|sign| text[..start].trim_end_matches(' ').ends_with(sign));
        let after = bytes.get(span.end);
        let rest = &text[span.end..];
        let joined_after = after.is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'%' | b'@'))
            || after.is_some_and(|byte| matches!(byte, b'-' | b'.' | b'/' | b':'))
                && bytes.get(span.end + 1).is_some_and(u8::is_ascii_digit);
        !joined_before && (!joined_after || extension(rest) > 0)
    }

    fn likelihood(&self, around: Around) -> Option<f64> {
        let digits = self.row.joined(self.groups.clone());
        let named = around == Around::Telephone;
        let groups = self.groups.len();
        if self.is_date() || digits.bytes().all(|digit| digit == digits.as_bytes()[0]) {
            return None;
        }
        if self.plus {
            let code = country_code(&digits)?;
            let national = digits[code..].len() - usize::from(digits[code..].starts_with('0'));
            let north_american = code != 1 || !digits.starts_with('1') || is_north_american(&digits[1..]) || named;
            return (6..=12).contains(&national).then_some(if north_american { 0.95 } else { 0.7 });
        }
        // Two groups with a point between are a decimal number, and an open parenthesis that never closes opened something else.
        let decimal = groups == 2 && self.row.between(self.groups.start + 1) == ".";
        let unclosed = self.parenthesis && !self.groups.clone().skip(1).any(|index| self.row.between(index).contains(')'));
        if around == Around::Other || decimal || unclosed {
            return Some(0.1);
        }
        let mut sure: f64 = 0.0;
        // Dialled from abroad, with a sign behind the prefix or a country behind it.
        for prefix in ["00", "011"] {
            if let Some(rest) = digits.strip_prefix(prefix)
                && groups >= 2
                && (self.is_regular(0) || self.is_regular(1))
                && let Some(code) = country_code(rest)
                && (7..=12).contains(&(rest.len() - code))
            {
                sure = sure.max(if prefix == "00" && code == 1 && !is_north_american(rest.get(1..11).unwrap_or_default()) {
                    0.6
                } else {
                    0.85
                });
            }
        }
        let first = usize::from(self.row.digits(self.groups.start) == "1" || matches!(self.row.digits(self.groups.start), "001"));
        if self.has_sizes(first, &[3, 3, 4]) && self.is_regular(first) {
            let plan = is_north_american(&digits[digits.len() - 10..]);
            sure = sure.max(if plan {
                0.9
            } else if named || self.parenthesis {
                0.75
            } else {
                0.45
            });
        }
        if self.parenthesis
            && groups >= 2
            && (8..=12).contains(&self.total)
            && self.sizes().next().is_some_and(|size| (2..=5).contains(&size))
            && self.row.between(self.groups.start + 1).starts_with(')')
        {
            sure = sure.max(0.8);
        }
        if digits.starts_with('0') && !digits.starts_with("00") && (9..=12).contains(&self.total) {
            // Five and four are a postal code of the United States.
            let grouped = (2..=6).contains(&groups) && self.sizes().all(|size| size <= 8) && !self.has_sizes(0, &[5, 4]);
            sure = sure.max(match (grouped, named) {
                (true, true) => 0.9,
                (true, false) => 0.75,
                (false, true) => 0.85,
                (false, false) if self.total >= 10 => 0.5,
                _ => 0.3,
            });
        }
        if groups == 1 {
            let north_american =
                is_north_american(&digits) || digits.len() == 11 && digits.starts_with('1') && is_north_american(&digits[1..]);
            sure = sure.max(match (named, self.total) {
                (true, 8..=13) => 0.75,
                (true, 7) => 0.5,
                (false, 10) if north_american => 0.4,
                (false, 11) if is_chinese_mobile(&digits) => 0.4,
                _ => 0.0,
            });
        } else if ((8..=12).contains(&self.total) || self.has_sizes(0, &[3, 4]))
            && groups <= 5
            && self.is_regular(0)
            && self.sizes().all(|size| size >= 2)
        {
            let even = self.sizes().skip(1).all(|size| (2..=4).contains(&size)) && self.sizes().next().is_some_and(|size| size <= 5);
            sure = sure.max(match (named, even) {
                (true, true) => 0.8,
                (true, false) => 0.5,
                (false, true) if groups >= 3 && self.total >= 9 => 0.4,
                _ => 0.2,
            });
        }
        (sure > 0.0).then_some(sure)
    }

    /// Whether the same sign stands between all groups, but for parentheses around one.
    fn is_regular(&self, from: usize) -> bool {
        let mut signs = self.groups.clone().skip(1 + from).map(|index| self.row.between(index)).filter(|sign| !sign.contains(['(', ')']));
        let first = signs.next();
        signs.all(|sign| Some(sign) == first)
    }

    fn is_date(&self) -> bool {
        let number = |index: usize| self.row.digits(self.groups.start + index).parse::<u32>().unwrap_or(u32::MAX);
        let sizes: Vec<usize> = self.sizes().collect();
        let signs = self.groups.len() >= 3 && self.row.between(self.groups.start + 1) == self.row.between(self.groups.start + 2);
        match sizes.as_slice() {
            [4, 2, 2, ..] if signs => (1900..=2100).contains(&number(0)) && number(1) <= 12 && number(2) <= 31,
            [1..=2, 1..=2, 4, ..] if signs => number(0) <= 31 && number(1) <= 31 && (1900..=2100).contains(&number(2)),
            [1..=2, 1..=2, 2] if signs => number(0) <= 31 && number(1) <= 31,
            [4, 4] => (1900..=2100).contains(&number(0)) && (1900..=2100).contains(&number(1)),
            _ => false,
        }
    }
}

/// The length of the country code that digits begin with.
fn country_code(digits: &str) -> Option<usize> {
    let begins = |codes: &[&str]| codes.iter().any(|code| digits.starts_with(code));
    if let Some(code) = SHORT_CODES.iter().find(|code| digits.starts_with(**code)) {
        return Some(code.len());
    }
    begins(LONG_CODES).then_some(3)
}

/// Ten digits of the North American plan: area and exchange begin with 2 to 9, and are no service codes.
fn is_north_american(digits: &str) -> bool {
    let bytes = digits.as_bytes();
    bytes.len() == 10 && (b'2'..=b'9').contains(&bytes[0]) && (b'2'..=b'9').contains(&bytes[3]) && &digits[1..3] != "11"
}

fn is_chinese_mobile(digits: &str) -> bool {
    let bytes = digits.as_bytes();
    bytes.len() == 11 && bytes[0] == b'1' && (b'3'..=b'9').contains(&bytes[1])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::leaks::digits::rows;

    fn found(text: &str, around: Around) -> Option<String> {
        let mut best: Option<(f64, String)> = None;
        rows(text, |row| {
            for from in 0..row.groups.len() {
                if let Some((_, bytes, likelihood)) = find(row, from, around)
                    && likelihood >= 0.5
                    && best.as_ref().is_none_or(|(known, _)| likelihood > *known)
                {
                    best = Some((likelihood, text[bytes].to_owned()));
                }
            }
        });
        best.map(|(_, text)| text)
    }

    #[test]
    fn numbers_of_many_countries() {
        for number in [
            "+1 415 555 2671",
            "(415) 555-2671",
            "415-555-2671",
            "415.555.2671x204",
            "1-415-555-2671",
            "001-415-555-2671",
            "+44 (0)20 7946 0958",
            "020 7946 0958",
            "+33 1 42 68 53 00",
            "01 42 68 53 00",
            "+49 30 901820",
            "030 901820-0",
            "+61 2 9374 4000",
            "(02) 9374 4000",
            "+81-3-1234-5678",
            "03-1234-5678",
            "+86 138 1234 5678",
            "+91 98765 43210",
            "+55 (11) 91234-5678",
            "+358 9 123456",
            "0041 44 668 18 00",
            "+14155552671",
            "(415)555-2671 ext. 12",
        ] {
            assert_eq!(found(&format!("reach me: {number}, please"), Around::Nothing).as_deref(), Some(number));
        }
        for number in ["4155552671", "13812345678", "612 345 678", "22 33 44 55"] {
            assert_eq!(found(&format!("call {number} now"), Around::Telephone).as_deref(), Some(number));
            assert_eq!(found(&format!("it is {number} now"), Around::Nothing), None, "{number}");
        }
    }

    #[test]
    fn other_numbers() {
        for text in [
            "2024-01-02",
            "01/02/2024",
            "12-31-99",
            "1.234.567",
            "$1 415 555",
            "#W1234567",
            "order 7352963235",
            "10.0.0.1",
            "1999-2024",
            "123456789012345678",
            "12 34",
            "#415-555-2671",
            "415-555-2671-99",
            "3.14159265",
            "1111111111",
            "2024-01-02 12",
            "978-3-16-148410-0",
        ] {
            assert_eq!(found(text, Around::Nothing), None, "{text}");
        }
    }
}
