"""Agents whose framework's hook opens their runs itself: those that a function elsewhere runs (`Runner.run(agent)`), where `trace_agent`
finds no method to trace, and those whose runs last longer than the call that starts them."""

from __future__ import annotations

import weakref
from typing import Any, Dict, Optional, Set, Tuple

from .. import context, lifecycle
from ..code_location import location_of
from ..recording import NOTHING, Recording, put_code
from ..settings import Settings
from . import shapes

#: The classes, by the module and name they are defined under; a hook adds its own when it is installed.
_classes: Set[Tuple[str, str]] = set()

# By identity; the agent is held weakly, or as long as the program runs where it cannot be.
_adopted: Dict[int, Tuple[Any, Settings, str]] = {}


def add_class(cls: type) -> None:
    """Says that a hook opens the runs of this class's objects."""
    _classes.add((cls.__module__, cls.__qualname__))


def adopt(subject: Any, settings: Settings, name: Optional[str]) -> bool:
    """Remembers the tracer of an agent of one of those classes."""
    if not any((cls.__module__, cls.__qualname__) in _classes for cls in type(subject).__mro__):
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
