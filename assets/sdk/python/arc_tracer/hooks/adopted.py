"""Agents that a function elsewhere runs: `trace_agent(agent)` finds no method to trace on them, so that function's hook opens their runs."""

from __future__ import annotations

import weakref
from typing import Any, Dict, Optional, Tuple

from .. import context, lifecycle
from ..code_location import location_of
from ..recording import NOTHING, Recording, put_code
from ..settings import Settings
from . import shapes

#: The classes, by the module and name they are defined under.
CLASSES = frozenset((("agents.agent", "Agent"), ("agents.realtime.agent", "RealtimeAgent")))

# By identity; the agent is held weakly, or as long as the program runs where it cannot be.
_adopted: Dict[int, Tuple[Any, Settings, str]] = {}


def adopt(subject: Any, settings: Settings, name: Optional[str]) -> bool:
    """Remembers the tracer of an agent of one of `CLASSES`."""
    if not any((cls.__module__, cls.__qualname__) in CLASSES for cls in type(subject).__mro__):
        return False
    key = id(subject)
    try:
        held: Any = weakref.ref(subject, lambda _: _adopted.pop(key, None))
    except TypeError:
        held = subject
    _adopted[key] = (held, settings, name or shapes.text(getattr(subject, "name", None)) or type(subject).__name__)
    return True


def open_run(subject: Any, layer: str) -> Recording:
    """The run of an adopted agent that starts outside any, not yet current here; else `NOTHING`."""
    known = _adopted.get(id(subject))
    if known is None or context.enclosing(implicit=False) is not None:
        return NOTHING
    run = lifecycle.start_run(known[2], known[1], layer)
    run.subject = id(subject)
    # Where the agent is made is not known; where its instructions are written, if they are a function, is near.
    instructions = getattr(subject, "instructions", None)
    if callable(instructions):
        put_code(run, location_of(instructions))
    return Recording(run)
