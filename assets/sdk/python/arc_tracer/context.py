"""Which span is open here: the context variable, the runs that are active, and the fall-back between them."""

from __future__ import annotations

from contextvars import ContextVar, Token
from typing import Callable, Dict, Optional

from .span import Run, Span

_current: "ContextVar[Optional[Span]]" = ContextVar("arc_tracer_current", default=None)

#: Runs that have started and not ended, by trace id.
active_runs: Dict[int, Run] = {}

#: Opens a run for a call made outside any; set by the automatic tracer (`run`), else such calls are not recorded.
implicit_run: Optional[Callable[[], Optional[Run]]] = None


def current() -> Optional[Span]:
    """The innermost open span of this context, or None."""
    return _current.get()


def enter(span: Span) -> "Token[Optional[Span]]":
    """Makes `span` the current one; give what comes back to `leave`."""
    return _current.set(span)


def leave(token: "Token[Optional[Span]]", span: Optional[Span] = None) -> None:
    """Undoes `enter`. In another context than the one entered (a callback, a generator closed elsewhere) a token cannot be
    reset: there the parent becomes current again if `span` still is."""
    try:
        _current.reset(token)
    except (ValueError, RuntimeError):
        if span is not None and _current.get() is span:
            _current.set(span.parent)


def only_active_run() -> Optional[Run]:
    """The one active run, if there is exactly one: whose work a thread without a context most likely does."""
    if len(active_runs) == 1:
        for run in list(active_runs.values()):
            return run
    return None


def enclosing(implicit: bool = True) -> Optional[Span]:
    """The span that a call made here belongs to: the open one of this context, else the only active run, else an implicit run."""
    span = _current.get()
    if span is not None and not span.run.ended:
        while span.ended and span.parent is not None:
            span = span.parent  # work that outlives its caller: its nearest ancestor that is still open
        return span
    # A context of a run that has ended belongs to work that outlives it, or to a long-lived thread that it happened to start.
    run_alone = only_active_run()
    if run_alone is not None:
        return run_alone
    opened = implicit_run() if implicit and implicit_run is not None else None
    return opened if opened is not None else span


def enclosing_open() -> Optional[Span]:
    """As `enclosing`, but only spans that are still open, and no run is opened for it."""
    span = enclosing(implicit=False)
    return None if span is None or span.ended else span
