"""One run under observation: its clock, its planted fault, its stand-in world and the events seen so far."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


class Clock:
    """Real monotonic time plus an offset: latencies of the simulated services are added, not slept."""

    def __init__(self) -> None:
        self._start = time.monotonic()
        self._offset = 0.0

    def now(self) -> float:
        """Seconds since the run began."""
        return time.monotonic() - self._start + self._offset

    def advance(self, seconds: float) -> None:
        """Let simulated time pass."""
        self._offset += max(0.0, seconds)


@dataclass
class Reply:
    """What the scripted model answers to one request."""

    text: str = ""
    calls: list[tuple[str, Any]] = field(default_factory=list)  # (tool, arguments or raw text)
    reasoning: int = 0
    slow: float = 1.0
    status: int = 200
    code: str = ""
    message: str = ""


@dataclass
class Answer:
    """What a stand-in service answers to one request."""

    body: Any
    status: int = 200
    latency: float = 0.12
    hang: float = 0.0
    text: bool = False


@dataclass
class Run:
    """State of one run; the server finds it by its id in the path."""

    id: str
    rng: random.Random
    policy: Callable[[Run, Any], Reply]
    service: Callable[[Run, str, str, str, dict], Answer]
    fault: str | None = None
    case: dict = field(default_factory=dict)
    world: dict = field(default_factory=dict)
    clock: Clock = field(default_factory=Clock)
    events: list[dict] = field(default_factory=list)
    requests: int = 0
    prefixes: dict[str, list] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def pick(self, *options: str) -> str:
        """One of several wordings, by the run's own seed."""
        return self.rng.choice(options)


RUNS: dict[str, Run] = {}


class Planter:
    """Deals faults out so that their counts come close to their weights, in an order that looks random."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._due: dict[str | None, float] = {}

    def next(self, weights: dict[str, float]) -> str | None:
        """The fault of the next run; weights are for a hundred runs, the rest are runs without a fault."""
        everything: dict[str | None, float] = dict(weights)
        everything[None] = 100 - sum(weights.values())
        for fault, weight in everything.items():
            self._due[fault] = self._due.setdefault(fault, self._rng.uniform(0, 0.3)) + weight / 100
        chosen = max(everything, key=lambda fault: self._due[fault] + self._rng.uniform(0, 0.5))
        self._due[chosen] -= 1
        return chosen
