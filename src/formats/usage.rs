//! Token counts as a provider's own `usage` object names them.

use serde::Deserialize;
use serde_json::Value;

use super::field;
use crate::model::usage::{Charges, Service, TokenUsage};

/// The names in use: OpenAI's chat and responses, Anthropic's, LangChain's.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Usage {
    #[serde(deserialize_with = "field::count")]
    input_tokens: Option<u64>,
    #[serde(deserialize_with = "field::count")]
    prompt_tokens: Option<u64>,
    #[serde(deserialize_with = "field::count")]
    output_tokens: Option<u64>,
    #[serde(deserialize_with = "field::count")]
    completion_tokens: Option<u64>,
    #[serde(deserialize_with = "field::count")]
    cached_input_tokens: Option<u64>,
    #[serde(deserialize_with = "field::count")]
    cache_write_input_tokens: Option<u64>,
    #[serde(deserialize_with = "field::count")]
    reasoning_tokens: Option<u64>,
    #[serde(deserialize_with = "field::count")]
    cache_read_input_tokens: Option<u64>,
    #[serde(deserialize_with = "field::count")]
    cache_creation_input_tokens: Option<u64>,
    prompt_tokens_details: Option<Details>,
    input_tokens_details: Option<Details>,
    input_token_details: Option<Details>,
    completion_tokens_details: Option<Details>,
    output_tokens_details: Option<Details>,
    output_token_details: Option<Details>,
    cache_creation: Option<CacheCreation>,
    server_tool_use: Option<ServerTools>,
    #[serde(deserialize_with = "field::count")]
    num_search_queries: Option<u64>,
    #[serde(deserialize_with = "field::name")]
    service_tier: Option<String>,
}

impl Usage {
    fn prompt_parts(&self) -> Details {
        self.prompt_tokens_details.or(self.input_tokens_details).or(self.input_token_details).unwrap_or_default()
    }

    fn answer_parts(&self) -> Details {
        self.completion_tokens_details.or(self.output_tokens_details).or(self.output_token_details).unwrap_or_default()
    }
}

/// Anthropic's writes to the cache, by how long they are kept.
#[derive(Deserialize, Default)]
#[serde(default)]
struct CacheCreation {
    #[serde(deserialize_with = "field::count")]
    ephemeral_1h_input_tokens: Option<u64>,
}

/// Anthropic's count of what its own tools did.
#[derive(Deserialize, Default)]
#[serde(default)]
struct ServerTools {
    #[serde(deserialize_with = "field::count")]
    web_search_requests: Option<u64>,
}

#[derive(Deserialize, Default, Clone, Copy)]
#[serde(default)]
struct Details {
    #[serde(deserialize_with = "field::count")]
    cached_tokens: Option<u64>,
    #[serde(deserialize_with = "field::count")]
    cache_read: Option<u64>,
    #[serde(deserialize_with = "field::count")]
    cache_creation: Option<u64>,
    #[serde(deserialize_with = "field::count")]
    reasoning_tokens: Option<u64>,
    #[serde(deserialize_with = "field::count")]
    reasoning: Option<u64>,
    #[serde(deserialize_with = "field::count")]
    audio_tokens: Option<u64>,
    #[serde(deserialize_with = "field::count")]
    audio: Option<u64>,
    #[serde(deserialize_with = "field::count")]
    image_tokens: Option<u64>,
}

/// Reads a provider's usage object; `None` when it is none, or names no tokens. It is not a documented field, so nothing in it is refused.
pub(super) fn read(value: &Value) -> Option<TokenUsage> {
    let usage = Usage::deserialize(value).ok().filter(|_| value.is_object())?;
    let given = usage.prompt_tokens.or(usage.input_tokens);
    let output = usage.completion_tokens.or(usage.output_tokens);
    if given.is_none() && output.is_none() {
        return None;
    }
    let (into, out) = (usage.prompt_parts(), usage.answer_parts());
    let cached = usage.cache_read_input_tokens.or(usage.cached_input_tokens).or(into.cached_tokens).or(into.cache_read).unwrap_or(0);
    let written = usage.cache_creation_input_tokens.or(usage.cache_write_input_tokens).or(into.cache_creation).unwrap_or(0);
    // Anthropic counts cached tokens beside `input_tokens`; everyone else counts them inside.
    let beside = usage.prompt_tokens.is_none() && (usage.cache_read_input_tokens.is_some() || usage.cache_creation_input_tokens.is_some());
    let extra = if beside { cached.saturating_add(written) } else { 0 };
    Some(TokenUsage {
        input_tokens: given.unwrap_or(0).saturating_add(extra),
        cached_input_tokens: cached,
        cache_write_input_tokens: written,
        output_tokens: output.unwrap_or(0),
        reasoning_tokens: usage.reasoning_tokens.or(out.reasoning_tokens).or(out.reasoning).unwrap_or(0),
        estimated: false,
    })
}

/// Reads what a provider's usage object charges for beside plain tokens: OpenAI's and Anthropic's names. What it does not name is zero.
pub(super) fn charges(value: &Value) -> Charges {
    let usage = Usage::deserialize(value).ok().filter(|_| value.is_object()).unwrap_or_default();
    let (into, out) = (usage.prompt_parts(), usage.answer_parts());
    let searches = usage.server_tool_use.as_ref().and_then(|tools| tools.web_search_requests);
    Charges {
        cache_write_hour_tokens: usage.cache_creation.as_ref().and_then(|kept| kept.ephemeral_1h_input_tokens).unwrap_or(0),
        audio_input_tokens: into.audio_tokens.or(into.audio).unwrap_or(0),
        image_input_tokens: into.image_tokens.unwrap_or(0),
        audio_output_tokens: out.audio_tokens.or(out.audio).unwrap_or(0),
        image_output_tokens: out.image_tokens.unwrap_or(0),
        searches: searches.or(usage.num_search_queries).unwrap_or(0),
        service: usage.service_tier.as_deref().and_then(Service::named),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn openai_counts_cached_tokens_inside_the_prompt() {
        let usage = read(&json!({
            "prompt_tokens": 900, "completion_tokens": 120, "total_tokens": 1020,
            "prompt_tokens_details": {"cached_tokens": 512}, "completion_tokens_details": {"reasoning_tokens": 64}
        }));
        let expected = TokenUsage {
            input_tokens: 900,
            cached_input_tokens: 512,
            cache_write_input_tokens: 0,
            output_tokens: 120,
            reasoning_tokens: 64,
            estimated: false,
        };
        assert_eq!(usage, Some(expected));
    }

    #[test]
    fn anthropic_counts_cached_tokens_beside_the_input() {
        let usage = read(&json!({
            "input_tokens": 100, "cache_read_input_tokens": 800, "cache_creation_input_tokens": 50, "output_tokens": 7
        }));
        let expected = TokenUsage {
            input_tokens: 950,
            cached_input_tokens: 800,
            cache_write_input_tokens: 50,
            output_tokens: 7,
            reasoning_tokens: 0,
            estimated: false,
        };
        assert_eq!(usage, Some(expected));
    }

    #[test]
    fn what_is_charged_apart_is_read_under_each_name() {
        let openai = charges(&json!({
            "prompt_tokens": 900, "prompt_tokens_details": {"audio_tokens": 300, "image_tokens": 20},
            "completion_tokens": 90, "completion_tokens_details": {"audio_tokens": 60}, "service_tier": "flex"
        }));
        let expected = Charges {
            audio_input_tokens: 300,
            image_input_tokens: 20,
            audio_output_tokens: 60,
            service: Some(Service::Flex),
            ..Charges::default()
        };
        assert_eq!(openai, expected);
        let anthropic = charges(&json!({
            "input_tokens": 10, "cache_creation_input_tokens": 900, "cache_creation": {"ephemeral_5m_input_tokens": 400, "ephemeral_1h_input_tokens": 500},
            "server_tool_use": {"web_search_requests": 2}, "output_tokens": 7, "service_tier": "standard"
        }));
        assert_eq!(anthropic, Charges { cache_write_hour_tokens: 500, searches: 2, ..Charges::default() });
        assert_eq!(charges(&json!("many")), Charges::default());
    }

    #[test]
    fn an_object_without_tokens_is_no_usage() {
        assert_eq!(read(&json!({"seconds": 3})), None);
        assert_eq!(read(&json!("many")), None);
    }
}
