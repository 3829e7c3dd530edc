//! Numbers of payment cards: an issuer's range, a length it uses, and the check digit of ISO/IEC 7812 (Luhn).

use std::ops::Range;

use super::digits::Row;

/// Issuers' ranges: first digits from and to, and the lengths in use. After the networks' published tables.
const ISSUERS: &[(u32, u32, &[usize])] = &[
    (4, 4, &[13, 16, 19]),                       // Visa
    (51, 55, &[16]),                             // Mastercard
    (2221, 2720, &[16]),                         // Mastercard
    (34, 34, &[15]),                             // American Express
    (37, 37, &[15]),                             // American Express
    (300, 305, &[14, 16]),                       // Diners Club
    (3095, 3095, &[14, 16]),                     // Diners Club
    (36, 36, &[14, 16]),                         // Diners Club
    (38, 39, &[14, 16]),                         // Diners Club
    (6011, 6011, &[16, 19]),                     // Discover
    (644, 649, &[16, 19]),                       // Discover
    (65, 65, &[16, 19]),                         // Discover
    (622_126, 622_925, &[16, 19]),               // Discover, UnionPay
    (3528, 3589, &[16, 19]),                     // JCB
    (35, 35, &[16]),                             // JCB, as test data has it
    (1800, 1800, &[15]),                         // JCB, before 2000
    (2131, 2131, &[15]),                         // JCB, before 2000
    (62, 62, &[16, 17, 18, 19]),                 // UnionPay
    (50, 50, &[12, 13, 14, 15, 16, 18, 19]),     // Maestro
    (56, 58, &[12, 13, 14, 15, 16, 18, 19]),     // Maestro
    (6304, 6304, &[12, 13, 14, 15, 16, 18, 19]), // Maestro
    (6390, 6390, &[12, 13, 14, 15, 16, 18, 19]), // Maestro
    (6759, 6763, &[12, 13, 14, 15, 16, 18, 19]), // Maestro
    (604, 604, &[12, 16]),                       // Maestro
    (2200, 2204, &[16, 17, 18, 19]),             // Mir
    (60, 60, &[16]),                             // RuPay
    (81, 82, &[16]),                             // RuPay
];

/// How sure a number of the lengths that nearly all cards have is; shorter ones need words that speak of cards around them.
pub(super) const SURE: f64 = 0.95;

/// The first card number among the groups from `from` on: its groups, and how sure that is.
pub(super) fn find(row: &Row<'_>, from: usize) -> Option<(Range<usize>, f64)> {
    let (mut total, mut last) = (0, None);
    for end in from..row.groups.len() {
        total += row.groups[end].len();
        let sign = (end > from).then(|| row.between(end));
        if total > 19 || sign.is_some_and(|sign| !matches!(sign, " " | "-")) || last.is_some_and(|last| Some(last) != sign) {
            break;
        }
        last = sign;
        if total < 12 || !grouped(row, from..end + 1) || !row.stands_alone(&(from..end + 1)) {
            continue;
        }
        let number = row.joined(from..end + 1);
        if is_card(&number) {
            // One number in ten passes by chance, and short ones stand for much else.
            return Some((from..end + 1, if total >= 14 { SURE } else { 0.7 }));
        }
    }
    None
}

/// Whether digits are a card's number.
pub(super) fn is_card(digits: &str) -> bool {
    issued(digits) && luhn(digits) && digits.bytes().any(|digit| digit != digits.as_bytes()[0])
}

fn grouped(row: &Row<'_>, groups: Range<usize>) -> bool {
    let sizes = groups.clone().map(|index| row.groups[index].len());
    groups.len() == 1
        || row.groups[groups.start].len() == 4 && sizes.clone().all(|size| size <= 7) && sizes.skip(1).rev().skip(1).all(|size| size >= 4)
}

fn issued(digits: &str) -> bool {
    ISSUERS.iter().any(|(low, high, lengths)| {
        let width = high.to_string().len();
        let start = digits.get(..width).and_then(|start| start.parse::<u32>().ok());
        lengths.contains(&digits.len()) && start.is_some_and(|start| (*low..=*high).contains(&start))
    }) || digits.starts_with("0604") && digits.len() >= 12
}

fn luhn(digits: &str) -> bool {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let digit = u32::from(digit.wrapping_sub(b'0'));
            let doubled = if place % 2 == 1 { digit * 2 } else { digit };
            if doubled > 9 { doubled - 9 } else { doubled }
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::analysis::leaks::digits::rows;

    fn card(text: &str) -> Option<String> {
        let mut found = None;
        rows(text, |row| {
            for from in 0..row.groups.len() {
                found = found.take().or_else(|| find(row, from).map(|(groups, _)| text[row.span(&groups)].to_owned()));
            }
        });
        found
    }

    #[test]
    fn cards_as_they_are_written() {
        for text in
            ["4111111111111111", "4111 1111 1111 1111", "5500-0000-0000-0004", "3714 496353 98431", "30569309025904", "6011 0009 9013 9424"]
        {
            assert_eq!(card(&format!("card {text}, thanks")).as_deref(), Some(text));
        }
        assert_eq!(card("exp 12 4111 1111 1111 1111").as_deref(), Some("4111 1111 1111 1111"));
    }

    #[test]
    fn other_numbers() {
        for text in [
            "4111111111111112",
            "1234567890123452",
            "0000000000000000",
            "1700000000000000000",
            "A4111111111111111",
            "0.4111111111111111",
            "4111.1111.1111.1111",
        ] {
            assert_eq!(card(text), None, "{text}");
        }
    }
}
