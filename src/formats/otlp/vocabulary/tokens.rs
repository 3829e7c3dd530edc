//! The tokens a span reports, in all spellings.

use serde_json::Value;

use super::{facts::Facts, field::Field, python, value};
use crate::{
    formats::{otlp::reading::SpanKind, usage},
    model::usage::{Charges, Service, TokenUsage},
};

/// The fields of one count of tokens.
struct Names {
    input: Field,
    output: Field,
    cached: Option<Field>,
    written: Option<Field>,
    reasoning: Option<Field>,
}

const OWN: Names = Names {
    input: Field::InputTokens,
    output: Field::OutputTokens,
    cached: Some(Field::CachedTokens),
    written: Some(Field::CacheWriteTokens),
    reasoning: Some(Field::ReasoningTokens),
};

const TOTAL: Names = Names {
    input: Field::TotalInputTokens,
    output: Field::TotalOutputTokens,
    cached: Some(Field::TotalCachedTokens),
    written: None,
    reasoning: Some(Field::TotalReasoningTokens),
};

/// The tokens, and whether they are a total over the calls inside the span.
pub(super) fn read(facts: &Facts<'_>, kind: SpanKind) -> (Option<TokenUsage>, bool) {
    let calls_a_model = matches!(kind, SpanKind::Model | SpanKind::Embedding);
    let own = from(facts, &OWN).or_else(|| facts.first(Field::Usage, |given| usage::read(&printed(value::json(given, &facts.allowance)?))));
    let (found, total) = match own {
        Some(own) => (Some(own), !calls_a_model),
        None => (from(facts, &TOTAL), true),
    };
    // Nothing is given and answered in no tokens: senders write zeros where a stream did not tell them, or where a call never came to be.
    let found = found.filter(|usage| usage.total() > 0);
    (found, total && found.is_some())
}

/// What is charged beside plain tokens: as the attributes name it, else as the provider's usage object does.
pub(super) fn charges(facts: &Facts<'_>) -> Charges {
    let given =
        facts.first(Field::Usage, |given| Some(usage::charges(&printed(value::json(given, &facts.allowance)?)))).unwrap_or_default();
    let count = |field| facts.first(field, value::count);
    Charges {
        audio_input_tokens: count(Field::AudioInputTokens).unwrap_or(given.audio_input_tokens),
        audio_output_tokens: count(Field::AudioOutputTokens).unwrap_or(given.audio_output_tokens),
        service: facts.first(Field::ServiceTier, |said| Service::named(value::text(said)?)).or(given.service),
        ..given
    }
}

fn from(facts: &Facts<'_>, names: &Names) -> Option<TokenUsage> {
    let count = |field| facts.first(field, value::count);
    let part = |field: Option<Field>| field.and_then(count).unwrap_or(0);
    let (input, output) = (count(names.input), count(names.output));
    if input.is_none() && output.is_none() {
        return None;
    }
    let (cached, written, reasoning) = (part(names.cached), part(names.written), part(names.reasoning));
    let (input, output) = (input.unwrap_or(0), output.unwrap_or(0));
    // A part cannot be more than the whole: such a sender counts them side by side.
    let beside = cached.saturating_add(written);
    Some(TokenUsage {
        input_tokens: if beside > input { input.saturating_add(beside) } else { input },
        cached_input_tokens: cached,
        cache_write_input_tokens: written,
        output_tokens: if reasoning > output { output.saturating_add(reasoning) } else { output },
        reasoning_tokens: reasoning,
        estimated: false,
    })
}

/// Counts that Python printed: a dictionary, or the members of a model.
fn printed(given: Value) -> Value {
    let shown = |text: &str| python::read_members(text).map(Value::Object).or_else(|| python::read(text, false));
    given.as_str().and_then(shown).unwrap_or(given)
}
