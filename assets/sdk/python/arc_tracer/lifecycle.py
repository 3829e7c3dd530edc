"""How spans start and end: one place for the clock, the registry of what is open, and the hand-over to the sender."""

from __future__ import annotations

import time
from typing import Any, Callable, Optional

from . import context
from .settings import Settings
from .span import AGENT, MODEL, RUN, Run, Span

#: Opens a run for an agent that a hook saw outside any; set by the automatic tracer, else None.
automatic: Optional[Callable[[str, str], Optional[Run]]] = None


def start(kind: str, name: str, parent: Span, layer: str) -> Span:
    """Starts a span below `parent`."""
    span = Span(kind, name, parent, parent.run, layer)
    span.run.open_spans[span.id] = span
    return span


def start_run(name: str, settings: Settings, layer: str) -> Run:
    """Starts a run: the root of a trace of its own."""
    run = Run(RUN, name, settings, layer)
    context.active_runs[run.trace_id] = run
    settings.outbox.run_started()
    return run


def end(span: Span, token: Any = None) -> None:
    """Ends a span, restores the context it was entered with, and hands it to the sender. A second end changes nothing."""
    if token is not None:
        context.leave(token, span)
    if span.ended:
        return
    span.ended = time.time_ns()
    run = span.run
    if span is run:
        context.active_runs.pop(run.trace_id, None)
    else:
        run.open_spans.pop(span.id, None)
    run.settings.outbox.put(span)


def first_token(span: Span) -> None:
    """Notes the time to the first piece of a streamed answer, once."""
    span.attributes.setdefault("gen_ai.response.time_to_first_chunk", (time.time_ns() - span.started) / 1e9)


def unclaimed_model_call(above: Span, layer: str) -> Optional[Span]:
    """The open model call of another layer that a call starting under `above` most likely is: the latest in the same branch of the
    run that no other call supplements now."""
    for call in reversed(list(above.run.open_spans.values())):
        if call.kind != MODEL or call.layer == layer or call.ended or (call.tallies or {}).get("open"):
            continue
        if above is above.run or call.parent is above or _below(above, call.parent):
            return call
    return None


def _below(span: Span, ancestor: Optional[Span]) -> bool:
    here: Optional[Span] = span
    while here is not None:
        if here is ancestor:
            return True
        here = here.parent
    return False


def automatic_run(name: str, layer: str) -> Optional[Run]:
    """A run for an agent that starts outside any, when the automatic tracer is on."""
    return None if automatic is None else automatic(name, layer)


def nearest_agent(span: Optional[Span]) -> Optional[Span]:
    """The agent or run that `span` belongs to."""
    while span is not None and span.kind not in (AGENT, RUN):
        span = span.parent
    return span
