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
    /// Prompt tokens written into the provider's cache to be kept for an hour.
    CacheWriteHourInput,
    /// Prompt tokens that are sound.
    AudioInput,
    /// Prompt tokens that are pictures.
    ImageInput,
    /// Generated tokens that are sound.
    AudioOutput,
    /// Generated tokens that are pictures.
    ImageOutput,
    /// Not tokens but calls: a fee for each.
    Request,
    /// Not tokens but searches of the web that the provider made for the model.
    Search,
}

impl TokenClass {
    /// How many there are.
    pub const COUNT: usize = 12;

    /// The class as whose kind it is paid where it has no rate of its own, and counted where only kinds are kept; `None` for a kind itself and for fees.
    #[must_use]
    pub const fn kind(self) -> Option<Self> {
        match self {
            Self::CachedInput | Self::CacheWriteInput | Self::AudioInput | Self::ImageInput => Some(Self::Input),
            Self::CacheWriteHourInput => Some(Self::CacheWriteInput),
            Self::Reasoning | Self::AudioOutput | Self::ImageOutput => Some(Self::Output),
            Self::Input | Self::Output | Self::Request | Self::Search => None,
        }
    }

    /// Whether it counts something else than tokens.
    #[must_use]
    pub const fn is_fee(self) -> bool {
        matches!(self, Self::Request | Self::Search)
    }

    /// As a person reads it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::CachedInput => "cached input",
            Self::CacheWriteInput => "cache write",
            Self::Output => "output",
            Self::Reasoning => "reasoning",
            Self::CacheWriteHourInput => "cache write, 1 h",
            Self::AudioInput => "audio input",
            Self::ImageInput => "image input",
            Self::AudioOutput => "audio output",
            Self::ImageOutput => "image output",
            Self::Request => "calls",
            Self::Search => "web searches",
        }
    }
}

/// What a call is charged for beside plain tokens. The counts of tokens are parts of those in [`TokenUsage`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Charges {
    /// Of the tokens written to the cache, those to be kept for an hour.
    pub cache_write_hour_tokens: u64,
    /// Of the prompt, sound.
    pub audio_input_tokens: u64,
    /// Of the prompt, pictures.
    pub image_input_tokens: u64,
    /// Of what was generated, sound.
    pub audio_output_tokens: u64,
    /// Of what was generated, pictures.
    pub image_output_tokens: u64,
    /// Searches of the web that the provider made for the model.
    pub searches: u64,
    /// The way it was served, where that is not the standard one.
    pub service: Option<Service>,
}

/// Ways of being served that have rates of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Service {
    /// Answered within a day.
    Batch,
    /// Answered when there is room.
    Flex,
    /// Answered before others.
    Priority,
}

impl Service {
    /// All there are.
    pub const ALL: [Self; 3] = [Self::Batch, Self::Flex, Self::Priority];

    /// By the word a provider uses for it; `None` for the standard one and for words that are not known.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        let is = |other: &str| word.trim().eq_ignore_ascii_case(other);
        if is("batch") {
            Some(Self::Batch)
        } else if is("flex") {
            Some(Self::Flex)
        } else if is("priority") {
            Some(Self::Priority)
        } else {
            None
        }
    }

    /// As price files and people name it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Batch => "batch",
            Self::Flex => "flex",
            Self::Priority => "priority",
        }
    }
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
