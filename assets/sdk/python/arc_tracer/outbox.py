"""The bounded queue between the agent's threads and the workbench, and the one background thread that empties it."""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Deque, Dict, List, Optional, Tuple, Union

from . import content, context
from .errors import may_say_again, reset_after_fork, say_once
from .span import Span

if TYPE_CHECKING:
    from .transport import Answer, Transport

#: Spans that may wait; more are dropped and counted.
QUEUE_SPANS = 65_536
#: Bytes of content that may wait, roughly.
QUEUE_BYTES = 64 * 1024 * 1024
#: Spans kept while nothing answers: the newest.
KEPT_WHILE_UNREACHABLE = 8_192
#: Spans and bytes of content in one request.
BATCH_SPANS = 512
BATCH_BYTES = 2 * 1024 * 1024
#: How long spans are gathered before a request, in seconds.
LINGER = 0.2
#: A run still open after this time is sent as open, in seconds.
OPEN_AFTER = 0.25
#: Times that one batch is sent again after a refusal that may pass.
RETRIES = 6
_BACK_OFF = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
_REQUEST_TIMEOUT = 10.0
_OVERHEAD = 512
_REFUSED_FOR_NOW = frozenset((408, 429, 500, 502, 503, 504))


class _Mark:
    """Stands in the queue behind the spans that a `flush` waits for."""

    __slots__ = ("done", "ok")

    def __init__(self) -> None:
        self.done = threading.Event()
        self.ok = False


class Outbox:
    """Spans on their way to one endpoint. `put` never blocks on the network and never raises."""

    def __init__(self, endpoint: str, api_key: Optional[str]) -> None:
        self.endpoint = endpoint
        self._api_key = api_key
        self.dropped = 0
        self.runs = 0
        self._fresh()

    def _fresh(self) -> None:
        # Reentrant: a signal handler or a destructor may interrupt `put` in the same thread and come back here.
        self._lock = threading.RLock()
        self._pumping = threading.RLock()
        self._wake = threading.Event()
        self._queue: Deque[Union[Span, _Mark]] = deque()
        self._bytes = 0
        self._idle = True
        self._thread: Optional[threading.Thread] = None
        self._transport: Optional["Transport"] = None
        self._unreported = 0
        self._failures = 0
        self._not_before = 0.0
        self._held: List[Span] = []
        self._attempts = 0
        self._last = False

    def run_started(self) -> None:
        """Called when a run starts: the sender looks at it later, to show it while it is open."""
        self.runs += 1
        if self._idle:
            self._rouse()

    def put(self, span: Span) -> None:
        """Takes a span that has ended."""
        weight = _OVERHEAD
        if span.content:
            for value in span.content.values():
                weight += content.size(value)
        with self._lock:
            queue = self._queue
            if len(queue) >= QUEUE_SPANS or self._bytes > QUEUE_BYTES:
                self.dropped += 1
                self._unreported += 1
                return
            span.weight = weight
            self._bytes += weight
            queue.append(span)
            waiting = len(queue)
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
            if not self._queue and not self._held and not (last and self._open_spans()):
                return True
            self._queue.append(mark)
        if self._alive():
            self._not_before = 0.0
            self._idle = False
            self._wake.set()
            mark.done.wait(timeout)
        else:
            # No thread can be had (at exit, after a fork): this one does it.
            self.pump(time.monotonic() + timeout)
        return mark.ok

    def after_fork(self) -> None:
        """In a forked child: what waits here is the parent's to send, and its thread and connection are not ours."""
        if self._transport is not None:
            self._transport.abandon()
        self._fresh()

    # The sender's side

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

    def _work(self) -> None:
        while True:
            try:
                # Idle first, then a look: whoever comes after the look finds it idle and rouses it.
                with self._lock:
                    self._idle = True
                    self._wake.clear()
                if self._queue or self._held or self._has_open_runs():
                    self._idle = False
                else:
                    self._wake.wait()
                self._wake.clear()
                urgent = len(self._queue) >= BATCH_SPANS or any(isinstance(item, _Mark) for item in list(self._queue)[-4:])
                if not urgent:
                    self._wake.wait(max(LINGER, self._not_before - time.monotonic()))
                elif self._not_before > time.monotonic():
                    self._wake.wait(self._not_before - time.monotonic())
                self.pump(None)
            except Exception as error:
                say_once("sender", f"the sender met {type(error).__name__}: {error}; it goes on")
                time.sleep(1.0)

    def pump(self, deadline: Optional[float]) -> None:
        """Sends what waits, until nothing does, the deadline passes, or the endpoint does not take it now."""
        with self._pumping:
            while True:
                batch, marks = self._take()
                opened = self._open_spans()
                if (batch or opened) and not self._send(batch, opened, deadline):
                    for mark in marks + [item for item in list(self._queue) if isinstance(item, _Mark)]:
                        mark.done.set()
                    return
                for mark in marks:
                    mark.ok = True
                    mark.done.set()
                with self._lock:
                    if not self._queue:
                        return
                if deadline is not None and time.monotonic() >= deadline:
                    return

    def _take(self) -> Tuple[List[Span], List[_Mark]]:
        """The next batch: what was held back after a refusal, else from the queue up to a mark or the bounds of a request."""
        marks: List[_Mark] = []
        batch, self._held = self._held, []
        weight = 0
        with self._lock:
            while self._queue:
                head = self._queue[0]
                if isinstance(head, _Mark):
                    marks.append(head)
                elif len(batch) >= BATCH_SPANS or weight > BATCH_BYTES or marks:
                    break
                else:
                    weight += head.weight
                    self._bytes -= head.weight
                    batch.append(head)
                self._queue.popleft()
        return batch, marks

    def _open_spans(self) -> List[Span]:
        """Runs that have been open for a moment, each sent once so that it shows; all that is open when the process ends."""
        now = time.time_ns()
        found: List[Span] = []
        for run in list(context.active_runs.values()):
            if run.settings.outbox is not self or run.ended:
                continue
            if self._last:
                found.extend(span for span in [run, *list(run.open_spans.values())][:BATCH_SPANS] if not span.sent_open or span is run)
            elif not run.sent_open and now - run.started >= OPEN_AFTER * 1e9:
                found.append(run)
        return [span for span in found if not span.ended]

    def _has_open_runs(self) -> bool:
        return any(run.settings.outbox is self and not run.sent_open for run in list(context.active_runs.values()))

    def _send(self, batch: List[Span], opened: List[Span], deadline: Optional[float]) -> bool:
        from .otlp_json import export_request
        from .transport import Transport, Unreachable

        timeout = _REQUEST_TIMEOUT if deadline is None else max(0.05, min(_REQUEST_TIMEOUT, deadline - time.monotonic()))
        unreported = self._unreported
        try:
            if self._transport is None:
                self._transport = Transport(self.endpoint, self._api_key)
            self._transport.connect(min(timeout, 2.0))
            answer = self._transport.post(export_request(opened + batch, unreported), timeout)
        except Unreachable as error:
            say_once(
                f"unreachable:{self.endpoint}",
                f"nothing answers at {self.endpoint} ({error}); the agent runs on, and traces are sent once the workbench is there",
            )
            self._hold(batch)
            return False
        if 200 <= answer.status < 300:
            for span in opened:
                span.sent_open = True
            self._last = False
            with self._lock:
                self._unreported -= unreported
            self._failures = self._attempts = 0
            may_say_again(f"unreachable:{self.endpoint}")
            return True
        return self._refused(batch, opened, answer)

    def _refused(self, batch: List[Span], opened: List[Span], answer: "Answer") -> bool:
        if answer.status in _REFUSED_FOR_NOW and self._attempts < RETRIES:
            self._attempts += 1
            self._hold(batch, answer.retry_after)
            return False
        self._attempts = 0
        for span in opened:
            span.sent_open = True
        if answer.status == 413 and len(batch) > 1:
            half = len(batch) // 2
            first = self._send(batch[:half], [], None)
            return self._send(batch[half:], [], None) and first
        said = answer.text[:300].replace("\n", " ")
        say_once(f"refused:{answer.status}", f"{self.endpoint} refused traces with {answer.status}: {said}")
        self._lose(len(batch))
        return True

    def _hold(self, batch: List[Span], retry_after: Optional[float] = None) -> None:
        """Keeps a batch for later, and while nothing takes it only the newest spans."""
        wait = _BACK_OFF[min(self._failures, len(_BACK_OFF) - 1)]
        self._failures += 1
        self._not_before = time.monotonic() + max(wait, min(retry_after or 0.0, 60.0))
        self._held = batch + self._held
        with self._lock:
            excess = len(self._held) + len(self._queue) - KEPT_WHILE_UNREACHABLE
            gone = min(max(excess, 0), len(self._held))
            del self._held[:gone]
            while gone < excess and self._queue and isinstance(self._queue[0], Span):
                self._bytes -= self._queue.popleft().weight  # type: ignore[union-attr]
                gone += 1
        if gone:
            self._lose(gone)

    def _lose(self, count: int) -> None:
        with self._lock:
            self.dropped += count
            self._unreported += count


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
