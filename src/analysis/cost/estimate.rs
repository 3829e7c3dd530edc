//! How many tokens a call must have had, from its text, where its sender counted none.
//!
//! Tokenizers weigh megabytes and differ by model; ten counts of a text come close to all of them. The weights are those of `benches/fit/tokens.py`,
//! fitted to the mean of three tokenizers (OpenAI's `cl100k_base`, DeepSeek's, Anthropic's published one) over 4,939 texts: agent runs in English,
//! their JSON, program code, and user interfaces in sixty languages. Predicted for sources left out of the fit, half of the texts are within 4.4 % of
//! that mean and nine in ten within 15 % (`cl100k_base` alone: 5.3 % and 23 %); four characters a token, the usual rule, gives 20 % and 42 %. Latin script with
//! many accents, and scripts few programs are written for, are the worst: up to a half too many or too few.

use serde_json::Value;

use crate::model::{
    step::{ModelCall, RequestedTool, Step},
    usage::TokenUsage,
};

/// Tokens that mark the start of a message and who speaks.
const PER_MESSAGE: u64 = 4;

/// Weights in hundredths of a token.
const WORD: u64 = 100;
const LONG: u64 = 9;
const DIGITS: u64 = 138;
const MARK: u64 = 58;
const BREAK: u64 = 138;
const LATIN: u64 = 255;
const ALPHABET: u64 = 65;
const SCRIPT: u64 = 94;
const SIGN: u64 = 124;
/// Too rare in the texts to be fitted: what the three tokenizers give a smiley on average.
const PICTURE: u64 = 240;

/// Letters from which on a word is long.
const SHORT_WORD: u32 = 5;
/// Digits that make one token.
const DIGIT_GROUP: u32 = 3;

/// What parts of a message say that it holds more than text, which is not counted here.
const NOT_TEXT: &[&str] = &["image", "image_url", "input_image", "input_audio", "audio", "video", "file", "input_file", "document"];

/// Tokens of a call that reports none; `None` where its prompt or its answer is not known as text.
pub(super) fn usage_of(step: &Step, call: &ModelCall) -> Option<TokenUsage> {
    let input = prompt(call.messages.as_ref()?)?;
    let output = answer(step, call).filter(|tokens| *tokens > 0)?;
    Some(TokenUsage { input_tokens: input, output_tokens: output, estimated: true, ..TokenUsage::default() })
}

/// The tokens of a text.
pub(super) fn text(text: &str) -> u64 {
    hundredths(text).div_ceil(100)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Letter,
    Digit,
    Blank,
    Break,
    Mark,
    Other,
}

fn hundredths(text: &str) -> u64 {
    let (mut sum, mut before, mut run) = (0_u64, Kind::Blank, 0_u32);
    for char in text.chars() {
        let kind = match char {
            'a'..='z' | 'A'..='Z' => Kind::Letter,
            '0'..='9' => Kind::Digit,
            ' ' | '\t' | '\r' => Kind::Blank,
            '\n' => Kind::Break,
            '\0'..='\x7f' => Kind::Mark,
            _ => Kind::Other,
        };
        run = if kind == before { run.saturating_add(1) } else { 1 };
        sum += match kind {
            Kind::Letter if run == 1 => WORD,
            Kind::Letter if run > SHORT_WORD => LONG,
            Kind::Digit if run % DIGIT_GROUP == 1 => DIGITS,
            Kind::Break if run == 1 => BREAK,
            Kind::Mark => MARK,
            Kind::Other => other(char),
            _ => 0,
        };
        before = kind;
    }
    sum
}

const fn other(char: char) -> u64 {
    match char as u32 {
        0..0x250 => LATIN,
        0x370..0x530 => ALPHABET,
        0x250..0x370 | 0x530..0x800 => SCRIPT,
        0x800..0x1_0000 => SIGN,
        _ => PICTURE,
    }
}

/// The prompt: its messages, else all that was sent. `None` where something in it is not text.
fn prompt(messages: &Value) -> Option<u64> {
    match messages {
        Value::Array(messages) => messages.iter().try_fold(0_u64, |sum, message| Some(sum + PER_MESSAGE + message_tokens(message)?)),
        Value::Null => None,
        other => Some(PER_MESSAGE + message_tokens(other)?),
    }
}

/// The tokens of one message.
pub(super) fn message_tokens(message: &Value) -> Option<u64> {
    match message {
        Value::String(said) => Some(text(said)),
        Value::Object(fields) => {
            let content = match fields.get("content").or_else(|| fields.get("parts")) {
                Some(Value::Array(parts)) => parts.iter().try_fold(0, |sum, part| Some(sum + part_tokens(part)?))?,
                Some(content) => part_tokens(content)?,
                None => part_tokens(message)?,
            };
            let asked = fields.get("tool_calls").filter(|asked| !asked.is_null()).map_or(0, json);
            Some(content + asked)
        }
        other => part_tokens(other),
    }
}

/// One part of a message: its text, else its JSON.
fn part_tokens(part: &Value) -> Option<u64> {
    match part {
        Value::Null => Some(0),
        Value::String(said) => Some(text(said)),
        Value::Object(fields) => {
            if fields.get("type").and_then(Value::as_str).is_some_and(|kind| NOT_TEXT.contains(&kind)) {
                return None;
            }
            match fields.get("text").or_else(|| fields.get("content")) {
                Some(Value::String(said)) => Some(text(said)),
                _ => Some(json(part)),
            }
        }
        other => Some(json(other)),
    }
}

fn json(value: &Value) -> u64 {
    serde_json::to_string(value).map_or(0, |written| text(&written))
}

/// The answer: what was said, and the calls it asked for.
fn answer(step: &Step, call: &ModelCall) -> Option<u64> {
    let asked: u64 = call.requested_tools.iter().map(requested).sum();
    let said = match &call.output {
        // An answer as the provider gives it holds the calls too.
        Some(Value::String(said)) => text(said) + asked,
        Some(Value::Null) | None => step.content.as_deref().map_or(0, text) + asked,
        Some(output) => message_tokens(output)?.max(asked),
    };
    Some(said)
}

fn requested(asked: &RequestedTool) -> u64 {
    text(&asked.name) + asked.arguments.as_ref().map_or(0, json)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::model::{ids::StepNumber, step::StepKind};

    fn call(messages: Value, output: Value) -> (Step, ModelCall) {
        let call = ModelCall { messages: Some(messages), output: Some(output), ..ModelCall::default() };
        (Step::new(StepNumber(1), StepKind::LlmCall, "call"), call)
    }

    #[test]
    fn texts_of_each_script_come_near_what_tokenizers_count() {
        // Each with what cl100k_base makes of it.
        for (given, counted) in [
            ("The quick brown fox jumps over the lazy dog.", 10),
            ("Please refund order A-1182 and send the confirmation to the customer by e-mail.", 18),
            ("{\"order_id\": \"A-1182\", \"amount\": 12.5}", 18),
            ("def add(a, b):\n    return a + b\n", 12),
        ] {
            let estimated = text(given);
            assert!(estimated.abs_diff(counted) * 3 <= counted, "{given}: {estimated}, counted {counted}");
        }
        assert_eq!(text(""), 0);
    }

    #[test]
    fn a_call_is_estimated_from_both_sides_and_marked() {
        let messages =
            json!([{"role": "system", "content": "Be brief."}, {"role": "user", "content": [{"type": "text", "text": "Hello there"}]}]);
        let (step, call) = call(messages, json!({"role": "assistant", "content": "Hi"}));
        let usage = usage_of(&step, &call).unwrap();
        assert_eq!((usage.input_tokens, usage.output_tokens, usage.estimated), (2 * PER_MESSAGE + 3 + 2, 1, true));
    }

    #[test]
    fn what_is_not_known_as_text_is_not_estimated() {
        let picture = json!([{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}]}]);
        let (step, asked) = call(picture, json!("a cat"));
        assert_eq!(usage_of(&step, &asked), None);
        let (step, unanswered) = call(json!([{"role": "user", "content": "Hello"}]), Value::Null);
        assert_eq!(usage_of(&step, &unanswered), None);
        let (step, mut unasked) = call(Value::Null, json!("Hello"));
        assert_eq!(usage_of(&step, &unasked), None);
        unasked.messages = None;
        assert_eq!(usage_of(&step, &unasked), None);
    }

    proptest! {
        #[test]
        fn any_text_has_a_count_that_grows_with_it(given in "\\PC{0,200}", more in "\\PC{0,50}") {
            prop_assert!(text(&given) <= 3 * given.chars().count() as u64 + 1);
            let longer = text(&format!("{given}{more}"));
            prop_assert!(longer >= text(&given));
        }
    }
}
