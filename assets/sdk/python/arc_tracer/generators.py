"""Generators, async generators and awaitables of a traced call: the context is theirs only while their own code runs."""

from __future__ import annotations

import weakref
from types import AsyncGeneratorType, CoroutineType, GeneratorType
from typing import Any, AsyncGenerator, Awaitable, Callable, Generator, List, Optional, Tuple

from . import content
from .plan import Call

#: Items of a stream that are kept for the output, and the text of them in characters.
_ITEMS = 1_000
_TEXT = content.TEXT_LIMIT


class Collected:
    """What a stream gave, bounded: its text when all items are text, else the items."""

    __slots__ = ("cut", "items", "size")

    def __init__(self) -> None:
        self.items: List[Any] = []
        self.size = 0
        self.cut = 0

    def add(self, item: Any) -> None:
        """Notes one item."""
        if len(self.items) >= _ITEMS or self.size > _TEXT:
            self.cut += 1
            return
        copy = content.snapshot(item)
        self.size += content.size(copy)
        self.items.append(copy)

    def value(self) -> Any:
        """All items as one value; None when there was none."""
        if not self.items:
            return None
        note = [f"<{self.cut} more items cut>"] if self.cut else []
        if all(isinstance(item, str) for item in self.items):
            return "".join(self.items + note)
        return self.items + note


def generator(inner: "Generator[Any, Any, Any]", call: Call) -> "Generator[Any, Any, Any]":
    """`inner`, with the call current while it runs, and ended when it ends, fails or is closed."""
    out = Collected() if call.span.run.settings.capture_content else None
    step, value = inner.send, None
    try:
        while True:
            call.enter()
            try:
                item = step(value)
            finally:
                call.pause()
            if out is not None:
                out.add(item)
            try:
                value = yield item
                step = inner.send
            except GeneratorExit:
                call.enter()
                try:
                    inner.close()
                finally:
                    call.pause()
                raise
            except BaseException as error:
                step, value = inner.throw, error
    except StopIteration as stop:
        call.finish(out.value() if out is not None and out.items else stop.value)
        return stop.value
    except GeneratorExit:
        call.finish(None if out is None else out.value())
        raise
    except BaseException as error:
        call.fail(error)
        raise


async def async_generator(inner: "AsyncGenerator[Any, Any]", call: Call) -> "AsyncGenerator[Any, Any]":
    """As `generator`, for an async one."""
    out = Collected() if call.span.run.settings.capture_content else None
    step, value = inner.asend, None
    try:
        while True:
            call.enter()
            try:
                item = await step(value)
            finally:
                call.pause()
            if out is not None:
                out.add(item)
            try:
                value = yield item
                step = inner.asend
            except GeneratorExit:
                call.enter()
                try:
                    await inner.aclose()
                finally:
                    call.pause()
                raise
            except BaseException as error:
                step, value = inner.athrow, error
    except StopAsyncIteration:
        call.finish(None if out is None else out.value())
    except GeneratorExit:
        call.finish(None if out is None else out.value())
        raise
    except BaseException as error:
        call.fail(error)
        raise


async def awaited(inner: "Awaitable[Any]", call: Call) -> Any:
    """An awaitable that a plain function returned, with the call ended when it is done."""
    try:
        call.enter()
        result = await inner
    except BaseException as error:
        call.fail(error)
        raise
    call.finish(result)
    return result


_WRAPPERS: Tuple[Tuple[type, Callable[[Any, Call], Any]], ...] = (
    (GeneratorType, generator),
    (AsyncGeneratorType, async_generator),
    (CoroutineType, awaited),
)


def deliver(result: Any, call: Call) -> Any:
    """What a plain function returned: itself, with the call ended now, or once the work it stands for is done."""
    for kind, wrapper in _WRAPPERS:
        if isinstance(result, kind):
            call.pause()
            outer = wrapper(result, call)
            # One that is never started runs no code, not even at its end.
            call.guard = weakref.ref(outer, lambda _: call.close())
            return outer
    inner = getattr(result, "gen", None)
    if isinstance(inner, AsyncGeneratorType) and hasattr(type(result), "__aenter__"):
        call.pause()
        result.gen = async_generator(inner, call)  # what `contextlib.asynccontextmanager` makes
        return result
    if isinstance(inner, GeneratorType) and hasattr(type(result), "__enter__"):
        call.pause()
        result.gen = generator(inner, call)
        return result
    future = _future_of(result)
    if future is not None:
        call.pause()
        future.add_done_callback(lambda done: _done(done, call))
        return result
    call.finish(result)
    return result


def _future_of(result: Any) -> Optional[Any]:
    """The unfinished future that a result is, or holds (a streamed result that works in a task of its own)."""
    candidates = [result]
    if type(result).__module__ not in ("builtins", "typing"):
        candidates += list(getattr(result, "__dict__", {}).values())[:64]
    for candidate in candidates:
        if hasattr(type(candidate), "add_done_callback") and hasattr(type(candidate), "done") and not candidate.done():
            return candidate
    return None


def _done(future: Any, call: Call) -> None:
    try:
        if future.cancelled():
            call.close()
        elif future.exception() is not None:
            call.fail(future.exception())
        else:
            call.finish(future.result())
    except BaseException as error:
        call.fail(error)
