//! One entry of the lists in which a body tells its steps.

use serde::Deserialize;
use serde_json::Value;

use super::{super::field, fault::Fault};
use crate::model::{
    money::Money,
    time::{Elapsed, Timestamp},
};

/// Entries are large and move between lists; boxed, only their addresses do.
#[allow(clippy::vec_box, reason = "moving them costs more than a box")]
pub(in crate::formats) type Parts = Vec<Box<Part>>;

field::only_objects! {
    Code => "an object with file, line and function",
    Part => "an object",
}

/// Where a tool is defined.
#[derive(Deserialize, Default)]
#[serde(default, remote = "Self")]
pub(in crate::formats) struct Code {
    #[serde(deserialize_with = "field::name")]
    pub file: Option<String>,
    #[serde(deserialize_with = "field::number")]
    pub line: Option<u32>,
    #[serde(deserialize_with = "field::name")]
    pub function: Option<String>,
}

/// One entry of `trace.steps`, `llm_calls`, `tool_calls` or `execution_timeline`, or of a step's own `tool_calls`. The documented
/// fields of the four differ, and senders mix them; so each may carry any.
#[derive(Deserialize, Default)]
#[serde(default, remote = "Self")]
pub(in crate::formats) struct Part {
    #[serde(deserialize_with = "field::number")]
    pub step: Option<u32>,
    #[serde(deserialize_with = "field::name")]
    pub action: Option<String>,
    #[serde(rename = "type", deserialize_with = "field::any")]
    pub kind: Option<Box<Value>>,
    #[serde(deserialize_with = "field::name")]
    pub role: Option<String>,
    #[serde(deserialize_with = "field::name")]
    pub agent: Option<String>,
    #[serde(deserialize_with = "field::said")]
    pub content: Option<String>,
    #[serde(deserialize_with = "field::name")]
    pub tool: Option<String>,
    #[serde(deserialize_with = "field::name")]
    pub name: Option<String>,
    #[serde(deserialize_with = "field::name")]
    pub id: Option<String>,
    #[serde(deserialize_with = "field::any")]
    pub tool_call_id: Option<Box<Value>>,
    #[serde(deserialize_with = "field::any")]
    pub function: Option<Box<Value>>,
    #[serde(deserialize_with = "field::any")]
    pub input: Option<Box<Value>>,
    #[serde(deserialize_with = "field::any")]
    pub arguments: Option<Box<Value>>,
    #[serde(deserialize_with = "field::any")]
    pub output: Option<Box<Value>>,
    #[serde(deserialize_with = "field::any")]
    pub result: Option<Box<Value>>,
    #[serde(deserialize_with = "field::any")]
    pub observation: Option<Box<Value>>,
    #[serde(deserialize_with = "field::flag")]
    pub success: Option<bool>,
    pub error: Option<Fault>,
    #[serde(deserialize_with = "field::millis")]
    pub duration_ms: Option<Elapsed>,
    #[serde(deserialize_with = "field::moment")]
    pub timestamp: Option<Timestamp>,
    pub code: Option<Box<Code>>,
    #[serde(deserialize_with = "field::name")]
    pub provider: Option<String>,
    #[serde(deserialize_with = "field::name")]
    pub model: Option<String>,
    #[serde(deserialize_with = "field::count")]
    pub input_tokens: Option<u64>,
    #[serde(deserialize_with = "field::count")]
    pub cached_input_tokens: Option<u64>,
    #[serde(deserialize_with = "field::count")]
    pub cache_write_input_tokens: Option<u64>,
    #[serde(deserialize_with = "field::count")]
    pub output_tokens: Option<u64>,
    #[serde(deserialize_with = "field::count")]
    pub reasoning_tokens: Option<u64>,
    #[serde(deserialize_with = "field::any")]
    pub usage: Option<Box<Value>>,
    #[serde(deserialize_with = "field::dollars")]
    pub cost: Option<Money>,
    #[serde(deserialize_with = "field::any")]
    pub messages: Option<Box<Value>>,
    #[serde(deserialize_with = "field::name")]
    pub finish_reason: Option<String>,
    #[serde(deserialize_with = "field::list")]
    pub tool_calls: Option<Parts>,
}

impl Part {
    /// The tool this part names: `tool`, `name`, or the name inside `function`.
    pub(super) fn tool_name(&self) -> Option<String> {
        let inside = || self.function.as_ref()?.get("name")?.as_str().map(str::to_owned);
        self.tool.clone().or_else(|| self.name.clone()).or_else(inside)
    }

    /// The id of the call this part tells of: `tool_call_id`, else its own.
    pub(super) fn call_id(&self) -> Option<&str> {
        self.tool_call_id.as_ref().and_then(|id| id.as_str()).or(self.id.as_deref())
    }

    /// The arguments, wherever they stand.
    pub(super) fn input(&self) -> Option<&Value> {
        let inside = || self.function.as_ref()?.get("arguments").filter(|inside| !inside.is_null());
        self.input.as_deref().or(self.arguments.as_deref()).or_else(inside)
    }

    /// The arguments, taken out.
    pub(super) fn take_input(&mut self) -> Option<Value> {
        let inside =
            self.function.as_mut().and_then(|function| function.get_mut("arguments").map(Value::take)).filter(|inside| !inside.is_null());
        self.input.take().or(self.arguments.take()).map(|given| *given).or(inside)
    }

    /// The result, taken out.
    pub(super) fn take_output(&mut self) -> Option<Value> {
        self.output.take().or(self.result.take()).or(self.observation.take()).map(|given| *given)
    }

    /// Fills what this part lacks from another telling of the same thing.
    pub(super) fn complete(&mut self, other: Self) {
        macro_rules! fill { ($($field:ident),*) => { $(if self.$field.is_none() { self.$field = other.$field; })* } }
        let (has_input, has_output) = (self.has_input(), self.has_output());
        fill!(role, agent, content, tool, name, id, tool_call_id, function, success, error, duration_ms, timestamp, code, provider, model);
        fill!(usage, cost, messages, finish_reason, tool_calls, kind);
        fill!(input_tokens, cached_input_tokens, cache_write_input_tokens, output_tokens, reasoning_tokens);
        if !has_input {
            fill!(input, arguments);
        }
        if !has_output {
            fill!(output, result, observation);
        }
    }

    fn has_input(&self) -> bool {
        self.input.is_some() || self.arguments.is_some()
    }

    fn has_output(&self) -> bool {
        self.output.is_some() || self.result.is_some() || self.observation.is_some()
    }
}
