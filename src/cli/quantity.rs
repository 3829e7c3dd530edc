//! Quantities as people write them on a command line, and as they are shown again.

use crate::{
    model::{money::Money, time::Elapsed},
    text::human,
};

/// A share: `0.8` or `80%`.
///
/// # Errors
/// When it is none from 0 to 1, in words.
pub fn share(text: &str) -> Result<f64, String> {
    let read = match text.trim().strip_suffix('%') {
        Some(percent) => percent.trim().parse::<f64>().map(|percent| percent / 100.0),
        None => text.trim().parse(),
    };
    match read {
        Ok(share) if (0.0..=1.0).contains(&share) => Ok(share),
        Ok(share) if share > 1.0 && share <= 100.0 && !text.contains('%') => {
            Err(format!("a share from 0 to 1 is expected; did you mean {text}%?"))
        }
        _ => Err("a share from 0 to 1 is expected, as 0.8 or 80%".to_owned()),
    }
}

/// Dollars: `0.02` or `$0.02`.
///
/// # Errors
/// When it is no amount, in words.
pub fn dollars(text: &str) -> Result<f64, String> {
    let amount = text.trim().trim_start_matches('$').parse::<f64>().ok().filter(|amount| *amount >= 0.0);
    amount.filter(|amount| Money::from_usd(*amount).is_some()).ok_or_else(|| "an amount of dollars is expected, as 0.02".to_owned())
}

/// A time in milliseconds: `800ms`, `2s`, `1.5m`.
///
/// # Errors
/// When it is no time, in words.
pub fn millis(text: &str) -> Result<f64, String> {
    let text = text.trim();
    let unit = text.find(|one: char| one.is_ascii_alphabetic()).unwrap_or(text.len());
    let (number, unit) = text.split_at(unit);
    let scale = match unit {
        "ms" => 1.0,
        "s" => 1_000.0,
        "m" => 60_000.0,
        "h" => 3_600_000.0,
        _ => f64::NAN,
    };
    let millis = number.trim().parse::<f64>().unwrap_or(f64::NAN) * scale;
    if millis >= 0.0 && Elapsed::from_millis(millis).is_some() {
        Ok(millis)
    } else {
        Err("a time is expected, as 800ms, 2s or 1.5m".to_owned())
    }
}

/// `1 run`, `1,203 runs`.
#[must_use]
pub fn runs_words(runs: u64) -> String {
    if runs == 1 { "1 run".to_owned() } else { format!("{} runs", human::count(runs)) }
}

/// Dollars as a person reads them.
#[must_use]
pub fn money_words(usd: f64) -> String {
    human::money((usd * 1e12).round() as i128)
}

/// A share as a person reads it: `80.5 %`.
#[must_use]
pub fn share_words(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

/// Milliseconds as a person reads them.
#[must_use]
pub fn millis_words(millis: f64) -> String {
    human::duration((millis.max(0.0) * 1e3).round() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_read_with_their_units() {
        assert_eq!((share("0.8"), share("80%"), share(" 12.5 % ")), (Ok(0.8), Ok(0.8), Ok(0.125)));
        assert_eq!((dollars("0.02"), dollars("$1")), (Ok(0.02), Ok(1.0)));
        assert_eq!((millis("800ms"), millis("2s"), millis("1.5 m")), (Ok(800.0), Ok(2_000.0), Ok(90_000.0)));
    }

    #[test]
    fn what_makes_no_sense_is_refused_with_an_example() {
        for text in ["", "x", "-0.1", "NaN", "101", "120%", "inf"] {
            assert!(share(text).is_err(), "{text}");
        }
        assert!(share("80").is_err_and(|why| why.contains("80%")));
        for text in ["", "x", "-1", "NaN", "inf", "1e300"] {
            assert!(dollars(text).is_err(), "{text}");
        }
        for text in ["", "5", "s", "-1s", "2 parsecs", "NaNs", "infs", "1e300h"] {
            assert!(millis(text).is_err(), "{text}");
        }
    }
}
