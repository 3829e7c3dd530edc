//! What a run was told of a tool: its parameters, which of them it needs, what they are when not given.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::word::Stems;
use crate::{analysis::excerpt, model::trace::ToolDefinition};

/// Bytes of a description that are read.
const DESCRIPTION_BYTES: usize = 1_000;

/// Parameters of a tool that are read.
const MOST_PARAMETERS: usize = 64;

/// One tool.
#[derive(Debug)]
pub(super) struct Tool<'a> {
    /// The name it is called by.
    pub(super) name: &'a str,
    /// What it is said to do.
    pub(super) description: &'a str,
    /// Its parameters; none where they are not known.
    pub(super) parameters: Vec<Parameter<'a>>,
    /// Whether its parameters are known.
    pub(super) known: bool,
}

/// One parameter.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parameter<'a> {
    pub(super) name: &'a str,
    pub(super) required: bool,
    /// Its type, where it has one only.
    pub(super) kind: &'a str,
    /// What is said of it.
    pub(super) description: &'a str,
    schema: Option<&'a Map<String, Value>>,
}

impl<'a> Tool<'a> {
    /// Reads a definition.
    pub(super) fn read(definition: &'a ToolDefinition) -> Self {
        let schema = definition.parameters.as_ref();
        let required = schema.and_then(|schema| schema.get("required")).and_then(Value::as_array);
        let is_required =
            |name: &str| required.is_some_and(|names| names.iter().take(MOST_PARAMETERS).any(|known| known.as_str() == Some(name)));
        let properties = schema.and_then(|schema| schema.get("properties")).and_then(Value::as_object);
        let parameters = properties
            .into_iter()
            .flatten()
            .take(MOST_PARAMETERS)
            .map(|(name, schema)| Parameter {
                name,
                required: is_required(name),
                kind: text(schema.get("type")),
                description: text(schema.get("description")),
                schema: schema.as_object(),
            })
            .collect();
        Self {
            name: &definition.name,
            description: definition.description.as_deref().map_or("", |text| excerpt::head(text, DESCRIPTION_BYTES)),
            parameters,
            known: properties.is_some_and(|properties| !properties.is_empty() && properties.len() <= MOST_PARAMETERS),
        }
    }

    /// The parameter of this name.
    pub(super) fn parameter(&self, name: &str) -> Option<&Parameter<'a>> {
        self.parameters.iter().find(|parameter| parameter.name == name)
    }

    /// All words of its documentation.
    pub(super) fn words(&self) -> Stems {
        let parameters =
            self.parameters.iter().flat_map(|parameter| [parameter.name, parameter.description].into_iter().chain(parameter.choices()));
        [self.name, self.description].into_iter().chain(parameters).flat_map(super::word::words).map(super::word::stem).collect()
    }
}

impl<'a> Parameter<'a> {
    /// The texts it may be, or its items may be.
    pub(super) fn choices(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let of = |schema: &'a Map<String, Value>| schema.get("enum").and_then(Value::as_array);
        let own = self.schema.and_then(of);
        let items = || self.schema.and_then(|schema| schema.get("items")?.as_object()).and_then(of);
        own.or_else(items).into_iter().flatten().take(MOST_PARAMETERS).filter_map(Value::as_str)
    }

    /// The type of its items.
    pub(super) fn item_kind(&self) -> &'a str {
        text(self.schema.and_then(|schema| schema.get("items")?.get("type")))
    }

    /// Whether a word, written in small letters, is in what is said of it.
    pub(super) fn speaks_of(&self, words: &[&str]) -> bool {
        let said = |text: &str, word: &str| text.as_bytes().windows(word.len()).any(|part| part.eq_ignore_ascii_case(word.as_bytes()));
        words.iter().any(|word| said(self.description, word) || said(self.name, word))
    }

    /// What it is when not given, by its schema or by its description.
    pub(super) fn default(&self) -> Option<Cow<'a, str>> {
        match self.schema.and_then(|schema| schema.get("default")) {
            Some(Value::String(text)) => Some(Cow::Borrowed(text)),
            Some(Value::Null) | None => documented_default(self.description).map(Cow::Borrowed),
            Some(other) => Some(Cow::Owned(other.to_string())),
        }
    }
}

fn text(value: Option<&Value>) -> &str {
    value.and_then(Value::as_str).map_or("", |text| excerpt::head(text, DESCRIPTION_BYTES))
}

/// What a description says a value is when not given: `0.05` of "Default is 0.05.", `miles` of "Defaults to 'miles'".
fn documented_default(description: &str) -> Option<&str> {
    let bytes = description.as_bytes();
    let at = bytes.windows(7).position(|part| part.eq_ignore_ascii_case(b"default"))?;
    let mut rest = &description[at + 7..];
    for filler in ["ed", "s", " value", " is", " to", ":"] {
        rest = rest.strip_prefix(filler).unwrap_or(rest);
    }
    let rest = rest.trim_start_matches([' ', ':']);
    if let Some(quoted) = rest.strip_prefix(['\'', '"']) {
        return quoted.split(['\'', '"']).next();
    }
    if rest.starts_with(|first: char| first.is_ascii_digit() || first == '-') {
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-'))).unwrap_or(rest.len());
        return Some(rest[..end].trim_end_matches('.'));
    }
    let end = rest.find(['.', ',', ';', '(', ')']).unwrap_or(rest.len());
    Some(rest[..end].trim()).filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn defaults_are_read_from_descriptions() {
        for (said, default) in [
            ("Significance level. Default is 0.05.", Some("0.05")),
            ("In F/m. Default is 8.854e-12 (vacuum).", Some("8.854e-12")),
            ("Units. Defaults to 'miles'.", Some("miles")),
            ("The region, default: all", Some("all")),
            ("Default value is true, see above", Some("true")),
            ("The city", None),
        ] {
            assert_eq!(documented_default(said), default, "{said}");
        }
    }

    #[test]
    fn a_definition_is_read() {
        let definition = ToolDefinition {
            name: "find".into(),
            description: None,
            parameters: Some(
                json!({"properties": {"city": {"type": "string", "enum": ["Rome", "Oslo"]}, "n": {"type": "integer", "default": 5}}, "required": ["city"]}),
            ),
        };
        let tool = Tool::read(&definition);
        let city = tool.parameter("city").unwrap_or_else(|| unreachable!());
        assert_eq!((city.required, city.kind, city.choices().collect::<Vec<_>>()), (true, "string", vec!["Rome", "Oslo"]));
        assert_eq!(tool.parameters[1].default().as_deref(), Some("5"));
        assert!(tool.known);
    }
}
