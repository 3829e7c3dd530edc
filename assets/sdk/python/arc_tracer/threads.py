"""Carries the open span into threads and thread pools, where Python does not carry context variables."""

from __future__ import annotations

import functools
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from . import context
from .errors import guarded

_installed = False


@guarded
def install() -> None:
    """Wraps `Thread.start` and `ThreadPoolExecutor.submit` (and with it `loop.run_in_executor`), once. Outside a run they only pass on."""
    global _installed
    if _installed:
        return
    _installed = True
    start, submit = threading.Thread.start, ThreadPoolExecutor.submit

    @functools.wraps(start)
    def traced_start(self: threading.Thread, *args: Any, **kwargs: Any) -> Any:
        span = context.current()
        # A pool's threads outlive what they were started for: their work carries its own span (below).
        if span is not None and not span.run.ended and not _belongs_to_a_pool(self):
            run = self.run

            def run_in_span() -> None:
                try:
                    del self.run  # type: ignore[method-assign]  # no cycle, and nothing left on the thread
                except AttributeError:
                    pass
                token = context.enter(span)
                try:
                    run()
                finally:
                    context.leave(token)

            self.run = run_in_span  # type: ignore[method-assign]
        return start(self, *args, **kwargs)

    @functools.wraps(submit)
    def traced_submit(self: ThreadPoolExecutor, fn: Any, /, *args: Any, **kwargs: Any) -> Any:
        span = context.current()
        if span is None or span.run.ended:
            return submit(self, fn, *args, **kwargs)

        @functools.wraps(fn, updated=())
        def in_span(*inner_args: Any, **inner_kwargs: Any) -> Any:
            token = context.enter(span)
            try:
                return fn(*inner_args, **inner_kwargs)
            finally:
                context.leave(token)

        return submit(self, in_span, *args, **kwargs)

    threading.Thread.start = traced_start  # type: ignore[method-assign]
    ThreadPoolExecutor.submit = traced_submit  # type: ignore[method-assign]


def _belongs_to_a_pool(thread: threading.Thread) -> bool:
    target = getattr(thread, "_target", None)
    return getattr(thread, "_arc_tracer_own", False) or getattr(target, "__module__", None) == "concurrent.futures.thread"
