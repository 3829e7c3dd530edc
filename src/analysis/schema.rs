//! Whether tool arguments fit the tool's JSON schema, said in words.
//!
//! The part of JSON Schema that tool definitions use: `type` (with the names that Python clients write: `dict`, `float`, `tuple`, …), `enum`,
//! `const`, `required`, `properties`, `additionalProperties`, `items`, `minItems`, `maxItems`, `minimum`, `maximum`, `minLength`, `maxLength`,
//! `anyOf`, `oneOf`, `allOf`, `nullable`, `$ref` inside the schema. What is not known is not checked. Patterns are not run: they are the sender's.

use serde_json::{Map, Value};

use super::excerpt;

/// Violations reported of one call; more say nothing new.
const MOST_VIOLATIONS: usize = 5;

/// Schema parts looked at in one check, so that a hostile schema costs no more than a long one.
const MOST_VISITS: usize = 5_000;

/// Longest reference followed, in bytes.
const LONGEST_REFERENCE: usize = 200;

/// Deepest nesting followed, references included.
const DEEPEST: usize = 32;

/// One way in which arguments do not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// JSON pointer of the value, empty for the arguments as a whole.
    pub pointer: String,
    /// What is wrong, without the place: `should be a number, is the text "12,50"`.
    pub says: String,
}

impl std::fmt::Display for Violation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.pointer.is_empty() { f.write_str(&self.says) } else { write!(f, "{} {}", self.pointer, self.says) }
    }
}

/// Checks the arguments of a call against the tool's schema: at most five violations, none where nothing can be told.
///
/// Arguments that a tracer recorded as `{"args": […], "kwargs": {…}}` are checked by their names; what was given by position is not.
#[must_use]
pub fn check(schema: &Value, arguments: &Value) -> Vec<Violation> {
    let mut room = MOST_VISITS;
    check_within(schema, arguments, &mut room)
}

/// The same for one of many calls, which share `room` for schema parts to look at; what it runs out for is not checked.
pub(crate) fn check_within(schema: &Value, arguments: &Value, room: &mut usize) -> Vec<Violation> {
    let Value::Object(root) = schema else { return Vec::new() };
    let properties = root.get("properties").and_then(Value::as_object);
    let start = MOST_VISITS.min(*room);
    let mut walk = Walk { root: schema, found: Vec::new(), room: start };
    match (arguments, properties) {
        (Value::Object(sent), Some(known)) if is_call_record(sent, known) => {
            let by_position = sent.get("args").and_then(Value::as_array).is_some_and(|args| !args.is_empty());
            let empty = Map::new();
            let named = sent.get("kwargs").and_then(Value::as_object).unwrap_or(&empty);
            walk.object(root, named, &mut String::new(), 0, !by_position);
        }
        // Some clients record the bare value of a tool with one parameter.
        (Value::Object(_), _) | (Value::Null, Some(_)) => walk.value(schema, arguments, &mut String::new(), 0),
        _ => {}
    }
    *room -= start - walk.room;
    walk.found
}

/// Whether the arguments are a record of a call rather than the parameters themselves.
fn is_call_record(sent: &Map<String, Value>, known: &Map<String, Value>) -> bool {
    !sent.is_empty() && sent.keys().all(|key| (key == "args" || key == "kwargs") && !known.contains_key(key))
}

struct Walk<'a> {
    root: &'a Value,
    found: Vec<Violation>,
    room: usize,
}

impl Walk<'_> {
    fn done(&self) -> bool {
        self.found.len() >= MOST_VIOLATIONS || self.room == 0
    }

    /// Whether there is room to look at so many parts of the schema; they are counted.
    fn visit(&mut self, parts: usize) -> bool {
        let fits = parts <= self.room;
        self.room = self.room.saturating_sub(parts);
        fits
    }

    fn says(&mut self, pointer: &str, says: String) {
        if self.found.len() < MOST_VIOLATIONS {
            self.found.push(Violation { pointer: pointer.to_owned(), says });
        }
    }

    fn value(&mut self, schema: &Value, value: &Value, pointer: &mut String, depth: usize) {
        let Value::Object(schema) = schema else { return };
        if depth > DEEPEST || self.done() || !self.visit(1) {
            return;
        }
        if let Some(target) = schema.get("$ref").and_then(Value::as_str).filter(|target| target.len() <= LONGEST_REFERENCE) {
            let root = self.root;
            if let Some(target) = target.strip_prefix('#').and_then(|path| root.pointer(path)) {
                self.value(target, value, pointer, depth + 1);
            }
            return;
        }
        if value.is_null() && schema.get("nullable") == Some(&Value::Bool(true)) {
            return;
        }
        if let Some(wanted) = schema.get("type").and_then(Types::read)
            && !wanted.admit(value)
        {
            self.says(pointer, format!("should be {wanted}, is {}", described(value)));
            return;
        }
        self.choices(schema, value, pointer, depth);
        match value {
            Value::Object(object) => self.object(schema, object, pointer, depth, true),
            Value::Array(items) => self.array(schema, items, pointer, depth),
            Value::Number(number) => self.bounds(schema, number.as_f64(), ["minimum", "maximum"], "", pointer),
            Value::String(text) => {
                self.bounds(schema, Some(text.chars().count() as f64), ["minLength", "maxLength"], " characters", pointer)
            }
            _ => {}
        }
    }

    /// `enum`, `const`, `anyOf`, `oneOf`, `allOf`.
    fn choices(&mut self, schema: &Map<String, Value>, value: &Value, pointer: &mut String, depth: usize) {
        if let Some(Value::Array(choices)) = schema.get("enum")
            && self.visit(choices.len())
            && !choices.iter().any(|choice| alike(choice, value))
        {
            self.says(pointer, format!("is {}, not one of {}", described(value), excerpt::list(choices.iter().map(described), 8)));
        }
        if let Some(only) = schema.get("const")
            && !alike(only, value)
        {
            self.says(pointer, format!("is {}, should be {}", described(value), described(only)));
        }
        for key in ["anyOf", "oneOf"] {
            if let Some(Value::Array(branches)) = schema.get(key) {
                self.any(branches, value, pointer, depth);
            }
        }
        if let Some(Value::Array(parts)) = schema.get("allOf") {
            for part in parts.iter().take(self.room) {
                self.value(part, value, pointer, depth + 1);
            }
        }
    }

    /// One branch must fit. Where none does, the branch that comes closest is the one to speak of.
    fn any(&mut self, branches: &[Value], value: &Value, pointer: &mut String, depth: usize) {
        let mut closest: Option<Vec<Violation>> = None;
        for branch in branches {
            let mut trial = Walk { root: self.root, found: Vec::new(), room: self.room };
            trial.value(branch, value, pointer, depth + 1);
            self.room = trial.room;
            if trial.found.is_empty() || self.room == 0 {
                return;
            }
            // A complaint about something inside is closer than one about the value itself.
            let depth_of = |found: &[Violation]| found.iter().map(|violation| violation.pointer.len()).max();
            if closest.as_deref().is_none_or(|closest| depth_of(&trial.found) > depth_of(closest)) {
                closest = Some(trial.found);
            }
        }
        let room = MOST_VIOLATIONS - self.found.len().min(MOST_VIOLATIONS);
        self.found.extend(closest.into_iter().flatten().take(room));
    }

    fn object(&mut self, schema: &Map<String, Value>, object: &Map<String, Value>, pointer: &mut String, depth: usize, all_sent: bool) {
        let properties = schema.get("properties").and_then(Value::as_object);
        if let Some(Value::Array(required)) = schema.get("required")
            && all_sent
            && self.visit(required.len())
        {
            for name in required.iter().filter_map(Value::as_str).filter(|name| !object.contains_key(*name)) {
                self.says(pointer, format!("lacks \"{}\", which is required", excerpt::line(name, 60)));
            }
        }
        for (name, value) in object {
            if self.done() {
                return;
            }
            let length = pointer.len();
            push_token(pointer, name);
            match (properties.and_then(|known| known.get(name)), schema.get("additionalProperties")) {
                (Some(known), _) => self.value(known, value, pointer, depth + 1),
                (None, Some(Value::Bool(false))) => self.says(pointer, unknown_property(properties)),
                (None, Some(rest @ Value::Object(_))) => self.value(rest, value, pointer, depth + 1),
                (None, _) => {}
            }
            pointer.truncate(length);
        }
    }

    fn array(&mut self, schema: &Map<String, Value>, items: &[Value], pointer: &mut String, depth: usize) {
        self.bounds(schema, Some(items.len() as f64), ["minItems", "maxItems"], " items", pointer);
        // A list of schemas goes by place, as tuples do; one schema holds for all the rest.
        let by_place = ["prefixItems", "items"].iter().find_map(|key| schema.get(*key)?.as_array());
        for (index, item) in items.iter().enumerate() {
            if self.done() {
                return;
            }
            let Some(wanted) =
                by_place.and_then(|places| places.get(index)).or_else(|| schema.get("items")).filter(|wanted| wanted.is_object())
            else {
                continue;
            };
            let length = pointer.len();
            push_token(pointer, &index.to_string());
            self.value(wanted, item, pointer, depth + 1);
            pointer.truncate(length);
        }
    }

    fn bounds(&mut self, schema: &Map<String, Value>, measured: Option<f64>, [least, most]: [&str; 2], unit: &str, pointer: &str) {
        let Some(measured) = measured else { return };
        if let Some(least) = schema.get(least).and_then(Value::as_f64).filter(|least| measured < *least) {
            self.says(pointer, format!("is {measured}{unit}, should be at least {least}"));
        }
        if let Some(most) = schema.get(most).and_then(Value::as_f64).filter(|most| measured > *most) {
            self.says(pointer, format!("is {measured}{unit}, should be at most {most}"));
        }
    }
}

/// The types a schema admits, as a set.
#[derive(Clone, Copy)]
struct Types(u8);

/// Each type: its bit, how it is called in a sentence, the names schemas give it.
const TYPES: &[(u8, &str, &[&str])] = &[
    (1, "text", &["string", "str", "text"]),
    (2, "a whole number", &["integer", "int", "long"]),
    (4, "a number", &["number", "float", "double", "decimal"]),
    (8, "true or false", &["boolean", "bool"]),
    (16, "a list", &["array", "list", "tuple", "set"]),
    (32, "an object", &["object", "dict", "map", "hashmap"]),
    (64, "null", &["null", "none", "nonetype"]),
];

impl Types {
    /// Reads a `type`; `None` where it names something unknown, which then admits anything.
    fn read(value: &Value) -> Option<Self> {
        let bit = |name: &str| {
            TYPES.iter().find(|(_, _, names)| names.iter().any(|known| known.eq_ignore_ascii_case(name))).map(|(bit, _, _)| *bit)
        };
        match value {
            Value::String(name) => bit(name).map(Self),
            Value::Array(names) => {
                names.iter().try_fold(0, |so_far, name| Some(so_far | bit(name.as_str()?)?)).filter(|bits| *bits != 0).map(Self)
            }
            _ => None,
        }
    }

    fn admit(self, value: &Value) -> bool {
        let bits = match value {
            Value::Null => 64,
            Value::Bool(_) => 8,
            Value::Number(number) if number.is_f64() && number.as_f64().is_none_or(|number| number.fract() != 0.0) => 4,
            Value::Number(_) => 2 | 4,
            Value::String(_) => 1,
            Value::Array(_) => 16,
            Value::Object(_) => 32,
        };
        self.0 & bits != 0
    }
}

impl std::fmt::Display for Types {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, (_, words, _)) in TYPES.iter().filter(|(bit, _, _)| self.0 & bit != 0).enumerate() {
            write!(f, "{}{words}", if index > 0 { " or " } else { "" })?;
        }
        Ok(())
    }
}

/// A value in a sentence.
fn described(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(truth) => truth.to_string(),
        Value::Number(number) => format!("the number {number}"),
        Value::String(text) => format!("the text \"{}\"", excerpt::line(text, 40)),
        Value::Array(items) => format!("a list of {}", items.len()),
        Value::Object(_) => "an object".to_owned(),
    }
}

fn unknown_property(properties: Option<&Map<String, Value>>) -> String {
    match properties {
        Some(known) if !known.is_empty() => {
            format!("is not known; known are {}", excerpt::list(known.keys().map(|name| excerpt::line(name, 40)), 8))
        }
        _ => "is not known; nothing is".to_owned(),
    }
}

/// Equal values; 5 and 5.0 are.
fn alike(one: &Value, other: &Value) -> bool {
    one == other || one.as_f64().zip(other.as_f64()).is_some_and(|(one, other)| one == other)
}

/// Appends one part to a JSON pointer (RFC 6901).
fn push_token(pointer: &mut String, token: &str) {
    pointer.push('/');
    for character in excerpt::head(token, 100).chars() {
        match character {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            other => pointer.push(other),
        }
    }
}

#[cfg(test)]
#[path = "schema_tests.rs"]
mod tests;
