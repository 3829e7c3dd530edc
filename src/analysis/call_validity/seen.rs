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
const MOST_LOOKED_FOR: usize = 50_000;

/// Values of one call that are looked at.
const MOST_VALUES: usize = 100;

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

/// Looks for the identifiers of all calls in what came before them; for none where the run does not tell what it was asked.
pub(super) fn look<'a>(trace: &'a Trace, calls: &[Call<'a>]) -> Looked<'a> {
    let mut wanted = Vec::new();
    let mut looked = Looked { identifiers: vec![0; calls.len()], unseen: Vec::new() };
    if !tells_the_request(trace) {
        return looked;
    }
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

/// Whether a run tells what was asked of it: otherwise any value may come from there.
fn tells_the_request(trace: &Trace) -> bool {
    let told = |step: &Step| {
        step.role.as_deref() == Some("user") && step.content.is_some() || step.model.as_ref().is_some_and(|model| model.messages.is_some())
    };
    trace.input.as_ref().is_some_and(|input| !input.is_null()) || trace.steps.iter().any(told)
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

/// What a run has seen so far: the marks of its texts.
#[derive(Default)]
struct Known(HashSet<u64, FixedState>);

impl Known {
    fn step(&mut self, step: &Step) {
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

    fn value(&mut self, value: &Value) {
        match value {
            Value::String(text) => self.text(text),
            Value::Number(number) => {
                if let Some(number) = number.as_u64().filter(|number| *number >= 100) {
                    self.0.insert(mark_of_digits(number));
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

    fn text(&mut self, text: &str) {
        each_mark(text, |mark, _| {
            self.0.insert(mark);
        });
    }

    /// Whether an identifier was seen: whole, by all its parts, or by the digits in it, whatever they were joined to.
    fn has(&self, value: &str) -> bool {
        let (mut all, mut digits, mut any_digits) = (true, true, false);
        each_mark(value, |mark, part| {
            let seen = self.0.contains(&mark);
            match part {
                Part::Run => all &= seen,
                Part::Digits => (digits, any_digits) = (digits && seen, true),
                Part::Mail => (all, digits) = (seen, digits && seen),
            }
        });
        all || (digits && any_digits)
    }
}

/// What a mark is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// Letters, digits and `_` with a digit, three characters or more.
    Run,
    /// Four digits or more in such a run.
    Digits,
    /// A mail address.
    Mail,
}

fn mark(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |so_far: u64, byte| (so_far ^ u64::from(byte.to_ascii_lowercase())).wrapping_mul(0x0100_0000_01b3))
}

/// The marks of a text in order: of its runs, of the digits in them, of mail addresses. Each is a number, equal for equal letters.
fn each_mark(text: &str, mut take: impl FnMut(u64, Part)) {
    const LONGEST: usize = 64;
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        let mut digits = 0;
        while let Some(byte) = bytes.get(at).filter(|byte| byte.is_ascii_alphanumeric() || **byte == b'_') {
            digits += usize::from(byte.is_ascii_digit());
            at += 1;
        }
        let run = &bytes[start..at];
        if digits > 0 && (3..=LONGEST).contains(&run.len()) {
            take(mark(run), Part::Run);
            if digits >= 4 {
                run.split(|byte| !byte.is_ascii_digit())
                    .filter(|digits| digits.len() >= 4)
                    .for_each(|digits| take(mark(digits), Part::Digits));
            }
        }
        if bytes.get(at) == Some(&b'@') {
            let inside = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-' | b'+');
            let before = bytes[..at].iter().rev().take(LONGEST).take_while(inside).count();
            let after = bytes[at + 1..].iter().take(LONGEST).take_while(inside).count();
            let address = bytes[at - before..at + 1 + after].trim_ascii();
            take(mark(address.strip_suffix(b".").unwrap_or(address)), Part::Mail);
        }
        at += 1;
    }
}

/// The mark of a whole number written in digits.
fn mark_of_digits(mut number: u64) -> u64 {
    let mut digits = [0; 20];
    let mut start = digits.len();
    while start > 0 && (number > 0 || start == digits.len()) {
        start -= 1;
        digits[start] = b'0' + (number % 10) as u8;
        number /= 10;
    }
    mark(&digits[start..])
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
        let joined = trace()
            .message("user", "order no.W2378156, tom.b@example.org.")
            .tool("get", json!({"id": "2378156", "mail": "Tom.B@example.org"}));
        assert!(unseen(joined).is_empty());
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
        fn numbers_and_their_digits_have_one_mark(number in 100_u64..) {
            let mut marks = Vec::new();
            each_mark(&number.to_string(), |mark, part| marks.push((mark, part)));
            prop_assert_eq!(marks[0], (mark_of_digits(number), Part::Run));
        }
    }
}
