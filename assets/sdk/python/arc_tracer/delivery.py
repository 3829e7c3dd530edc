"""Gets spans to one endpoint, or says why not: connection, refusals that pass and refusals that do not, back-off."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, List, NamedTuple, Optional

from .errors import may_say_again, say_once
from .span import Span

if TYPE_CHECKING:
    from .transport import Answer, Transport

#: Times that one batch is sent again after a refusal that may pass.
RETRIES = 6
#: Seconds to wait after so many failures in a row.
BACK_OFF = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
#: The longest wait that the workbench may ask for, in seconds.
LONGEST_WAIT = 60.0
CONNECT_TIMEOUT = 2.0
REQUEST_TIMEOUT = 10.0
_MAY_PASS = frozenset((408, 429, 500, 502, 503, 504))
_TOO_LARGE = 413


class Outcome(NamedTuple):
    """What became of spans: `later` are to be offered again, `lost` were refused for good; `arrived` when any request was taken."""

    later: List[Span]
    lost: int
    arrived: bool


class Delivery:
    """Sends to one endpoint, one request at a time."""

    def __init__(self, endpoint: str, api_key: Optional[str]) -> None:
        self.endpoint = endpoint
        self._api_key = api_key
        self._transport: Optional["Transport"] = None
        self._failures = 0
        self._attempts = 0
        #: The time (monotonic, in seconds) before which nothing need be tried.
        self.not_before = 0.0

    @property
    def is_failing(self) -> bool:
        """Whether the last try failed."""
        return self._failures > 0

    def deliver(self, spans: List[Span], dropped: int, timeout: Optional[float]) -> Outcome:
        """Sends spans in one request; `dropped` is the count of earlier ones that were lost."""
        from .otlp_json import export_request  # these are slow to import, and the agent's thread need not wait for it
        from .transport import Transport, Unreachable

        limit = REQUEST_TIMEOUT if timeout is None else max(0.05, min(REQUEST_TIMEOUT, timeout))
        try:
            if self._transport is None:
                self._transport = Transport(self.endpoint, self._api_key)
            # Nothing is serialised for nobody.
            self._transport.connect(min(limit, CONNECT_TIMEOUT))
            answer = self._transport.post(export_request(spans, dropped), limit)
        except (Unreachable, ValueError) as error:
            say_once(
                f"unreachable:{self.endpoint}",
                f"nothing answers at {self.endpoint} ({error}); the agent runs on, and traces are sent once the workbench is there",
            )
            return self._later(spans, None)
        if 200 <= answer.status < 300:
            self._failures = self._attempts = 0
            may_say_again(f"unreachable:{self.endpoint}")
            return Outcome([], 0, True)
        return self._refused(spans, dropped, answer)

    def _refused(self, spans: List[Span], dropped: int, answer: "Answer") -> Outcome:
        if answer.status in _MAY_PASS and self._attempts < RETRIES:
            self._attempts += 1
            return self._later(spans, answer.retry_after)
        self._attempts = 0
        if answer.status == _TOO_LARGE and len(spans) > 1:
            half = len(spans) // 2
            first = self.deliver(spans[:half], dropped, None)
            second = self.deliver(spans[half:], 0 if first.arrived else dropped, None)
            return Outcome(first.later + second.later, first.lost + second.lost, first.arrived or second.arrived)
        said = answer.text[:300].replace("\n", " ")
        say_once(f"refused:{answer.status}", f"{self.endpoint} refused traces with {answer.status}: {said}")
        return Outcome([], len(spans), False)

    def _later(self, spans: List[Span], retry_after: Optional[float]) -> Outcome:
        wait = BACK_OFF[min(self._failures, len(BACK_OFF) - 1)]
        self._failures += 1
        self.not_before = time.monotonic() + max(wait, min(retry_after or 0.0, LONGEST_WAIT))
        return Outcome(spans, 0, False)

    def try_now(self) -> None:
        """Forgets the back-off: someone waits."""
        self.not_before = 0.0

    def abandon(self) -> None:
        """Forgets the connection: it belongs to the parent of this forked process."""
        if self._transport is not None:
            self._transport.abandon()
        self._transport = None
        self._failures = self._attempts = 0
        self.not_before = 0.0
