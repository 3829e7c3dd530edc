//! What a run lacks because of how it was instrumented or sent, with what to do about it.

use super::{super::reading::SpanKind, outcome::Outcome, scene::Scene};

/// How each instrumentation is told to record messages: the beginning of its scope's name, and the setting. The first that fits counts.
const CONTENT_SETTINGS: &[(&str, &str)] = &[
    ("opentelemetry.instrumentation.openai_v2", "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=true"),
    (
        "opentelemetry.instrumentation.genai",
        "OTEL_SEMCONV_STABILITY_OPT_IN=gen_ai_latest_experimental and OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=SPAN_ONLY",
    ),
    ("gcp.vertex.agent", "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=true"),
    ("semantic_kernel", "SEMANTICKERNEL_EXPERIMENTAL_GENAI_ENABLE_OTEL_DIAGNOSTICS_SENSITIVE=true"),
    ("agent_framework", "ENABLE_SENSITIVE_DATA=true"),
    ("openinference", "OPENINFERENCE_HIDE_INPUTS and OPENINFERENCE_HIDE_OUTPUTS to false"),
    ("pydantic-ai", "InstrumentationSettings(include_content=True)"),
    ("opentelemetry.instrumentation.", "TRACELOOP_TRACE_CONTENT=true"),
];

/// The notes, most important first.
pub(super) fn of(scene: &Scene, outcome: &Outcome) -> Vec<String> {
    let orphans = scene.forest.order.iter().filter(|place| scene.forest.is_orphan(**place)).count();
    let open = scene.forest.tops().any(|top| scene.forest.is_root(top) && scene.span(top).end.is_none());
    let mut notes = Vec::new();
    if open && !outcome.ended {
        notes.push("the outermost span has not ended".to_owned());
    }
    if orphans > 0 {
        notes.push(format!("spans whose parent has not arrived: {orphans}"));
    }
    if scene.forest.cut > 0 {
        notes.push(format!("parents that went in a circle, cut at their earliest span: {}", scene.forest.cut));
    }
    notes.extend(dropped(scene));
    notes.extend(no_content(scene));
    notes
}

/// Attributes that the sender's SDK threw away.
fn dropped(scene: &Scene) -> Option<String> {
    let dropping = scene.forest.spans.iter().filter(|span| span.dropped_attributes > 0);
    let (spans, attributes) = dropping.fold((0_u64, 0_u64), |(spans, sum), span| (spans + 1, sum + u64::from(span.dropped_attributes)));
    (spans > 0).then(|| {
        format!(
            "the sender dropped {attributes} attributes of {spans} spans, so early messages may be missing: OpenTelemetry keeps 128 a \
             span; set OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT=100000"
        )
    })
}

/// Model calls of which neither question nor answer was recorded.
fn no_content(scene: &Scene) -> Option<String> {
    let calls = || scene.steps().filter(|place| scene.kind(*place) == SpanKind::Model);
    let told = |place: usize| {
        let reading = &scene.readings[place];
        reading.input.is_some() || reading.output.is_some() || !reading.input_messages.is_empty() || !reading.output_messages.is_empty()
    };
    let first = calls().next()?;
    if calls().any(told) {
        return None;
    }
    let scope = scene.span(first).scope.name.as_str();
    let setting = CONTENT_SETTINGS.iter().find(|(beginning, _)| scope.starts_with(beginning)).map(|(_, setting)| *setting);
    Some(match setting {
        Some(setting) => format!("the instrumentation records no messages: set {setting}"),
        None => "the instrumentation records no messages: switch the recording of message content on".to_owned(),
    })
}
