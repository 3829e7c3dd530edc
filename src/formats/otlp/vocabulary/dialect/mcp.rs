//! The Model Context Protocol's conventions: a request to a server, of which some are a tool's call.

use super::{Dialect, Field, Name, SpanKind};

/// The protocol's words.
pub(super) const DIALECT: Dialect = Dialect {
    words: &[
        ("mcp.method.name", Field::Kind),
        ("rpc.method", Field::Own),
        ("mcp.tool.name", Field::Tool),
        ("mcp.request.name", Field::Tool),
        ("mcp.tool.arguments", Field::ToolArguments),
        ("mcp.tool.result", Field::ToolResult),
        ("mcp.session.id", Field::Own),
    ],
    kinds: &[
        ("tools/call", SpanKind::Tool),
        ("resources/read", SpanKind::Retrieval),
        ("prompts/get", SpanKind::Wrapper),
        ("sampling/createMessage", SpanKind::Wrapper),
        ("elicitation/create", SpanKind::Wrapper),
        ("completion/complete", SpanKind::Wrapper),
        ("initialize", SpanKind::Noise),
        ("tools/list", SpanKind::Noise),
        ("resources/list", SpanKind::Noise),
        ("resources/templates/list", SpanKind::Noise),
        ("prompts/list", SpanKind::Noise),
        ("ping", SpanKind::Noise),
        ("logging/setLevel", SpanKind::Noise),
        ("notifications/initialized", SpanKind::Noise),
        ("notifications/progress", SpanKind::Noise),
        ("notifications/cancelled", SpanKind::Noise),
        ("notifications/message", SpanKind::Noise),
        ("roots/list", SpanKind::Noise),
    ],
    names: &[(Name::Starts("tools/call "), SpanKind::Tool)],
    ..Dialect::EMPTY
};
