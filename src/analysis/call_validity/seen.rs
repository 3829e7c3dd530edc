//! Identifiers in arguments that nothing in the run had given before the call: no user, no instruction, no earlier result.

use std::collections::HashSet;

use foldhash::fast::FixedState;
use serde_json::Value;

use super::word;
use crate::{
    analysis::{call::Call, excerpt},
    model::{
        step::{Step, StepKind},
        trace::Trace,
    },
};

/// Identifiers looked for in one run.
const MOST_LOOKED_FOR: usize = 2_000;

/// Values of one call that are looked at.
const MOST_VALUES: usize = 100;

/// Bytes searched as plain text for identifiers that are not found by their parts.
const SEARCHED_BYTES: usize = 1 << 20;

/// An identifier in an argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Identifier<'a> {
    /// The index of the call.
    pub(super) call: usize,
    /// The argument, as a JSON pointer.
    pub(super) pointer: String,
    /// Its value as text.
    pub(super) value: std::borrow::Cow<'a, str>,
}

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Looked<'a> {
    /// For each call, how many identifiers were looked for.
    pub(super) identifiers: Vec<u32>,
    /// Those that nothing had given.
    pub(super) unseen: Vec<Identifier<'a>>,
}

/// Looks for the identifiers of all calls in what came before them.
pub(super) fn look<'a>(trace: &'a Trace, calls: &[Call<'a>]) -> Looked<'a> {
    let mut wanted = Vec::new();
    let mut looked = Looked { identifiers: vec![0; calls.len()], unseen: Vec::new() };
    for (index, call) in calls.iter().enumerate() {
        let before = wanted.len();
        if let Some(Value::Object(arguments)) = call.input
            && wanted.len() < MOST_LOOKED_FOR
        {
            let mut room = MOST_VALUES;
            for (name, value) in arguments {
                identifiers(
                    index,
                    name,
                    &mut format!("/{}", excerpt::head(name, 100).replace('~', "~0").replace('/', "~1")),
                    value,
                    &mut room,
                    &mut wanted,
                );
            }
        }
        looked.identifiers[index] = u32::try_from(wanted.len() - before).unwrap_or(u32::MAX);
    }
    let mut known = Known::default();
    trace.input.iter().for_each(|input| known.value(input));
    let mut wanted = wanted.into_iter().peekable();
    for (position, step) in trace.steps.iter().enumerate() {
        // What a model was sent was known before what it asked for.
        step.model.iter().filter_map(|model| model.messages.as_ref()).for_each(|messages| known.value(messages));
        while let Some(next) = wanted.next_if(|next| calls[next.call].position <= position) {
            if !known.has(&next.value) {
                looked.unseen.push(next);
            }
        }
        if wanted.peek().is_none() {
            break;
        }
        known.step(step);
    }
    looked
}

/// Gathers the identifiers in a value.
fn identifiers<'a>(call: usize, name: &str, pointer: &mut String, value: &'a Value, room: &mut usize, wanted: &mut Vec<Identifier<'a>>) {
    if *room == 0 || pointer.len() > 300 {
        return;
    }
    *room -= 1;
    match value {
        Value::String(text) if is_identifier(text) => {
            wanted.push(Identifier { call, pointer: pointer.clone(), value: std::borrow::Cow::Borrowed(text) });
        }
        Value::Number(number) if names_identifier(name) && number.as_u64().is_some_and(|number| number >= 10_000) => {
            wanted.push(Identifier { call, pointer: pointer.clone(), value: std::borrow::Cow::Owned(number.to_string()) });
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                let length = pointer.len();
                pointer.push_str(&format!("/{index}"));
                identifiers(call, name, pointer, item, room, wanted);
                pointer.truncate(length);
            }
        }
        Value::Object(entries) => {
            for (key, item) in entries {
                let length = pointer.len();
                pointer.push('/');
                pointer.push_str(&excerpt::head(key, 100).replace('~', "~0").replace('/', "~1"));
                identifiers(call, key, pointer, item, room, wanted);
                pointer.truncate(length);
            }
        }
        _ => {}
    }
}

/// Whether a text can only be known, not worked out: a mail address, or three digits and more among letters, or a long run of digits.
fn is_identifier(text: &str) -> bool {
    if !(4..=64).contains(&text.len())
        || !text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'@' | b'.' | b'#' | b'-'))
    {
        return false;
    }
    let count = |is: fn(&u8) -> bool| text.bytes().filter(is).count();
    let (digits, letters) = (count(u8::is_ascii_digit), count(u8::is_ascii_alphabetic));
    if text.contains('@') {
        return letters > 3 && text.rfind('.') > text.find('@');
    }
    let dated = text.len() == 10 && text.bytes().filter(|byte| *byte == b'-').count() == 2 && letters == 0;
    // A dot parts a file's name from its kind, a number from its decimals.
    !text.contains('.') && !dated && ((digits >= 3 && letters > 0) || (digits >= 6 && letters == 0 && !text.contains('-')))
}

/// Whether a parameter's name announces an identifier.
fn names_identifier(name: &str) -> bool {
    word::words(name).any(|word| {
        ["id", "ids", "account", "order", "ticket", "reference", "invoice"].iter().any(|known| word.eq_ignore_ascii_case(known))
    })
}

/// What a run has seen so far.
#[derive(Default)]
struct Known<'a> {
    /// Runs of letters, digits and `_` with a digit in them, as numbers.
    runs: HashSet<u64, FixedState>,
    /// The texts themselves, for what is not found by its runs.
    texts: Vec<&'a str>,
}

impl<'a> Known<'a> {
    fn step(&mut self, step: &'a Step) {
        // What the agent itself says or thinks is no source.
        let own = step.kind == StepKind::Reasoning || step.role.as_deref() == Some("assistant");
        if let Some(content) = step.content.as_deref().filter(|_| !own) {
            self.text(content);
        }
        if let Some(tool) = &step.tool {
            [&tool.input, &tool.output].into_iter().flatten().for_each(|value| self.value(value));
        }
        step.error.iter().for_each(|error| self.text(error));
    }

    fn value(&mut self, value: &'a Value) {
        match value {
            Value::String(text) => self.text(text),
            Value::Number(number) => {
                if let Some(number) = number.as_u64().filter(|number| *number >= 100) {
                    self.runs.insert(run_of_digits(number));
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.value(item)),
            Value::Object(entries) => entries.iter().for_each(|(key, item)| {
                self.text(key);
                self.value(item);
            }),
            Value::Null | Value::Bool(_) => {}
        }
    }

    fn text(&mut self, text: &'a str) {
        for run in runs(text) {
            self.runs.insert(run);
        }
        if text.len() >= 4 {
            self.texts.push(text);
        }
    }

    /// Whether all runs of an identifier were seen, or the whole of it inside a longer text.
    fn has(&self, value: &str) -> bool {
        let mut runs = runs(value).peekable();
        if runs.peek().is_some() && runs.all(|run| self.runs.contains(&run)) {
            return true;
        }
        let mut room = SEARCHED_BYTES;
        let value = value.trim_start_matches('#');
        self.texts.iter().any(|text| {
            let text = excerpt::head(text, room);
            room -= text.len();
            contains(text, value)
        })
    }
}

/// Whether a text holds another, in any letters.
fn contains(text: &str, wanted: &str) -> bool {
    let Some(first) = wanted.bytes().next().map(|byte| byte.to_ascii_lowercase()) else { return true };
    let (text, wanted) = (text.as_bytes(), wanted.as_bytes());
    text.len() >= wanted.len()
        && (0..=text.len() - wanted.len())
            .any(|at| text[at].to_ascii_lowercase() == first && text[at..at + wanted.len()].eq_ignore_ascii_case(wanted))
}

fn hash(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |so_far: u64, byte| (so_far ^ u64::from(byte.to_ascii_lowercase())).wrapping_mul(0x0100_0000_01b3))
}

/// The runs of letters, digits and `_` in a text that have a digit and three characters or more.
fn runs(text: &str) -> impl Iterator<Item = u64> + '_ {
    let bytes = text.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < bytes.len() {
            let start = at;
            let mut digit = false;
            while let Some(byte) = bytes.get(at).filter(|byte| byte.is_ascii_alphanumeric() || **byte == b'_') {
                digit |= byte.is_ascii_digit();
                at += 1;
            }
            let run = &bytes[start..at];
            at += 1;
            if digit && (3..=64).contains(&run.len()) {
                return Some(hash(run));
            }
        }
        None
    })
}

/// The same of a whole number.
fn run_of_digits(mut number: u64) -> u64 {
    let mut digits = [0; 20];
    let mut start = digits.len();
    while start > 0 && (number > 0 || start == digits.len()) {
        start -= 1;
        digits[start] = b'0' + (number % 10) as u8;
        number /= 10;
    }
    hash(&digits[start..])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::analysis::{
        call,
        rules::Rules,
        testing::{TraceBuilder, any_trace, trace},
    };

    fn unseen(trace: TraceBuilder) -> Vec<(usize, String)> {
        let trace = trace.build();
        let calls = call::collect(&trace, &Rules::bundled());
        look(&trace, &calls).unseen.into_iter().map(|found| (found.call, found.pointer)).collect()
    }

    #[test]
    fn identifiers_come_from_somewhere() {
        let invented = trace()
            .message("user", "Where is my order?")
            .tool("get_order", json!({"order": {"ids": ["W2378156"]}}))
            .returns(json!("no such order"));
        assert_eq!(unseen(invented), [(0, "/order/ids/0".to_owned())]);
        let told = trace().message("user", "Where is my order #W2378156?").tool("get_order", json!({"id": "W2378156"}));
        assert!(unseen(told).is_empty());
        let found = trace()
            .message("user", "Where is my order?")
            .tool("find", json!({"name": "Tom"}))
            .returns(json!({"orders": [{"id": 4455667}], "mail": "Tom@Example.org"}))
            .tool("get_order", json!({"id": "4455667", "mail": "tom@example.org"}));
        assert!(unseen(found).is_empty());
    }

    #[test]
    fn what_the_agent_says_itself_is_no_source() {
        let said = trace().message("user", "Cancel it").says("I will cancel W2378156").tool("cancel", json!({"id": "W2378156"}));
        assert_eq!(unseen(said).len(), 1);
    }

    #[test]
    fn what_can_be_worked_out_is_no_identifier() {
        for text in ["2024-05-01", "12.50", "hello", "report_2024.csv", "12:30", "3x^2+1", "v1.20.3"] {
            assert!(!is_identifier(text), "{text}");
        }
        for text in ["W2378156", "sara_doe_496", "tom@example.org", "#A1182", "20240511823"] {
            assert!(is_identifier(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_run_can_be_looked_through(trace in any_trace()) {
            let calls = call::collect(&trace, &Rules::bundled());
            let looked = look(&trace, &calls);
            prop_assert!(looked.unseen.iter().all(|found| looked.identifiers[found.call] > 0));
        }

        #[test]
        fn numbers_and_their_digits_are_one_run(number in 100_u64..) {
            prop_assert_eq!(runs(&number.to_string()).next(), Some(run_of_digits(number)));
        }
    }
}
