"""What hooks by callbacks share: parents by the ids a framework gives, and what is only set when nobody knew better."""

from __future__ import annotations

from typing import Any, Dict, Optional

from .. import context
from ..recording import ATTRIBUTES, CONTENT, OpenRecordings, Recording, current
from ..span import TOOL


class Passed(Recording):
    """Something of the framework's that is not recorded: what happens in it belongs to its parent, and its end is nothing to anyone."""

    def end(self, **fields: Any) -> None:
        pass

    def fail(self, error: Any, error_type: Optional[str] = None, **fields: Any) -> None:
        pass


class Nesting(OpenRecordings):
    """Open recordings by the framework's ids."""

    def parent(self, key: Any) -> Optional[Recording]:
        """The recording the framework names as parent; None (then the context decides) if it is not known, or if what is open in
        this context lies below it already: a step of the user's inside a tool, say."""
        named = self.get(key) if key is not None else None
        if named is None or named.span is None:
            return None
        here = context.current()
        while here is not None:
            if here is named.span:
                return None
            here = here.parent
        return named

    def pass_on(self, key: Any, parent: Any) -> None:
        """Makes what names `key` as its parent belong to `parent`."""
        named = self.get(parent) if parent is not None else None
        if named is not None and named.span is not None:
            self.put(key, Passed(named.span))


# What tools raised, by the id of the tool's span, until it ends.
_raised: Dict[int, BaseException] = {}


def note_error(error: BaseException) -> None:
    """Notes what the tool that runs here raised, for a framework that tells its own callbacks less than that."""
    span = current().span
    if span is not None and span.kind == TOOL and len(_raised) < 256:
        _raised[span.id] = error


def noted_error(recording: Recording) -> Optional[BaseException]:
    """What was noted for a tool's recording; asked once, before it ends."""
    return None if recording.span is None else _raised.pop(recording.span.id, None)


def fill(recording: Recording, **fields: Any) -> None:
    """Sets only what is not known yet: where a hook reads a framework's copy of what the SDK below it has reported first-hand."""
    span = recording.span
    if span is None:
        return
    missing = {}
    for field, value in fields.items():
        if field in CONTENT:
            known = CONTENT[field] in span.content
        else:
            known = ATTRIBUTES.get(field, field) in span.attributes
        if not known:
            missing[field] = value
    recording.set(**missing)
