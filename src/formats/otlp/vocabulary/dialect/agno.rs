//! Agno, beside OpenInference or Traceloop.

use super::{Dialect, Field};

/// What the instrumentations add.
pub(super) const DIALECT: Dialect = Dialect {
    words: &[
        ("agno.agent", Field::Agent),
        ("agno.agent.id", Field::AgentId),
        ("agno.team", Field::Agent),
        ("agno.team.id", Field::AgentId),
        ("agno.tools", Field::Tools),
    ],
    ..Dialect::EMPTY
};
