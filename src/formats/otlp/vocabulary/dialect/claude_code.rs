//! Claude Code and the Claude Agent SDK: spans of the command-line program underneath, in plain words.

use super::{Dialect, Field, Name, SpanKind};
use crate::formats::otlp::{
    reading::Reading,
    vocabulary::{facts::Facts, value},
};

/// The program's words.
pub(super) const DIALECT: Dialect = Dialect {
    words: &[
        ("model", Field::Model),
        ("input_tokens", Field::InputTokens),
        ("output_tokens", Field::OutputTokens),
        ("cache_read_tokens", Field::CachedTokens),
        ("cache_creation_tokens", Field::CacheWriteTokens),
        ("tool_name", Field::Tool),
        ("tool_input", Field::ToolArguments),
        ("stop_reason", Field::Finish),
        ("user_prompt", Field::Input),
    ],
    names: &[
        (Name::Is("claude_code.interaction"), SpanKind::Agent),
        (Name::Is("claude_code.llm_request"), SpanKind::Model),
        (Name::Is("claude_code.tool"), SpanKind::Tool),
        (Name::Starts("claude_code."), SpanKind::Wrapper),
    ],
    refine: beside,
    ..Dialect::EMPTY
};

/// It reports Anthropic's own counts, where cached tokens stand beside the input.
fn beside(facts: &Facts<'_>, reading: &mut Reading) {
    let Some(usage) = reading.usage.as_mut().filter(|_| facts.span.name.starts_with("claude_code.")) else { return };
    if let Some(fresh) =
        facts.all(Field::InputTokens).first().filter(|fact| fact.name == "input_tokens").and_then(|fact| value::count(fact.value))
    {
        usage.input_tokens = fresh.saturating_add(usage.cached_input_tokens).saturating_add(usage.cache_write_input_tokens);
    }
}
