//! What senders tell besides what is understood: kept, within bounds.

use serde_json::Value;

/// Longest text kept of one attribute, in bytes: the whole stands in the raw trace.
const LONGEST: usize = 16 << 10;

/// Most attributes kept of one span; OpenTelemetry's own limit is 128.
const MOST: usize = 512;

/// The attributes with long texts cut, and how much was.
pub(super) fn bounded(attributes: &[(String, Value)]) -> Vec<(String, Value)> {
    attributes.iter().take(MOST).map(|(name, value)| (name.clone(), cut(value))).collect()
}

fn cut(value: &Value) -> Value {
    match value {
        Value::String(text) if text.len() > LONGEST => {
            let end = text.floor_char_boundary(LONGEST);
            Value::String(format!("{}… ({} bytes in all)", &text[..end], text.len()))
        }
        value => value.clone(),
    }
}
