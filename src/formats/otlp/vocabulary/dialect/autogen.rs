//! AutoGen: the conventions' words on a message bus, whose spans are noise and whose topics name the run.

use super::{Dialect, Field, Name, SpanKind};
use crate::formats::otlp::{
    reading::Reading,
    span::Span,
    vocabulary::{facts::Facts, value},
};

/// The bus's words.
pub(super) const DIALECT: Dialect = Dialect {
    words: &[
        ("messaging.destination", Field::Own),
        ("messaging.operation", Field::Own),
        ("message_context", Field::Own),
        ("team_id", Field::Own),
        ("sender_agent_type", Field::Own),
        ("sender_agent_class", Field::Own),
        ("recipient_agent_type", Field::Own),
        ("recipient_agent_class", Field::Own),
    ],
    names: &[
        (Name::Starts("autogen create "), SpanKind::Noise),
        (Name::Starts("autogen publish "), SpanKind::Noise),
        (Name::Starts("autogen send "), SpanKind::Noise),
        (Name::Starts("autogen process "), SpanKind::Noise),
        (Name::Is("autogen ack"), SpanKind::Noise),
        (Name::Starts("autogen ack "), SpanKind::Noise),
    ],
    refine: bus,
    ..Dialect::EMPTY
};

/// One run of a team is many traces without links; the team's id, a UUID, stands in every topic and every agent's id. A team that is run
/// again keeps its id.
fn bus(facts: &Facts<'_>, reading: &mut Reading) {
    let own = |name: &str| facts.own(name).and_then(value::text);
    let topic = || own("messaging.destination").and_then(|topic| topic.split_once(".(")?.1.split_once(')')).map(|(id, _)| id);
    let agent = || reading.agent_id.as_deref().and_then(|id| id.rsplit_once('/')).map(|(_, id)| id);
    reading.run_key = own("team_id").or_else(topic).or_else(agent).filter(|id| is_uuid(id)).map(|id| format!("autogen:{id}"));
    if reading.kind == SpanKind::Noise && reading.input.is_none() {
        reading.input = facts.span.attributes.get("message").and_then(|message| value::json(message, &facts.allowance));
    }
}

/// Topics that users name are shared by runs.
fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| if matches!(at, 8 | 13 | 18 | 23) { byte == b'-' } else { byte.is_ascii_hexdigit() })
}

/// Whether a span may name a run: it is of the bus, or of an agent whose id names a topic.
pub(in super::super) fn may_have_run_key(span: &Span) -> bool {
    let told = |name: &str| DIALECT.words.iter().any(|(word, _)| *word == name) || name == "gen_ai.agent.id";
    span.name.starts_with("autogen ") || span.attributes.iter().any(|(name, _)| told(name))
}
