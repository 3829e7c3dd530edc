//! What telemetry says of the program that sent it: the traits by which a framework is recognised.

/// A digest of a run's spans, bounded: each list holds distinct values in order of first sight, the outermost span first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Telemetry {
    /// Names of the instrumentation scopes, `openinference.instrumentation.langchain`.
    pub scopes: Vec<String>,
    /// Names of the spans.
    pub span_names: Vec<String>,
    /// Names of the spans' events.
    pub event_names: Vec<String>,
    /// Attributes of spans and of their events, each with the heads of its values where they are texts; numbered content (messages,
    /// tools, documents) left out.
    pub attributes: Vec<(String, Vec<String>)>,
    /// The resource's attributes, as text.
    pub resource: Vec<(String, String)>,
}
