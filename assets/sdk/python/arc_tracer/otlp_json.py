"""Spans as an OTLP/JSON export request. Runs in the sender's thread: redaction and serialisation cost the agent nothing."""

from __future__ import annotations

import json
import math
import os
import platform
import sys
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

from .errors import say_once
from .settings import Settings
from .span import AGENT, MODEL, RUN, TOOL, ErrorRecord, Run, Span
from .version import VERSION

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False, allow_nan=False).encode

_OPERATIONS: Mapping[str, str] = {RUN: "invoke_agent", AGENT: "invoke_agent", MODEL: "chat", TOOL: "execute_tool"}
_NAMES: Mapping[str, str] = {RUN: "gen_ai.agent.name", AGENT: "gen_ai.agent.name", TOOL: "gen_ai.tool.name"}
_SPAN_KIND_INTERNAL = 1
_SPAN_KIND_CLIENT = 3
_STATUS_ERROR = 2
#: Content that keeps its text when it is text; all other content is JSON text whatever it is.
_TEXT_STAYS = frozenset(("input.value", "output.value", "gen_ai.tool.call.arguments", "gen_ai.tool.call.result"))
_WITHHELD = "[withheld: redact raised]"


def export_request(spans: Sequence[Span], dropped: int = 0) -> bytes:
    """The request's body for these spans; one that cannot be written is left out. An open span is sent with an end of zero.

    `dropped` is the count of spans lost since the last request that arrived; it rides on the first root, else on the resource."""
    by_settings: Dict[int, Tuple[Settings, List[str]]] = {}
    carrier = next((span for span in spans if dropped and span.run is span), None)
    for span in spans:
        settings = span.run.settings
        group = by_settings.setdefault(id(settings), (settings, []))
        try:
            extra = {"arc.dropped_spans": dropped} if span is carrier else None
            group[1].append(_span(span, settings, extra))
        except Exception as error:
            say_once("unwritable", f"a span could not be written and is left out ({type(error).__name__}: {error})")
    resources = []
    for settings, written in by_settings.values():
        attributes = _resource(settings)
        if dropped and carrier is None:
            attributes = dict(attributes, **{"arc.dropped_spans": dropped})
            dropped = 0
        resources.append(
            f'{{"resource":{{"attributes":{_encode(_key_values(attributes))}}},"scopeSpans":[{{"scope":{{"name":"arc_tracer",'
            f'"version":"{VERSION}"}},"spans":[{",".join(written)}]}}]}}'
        )
    # A lone surrogate is no UTF-8; it becomes a question mark here rather than a refused batch there.
    return f'{{"resourceSpans":[{",".join(resources)}]}}'.encode("utf-8", "replace")


def _resource(settings: Settings) -> Dict[str, Any]:
    return {
        "service.name": settings.service_name or _program_name(),
        "telemetry.sdk.name": "arc_tracer",
        "telemetry.sdk.language": "python",
        "telemetry.sdk.version": VERSION,
        "process.pid": os.getpid(),
        "process.runtime.name": sys.implementation.name,
        "process.runtime.version": platform.python_version(),
    }


def _program_name() -> str:
    script = sys.argv[0] if getattr(sys, "argv", None) else ""
    return os.path.splitext(os.path.basename(script))[0] or "python"


def _span(span: Span, settings: Settings, extra: Optional[Mapping[str, Any]]) -> str:
    kind = span.kind
    attributes: Dict[str, Any] = {}
    operation = _OPERATIONS.get(kind)
    if operation is not None:
        attributes["gen_ai.operation.name"] = operation
    name_key = _NAMES.get(kind)
    if name_key is not None:
        attributes[name_key] = span.name
    if kind == RUN:
        _run_attributes(settings, attributes)
    attributes.update(dict(span.attributes))
    for key, value in list(span.content.items()):
        _content(key, value, settings, attributes)
    if extra:
        attributes.update(extra)
    run: Run = span.run
    record: Dict[str, Any] = {
        "traceId": f"{run.trace_id:032x}",
        "spanId": f"{span.id:016x}",
        "name": _title(span, attributes),
        "kind": _SPAN_KIND_CLIENT if kind == MODEL else _SPAN_KIND_INTERNAL,
        "startTimeUnixNano": str(span.started),
        "endTimeUnixNano": str(span.ended),
        "attributes": _key_values(attributes),
    }
    if span.parent_id:
        record["parentSpanId"] = f"{span.parent_id:016x}"
    if span.error is not None:
        _error(span.error, settings, record, attributes)
    return _encode(record)


def _title(span: Span, attributes: Mapping[str, Any]) -> str:
    operation = attributes.get("gen_ai.operation.name")
    if span.kind == MODEL:
        return f"{operation} {attributes.get('gen_ai.request.model') or attributes.get('gen_ai.response.model') or ''}".strip()
    return f"{operation} {span.name}" if operation else span.name


def _run_attributes(settings: Settings, attributes: Dict[str, Any]) -> None:
    for key, value in (
        ("arc.domain", settings.domain),
        ("arc.project", settings.project),
        ("session.id", settings.session_id),
        ("user.id", settings.user_id),
    ):
        if value is not None:
            attributes[key] = value


def _content(key: str, value: Any, settings: Settings, attributes: Dict[str, Any]) -> None:
    if settings.redact is not None:
        value = _redacted(value, settings)
    if isinstance(value, str) and key in _TEXT_STAYS:
        text, mime = value, "text/plain"
    else:
        if isinstance(value, str) and key == "gen_ai.system_instructions":
            value = [{"type": "text", "content": value}]
        text, mime = _encode(value), "application/json"
    attributes[key] = text
    if key == "input.value" or key == "output.value":
        attributes[key.replace("value", "mime_type")] = mime


def _redacted(value: Any, settings: Settings) -> Any:
    try:
        value = settings.redact(value) if settings.redact is not None else value
        _encode(value)
        return value
    except Exception as error:
        say_once("redact", f"redact raised {type(error).__name__}: {error}; what it was given is not sent")
        return _WITHHELD


def _error(error: ErrorRecord, settings: Settings, record: Dict[str, Any], attributes: Dict[str, Any]) -> None:
    message, stacktrace = error.message, error.stacktrace
    if settings.redact is not None:
        message, stacktrace = str(_redacted(message, settings)), str(_redacted(stacktrace, settings))
    added: Dict[str, Any] = {"error.type": error.type}
    if error.file is not None:
        added["arc.error.file"] = error.file
        added["arc.error.line"] = error.line
    record["attributes"] = record["attributes"] + _key_values(added)
    record["status"] = {"code": _STATUS_ERROR, "message": message or error.type}
    event = {"exception.type": error.type, "exception.message": message}
    if stacktrace:
        event["exception.stacktrace"] = stacktrace
    record["events"] = [{"name": "exception", "timeUnixNano": str(error.at), "attributes": _key_values(event)}]


def _key_values(attributes: Mapping[str, Any]) -> List[Dict[str, Any]]:
    return [{"key": key, "value": _value(value)} for key, value in attributes.items()]


def _value(value: Any) -> Dict[str, Any]:
    if isinstance(value, str):
        return {"stringValue": value}
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)} if -(1 << 63) <= value < 1 << 63 else {"stringValue": str(value)}
    if isinstance(value, float):
        return {"doubleValue": value} if math.isfinite(value) else {"stringValue": str(value)}
    if isinstance(value, list) and all(isinstance(item, (str, bool, int, float)) for item in value):
        return {"arrayValue": {"values": [_value(item) for item in value]}}
    return {"stringValue": _encode(value)}
