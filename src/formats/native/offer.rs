//! A tool on offer, in the shapes model providers and frameworks describe tools.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, Visitor, value::MapAccessDeserializer},
};
use serde_json::Value;

use super::super::field;

/// A tool on offer: an object, OpenAI's `{"function": {…}}` around one, or only a name.
#[derive(Default)]
pub(in crate::formats) struct Offer {
    pub name: Option<String>,
    pub description: Option<String>,
    pub parameters: Option<Value>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct OfferFields {
    #[serde(deserialize_with = "field::name")]
    name: Option<String>,
    #[serde(deserialize_with = "field::said")]
    description: Option<String>,
    parameters: Option<Value>,
    input_schema: Option<Value>,
    function: Option<Box<Offer>>,
    /// A provider's own tool has no name but its type, such as `web_search`.
    #[serde(rename = "type", deserialize_with = "field::any")]
    kind: Option<Box<Value>>,
}

impl<'de> Deserialize<'de> for Offer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OfferReader)
    }
}

struct OfferReader;

impl<'de> Visitor<'de> for OfferReader {
    type Value = Offer;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a tool: an object with a name, or a name")
    }
    fn visit_str<E: Error>(self, name: &str) -> Result<Offer, E> {
        Ok(Offer { name: Some(name.to_owned()).filter(|name| !name.is_empty()), ..Offer::default() })
    }
    fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<Offer, A::Error> {
        let fields = OfferFields::deserialize(MapAccessDeserializer::new(fields))?;
        let inner = fields.function.map_or_else(Offer::default, |inner| *inner);
        let parameters = inner.parameters.or(fields.parameters).or(fields.input_schema);
        let kind = fields.kind.and_then(|kind| kind.as_str().filter(|kind| *kind != "function").map(str::to_owned));
        Ok(Offer { name: inner.name.or(fields.name).or(kind), description: inner.description.or(fields.description), parameters })
    }
}
