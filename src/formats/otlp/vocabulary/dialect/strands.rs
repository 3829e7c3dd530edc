//! Strands Agents: the conventions' words, messages in events, and no provider.

use super::{Dialect, Field, Name, SpanKind};

/// What Strands adds.
pub(super) const DIALECT: Dialect = Dialect {
    words: &[
        ("gen_ai.agent.tools", Field::Tools),
        ("event_loop.cycle_id", Field::Own),
        ("gen_ai.event.start_time", Field::Redundant),
        ("gen_ai.event.end_time", Field::Redundant),
    ],
    names: &[(Name::Is("execute_event_loop_cycle"), SpanKind::Wrapper)],
    ..Dialect::EMPTY
};
