"""Exceptions as records, and the guard that keeps our own from reaching the agent."""

from __future__ import annotations

import functools
import os
import sys
import threading
import traceback
from typing import Any, Callable, Iterable, Optional, Set, TypeVar, Union

from .code_location import raising_frame
from .settings import Settings
from .span import ErrorRecord

_MESSAGE_LIMIT = 16_384
_TRACE_LIMIT = 65_536
_FRAMES = 64
_F = TypeVar("_F", bound=Callable[..., Any])

_said: Set[str] = set()
_said_lock = threading.Lock()


def record(error: Union[BaseException, str, None], error_type: Optional[str], settings: Settings) -> ErrorRecord:
    """An exception (or a framework's text of one) as a record. With content off, its message is left out: it often quotes content."""
    try:
        if isinstance(error, BaseException):
            return _of_exception(error, error_type, settings.capture_content)
        text = str(error) if error is not None and settings.capture_content else ""
        return ErrorRecord(error_type or "Error", _cut(text, _MESSAGE_LIMIT), "", None, None)
    except Exception:
        return ErrorRecord(error_type or "Error", "", "", None, None)


def _of_exception(error: BaseException, error_type: Optional[str], content: bool) -> ErrorRecord:
    cls = type(error)
    name = cls.__qualname__ if cls.__module__ in ("builtins", "__main__") else f"{cls.__module__}.{cls.__qualname__}"
    where = raising_frame(error.__traceback__)
    if content:
        try:
            message = str(error)
        except Exception:
            message = ""
        lines: Iterable[str] = traceback.TracebackException(cls, error, error.__traceback__, limit=-_FRAMES).format()
    else:
        message = ""
        lines = traceback.format_list(traceback.extract_tb(error.__traceback__, limit=-_FRAMES))
    stack = "".join(lines)
    file, line = (where[0], where[1]) if where is not None else (None, None)
    return ErrorRecord(error_type or name, _cut(message, _MESSAGE_LIMIT), _cut(stack, _TRACE_LIMIT), file, line)


def _cut(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    half = limit // 2
    return f"{text[:half]} …[{len(text) - 2 * half} characters cut]… {text[-half:]}"


def guarded(function: _F) -> _F:
    """Decorates what runs inside the agent's calls on our behalf: an exception of ours is told once and goes no further."""

    @functools.wraps(function)
    def guard(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except Exception as error:
            swallow(function, error)
            return None

    return guard  # type: ignore[return-value]


def swallow(where: Any, error: BaseException) -> None:
    """Notes an exception of ours without raising it: once for each place on standard error, with ARC_TRACER_DEBUG in full."""
    try:
        name = getattr(where, "__qualname__", str(where))
        if os.environ.get("ARC_TRACER_DEBUG"):
            traceback.print_exception(type(error), error, error.__traceback__)
        say_once(f"internal:{name}", f"could not record something ({name}: {type(error).__name__}: {error}); the agent is not affected")
    except Exception:
        pass


def say_once(key: str, text: str) -> None:
    """Says something on standard error, once a process for each key; at most 32 different things."""
    with _said_lock:
        if key in _said or len(_said) >= 32:
            return
        _said.add(key)
    try:
        print(f"arc_tracer: {text}", file=sys.stderr)
    except Exception:
        pass


def may_say_again(key: str) -> None:
    """Forgets that `key` was said, so that the next time it is said again."""
    with _said_lock:
        _said.discard(key)


def reset_after_fork() -> None:
    """A lock held by another thread at the fork would never be released in the child."""
    global _said_lock
    _said_lock = threading.Lock()
