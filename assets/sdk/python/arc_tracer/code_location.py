"""Where code is defined and where it failed: file, line and function, with the user's own code told from libraries."""

from __future__ import annotations

import functools
import inspect
import os
import sys
from types import CodeType, TracebackType
from typing import Any, Dict, Optional, Tuple

from .span import CodeLocation

_PACKAGE = os.path.dirname(os.path.abspath(__file__)) + os.sep
# The standard library's folder; `sysconfig` would say the same and costs ten times this whole module to import.
_LIBRARIES: Tuple[str, ...] = tuple(
    {os.path.join(os.path.dirname(os.path.abspath(str(module.__file__))), "") for module in (os, functools)}
)
_MARKS = (os.sep + "site-packages" + os.sep, os.sep + "dist-packages" + os.sep)
# Cells and prompts are the user's code although they are no files.
_TYPED = ("<stdin>", "<ipython-input")

_known: Dict[str, bool] = {}


def is_user_code(filename: str) -> bool:
    """Whether code from this file is the user's: not the standard library, an installed package, generated code, or ours."""
    answer = _known.get(filename)
    if answer is None:
        answer = _is_user_code(filename)
        if len(_known) < 10_000:
            _known[filename] = answer
    return answer


def _is_user_code(filename: str) -> bool:
    if filename.startswith("<"):
        return filename.startswith(_TYPED)
    path = os.path.abspath(filename)
    return not (path.startswith(_PACKAGE) or any(mark in path for mark in _MARKS) or path.startswith(_LIBRARIES))


def location_of(thing: Any) -> Optional[CodeLocation]:
    """Where a function, method, class or object's class is defined; None for what is not written in Python."""
    try:
        return _location_of(thing)
    except Exception:
        return None


def _location_of(thing: Any) -> Optional[CodeLocation]:
    if isinstance(thing, functools.partial):
        thing = thing.func
    thing = inspect.unwrap(thing) if callable(thing) else thing
    thing = getattr(thing, "__func__", thing)
    code = getattr(thing, "__code__", None)
    if isinstance(code, CodeType):
        return _absolute(code.co_filename), code.co_firstlineno, getattr(thing, "__qualname__", code.co_name)
    cls = thing if isinstance(thing, type) else type(thing)
    return _class_location(cls)


@functools.lru_cache(maxsize=256)
def _class_location(cls: type) -> Optional[CodeLocation]:
    filename = getattr(sys.modules.get(cls.__module__), "__file__", None)
    if filename is None:
        return None
    # `inspect.getsourcelines` parses the whole file; a method's first line is enough to be near and costs nothing.
    lines = [
        member.__code__.co_firstlineno
        for member in vars(cls).values()
        if inspect.isfunction(member) and member.__code__.co_filename and _absolute(member.__code__.co_filename) == _absolute(filename)
    ]
    first = getattr(cls, "__firstlineno__", None)  # Python 3.13
    if first is None:
        try:
            first = inspect.getsourcelines(cls)[1]
        except (OSError, TypeError):
            first = min(lines) if lines else None
    return None if first is None else (_absolute(filename), int(first), cls.__qualname__)


def raising_frame(trace: Optional[TracebackType]) -> Optional[CodeLocation]:
    """The innermost frame of a traceback in the user's code: what they would look at first. None if it never was in theirs."""
    found: Optional[Tuple[TracebackType, CodeType]] = None
    while trace is not None:
        code = trace.tb_frame.f_code
        if is_user_code(code.co_filename):
            found = (trace, code)
        trace = trace.tb_next
    if found is None:
        return None
    return _absolute(found[1].co_filename), found[0].tb_lineno, getattr(found[1], "co_qualname", found[1].co_name)


def _absolute(filename: str) -> str:
    return filename if filename.startswith("<") else os.path.abspath(filename)
