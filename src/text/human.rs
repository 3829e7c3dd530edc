//! Numbers as people write them: money, lengths of time, counts, sizes, shares, moments. Plain ASCII but for `µ`.

use jiff::{Timestamp, tz::TimeZone};

const PICO_PER_DOLLAR: u128 = 1_000_000_000_000;
const MICROS_PER_SECOND: u64 = 1_000_000;

/// An amount of pico-dollars: `$0.0131` under a dollar, `$3.21` from one, `$12,408.00` with thousands apart, `-$0.40`. An amount
/// too small for four decimals is `<$0.0001`, never zero.
#[must_use]
pub fn money(pico: i128) -> String {
    let sign = if pico < 0 { "-" } else { "" };
    let amount = pico.unsigned_abs();
    let tenth_of_cents = PICO_PER_DOLLAR / 10_000;
    if amount == 0 {
        return "$0.00".to_owned();
    }
    if amount < tenth_of_cents {
        return format!("{sign}<$0.0001");
    }
    let fine = rounded(amount, tenth_of_cents);
    if fine < 10_000 {
        return format!("{sign}$0.{fine:04}");
    }
    let cents = rounded(amount, PICO_PER_DOLLAR / 100);
    format!("{sign}${}.{:02}", grouped(cents / 100), cents % 100)
}

/// A length of time in microseconds: `420 µs`, `8.5 ms`, `850 ms`, `4.2 s`, `2 min 3 s`, `1 h 5 min`, `3 d 4 h`.
#[must_use]
pub fn duration(micros: u64) -> String {
    let tenths = |unit: u64| rounded(u128::from(micros), u128::from(unit / 10));
    match micros {
        0 => "0 ms".to_owned(),
        1..1_000 => format!("{micros} µs"),
        1_000..9_950 => decimal(tenths(1_000), "ms"),
        9_950..999_500 => format!("{} ms", rounded(u128::from(micros), 1_000)),
        999_500..59_950_000 => decimal(tenths(MICROS_PER_SECOND), "s"),
        _ => {
            let seconds = micros.saturating_add(MICROS_PER_SECOND / 2) / MICROS_PER_SECOND;
            match seconds {
                0..3_600 => two_parts(seconds / 60, "min", seconds % 60, "s"),
                3_600..86_400 => two_parts(seconds / 3_600, "h", seconds % 3_600 / 60, "min"),
                _ => two_parts(seconds / 86_400, "d", seconds % 86_400 / 3_600, "h"),
            }
        }
    }
}

/// A count in full: `12,408`.
#[must_use]
pub fn count(number: u64) -> String {
    grouped(u128::from(number))
}

/// A count in short, to two or three digits: `812`, `3.1 k`, `312 k`, `1.9 M`.
#[must_use]
pub fn compact(number: u64) -> String {
    scaled(number, &["", "k", "M", "G", "T", "P", "E"])
}

/// A size in short, in steps of a thousand: `512 B`, `3.1 kB`, `214 MB`.
#[must_use]
pub fn bytes(number: u64) -> String {
    scaled(number, &["B", "kB", "MB", "GB", "TB", "PB", "EB"])
}

/// A share as a percentage: 0.65 is `65%`. What only rounds to none or all says so: `<1%`, `>99%`. Not a number: `n/a`.
#[must_use]
pub fn percent(share: f64) -> String {
    if !share.is_finite() {
        return "n/a".to_owned();
    }
    let percent = share * 100.0;
    let sign = if percent < 0.0 { "-" } else { "" };
    match percent.abs() {
        p if p > 0.0 && p < 0.5 => format!("{sign}<1%"),
        p if (99.5..100.0).contains(&p) => format!("{sign}>99%"),
        p => format!("{sign}{p:.0}%"),
    }
}

/// How long ago something was, in its largest unit: `just now` (under a second), `12 s ago`, `3 d ago`; `in 5 min` where it lies ahead.
#[must_use]
pub fn age(micros: i64) -> String {
    let seconds = micros.unsigned_abs() / MICROS_PER_SECOND;
    let length = match seconds {
        0 => return "just now".to_owned(),
        1..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min", seconds / 60),
        3_600..86_400 => format!("{} h", seconds / 3_600),
        86_400..63_072_000 => format!("{} d", seconds / 86_400),
        _ => format!("{} y", seconds / 31_556_952),
    };
    if micros < 0 { format!("in {length}") } else { format!("{length} ago") }
}

/// The time of day of a moment in microseconds since 1970: `12:04:31`.
#[must_use]
pub fn clock(micros: i64, zone: &TimeZone) -> String {
    civil(micros, zone, "%H:%M:%S")
}

/// The calendar day of a moment in microseconds since 1970: `2026-11-22`.
#[must_use]
pub fn day(micros: i64, zone: &TimeZone) -> String {
    civil(micros, zone, "%Y-%m-%d")
}

/// Moments outside the calendar's years show the nearest end.
fn civil(micros: i64, zone: &TimeZone, format: &str) -> String {
    let nearest_end = if micros < 0 { Timestamp::MIN } else { Timestamp::MAX };
    let moment = Timestamp::from_microsecond(micros).unwrap_or(nearest_end);
    zone.to_datetime(moment).strftime(format).to_string()
}

/// `amount / unit`, rounded half up.
const fn rounded(amount: u128, unit: u128) -> u128 {
    amount / unit + (amount % unit >= unit.div_ceil(2)) as u128
}

/// A number of tenths with its unit.
fn decimal(tenths: u128, unit: &str) -> String {
    format!("{}.{} {unit}", tenths / 10, tenths % 10)
}

fn two_parts(large: u64, large_unit: &str, small: u64, small_unit: &str) -> String {
    if small == 0 { format!("{large} {large_unit}") } else { format!("{large} {large_unit} {small} {small_unit}") }
}

/// In the largest unit in which the number is at least one: one decimal under ten, none from ten.
fn scaled(number: u64, units: &[&str]) -> String {
    let mut unit_size: u128 = 1;
    let number = u128::from(number);
    for (place, unit) in units.iter().enumerate() {
        let whole = rounded(number, unit_size);
        if place == 0 && whole < 1_000 {
            return format!("{whole} {unit}").trim_end().to_owned();
        }
        let tenths = rounded(number * 10, unit_size);
        if place > 0 && tenths < 100 {
            return decimal(tenths, unit);
        }
        if place > 0 && whole < 1_000 {
            return format!("{whole} {unit}");
        }
        unit_size *= 1_000;
    }
    grouped(number)
}

/// Digits with commas between thousands.
fn grouped(number: u128) -> String {
    let digits = number.to_string();
    let mut written = String::with_capacity(digits.len() * 4 / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            written.push(',');
        }
        written.push(digit);
    }
    written
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const CENT: i128 = 10_000_000_000;

    #[test]
    fn money_shows_what_matters() {
        for (pico, written) in [
            (0, "$0.00"),
            (1, "<$0.0001"),
            (99_999_999, "<$0.0001"),
            (100_000_000, "$0.0001"),
            (13_100_000_000, "$0.0131"),
            (99 * CENT, "$0.9900"),
            (999_940_000_000, "$0.9999"),
            (999_950_000_000, "$1.00"),
            (321 * CENT, "$3.21"),
            (99_999 * CENT + CENT / 2, "$1,000.00"),
            (1_234_567 * CENT, "$12,345.67"),
            (-40 * CENT, "-$0.4000"),
            (-1, "-<$0.0001"),
            (i128::MIN, "-$170,141,183,460,469,231,731,687,303.72"),
        ] {
            assert_eq!(money(pico), written, "{pico}");
        }
    }

    #[test]
    fn durations_pick_their_unit() {
        for (micros, written) in [
            (0, "0 ms"),
            (420, "420 µs"),
            (8_500, "8.5 ms"),
            (9_949, "9.9 ms"),
            (9_950, "10 ms"),
            (850_000, "850 ms"),
            (999_499, "999 ms"),
            (999_500, "1.0 s"),
            (4_200_000, "4.2 s"),
            (59_949_999, "59.9 s"),
            (59_950_000, "1 min"),
            (123_000_000, "2 min 3 s"),
            (3_599_600_000, "1 h"),
            (3_900_000_000, "1 h 5 min"),
            (273_600_000_000, "3 d 4 h"),
        ] {
            assert_eq!(duration(micros), written, "{micros}");
        }
    }

    #[test]
    fn counts_and_sizes() {
        assert_eq!(count(1_004_881), "1,004,881");
        assert_eq!(count(100), "100");
        for (number, written) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1.0 k"),
            (3_120, "3.1 k"),
            (9_950, "10 k"),
            (312_499, "312 k"),
            (999_499, "999 k"),
            (999_500, "1.0 M"),
            (1_900_000, "1.9 M"),
            (u64::MAX, "18 E"),
        ] {
            assert_eq!(compact(number), written, "{number}");
        }
        assert_eq!(bytes(512), "512 B");
        assert_eq!(bytes(214_000_000), "214 MB");
        assert_eq!(bytes(100_000), "100 kB");
    }

    #[test]
    fn shares_never_round_to_none_or_all() {
        for (share, written) in [
            (0.0, "0%"),
            (0.004, "<1%"),
            (0.65, "65%"),
            (0.996, ">99%"),
            (1.0, "100%"),
            (1.31, "131%"),
            (-0.06, "-6%"),
            (-0.0, "0%"),
            (f64::NAN, "n/a"),
        ] {
            assert_eq!(percent(share), written, "{share}");
        }
    }

    #[test]
    fn ages_are_rough() {
        let second = 1_000_000;
        for (micros, written) in [
            (0, "just now"),
            (12 * second, "12 s ago"),
            (59 * 60 * second, "59 min ago"),
            (5 * 3_600 * second, "5 h ago"),
            (3 * 86_400 * second, "3 d ago"),
            (800 * 86_400 * second, "2 y ago"),
            (-300 * second, "in 5 min"),
        ] {
            assert_eq!(age(micros), written, "{micros}");
        }
    }

    #[test]
    fn clocks_follow_the_zone() {
        let moment = 1_795_334_671_000_000; // 2026-11-22T08:04:31Z
        assert_eq!(clock(moment, &TimeZone::UTC), "08:04:31");
        assert_eq!(day(moment, &TimeZone::UTC), "2026-11-22");
        let east = TimeZone::fixed(jiff::tz::offset(9));
        assert_eq!(clock(moment, &east), "17:04:31");
        assert_eq!(day(i64::MAX, &TimeZone::UTC), "9999-12-30");
    }

    proptest! {
        #[test]
        fn no_number_panics(pico in any::<i128>(), number in any::<u64>(), micros in any::<i64>(), share in any::<f64>()) {
            let _ = (money(pico), duration(number), count(number), compact(number), bytes(number));
            let _ = (age(micros), percent(share), clock(micros, &TimeZone::UTC), day(micros, &TimeZone::UTC));
        }

        #[test]
        fn compact_is_short(number in any::<u64>()) {
            prop_assert!(compact(number).len() <= 5);
        }

        #[test]
        fn counts_read_back(number in any::<u64>()) {
            prop_assert_eq!(count(number).replace(',', "").parse::<u64>().ok(), Some(number));
        }
    }
}
