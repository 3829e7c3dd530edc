//! Whether a body holds a text: in any of its keys and values, in JSON that is held in a value, or in the body as it is written.

use std::cell::OnceCell;

use serde::{
    Deserializer,
    de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor},
};

use crate::{engine::judge::readable, query::Needle};

/// How deep JSON in a text in JSON is looked into.
const NESTED_MOST: u8 = 4;

/// A stored body, being searched. A body that came as spans is searched as the OTLP/JSON it is shown as.
pub(super) struct BodyText<'a> {
    stored: &'a [u8],
    readable: OnceCell<Option<Vec<u8>>>,
}

impl<'a> BodyText<'a> {
    pub(super) const fn new(stored: &'a [u8]) -> Self {
        Self { stored, readable: OnceCell::new() }
    }

    /// Whether it holds a text. A body that cannot be read holds nothing.
    pub(super) fn holds(&self, needle: &Needle) -> bool {
        if !needle.may_be_in(self.stored) {
            return false;
        }
        let Some(json) = self.readable.get_or_init(|| readable(self.stored.to_vec()).ok()) else { return false };
        is_in_json(needle, json, 0) || needle.is_in(&String::from_utf8_lossy(json))
    }
}

/// Whether a text of this JSON holds it; as far as it is JSON.
fn is_in_json(needle: &Needle, json: &[u8], nested: u8) -> bool {
    let mut found = false;
    let seek = Seek { needle, nested, found: &mut found };
    let mut reader = serde_json::Deserializer::from_slice(json);
    // An error says that it was found, or that this is not JSON (any more); what was seen until then counts.
    let _ = seek.deserialize(&mut reader);
    found
}

/// Goes through JSON without keeping any of it, and ends it with an error once it has found.
struct Seek<'a> {
    needle: &'a Needle,
    nested: u8,
    found: &'a mut bool,
}

impl Seek<'_> {
    fn again(&mut self) -> Seek<'_> {
        Seek { needle: self.needle, nested: self.nested, found: self.found }
    }
}

impl<'de> DeserializeSeed<'de> for Seek<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seek<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        let opens = text.trim_start().starts_with(['{', '[']);
        let inside = opens && self.nested < NESTED_MOST && is_in_json(self.needle, text.as_bytes(), self.nested + 1);
        *self.found = inside || self.needle.is_in(text);
        if *self.found { Err(E::custom("found")) } else { Ok(()) }
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        while map.next_key_seed(self.again())?.is_some() {
            map.next_value_seed(self.again())?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<(), A::Error> {
        while list.next_element_seed(self.again())?.is_some() {}
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}
