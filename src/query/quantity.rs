//! Numbers with units as people write them, kept exactly: `80`, `$0.01`, `5k`, `1m30s`.

use super::condition::Operator;

/// What a number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Points from 0 to 100, held in millionths.
    Points,
    /// US dollars, held in pico-dollars.
    Dollars,
    /// Things, held as they are.
    Count,
    /// Time, held in microseconds.
    Time,
}

impl Unit {
    /// How such a number is written, for help and errors.
    #[must_use]
    pub const fn written(self) -> &'static str {
        match self {
            Self::Points => "a number from 0 to 100, such as 80",
            Self::Dollars => "an amount in dollars, such as $0.01",
            Self::Count => "a whole number, such as 10, 5k or 1.2M",
            Self::Time => "a length of time with its unit, such as 2s, 500ms or 1m30s",
        }
    }
}

/// A number in the smallest pieces of its unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Quantity {
    /// The number.
    pub(super) value: i128,
    /// What one more in its last written digit would add.
    step: i128,
}

impl Quantity {
    /// Reads a number of that unit; `None` for anything that is not one.
    pub(super) fn read(text: &str, unit: Unit) -> Option<Self> {
        match unit {
            Unit::Points => {
                let read = Self::scaled(text.strip_suffix('%').unwrap_or(text), 1_000_000, false)?;
                (read.value <= 100_000_000).then_some(read)
            }
            Unit::Dollars => Self::scaled(text.strip_prefix('$').unwrap_or(text), 1_000_000_000_000, true),
            Unit::Count => Self::scaled(text, 1, true),
            Unit::Time => Self::time(text),
        }
    }

    /// Whether a number seen stands in this relation. Equal means equal to the precision written: `took:4.2s` holds for what shows as 4.2 s.
    pub(super) fn holds(self, operator: Operator, seen: i128) -> bool {
        match operator {
            Operator::Is => seen.abs_diff(self.value).saturating_mul(2) <= self.step.unsigned_abs(),
            Operator::Less => seen < self.value,
            Operator::AtMost => seen <= self.value,
            Operator::More => seen > self.value,
            Operator::AtLeast => seen >= self.value,
        }
    }

    fn scaled(text: &str, scale: i128, thousands: bool) -> Option<Self> {
        let (number, rest) = decimal(text)?;
        let factor = match rest {
            "" => 1,
            "k" | "K" if thousands => 1_000,
            "m" | "M" if thousands => 1_000_000,
            "g" | "G" if thousands => 1_000_000_000,
            _ => return None,
        };
        number.times(scale * factor)
    }

    fn time(text: &str) -> Option<Self> {
        let mut rest = text.trim_start();
        let mut total: Option<Self> = None;
        while !rest.is_empty() {
            let (number, after) = decimal(rest)?;
            let after = after.trim_start();
            let end = after.find(|character: char| !character.is_alphabetic()).unwrap_or(after.len());
            let (name, later) = after.split_at(end);
            let (_, micros) = TIME_UNITS.iter().find(|(names, _)| names.contains(&name))?;
            let part = number.times(*micros)?;
            let before = total.map_or(0, |total| total.value);
            total = Some(Self { value: before.checked_add(part.value)?, step: part.step });
            rest = later.trim_start();
        }
        total
    }
}

/// Names of units of time and their microseconds.
const TIME_UNITS: &[(&[&str], i128)] = &[
    (&["us", "µs", "μs"], 1),
    (&["ms"], 1_000),
    (&["s", "sec"], 1_000_000),
    (&["m", "min"], 60_000_000),
    (&["h"], 3_600_000_000),
    (&["d"], 86_400_000_000),
    (&["w"], 604_800_000_000),
];

/// Digits without their point, and how many of them stand after it.
struct Decimal {
    digits: i128,
    places: u32,
}

impl Decimal {
    /// In pieces of which `scale` make one; `None` when it is finer than one piece.
    fn times(&self, scale: i128) -> Option<Quantity> {
        let divisor = 10i128.checked_pow(self.places)?;
        let value = self.digits.checked_mul(scale)?;
        (value % divisor == 0).then(|| Quantity { value: value / divisor, step: scale / divisor })
    }
}

/// Most digits a number may have: enough for anything counted here, few enough that no product overflows.
const DIGITS_MAX: usize = 18;

/// The number at the start of a text and what follows it. Commas may part thousands.
fn decimal(text: &str) -> Option<(Decimal, &str)> {
    let end = text.find(|character: char| !matches!(character, '0'..='9' | ',' | '.')).unwrap_or(text.len());
    let (written, rest) = text.split_at(end);
    let (whole, fraction) = written.split_once('.').unwrap_or((written, ""));
    if fraction.contains([',', '.']) || (written.contains('.') && fraction.is_empty()) {
        return None;
    }
    let digits: String = if whole.contains(',') {
        let mut groups = whole.split(',');
        let head = groups.next().filter(|head| (1..=3).contains(&head.len()))?;
        groups.try_fold(head.to_owned(), |digits, group| (group.len() == 3).then(|| digits + group))?
    } else {
        whole.to_owned()
    } + fraction;
    if digits.is_empty() || digits.len() > DIGITS_MAX {
        return None;
    }
    Some((Decimal { digits: digits.parse().ok()?, places: u32::try_from(fraction.len()).ok()? }, rest))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn value(text: &str, unit: Unit) -> Option<i128> {
        Quantity::read(text, unit).map(|quantity| quantity.value)
    }

    #[test]
    fn units_are_read_as_written() {
        for (text, unit, expected) in [
            ("80", Unit::Points, 80_000_000),
            ("73.5%", Unit::Points, 73_500_000),
            ("$0.01", Unit::Dollars, 10_000_000_000),
            ("0.0131", Unit::Dollars, 13_100_000_000),
            ("$12,408.50", Unit::Dollars, 12_408_500_000_000_000),
            ("$1.2k", Unit::Dollars, 1_200_000_000_000_000),
            ("5k", Unit::Count, 5_000),
            ("1.2M", Unit::Count, 1_200_000),
            ("12,408", Unit::Count, 12_408),
            ("2s", Unit::Time, 2_000_000),
            ("500ms", Unit::Time, 500_000),
            ("1m30s", Unit::Time, 90_000_000),
            ("2 min 3 s", Unit::Time, 123_000_000),
            ("1.5h", Unit::Time, 5_400_000_000),
            ("7µs", Unit::Time, 7),
        ] {
            assert_eq!(value(text, unit), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_such_number_is_refused() {
        for (text, unit) in [
            ("", Unit::Count),
            ("-5", Unit::Count),
            ("ten", Unit::Count),
            ("2.5", Unit::Count),
            ("1,2", Unit::Count),
            ("1,2345", Unit::Count),
            ("1.", Unit::Count),
            ("1.2.3", Unit::Count),
            ("5x", Unit::Count),
            ("1234567890123456789", Unit::Count),
            ("101", Unit::Points),
            ("5k", Unit::Points),
            ("0,5", Unit::Dollars),
            ("$", Unit::Dollars),
            ("0.0000000000001", Unit::Dollars),
            ("2", Unit::Time),
            ("2 parsecs", Unit::Time),
            ("0.5us", Unit::Time),
            ("s", Unit::Time),
        ] {
            assert_eq!(value(text, unit), None, "{text}");
        }
    }

    #[test]
    fn equal_means_to_the_precision_written() {
        let is = |text: &str, unit, seen| Quantity::read(text, unit).is_some_and(|quantity| quantity.holds(Operator::Is, seen));
        assert!(is("4.2s", Unit::Time, 4_249_000));
        assert!(!is("4.2s", Unit::Time, 4_251_000));
        assert!(is("84", Unit::Points, 83_600_000));
        assert!(is("6", Unit::Count, 6));
        assert!(!is("6", Unit::Count, 7));
        assert!(is("$0.0131", Unit::Dollars, 13_149_999_999));
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "[0-9.,$%a-zµ \\PC]{0,30}") {
            for unit in [Unit::Points, Unit::Dollars, Unit::Count, Unit::Time] {
                let _ = Quantity::read(&text, unit);
            }
        }

        #[test]
        fn counts_read_back(number in 0i128..1_000_000_000_000_000_000) {
            prop_assert_eq!(value(&number.to_string(), Unit::Count), Some(number));
            prop_assert_eq!(value(&format!("{number}us"), Unit::Time), Some(number));
        }
    }
}
