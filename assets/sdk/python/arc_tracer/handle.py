"""What `tracer.current()` and `with tracer.step(…)` give the user: a span to which they can add."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Optional, Type

from .errors import guarded
from .recording import NOTHING, Recording, start_step


class Handle:
    """An open span. Outside a run it is false and does nothing; nothing here raises."""

    __slots__ = ("_recording",)

    def __init__(self, recording: Recording) -> None:
        self._recording = recording

    def __bool__(self) -> bool:
        return bool(self._recording)

    @property
    def trace_id(self) -> Optional[str]:
        """The run's id in the workbench (32 hex digits), for a link or for feedback."""
        span = self._recording.span
        return None if span is None else f"{span.run.trace_id:032x}"

    @guarded
    def set_input(self, value: Any) -> None:
        """Says what went in, instead of the arguments."""
        self._recording.set(input=value)

    @guarded
    def set_output(self, value: Any) -> None:
        """Says what came out."""
        self._recording.set(output=value)

    @guarded
    def set(self, name: str, value: Any) -> None:
        """Adds an attribute: text, number, bool, or a list of these."""
        self._recording.attribute(str(name), value)

    @guarded
    def set_session(self, session_id: Optional[str] = None, user_id: Optional[str] = None) -> None:
        """Says which session and user the run is of."""
        span = self._recording.span
        if span is not None:
            Recording(span.run).set(session_id=session_id, user_id=user_id)


class Step(Handle):
    """`with tracer.step("plan", kind="reasoning") as step:`; also `async with`."""

    __slots__ = ("_input", "_kind", "_name")

    def __init__(self, name: str, kind: str, input: Any) -> None:
        super().__init__(NOTHING)
        self._name = name
        self._kind = kind
        self._input = input

    def __enter__(self) -> "Step":
        self._start()
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]) -> None:
        self._stop(error)

    async def __aenter__(self) -> "Step":
        self._start()
        return self

    async def __aexit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]) -> None:
        self._stop(error)

    @guarded
    def _start(self) -> None:
        self._recording = start_step(layer="tracer", kind=self._kind, name=self._name, input=self._input)

    @guarded
    def _stop(self, error: Optional[BaseException]) -> None:
        if error is None or isinstance(error, GeneratorExit):
            self._recording.end()
        else:
            self._recording.fail(error)
