//! Langfuse's SDKs: observations, each with input, output, model and usage.

use super::{Dialect, Field, SpanKind};
use crate::{
    formats::{
        otlp::{
            reading::Reading,
            vocabulary::{facts::Facts, value},
        },
        usage,
    },
    model::{money::Money, usage::TokenUsage},
};

/// Langfuse's words.
pub(super) const DIALECT: Dialect = Dialect {
    words: &[
        ("langfuse.observation.type", Field::Kind),
        ("langfuse.session.id", Field::Session),
        ("langfuse.observation.model.name", Field::Model),
        ("langfuse.observation.input", Field::Input),
        ("langfuse.observation.output", Field::Output),
        ("langfuse.trace.input", Field::Input),
        ("langfuse.trace.output", Field::Output),
        ("langfuse.observation.usage_details", Field::Own),
        ("langfuse.observation.cost_details", Field::Own),
        ("langfuse.observation.level", Field::ErrorFlag),
        ("langfuse.observation.status_message", Field::ErrorMessage),
    ],
    kinds: &[
        ("generation", SpanKind::Model),
        ("agent", SpanKind::Agent),
        ("tool", SpanKind::Tool),
        ("chain", SpanKind::Wrapper),
        ("retriever", SpanKind::Retrieval),
        ("embedding", SpanKind::Embedding),
        ("guardrail", SpanKind::Guardrail),
        ("evaluator", SpanKind::Wrapper),
        ("span", SpanKind::Wrapper),
        ("event", SpanKind::Wrapper),
    ],
    refine: details,
    ..Dialect::EMPTY
};

/// Usage and cost are objects with names of their own; providers' names occur as well.
fn details(facts: &Facts<'_>, reading: &mut Reading) {
    let object = |name: &str| facts.own(name).and_then(|given| value::json(given, &facts.allowance));
    if let Some(given) = object("langfuse.observation.usage_details").filter(|_| reading.usage.is_none()) {
        let count = |name: &str| given.get(name).and_then(value::count);
        reading.usage = usage::read(&given).or_else(|| {
            let (cached, written) =
                (count("input_cached_tokens").or_else(|| count("cache_read_input_tokens")), count("cache_creation_input_tokens"));
            let reasoning = count("output_reasoning_tokens").unwrap_or(0);
            let (cached, written) = (cached.unwrap_or(0), written.unwrap_or(0));
            (count("input").is_some() || count("output").is_some()).then(|| TokenUsage {
                // Langfuse takes the parts out of the whole.
                input_tokens: count("input").unwrap_or(0).saturating_add(cached).saturating_add(written),
                cached_input_tokens: cached,
                cache_write_input_tokens: written,
                output_tokens: count("output").unwrap_or(0).saturating_add(reasoning),
                reasoning_tokens: reasoning,
                estimated: false,
            })
        });
        reading.usage_is_total = reading.usage.is_some() && !matches!(reading.kind, SpanKind::Model | SpanKind::Embedding);
    }
    if reading.logged_cost.is_none() {
        reading.logged_cost =
            object("langfuse.observation.cost_details").and_then(|cost| Money::from_usd(value::number(cost.get("total")?)?));
    }
}
