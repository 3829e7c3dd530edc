"""The record of one thing that happened in a run: what the agent's thread fills in and the sender reads."""

from __future__ import annotations

import os
import random
import time
from typing import Any, Dict, Optional, Tuple

from .settings import Settings

#: Kinds of spans; they decide how a span is named on the wire.
RUN = "run"
AGENT = "agent"
MODEL = "model"
TOOL = "tool"
STEP = "step"

# A generator of our own: ids never touch the program's `random` state, nor follow its seed.
_random = random.Random()


def new_id(bits: int) -> int:
    """A random id of `bits` bits that is not zero (zero means "none" on the wire)."""
    return _random.getrandbits(bits) or 1


def reseed() -> None:
    """Makes ids differ from the parent's again; called in a forked child."""
    _random.seed(os.urandom(16))


class Span:
    """One span. Times are nanoseconds since the epoch; `ended` is 0 while it is open.

    `attributes` are small values sent as they are; `content` are values of the program (already plain and bounded),
    serialised, redacted and capped by the sender. Both are keyed by the attribute's name on the wire.
    """

    __slots__ = (
        "attributes", "content", "ended", "error", "id", "kind", "layer", "name",
        "parent", "parent_id", "run", "sent_open", "started", "subject", "tallies", "weight",
    )

    def __init__(self, kind: str, name: str, parent: Optional["Span"], run: Optional["Run"], layer: str = "") -> None:
        self.kind = kind
        self.name = name
        self.parent = parent
        self.parent_id = 0 if parent is None else parent.id
        self.run: "Run" = run  # type: ignore[assignment]  # a run sets itself
        self.id = _random.getrandbits(64) or 1
        self.layer = layer
        self.started = time.time_ns()
        self.ended = 0
        self.attributes: Dict[str, Any] = {}
        self.content: Dict[str, Any] = {}
        self.error: Optional["ErrorRecord"] = None
        self.subject: Optional[int] = None
        self.tallies: Optional[Dict[str, int]] = None
        self.sent_open = False
        self.weight = 0


class Run(Span):
    """The root span of a run, with what its whole trace shares."""

    __slots__ = ("open_spans", "settings", "trace_id")

    def __init__(self, kind: str, name: str, settings: Settings, layer: str = "") -> None:
        super().__init__(kind, name, None, None, layer)
        self.run = self
        self.trace_id = _random.getrandbits(128) or 1
        self.settings = settings
        #: What is open in the run, itself not counted, by id: what was going on when a process ends.
        self.open_spans: Dict[int, Span] = {}


class ErrorRecord:
    """An exception as text: nothing of the program is kept alive by it."""

    __slots__ = ("at", "file", "line", "message", "stacktrace", "type")

    def __init__(self, type: str, message: str, stacktrace: str, file: Optional[str], line: Optional[int]) -> None:
        self.type = type
        self.message = message
        self.stacktrace = stacktrace
        self.file = file
        self.line = line
        self.at = time.time_ns()


#: Where a piece of code is defined: absolute file, line from 1, qualified name.
CodeLocation = Tuple[str, int, str]
