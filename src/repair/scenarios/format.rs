//! A scenario as a file: our own JSON, with a name for its form.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::model::scenario::Scenario;

/// The form written, under `schema`.
pub const SCHEMA: &str = "arc-eval-scenario/1";

/// Why a text is no scenario.
#[derive(Debug, thiserror::Error)]
pub enum ScenarioFormatError {
    /// It is not JSON, or lacks a field.
    #[error("not a scenario: {0}")]
    Json(#[from] serde_json::Error),
    /// It is of another form.
    #[error("this scenario has the form {0:?}; this program reads {SCHEMA:?}")]
    OtherSchema(String),
}

#[derive(Serialize)]
struct Written<'s> {
    schema: &'static str,
    #[serde(flatten)]
    scenario: &'s Scenario,
}

#[derive(Deserialize)]
struct Header {
    schema: Option<String>,
}

/// The file of a scenario: indented JSON with a line end, `schema` first.
///
/// # Errors
/// None that a scenario can cause; the serialiser's are passed on.
pub fn write(scenario: &Scenario) -> Result<String, ScenarioFormatError> {
    let mut text = serde_json::to_string_pretty(&Written { schema: SCHEMA, scenario })?;
    text.push('\n');
    Ok(text)
}

/// A scenario read back from its file. JSON has one null where a change knows two, no value and the value null: where the kind of change is
/// `null`, or a field has no value before, the value null is meant.
///
/// # Errors
/// When the text is not JSON, is of another form, or lacks a field; the serialiser's message names line and field.
pub fn read(text: &str) -> Result<Scenario, ScenarioFormatError> {
    let header: Header = serde_json::from_str(text)?;
    match header.schema {
        Some(schema) if schema == SCHEMA => {
            let mut scenario: Scenario = serde_json::from_str(text)?;
            let mutation = &mut scenario.mutation;
            if mutation.kind == "null" {
                mutation.to.get_or_insert(Value::Null);
            }
            if mutation.field.is_some() {
                mutation.from.get_or_insert(Value::Null);
            }
            Ok(scenario)
        }
        other => Err(ScenarioFormatError::OtherSchema(other.unwrap_or_default())),
    }
}

/// The name of a scenario's file: its title in plain letters, and its id.
#[must_use]
pub fn file_name(scenario: &Scenario) -> String {
    let mut name = String::new();
    for c in scenario.title.chars().take(48) {
        match c {
            'a'..='z' | '0'..='9' => name.push(c),
            'A'..='Z' => name.push(c.to_ascii_lowercase()),
            _ if !name.ends_with('-') && !name.is_empty() => name.push('-'),
            _ => {}
        }
    }
    let id: String = scenario.id.chars().filter(char::is_ascii_hexdigit).take(16).collect();
    format!("{}-{id}.json", if name.is_empty() { "scenario" } else { name.trim_end_matches('-') })
}
