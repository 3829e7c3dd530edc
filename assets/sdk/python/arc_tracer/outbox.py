"""The bounded queue between the agent's threads and the workbench, and the one background thread that empties it."""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import Deque, Dict, List, Optional, Tuple, Union

from . import content, context
from .delivery import Delivery
from .errors import reset_after_fork, say_once
from .span import Span

#: Spans that may wait, and bytes of their content, roughly; beyond, the oldest are dropped and counted.
QUEUE_SPANS = 32_768
QUEUE_BYTES = 64 * 1024 * 1024
#: Spans that may wait while nothing answers.
UNREACHABLE_SPANS = 8_192
#: Spans and bytes of content in one request.
BATCH_SPANS = 512
BATCH_BYTES = 2 * 1024 * 1024
#: How long spans are gathered before a request, in seconds.
LINGER = 0.2
#: Rounds of that time without anything to send before the sender sleeps until it is roused.
QUIET_ROUNDS = 10
#: A run still open after this time is sent as open, in seconds.
OPEN_AFTER = 0.25
#: Names of agents kept for the summary of a process.
AGENT_NAMES = 8
_OVERHEAD = 512


class _Mark:
    """Stands in the queue behind the spans that a `flush` waits for."""

    __slots__ = ("done", "ok", "weight")

    def __init__(self) -> None:
        self.done = threading.Event()
        self.ok = False
        self.weight = 0


class Outbox:
    """Spans on their way to one endpoint. `put` never blocks on the network and never raises."""

    def __init__(self, endpoint: str, api_key: Optional[str]) -> None:
        self._delivery = Delivery(endpoint, api_key)
        self._fresh()

    def _fresh(self) -> None:
        # Reentrant: a signal handler or a destructor may interrupt `put` in the same thread and come back here.
        self._lock = threading.RLock()
        self._pumping = threading.RLock()
        self._wake = threading.Event()
        self._queue: Deque[Union[Span, _Mark]] = deque()
        self._held: List[Span] = []
        self._bytes = 0
        self._marks = 0
        self._in_flight = False
        self._idle = True
        self._last = False
        self._thread: Optional[threading.Thread] = None
        self._unreported = 0
        #: Spans lost so far, runs started, and the names of their agents, a few.
        self.dropped = 0
        self.runs = 0
        self.agents: List[str] = []

    def run_started(self, name: str) -> None:
        """Called when a run starts: the sender looks at it later, to show it while it is open."""
        self.runs += 1
        if len(self.agents) < AGENT_NAMES and name not in self.agents:
            self.agents.append(name)
        if self._idle:
            self._rouse()

    def put(self, span: Span) -> None:
        """Takes a span that has ended."""
        weight = _OVERHEAD
        if span.content:
            for value in span.content.values():
                weight += content.size(value)
        span.weight = weight
        with self._lock:
            self._bytes += weight
            self._queue.append(span)
            waiting = len(self._queue)
            if waiting > UNREACHABLE_SPANS or self._bytes > QUEUE_BYTES:
                self._make_room()
        if self._idle:
            self._rouse()
        elif waiting == BATCH_SPANS:
            self._wake.set()

    def flush(self, timeout: float = 2.0, last: bool = False) -> bool:
        """Waits until everything put so far has been sent, at most `timeout` seconds. False when it has not.

        `last` sends what is still open as well: the process ends."""
        mark = _Mark()
        with self._lock:
            self._last = last
            if not (self._queue or self._held or self._in_flight or last and self._open_spans()):
                return True
            self._queue.append(mark)
            self._marks += 1
        if self._alive():
            self._delivery.try_now()
            self._idle = False
            self._wake.set()
            mark.done.wait(timeout)
        else:
            # No thread can be had (at exit, after a fork): this one does it.
            self._pump(time.monotonic() + timeout)
        return mark.ok

    def after_fork(self) -> None:
        """In a forked child: what waits here is the parent's to send, and its thread and connection are not ours."""
        self._delivery.abandon()
        self._fresh()

    def _make_room(self) -> None:
        """Drops the oldest: first of what was refused for now, then of the queue."""
        limit = UNREACHABLE_SPANS if self._delivery.is_failing else QUEUE_SPANS
        excess = min(max(len(self._queue) + len(self._held) - limit, 0), len(self._held))
        if excess:
            del self._held[:excess]
            self._lose(excess)
        while self._queue and (len(self._queue) + len(self._held) > limit or self._bytes > QUEUE_BYTES):
            head = self._queue.popleft()
            self._bytes -= head.weight
            if isinstance(head, _Mark):
                self._marks -= 1
                head.done.set()
            else:
                self._lose(1)

    def _lose(self, count: int) -> None:
        with self._lock:
            self.dropped += count
            self._unreported += count

    def _alive(self) -> bool:
        thread = self._thread
        return thread is not None and thread.is_alive()

    def _rouse(self) -> None:
        with self._lock:
            self._idle = False
            if not self._alive():
                from . import process

                process.prepare()
                thread = threading.Thread(target=self._work, name="arc_tracer sender", daemon=True)
                thread._arc_tracer_own = True  # type: ignore[attr-defined]
                self._thread = thread
                try:
                    thread.start()
                except RuntimeError:
                    # At interpreter exit no thread can be started; the flush there sends.
                    self._thread = None
            self._wake.set()

    # What follows runs in the sender's thread, or at the end of a process that has none.

    def _work(self) -> None:
        quiet = 0
        while True:
            try:
                quiet = 0 if self._has_work() else quiet + 1
                if quiet > QUIET_ROUNDS:
                    # Only after some quiet: rousing a sleeping thread costs the agent's call more than all the rest.
                    self._sleep()
                    quiet = 0
                wait = self._delivery.not_before - time.monotonic()
                if len(self._queue) < BATCH_SPANS and not self._marks:
                    wait = max(wait, LINGER)
                if wait > 0:
                    self._wake.wait(wait)
                self._wake.clear()
                if self._delivery.not_before <= time.monotonic():
                    self._pump(None)
            except Exception as error:
                say_once("sender", f"the sender met {type(error).__name__}: {error}; it goes on")
                time.sleep(1.0)

    def _sleep(self) -> None:
        """Waits until something comes."""
        # Idle first, then a look: whoever comes after the look finds it idle and rouses it.
        with self._lock:
            self._idle = True
            self._wake.clear()
        if self._has_work():
            self._idle = False
        else:
            self._wake.wait()

    def _has_work(self) -> bool:
        if self._queue or self._held:
            return True
        return any(run.settings.outbox is self and not run.sent_open for run in list(context.active_runs.values()))

    def _pump(self, deadline: Optional[float]) -> None:
        """Sends what waits, until nothing does, the deadline passes, or the endpoint does not take it now."""
        with self._pumping:
            while True:
                batch, marks = self._take()
                opened = self._open_spans()
                taken = not (batch or opened) or self._send(batch, opened, deadline)
                self._in_flight = False
                for mark in marks:
                    mark.ok = taken
                    mark.done.set()
                if not taken:
                    for item in list(self._queue):
                        if isinstance(item, _Mark):
                            item.done.set()
                    return
                if not self._queue or deadline is not None and time.monotonic() >= deadline:
                    return

    def _take(self) -> Tuple[List[Span], List[_Mark]]:
        """The next batch: what was held back after a refusal, then from the queue up to a mark or the bounds of a request."""
        marks: List[_Mark] = []
        with self._lock:
            batch, self._held = self._held, []
            weight = sum(span.weight for span in batch)
            while self._queue:
                head = self._queue[0]
                if isinstance(head, _Mark):
                    marks.append(head)
                    self._marks -= 1
                elif len(batch) >= BATCH_SPANS or weight > BATCH_BYTES or marks:
                    break
                else:
                    weight += head.weight
                    self._bytes -= head.weight
                    batch.append(head)
                self._queue.popleft()
            self._in_flight = bool(batch)
        return batch, marks

    def _open_spans(self) -> List[Span]:
        """Runs that have been open for a moment, each sent once so that it shows; all that is open when the process ends."""
        now = time.time_ns()
        found: List[Span] = []
        for run in list(context.active_runs.values()):
            if run.settings.outbox is not self:
                continue
            if self._last:
                found.extend([run, *list(run.open_spans.values())][:BATCH_SPANS])
            elif not run.sent_open and now - run.started >= OPEN_AFTER * 1e9:
                found.append(run)
        return [span for span in found if not span.ended]

    def _send(self, batch: List[Span], opened: List[Span], deadline: Optional[float]) -> bool:
        unreported = self._unreported
        outcome = self._delivery.deliver(opened + batch, unreported, None if deadline is None else deadline - time.monotonic())
        if outcome.arrived:
            with self._lock:
                self._unreported -= unreported
        if not outcome.later:
            for span in opened:
                span.sent_open = True
            self._last = False
        else:
            shown = set(map(id, opened))
            with self._lock:
                self._held = [span for span in outcome.later if id(span) not in shown] + self._held
                self._make_room()
        if outcome.lost:
            self._lose(outcome.lost)
        return not outcome.later


_outboxes: Dict[Tuple[str, Optional[str]], Outbox] = {}
_outboxes_lock = threading.Lock()


def outbox_for(endpoint: str, api_key: Optional[str]) -> Outbox:
    """The outbox of an endpoint: tracers that send to the same place share it."""
    with _outboxes_lock:
        key = (endpoint, api_key)
        if key not in _outboxes:
            _outboxes[key] = Outbox(endpoint, api_key)
        return _outboxes[key]


def every_outbox() -> List[Outbox]:
    """All outboxes of this process."""
    return list(_outboxes.values())


def flush_all(timeout: float, last: bool = False) -> bool:
    """Flushes every outbox within one time limit; `last` with what is still open."""
    deadline = time.monotonic() + timeout
    return all([box.flush(max(0.0, deadline - time.monotonic()), last) for box in every_outbox()])


def forked() -> None:
    """Makes this package usable in a forked child."""
    global _outboxes_lock
    _outboxes_lock = threading.Lock()
    context.active_runs.clear()
    reset_after_fork()
    for box in every_outbox():
        box.after_fork()
