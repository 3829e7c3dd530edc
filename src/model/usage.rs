//! Tokens, by the class they are paid in.

use serde::{Deserialize, Serialize};

/// The classes a token can be billed as. Input excludes what was read from or written to a cache; output excludes reasoning
/// only where a provider prices it apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenClass {
    /// Fresh prompt tokens.
    Input,
    /// Prompt tokens read from the provider's cache.
    CachedInput,
    /// Prompt tokens written into the provider's cache.
    CacheWriteInput,
    /// Generated tokens that are shown.
    Output,
    /// Generated tokens spent on thinking.
    Reasoning,
}

/// Token usage as clients report it: `input_tokens` includes the cached ones, `output_tokens` includes reasoning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TokenUsage {
    /// All prompt tokens.
    pub input_tokens: u64,
    /// Of those, read from the cache.
    pub cached_input_tokens: u64,
    /// Of those, written to the cache.
    pub cache_write_input_tokens: u64,
    /// All generated tokens.
    pub output_tokens: u64,
    /// Of those, spent on reasoning.
    pub reasoning_tokens: u64,
    /// True where counted from text because the sender reported none.
    pub estimated: bool,
}

impl TokenUsage {
    /// All tokens, in and out (saturating).
    #[must_use]
    pub const fn total(&self) -> u64 {
        self.input_tokens.saturating_add(self.output_tokens)
    }

    /// Adds another call's usage (saturating); the sum is estimated when either part is.
    pub fn add(&mut self, other: &Self) {
        self.input_tokens = self.input_tokens.saturating_add(other.input_tokens);
        self.cached_input_tokens = self.cached_input_tokens.saturating_add(other.cached_input_tokens);
        self.cache_write_input_tokens = self.cache_write_input_tokens.saturating_add(other.cache_write_input_tokens);
        self.output_tokens = self.output_tokens.saturating_add(other.output_tokens);
        self.reasoning_tokens = self.reasoning_tokens.saturating_add(other.reasoning_tokens);
        self.estimated |= other.estimated;
    }
}
