//! Numbers as a text writes them, and sets of numbers in which small errors of rounding do not count.

/// A number written in digits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Written {
    /// Its value without sign, thousands and millions counted in.
    pub(super) value: f64,
    /// Whether it is a percentage.
    pub(super) percent: bool,
    /// Where it begins.
    pub(super) at: usize,
    /// Where its digits end.
    pub(super) end: usize,
    /// Whether a letter stands right before it, or it measures one side of several (`24x36`): a part of a code, not a number.
    pub(super) glued: bool,
}

/// Words after a number that multiply it.
const MULTIPLES: &[(&str, f64)] = &[("k", 1e3), ("thousand", 1e3), ("million", 1e6), ("billion", 1e9)];

/// The number whose digits begin at a place.
pub(super) fn read(text: &str, at: usize) -> Written {
    let bytes = text.as_bytes();
    let digits = |from: usize| bytes.get(from..).unwrap_or_default().iter().take_while(|byte| byte.is_ascii_digit()).count();
    let mut end = at + digits(at);
    let mut plain = String::new();
    // A comma parts thousands only before exactly three digits: "1,5 and 10" are three numbers.
    if end - at <= 3 && bytes.get(end) == Some(&b',') && digits(end + 1) == 3 {
        plain.push_str(&text[at..end]);
        while bytes.get(end) == Some(&b',') && digits(end + 1) == 3 {
            plain.push_str(&text[end + 1..end + 4]);
            end += 4;
        }
    }
    let mut start = at;
    if !plain.is_empty() {
        start = end;
    }
    if bytes.get(end) == Some(&b'.') && digits(end + 1) > 0 {
        end += 1 + digits(end + 1);
    }
    if bytes.get(end).is_some_and(|byte| byte.eq_ignore_ascii_case(&b'e')) {
        let sign = usize::from(bytes.get(end + 1) == Some(&b'-'));
        let power = digits(end + 1 + sign);
        if power > 0 && power <= 3 {
            end += 1 + sign + power;
        }
    }
    plain.push_str(&text[start..end]);
    let mut value: f64 = plain.parse().unwrap_or(f64::MAX);
    let rest = text[end..].trim_start_matches(' ');
    let word = &rest[..rest.bytes().take_while(u8::is_ascii_alphabetic).count()];
    if let Some((_, times)) = MULTIPLES.iter().find(|(name, _)| name.eq_ignore_ascii_case(word)) {
        value *= times;
    }
    let before = at.checked_sub(1).map(|before| bytes[before]);
    Written {
        value,
        percent: rest.starts_with('%') || word.eq_ignore_ascii_case("percent"),
        at,
        end,
        glued: (matches!(bytes.get(end), Some(b'x' | b'X')) && digits(end + 1) > 0)
            || before.is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'^')),
    }
}

/// The numbers in a text, those that are part of a code included.
pub(super) fn all(text: &str) -> impl Iterator<Item = Written> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        at += text.as_bytes()[at..].iter().position(u8::is_ascii_digit)?;
        let number = read(text, at);
        at = number.end;
        Some(number)
    })
}

/// Numbers, sorted.
#[derive(Debug, Clone, Default)]
pub(super) struct Numbers(Vec<f64>);

impl FromIterator<f64> for Numbers {
    fn from_iter<I: IntoIterator<Item = f64>>(numbers: I) -> Self {
        let mut numbers: Vec<f64> = numbers.into_iter().map(f64::abs).filter(|number| number.is_finite()).collect();
        numbers.sort_unstable_by(f64::total_cmp);
        Self(numbers)
    }
}

impl Numbers {
    /// Whether a number, whatever its sign, is among them.
    pub(super) fn has(&self, number: f64) -> bool {
        let number = number.abs();
        let slack = 1e-9 * number.max(1e-3);
        let from = self.0.partition_point(|known| *known < number - slack);
        self.0.get(from).is_some_and(|known| *known <= number + slack)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn values(text: &str) -> Vec<f64> {
        all(text).filter(|number| !number.glued).map(|number| number.value).collect()
    }

    #[test]
    fn numbers_as_people_write_them() {
        assert_eq!(values("$1,250.50 for 1,5 and 10 years"), [1250.5, 1.0, 5.0, 10.0]);
        assert_eq!(values("2 million, 5k, 1e-3, 3rd"), [2e6, 5e3, 1e-3, 3.0]);
        assert!(all("a rate of 5 % or 5 percent").all(|number| number.percent));
    }

    #[test]
    fn digits_in_codes_and_powers_are_no_numbers() {
        assert!(values("C6H12O6, x^2, v1.2, 24x36").is_empty());
    }

    #[test]
    fn rounding_does_not_count() {
        let set: Numbers = [0.1 + 0.2, -4.0].into_iter().collect();
        assert!(set.has(0.3) && set.has(4.0) && !set.has(0.31));
    }

    proptest! {
        #[test]
        fn any_text_can_be_read(text in any::<String>()) {
            for number in all(&text) {
                prop_assert!(number.at < number.end && number.end <= text.len());
            }
        }

        #[test]
        fn digits_and_signs_can_be_read(text in "[0-9,.e%k -]{0,40}") {
            prop_assert!(all(&text).all(|number| number.value >= 0.0));
        }
    }
}
