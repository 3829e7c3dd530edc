"""The fields of a recording by the names they have on the wire, and how they are put on a span."""

from __future__ import annotations

from typing import Any, Mapping, Optional

from . import content
from .span import CodeLocation, Span

#: Fields whose values are small and sent as they are.
ATTRIBUTES: Mapping[str, str] = {
    "provider": "gen_ai.provider.name",
    "model": "gen_ai.request.model",
    "response_model": "gen_ai.response.model",
    "response_id": "gen_ai.response.id",
    "input_tokens": "gen_ai.usage.input_tokens",  # cached ones included
    "cached_tokens": "gen_ai.usage.cache_read.input_tokens",
    "cache_write_tokens": "gen_ai.usage.cache_creation.input_tokens",
    "output_tokens": "gen_ai.usage.output_tokens",  # reasoning ones included
    "reasoning_tokens": "gen_ai.usage.reasoning.output_tokens",
    "finish_reasons": "gen_ai.response.finish_reasons",  # a list of text
    "temperature": "gen_ai.request.temperature",
    "max_tokens": "gen_ai.request.max_tokens",
    "streamed": "gen_ai.request.stream",
    "time_to_first_token": "gen_ai.response.time_to_first_chunk",  # seconds
    "call_id": "gen_ai.tool.call.id",
    "description": "gen_ai.tool.description",
    "agent_id": "gen_ai.agent.id",
    "conversation_id": "gen_ai.conversation.id",
    "session_id": "session.id",
    "user_id": "user.id",
    "framework": "arc.framework",
}

#: Fields that are the program's content: plain JSON values, kept back with `capture_content=False`, redacted and capped.
CONTENT: Mapping[str, str] = {
    "messages": "gen_ai.input.messages",
    "output_messages": "gen_ai.output.messages",
    "system": "gen_ai.system_instructions",
    "tools": "gen_ai.tool.definitions",
    "arguments": "gen_ai.tool.call.arguments",
    "result": "gen_ai.tool.call.result",
    "input": "input.value",
    "output": "output.value",
}

#: Usage: what several supplements of one call report is added up (a framework that asks twice within one of its calls).
USAGE = frozenset(("input_tokens", "cached_tokens", "cache_write_tokens", "output_tokens", "reasoning_tokens"))


def write(span: Span, fields: Mapping[str, Any]) -> None:
    """Puts fields on a span; content is copied, bounded, unless it is not wanted."""
    attributes = span.attributes
    for field, value in fields.items():
        if value is None:
            continue
        key = CONTENT.get(field)
        if key is not None:
            if span.run.settings.capture_content:
                span.content[key] = content.snapshot(value)
            continue
        attributes[ATTRIBUTES.get(field, field)] = content.scalar(value)


def supplement(span: Span, fields: Mapping[str, Any]) -> None:
    """Puts on a span what it lacks; usage of several supplements adds up."""
    tallies = span.tallies
    for field, value in fields.items():
        if value is None:
            continue
        key = CONTENT.get(field)
        if key is not None:
            if key not in span.content:
                write(span, {field: value})
            continue
        name = ATTRIBUTES.get(field, field)
        if field in USAGE and tallies is not None and isinstance(value, int):
            if name not in span.attributes or name in tallies:
                tallies[name] = tallies.get(name, 0) + value
                span.attributes[name] = tallies[name]
        elif name not in span.attributes or field in ("response_id", "response_model") and tallies is not None and name in tallies:
            if tallies is not None:
                tallies[name] = 1
            span.attributes[name] = content.scalar(value)


def put_code(span: Span, location: Optional[CodeLocation]) -> None:
    """Writes a code location on a span."""
    if location is not None:
        span.attributes["code.file.path"], span.attributes["code.line.number"], span.attributes["code.function.name"] = location
