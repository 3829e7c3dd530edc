//! International bank account numbers: a country, the length it uses, and the check digits of ISO 7064 (97).

use std::ops::Range;

/// Countries and the length of their numbers, after the IBAN registry.
const COUNTRIES: &[(&str, usize)] = &[
    ("AD", 24),
    ("AE", 23),
    ("AL", 28),
    ("AT", 20),
    ("AZ", 28),
    ("BA", 20),
    ("BE", 16),
    ("BG", 22),
    ("BH", 22),
    ("BI", 27),
    ("BR", 29),
    ("BY", 28),
    ("CH", 21),
    ("CR", 22),
    ("CY", 28),
    ("CZ", 24),
    ("DE", 22),
    ("DJ", 27),
    ("DK", 18),
    ("DO", 28),
    ("EE", 20),
    ("EG", 29),
    ("ES", 24),
    ("FI", 18),
    ("FK", 18),
    ("FO", 18),
    ("FR", 27),
    ("GB", 22),
    ("GE", 22),
    ("GI", 23),
    ("GL", 18),
    ("GR", 27),
    ("GT", 28),
    ("HN", 28),
    ("HR", 21),
    ("HU", 28),
    ("IE", 22),
    ("IL", 23),
    ("IQ", 23),
    ("IS", 26),
    ("IT", 27),
    ("JO", 30),
    ("KW", 30),
    ("KZ", 20),
    ("LB", 28),
    ("LC", 32),
    ("LI", 21),
    ("LT", 20),
    ("LU", 20),
    ("LV", 21),
    ("LY", 25),
    ("MC", 27),
    ("MD", 24),
    ("ME", 22),
    ("MK", 19),
    ("MN", 20),
    ("MR", 27),
    ("MT", 31),
    ("MU", 30),
    ("NI", 28),
    ("NL", 18),
    ("NO", 15),
    ("OM", 23),
    ("PK", 24),
    ("PL", 28),
    ("PS", 29),
    ("PT", 25),
    ("QA", 29),
    ("RO", 24),
    ("RS", 22),
    ("RU", 33),
    ("SA", 24),
    ("SC", 31),
    ("SD", 18),
    ("SE", 24),
    ("SI", 19),
    ("SK", 24),
    ("SM", 27),
    ("SO", 23),
    ("ST", 25),
    ("SV", 28),
    ("TL", 23),
    ("TN", 24),
    ("TR", 26),
    ("UA", 29),
    ("VA", 22),
    ("VG", 24),
    ("XK", 20),
    ("YE", 30),
];

/// The number of which the first check digit stands at `digit`.
pub(super) fn find(text: &str, digit: usize) -> Option<Range<usize>> {
    let bytes = text.as_bytes();
    let start = digit.checked_sub(2)?;
    let country = text.get(start..digit)?;
    if !bytes[start].is_ascii_alphabetic() || start.checked_sub(1).is_some_and(|before| bytes[before].is_ascii_alphanumeric()) {
        return None;
    }
    let country = country.to_ascii_uppercase();
    let length = COUNTRIES.iter().find(|(name, _)| *name == country)?.1;
    let (mut read, mut at, mut rest) = (0, start, 0_u32);
    let mut signs = Vec::with_capacity(length);
    while read < length {
        let byte = *bytes.get(at)?;
        if byte.is_ascii_alphanumeric() {
            signs.push(byte.to_ascii_uppercase());
            read += 1;
        } else if !(matches!(byte, b' ' | b'-') && read >= 4 && bytes[at - 1].is_ascii_alphanumeric()) {
            return None;
        }
        at += 1;
    }
    if bytes.get(at).is_some_and(u8::is_ascii_alphanumeric) || !signs[2].is_ascii_digit() || !signs[3].is_ascii_digit() {
        return None;
    }
    for sign in signs[4..].iter().chain(&signs[..4]) {
        let value = if sign.is_ascii_digit() { u32::from(sign - b'0') } else { u32::from(sign - b'A') + 10 };
        rest = (rest * if value > 9 { 100 } else { 10 } + value) % 97;
    }
    (rest == 1).then_some(start..at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find_in(text: &str) -> Option<&str> {
        let digit = text.bytes().position(|byte| byte.is_ascii_digit())?;
        find(text, digit).map(|range| &text[range])
    }

    #[test]
    fn numbers_with_right_check_digits() {
        for text in ["DE89370400440532013000", "GB29 NWBK 6016 1331 9268 19", "FR14 2004 1010 0505 0001 3M02 606", "NO9386011117947"] {
            assert_eq!(find_in(&format!("pay to {text}.")), Some(text));
        }
    }

    #[test]
    fn others() {
        for text in [
            "DE88370400440532013000",
            "XX89370400440532013000",
            "DE8937040044053201300",
            "ADE89370400440532013000",
            "DE8937040044053201300012",
            "DE89",
        ] {
            assert_eq!(find_in(text), None, "{text}");
        }
    }
}
