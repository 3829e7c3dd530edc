//! The documented body as serde reads it: every known field, all optional, unknown ones passed over.

use serde::{Deserialize, de::IgnoredAny};
use serde_json::{Value, value::RawValue};

use super::{super::field, fault::Failure, offer::Offer, part::Parts};
use crate::model::{
    money::Money,
    time::{Elapsed, Timestamp},
};

/// The names a trace is recognised by, as an error lists them.
pub(in crate::formats) const KNOWN_NAMES: &str = "trace_id, timestamp, agent_id, session_id, project, domain, framework, input, output, success, \
     execution_time, error, tools_available, execution_timeline, llm_calls, tool_calls, cost_data, memory_snapshots, framework_metadata, trace \
     (or messages, for a chat transcript)";

field::only_objects! {
    Body => "a trace object",
    Inner => "an object with steps",
    CostData => "an object with a total",
}

/// One trace body.
#[derive(Deserialize, Default)]
#[serde(default, remote = "Self")]
pub(in crate::formats) struct Body {
    #[serde(deserialize_with = "field::id")]
    pub trace_id: Option<String>,
    #[serde(deserialize_with = "field::moment")]
    pub timestamp: Option<Timestamp>,
    #[serde(deserialize_with = "field::name")]
    pub agent_id: Option<String>,
    #[serde(deserialize_with = "field::name")]
    pub session_id: Option<String>,
    #[serde(deserialize_with = "field::name")]
    pub project: Option<String>,
    #[serde(deserialize_with = "field::name")]
    pub domain: Option<String>,
    #[serde(deserialize_with = "field::name")]
    pub framework: Option<String>,
    pub input: Option<Value>,
    pub output: Option<Value>,
    #[serde(deserialize_with = "field::flag")]
    pub success: Option<bool>,
    #[serde(deserialize_with = "field::seconds")]
    pub execution_time: Option<Elapsed>,
    pub error: Option<Failure>,
    #[serde(deserialize_with = "field::list")]
    pub tools_available: Option<Vec<Offer>>,
    #[serde(deserialize_with = "field::list")]
    pub execution_timeline: Option<Parts>,
    #[serde(deserialize_with = "field::list")]
    pub llm_calls: Option<Parts>,
    #[serde(deserialize_with = "field::list")]
    pub tool_calls: Option<Parts>,
    pub cost_data: Option<CostData>,
    pub memory_snapshots: Option<IgnoredAny>,
    pub framework_metadata: Option<Value>,
    pub trace: Option<Inner>,
    /// A chat transcript: its messages, the model it was had with and the tools it offered, unread until it is known to be one.
    pub messages: Option<Box<RawValue>>,
    pub model: Option<Box<RawValue>>,
    pub tools: Option<Box<RawValue>>,
    pub functions: Option<Box<RawValue>>,
}

impl Body {
    /// Whether any documented field is there.
    pub(in crate::formats) fn is_recognised(&self) -> bool {
        let Self { memory_snapshots, framework_metadata, trace, messages, cost_data, .. } = self;
        self.has_steps()
            || [&self.trace_id, &self.agent_id, &self.session_id, &self.project, &self.domain, &self.framework]
                .iter()
                .any(|name| name.is_some())
            || self.timestamp.is_some()
            || self.input.is_some()
            || self.output.is_some()
            || self.success.is_some()
            || self.execution_time.is_some()
            || self.error.is_some()
            || self.tools_available.is_some()
            || memory_snapshots.is_some()
            || framework_metadata.is_some()
            || trace.is_some()
            || cost_data.is_some()
            || messages.is_some()
    }

    /// Whether any field that holds steps is there, though it may be empty.
    pub(in crate::formats) fn has_steps(&self) -> bool {
        self.execution_timeline.is_some() || self.llm_calls.is_some() || self.tool_calls.is_some() || self.trace.is_some()
    }
}

/// What the body's `trace` holds.
#[derive(Deserialize, Default)]
#[serde(default, remote = "Self")]
pub(in crate::formats) struct Inner {
    #[serde(deserialize_with = "field::list")]
    pub steps: Option<Parts>,
    #[serde(deserialize_with = "field::millis")]
    pub total_duration_ms: Option<Elapsed>,
    #[serde(deserialize_with = "field::flag")]
    pub success: Option<bool>,
    pub failure_point: Option<Value>,
    #[serde(deserialize_with = "field::id")]
    pub trace_id: Option<String>,
    #[serde(deserialize_with = "field::name")]
    pub session_id: Option<String>,
}

/// What the body's `cost_data` holds; its breakdown is made anew from the calls.
#[derive(Deserialize, Default)]
#[serde(default, remote = "Self")]
pub(in crate::formats) struct CostData {
    #[serde(deserialize_with = "field::dollars")]
    pub total: Option<Money>,
}
