"""Copies of the program's values as plain, bounded JSON data: taken in the agent's thread, so no later change shows in them.

No code of the program is run for it (no `repr`, `str`, `model_dump`, property or iterator), except of a few types known to be cheap:
a copy costs at most a bounded number of steps, whatever the value is. What is left out says so where it was.
"""

from __future__ import annotations

import collections
import datetime
import decimal
import enum
import math
import pathlib
import re
import types
import uuid
from itertools import islice
from typing import Any, Dict, FrozenSet, Iterable, List, Optional, Set, Tuple

#: Longest text kept of one string, in characters; more is cut in the middle.
TEXT_LIMIT = 256 * 1024
#: Text kept of one value altogether, in characters.
VALUE_LIMIT = 512 * 1024
#: Values (list items, dictionary entries …) visited in one value.
NODE_LIMIT = 10_000
#: Values visited in an object of an arbitrary class: their insides are seldom the point.
OBJECT_NODE_LIMIT = 500
DEPTH_LIMIT = 32

_BIG_INTEGER_BITS = 256
_PLAIN: FrozenSet[type] = frozenset((type(None), bool))
_WRITTEN: Tuple[type, ...] = (
    datetime.datetime, datetime.date, datetime.time, datetime.timedelta, uuid.UUID, decimal.Decimal, pathlib.PurePath,
)
_OPAQUE: Tuple[type, ...] = (types.ModuleType, types.GeneratorType, types.CoroutineType, types.AsyncGeneratorType, types.FrameType)
_RECORD_MARKS = ("__dataclass_fields__", "__attrs_attrs__", "__struct_fields__", "model_fields", "__fields__")
_SECRET = re.compile(r"(api_?key|secret|password|passwd|authorization|credential|(access|auth|refresh|bearer)_?token)$", re.IGNORECASE)


def snapshot(value: Any) -> Any:
    """A plain copy of any value: None, bool, number, text, list, dict with text keys."""
    kind = type(value)
    if kind is str:
        return value if len(value) <= TEXT_LIMIT else cut(value, TEXT_LIMIT)
    if kind in _PLAIN:
        return value
    try:
        return _Copy().of(value, 0)
    except Exception as error:
        return f"<{_class_name(value)}, not readable: {type(error).__name__}>"


def scalar(value: Any) -> Any:
    """A value for an attribute: text, number, bool, or a list of these."""
    kind = type(value)
    if kind is str:
        return value if len(value) <= TEXT_LIMIT else cut(value, TEXT_LIMIT)
    if kind is int or kind is bool or kind is float:
        return value
    return snapshot(value)


def cut(text: str, limit: int) -> str:
    """Text of at most about `limit` characters, the middle left out and said so."""
    if len(text) <= limit:
        return text
    half = max(limit // 2, 16)
    return f"{text[:half]} …[{len(text) - 2 * half} characters cut]… {text[-half:]}"


def size(value: Any) -> int:
    """Roughly the bytes that a snapshot holds; counts up to a limit only, for the queue's bound."""
    kind = type(value)
    if kind is str:
        return 64 + len(value)
    if kind is dict:
        return 64 + sum(64 + len(key) + size(item) for key, item in value.items())
    if kind is list:
        return 64 + sum(map(size, value))
    return 32


class _Copy:
    """One copy in progress, with what it may still take."""

    __slots__ = ("nodes", "path", "text")

    def __init__(self) -> None:
        self.nodes = NODE_LIMIT
        self.text = VALUE_LIMIT
        self.path: Set[int] = set()

    def of(self, value: Any, depth: int) -> Any:
        self.nodes -= 1
        kind = type(value)
        if kind is str:
            return self.written(value)
        if kind in _PLAIN:
            return value
        if kind is int:
            return value if value.bit_length() <= _BIG_INTEGER_BITS else f"<integer of {value.bit_length()} bits>"
        if kind is float:
            return value if math.isfinite(value) else str(value)
        if depth >= DEPTH_LIMIT:
            return "<deeper values cut>"
        mark = id(value)
        if mark in self.path:
            return f"<cycle: {_class_name(value)}>"
        self.path.add(mark)
        try:
            if isinstance(value, dict):
                return self.entries(list(islice(dict.items(value), max(self.nodes, 0) + 1)), dict.__len__(value), depth)
            if isinstance(value, (list, tuple)):
                names = getattr(kind, "_fields", None)
                if names is not None and isinstance(value, tuple) and len(names) == len(value):
                    return self.entries(list(zip(names, tuple.__iter__(value))), len(value), depth)
                return self.items(kind.__iter__(value), len(value), depth)
            if isinstance(value, (set, frozenset, collections.deque)):
                return self.items(iter(list(islice(value, max(self.nodes, 0) + 1))), len(value), depth)
            return self.other(value, kind, depth)
        finally:
            self.path.discard(mark)

    def written(self, text: str) -> str:
        limit = min(TEXT_LIMIT, max(self.text, 64))
        self.text -= min(len(text), limit)
        return text if len(text) <= limit else cut(text, limit)

    def entries(self, pairs: List[Tuple[Any, Any]], count: int, depth: int) -> Dict[str, Any]:
        out: Dict[str, Any] = {}
        for key, item in pairs:
            if self.nodes <= 0:
                out["…"] = f"<{count - len(out)} more entries cut>"
                break
            out[key if type(key) is str and len(key) < 1024 else _key(key)] = self.of(item, depth + 1)
        return out

    def items(self, values: Iterable[Any], count: int, depth: int) -> List[Any]:
        out: List[Any] = []
        for item in values:
            if self.nodes <= 0:
                out.append(f"<{count - len(out)} more items cut>")
                break
            out.append(self.of(item, depth + 1))
        return out

    def other(self, value: Any, kind: type, depth: int) -> Any:
        if isinstance(value, enum.Enum):
            return self.of(value.value, depth + 1)
        if isinstance(value, str):
            return self.written(str.__str__(value))
        if isinstance(value, int):
            return self.of(int.__int__(value), depth + 1)
        if isinstance(value, float):
            return self.of(float.__float__(value), depth + 1)
        if isinstance(value, (bytes, bytearray, memoryview)):
            return f"<{kind.__name__} of {value.nbytes if isinstance(value, memoryview) else len(value)} bytes>"
        if isinstance(value, _WRITTEN):
            return self.written(str(value))
        if isinstance(value, BaseException):
            return self.written(f"{kind.__name__}: {', '.join(str(self.of(part, depth + 1)) for part in value.args[:8])}")
        if isinstance(value, type) or isinstance(value, _OPAQUE) or callable(value) and not hasattr(kind, "model_fields"):
            return f"<{_class_name(value)} {getattr(value, '__qualname__', None) or getattr(value, '__name__', '')}>".replace(" >", ">")
        if isinstance(value, types.MappingProxyType):
            return self.entries(list(islice(value.items(), max(self.nodes, 0) + 1)), len(value), depth)
        shape = _array_shape(value, kind)
        if shape is not None:
            return shape
        if "Secret" in kind.__name__:
            return "<secret>"
        return self.object(value, kind, depth)

    def object(self, value: Any, kind: type, depth: int) -> Any:
        fields = _fields(value, kind)
        if not fields:
            return f"<{_class_name(value)}>"
        known = _is_record(kind)
        if not known and depth > 6:
            return f"<{_class_name(value)}>"
        before = self.nodes
        if not known:
            self.nodes = min(before, OBJECT_NODE_LIMIT)
        started = self.nodes
        out = self.entries(
            [(name, "<secret>" if _SECRET.search(name) and item is not None else item) for name, item in fields], len(fields), depth
        )
        self.nodes = before - (started - self.nodes)
        return out


def _fields(value: Any, kind: type) -> List[Tuple[str, Any]]:
    """Public fields of an object, read past any code of its class."""
    names: Optional[Iterable[str]] = getattr(kind, "__dataclass_fields__", None) or getattr(kind, "__struct_fields__", None)
    try:
        own: Dict[str, Any] = object.__getattribute__(value, "__dict__")
    except AttributeError:
        own = {}
    found: List[Tuple[str, Any]] = []
    for name in names or ():
        if name in own:
            found.append((name, own[name]))
        else:
            try:
                found.append((name, object.__getattribute__(value, name)))
            except AttributeError:
                pass
    if found:
        return [pair for pair in found if not pair[0].startswith("_")]
    for name, item in list(dict.items(own))[:OBJECT_NODE_LIMIT]:
        if type(name) is str and not name.startswith("_"):
            found.append((name, item))
    extra = _own(value, "__pydantic_extra__")
    if isinstance(extra, dict):
        found.extend((str(name), item) for name, item in islice(dict.items(extra), OBJECT_NODE_LIMIT))
    if not found:
        # Records that keep their fields in one private dictionary (DSPy's Prediction and Example).
        store = own.get("_store")
        if isinstance(store, dict):
            found.extend((str(name), item) for name, item in islice(dict.items(store), OBJECT_NODE_LIMIT))
    if not found:
        for base in kind.__mro__:
            slots = base.__dict__.get("__slots__", ())
            for name in (slots,) if isinstance(slots, str) else tuple(slots)[:64]:
                if not name.startswith("_"):
                    try:
                        found.append((name, object.__getattribute__(value, name)))
                    except AttributeError:
                        pass
    return found


def _own(value: Any, name: str) -> Any:
    try:
        return object.__getattribute__(value, name)
    except AttributeError:
        return None


def _is_record(kind: type) -> bool:
    """Classes whose instances are data: dataclasses, attrs, msgspec and Pydantic models."""
    return any(hasattr(kind, name) for name in _RECORD_MARKS)


def _array_shape(value: Any, kind: type) -> Optional[str]:
    module = kind.__module__.partition(".")[0]
    if module not in ("numpy", "pandas", "torch", "jax", "tensorflow", "polars", "pyarrow", "scipy"):
        return None
    if module == "numpy" and getattr(value, "shape", None) == ():
        return str(value)
    return f"<{_class_name(value)} of shape {getattr(value, 'shape', '?')}>"


def _key(key: Any) -> str:
    if isinstance(key, enum.Enum):
        key = key.value
    if isinstance(key, str):
        return cut(str.__str__(key), 1024)
    if key is None or isinstance(key, (bool, int, float)) or isinstance(key, uuid.UUID):
        return str(key) if not isinstance(key, int) or key.bit_length() <= _BIG_INTEGER_BITS else "<integer>"
    if isinstance(key, tuple) and len(key) <= 8:
        return "(" + ", ".join(_key(part) for part in key) + ")"
    return f"<{_class_name(key)}>"


def _class_name(value: Any) -> str:
    kind = type(value)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
