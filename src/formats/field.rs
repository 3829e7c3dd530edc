//! Readers of single fields: kind to how senders write a value, strict about what a value may be.
//!
//! Everywhere null counts as absent. A value of the wrong type or out of range is an error; the caller knows its path.

use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{Error, SeqAccess, Unexpected, Visitor},
};
use serde_json::Value;

use super::{limits::MAX_STEPS, prose};
use crate::model::{
    money::Money,
    time::{Elapsed, Timestamp},
};

/// Largest count believed: far above any token or step count, and exact as a float.
const LARGEST_COUNT: u64 = 1_000_000_000_000_000;

/// What a field may hold, with a reader for each way JSON can write it. The provided readers refuse.
trait Field: Sized {
    type Output;
    const EXPECTED: &'static str;

    fn text<E: Error>(text: &str) -> Result<Self::Output, E> {
        Err(E::invalid_type(Unexpected::Str(text), &Self::EXPECTED))
    }
    fn whole<E: Error>(number: i128) -> Result<Self::Output, E> {
        Err(E::custom(format_args!("invalid type: number {number}, expected {}", Self::EXPECTED)))
    }
    fn float<E: Error>(number: f64) -> Result<Self::Output, E> {
        Err(E::custom(format_args!("invalid type: number {number}, expected {}", Self::EXPECTED)))
    }
    fn truth<E: Error>(truth: bool) -> Result<Self::Output, E> {
        Err(E::invalid_type(Unexpected::Bool(truth), &Self::EXPECTED))
    }
}

struct Reader<F>(PhantomData<F>);

impl<'de, F: Field> Visitor<'de> for Reader<F> {
    type Value = Option<F::Output>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(F::EXPECTED)
    }
    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
    fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        F::text(text).map(Some)
    }
    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        F::whole(i128::from(number)).map(Some)
    }
    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        F::whole(i128::from(number)).map(Some)
    }
    fn visit_f64<E: Error>(self, number: f64) -> Result<Self::Value, E> {
        F::float(number).map(Some)
    }
    fn visit_bool<E: Error>(self, truth: bool) -> Result<Self::Value, E> {
        F::truth(truth).map(Some)
    }
}

fn field<'de, F: Field, D: Deserializer<'de>>(deserializer: D) -> Result<Option<F::Output>, D::Error> {
    deserializer.deserialize_any(Reader::<F>(PhantomData))
}

struct Count;

impl Field for Count {
    type Output = u64;
    const EXPECTED: &'static str = "a count";

    /// A count in quotes is unambiguous when it is one.
    fn text<E: Error>(text: &str) -> Result<u64, E> {
        match text.trim().parse::<f64>() {
            Ok(number) => Self::float(number),
            Err(_) => Err(E::invalid_type(Unexpected::Str(text), &Self::EXPECTED)),
        }
    }
    fn whole<E: Error>(number: i128) -> Result<u64, E> {
        if number < 0 {
            return Err(E::custom(format_args!("must not be negative, is {number}")));
        }
        u64::try_from(number).ok().filter(|count| *count <= LARGEST_COUNT).ok_or_else(|| E::custom(format_args!("is too large: {number}")))
    }
    /// Some languages have no whole numbers and write 7.0.
    fn float<E: Error>(number: f64) -> Result<u64, E> {
        if number.is_finite() && number.fract() == 0.0 && number.abs() <= LARGEST_COUNT as f64 {
            Self::whole(number as i128)
        } else {
            Err(E::custom(format_args!("invalid type: number {number}, expected a count")))
        }
    }
}

/// A count: a whole number from 0, also as 7.0 or "7".
pub(super) fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    field::<Count, D>(deserializer)
}

/// A step number or a line: a count that fits 32 bits.
pub(super) fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u32>, D::Error> {
    count(deserializer)?.map(|count| u32::try_from(count).map_err(|_| D::Error::custom(format_args!("is too large: {count}")))).transpose()
}

struct Amount;

impl Field for Amount {
    type Output = f64;
    const EXPECTED: &'static str = "a number";

    fn text<E: Error>(text: &str) -> Result<f64, E> {
        let number = text.trim().parse::<f64>().ok().filter(|number| number.is_finite());
        number.ok_or_else(|| E::invalid_type(Unexpected::Str(text), &Self::EXPECTED))
    }
    fn whole<E: Error>(number: i128) -> Result<f64, E> {
        Ok(number as f64)
    }
    fn float<E: Error>(number: f64) -> Result<f64, E> {
        Ok(number)
    }
}

/// A length of time in milliseconds, also in quotes.
pub(super) fn millis<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Elapsed>, D::Error> {
    let read = |number| Elapsed::from_millis(number).ok_or_else(|| D::Error::custom(out_of_time(number, "milliseconds")));
    field::<Amount, D>(deserializer)?.map(read).transpose()
}

/// A length of time in seconds, also in quotes.
pub(super) fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Elapsed>, D::Error> {
    let read = |number| Elapsed::from_seconds(number).ok_or_else(|| D::Error::custom(out_of_time(number, "seconds")));
    field::<Amount, D>(deserializer)?.map(read).transpose()
}

fn out_of_time(number: f64, unit: &str) -> String {
    format!("must be a length of time in {unit}, from 0 to a thousand years, is {number}")
}

/// An amount of US dollars, also in quotes.
pub(super) fn dollars<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Money>, D::Error> {
    let read =
        |number| Money::from_usd(number).ok_or_else(|| D::Error::custom(format_args!("must be dollars, from 0 to a billion, is {number}")));
    field::<Amount, D>(deserializer)?.map(read).transpose()
}

struct Moment;

impl Moment {
    fn refuse<T, E: Error>(found: impl fmt::Display) -> Result<T, E> {
        Err(E::custom(format_args!("must be a moment like 2026-11-22T10:00:00Z, is {found}")))
    }
}

impl Field for Moment {
    type Output = Option<Timestamp>;
    const EXPECTED: &'static str = "a moment like 2026-11-22T10:00:00Z";

    fn text<E: Error>(text: &str) -> Result<Self::Output, E> {
        if text.trim().is_empty() {
            return Ok(None);
        }
        Timestamp::parse(text).map_or_else(|| Self::refuse(format_args!("{text:?}")), |moment| Ok(Some(moment)))
    }
    fn whole<E: Error>(number: i128) -> Result<Self::Output, E> {
        Self::float(number as f64)
    }
    /// Clocks count since 1970 in seconds, milli-, micro- or nanoseconds; from 1973 to 5138 these ranges do not meet.
    fn float<E: Error>(number: f64) -> Result<Self::Output, E> {
        let micros = match number {
            1e8..1e11 => number * 1e6,
            1e11..1e14 => number * 1e3,
            1e14..1e17 => number,
            1e17..1e20 => number / 1e3,
            _ => return Self::refuse(number),
        };
        Ok(Some(Timestamp::from_micros(micros.round() as i64)))
    }
}

/// A moment: RFC 3339, or a clock's number since 1970. Empty text is absent.
pub(super) fn moment<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
    Ok(field::<Moment, D>(deserializer)?.flatten())
}

struct Flag;

impl Field for Flag {
    type Output = bool;
    const EXPECTED: &'static str = "true or false";

    fn truth<E: Error>(truth: bool) -> Result<bool, E> {
        Ok(truth)
    }
}

/// True or false; nothing else, for "no" is a truth in some languages.
pub(super) fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<bool>, D::Error> {
    field::<Flag, D>(deserializer)
}

struct Name;

impl Field for Name {
    type Output = String;
    const EXPECTED: &'static str = "a text";

    fn text<E: Error>(text: &str) -> Result<String, E> {
        Ok(text.to_owned())
    }
    /// Ids come from databases, where they are numbers.
    fn whole<E: Error>(number: i128) -> Result<String, E> {
        Ok(number.to_string())
    }
}

/// A name or id: text, or a whole number read as text. Empty text is kept.
pub(super) fn id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    field::<Name, D>(deserializer)
}

/// A name: as [`id`], and empty text is absent.
pub(super) fn name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(id(deserializer)?.filter(|name| !name.is_empty()))
}

/// What somebody said: text as it is, else the texts of a list of content blocks, else the value written as JSON.
pub(super) fn said<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(Option::<Value>::deserialize(deserializer)?.map(prose::text_of))
}

/// Derived readers take a list for an object whose fields come in order; these take objects only. The types derive with
/// `#[serde(remote = "Self")]`, which makes their reader an ordinary function.
macro_rules! only_objects {
    ($($type:ty => $expected:literal),* $(,)?) => {$(
        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Reader;
                impl<'de> serde::de::Visitor<'de> for Reader {
                    type Value = $type;
                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str($expected)
                    }
                    fn visit_map<A: serde::de::MapAccess<'de>>(self, fields: A) -> Result<$type, A::Error> {
                        <$type>::deserialize(serde::de::value::MapAccessDeserializer::new(fields))
                    }
                }
                deserializer.deserialize_map(Reader)
            }
        }
    )*};
}
pub(super) use only_objects;

/// Any value in a box of its own, so that the many fields that are mostly absent stay small.
pub(super) fn any<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Box<Value>>, D::Error> {
    Ok(Option::<Value>::deserialize(deserializer)?.map(Box::new))
}

struct List<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for List<T> {
    type Value = Option<Vec<T>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }
    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let mut list = Vec::new();
        while let Some(entry) = entries.next_element::<Option<T>>()? {
            if list.len() == MAX_STEPS {
                return Err(A::Error::custom(format_args!("has more than {MAX_STEPS} entries; send the run in parts")));
            }
            list.extend(entry);
        }
        Ok(Some(list))
    }
}

/// A list of at most [`MAX_STEPS`] entries; null entries are passed over.
pub(super) fn list<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<T>>, D::Error> {
    deserializer.deserialize_any(List(PhantomData))
}
