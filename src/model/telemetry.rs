//! What telemetry says of the program that sent it: the traits by which a framework is recognised.

/// A digest of a run's spans, bounded: each list holds distinct values in order of first sight.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Telemetry {
    /// Names of the instrumentation scopes, `openinference.instrumentation.langchain`.
    pub scopes: Vec<String>,
    /// Names of the spans.
    pub span_names: Vec<String>,
    /// Names of the attributes, of spans and of their events.
    pub attribute_names: Vec<String>,
    /// Short values, and the heads of long ones, that may tell a framework: `(attribute name, value)`.
    pub values: Vec<(String, String)>,
    /// The resource's attributes, as text.
    pub resource: Vec<(String, String)>,
}
