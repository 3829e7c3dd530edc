"""Whether the program already exports its agents' spans by OpenTelemetry to the workbench: recording them too would double each run."""

from __future__ import annotations

import os
import sys
import time
from typing import Any, Iterator, Optional

#: Why the automatic tracer records nothing here; None while it does.
reason: Optional[str] = None

_VARIABLES = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
#: Modules whose import says that model calls become spans; frameworks of the second line write spans of their own.
_INSTRUMENTS = (
    "openinference.instrumentation.", "opentelemetry.instrumentation.openai", "opentelemetry.instrumentation.anthropic",
    "opentelemetry.instrumentation.langchain", "opentelemetry.instrumentation.genai", "opentelemetry.instrumentation.llamaindex",
    "opentelemetry.instrumentation.crewai", "opentelemetry.instrumentation.agno", "traceloop.sdk", "openlit", "logfire",
    "strands.telemetry", "google.adk.telemetry", "semantic_kernel.utils.telemetry", "agent_framework.observability", "autogen_core",
)
#: OTLP's own ports on the machine of the workbench: it listens there too.
_OTLP_PORTS = frozenset((4317, 4318))
_LOCAL = frozenset(("127.0.0.1", "localhost", "::1", "0.0.0.0"))
_LOOK_AGAIN = 1.0

_looked = float("-inf")


def exports_agents_to(endpoint: str) -> bool:
    """Whether it does. Looked at once a second at most: an exporter may be set up at any time before the first run."""
    global reason, _looked
    if reason is not None:
        return True
    now = time.monotonic()
    if now - _looked < _LOOK_AGAIN:
        return False
    _looked = now
    try:
        if "opentelemetry.sdk.trace" in sys.modules and _is_instrumented():
            for target in _targets():
                if same_place(target, endpoint):
                    reason = f"the program exports OpenTelemetry spans of its agents to {target} itself"
                    return True
    except Exception:
        pass
    return False


def same_place(target: str, endpoint: str) -> bool:
    """Whether an exporter's target is the workbench: its address, or OTLP's ports on its machine."""
    one, other = _address(target), _address(endpoint)
    if one is None or other is None:
        return False
    return one[0] == other[0] and (one[1] == other[1] or one[1] in _OTLP_PORTS)


def _address(url: str) -> Any:
    from urllib.parse import urlsplit  # seldom needed, and slow to import

    parts = urlsplit(url if "//" in url else "//" + url)
    if not parts.hostname:
        return None
    host = "127.0.0.1" if parts.hostname in _LOCAL else parts.hostname
    return host, parts.port or (443 if parts.scheme == "https" else 80)


def _is_instrumented() -> bool:
    return any(name.startswith(_INSTRUMENTS) for name in list(sys.modules))


def _targets() -> Iterator[str]:
    """Where spans go: the exporters of the global provider, as far as they say."""
    api = sys.modules.get("opentelemetry.trace")
    provider = getattr(api, "_TRACER_PROVIDER", None)
    pending = [getattr(provider, "_active_span_processor", None)]
    found = False
    for _ in range(64):
        if not pending:
            break
        processor = pending.pop()
        if processor is None:
            continue
        pending.extend(getattr(processor, "_span_processors", ()))
        exporter = getattr(processor, "span_exporter", None) or getattr(getattr(processor, "_batch_processor", None), "_exporter", None)
        target = getattr(exporter, "_endpoint", None)
        if isinstance(target, str):
            found = True
            yield target
    if not found and provider is not None:
        for variable in _VARIABLES:
            value = os.environ.get(variable)
            if value:
                yield value
