"""Watching a stream of answers without changing what the program iterates over."""

from __future__ import annotations

from typing import Any, Optional, Protocol

from .. import errors
from ..recording import Recording


class Collector(Protocol):
    """Puts a streamed answer together. Both methods may raise: then the rest of the answer is not collected."""

    def add(self, event: Any) -> None:
        """Takes one event."""

    def finish(self, recording: Recording) -> None:
        """Writes what was collected on the recording; it is ended afterwards."""


class Watch:
    """What both kinds of watched iterators share: hand each event to the collector, end the recording exactly once."""

    def __init__(self, inner: Any, recording: Recording, collector: Collector) -> None:
        self._inner = inner
        self._recording = recording
        self._collector: Optional[Collector] = collector
        self._ended = False

    def _saw(self, event: Any) -> None:
        self._recording.first_token()
        if self._collector is not None:
            try:
                self._collector.add(event)
            except Exception as error:
                errors.swallow(type(self._collector), error)
                self._collector = None

    def finished(self, error: Optional[BaseException] = None) -> None:
        """The stream is at its end, was closed, or broke."""
        if self._ended:
            return
        self._ended = True
        if self._collector is not None:
            try:
                self._collector.finish(self._recording)
            except Exception as raised:
                errors.swallow(type(self._collector), raised)
        if error is None:
            self._recording.end()
        else:
            self._recording.fail(error)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def __del__(self) -> None:
        # A stream dropped halfway: what had come is recorded.
        try:
            self.finished()
        except Exception:
            pass


class WatchedIterator(Watch):
    """An iterator whose items are seen as they pass."""

    def __iter__(self) -> "WatchedIterator":
        return self

    def __next__(self) -> Any:
        try:
            with self._recording.active():
                event = next(self._inner)
        except StopIteration:
            self.finished()
            raise
        except BaseException as error:
            self.finished(error)
            raise
        self._saw(event)
        return event

    def close(self) -> None:
        """As a generator's."""
        close = getattr(self._inner, "close", None)
        try:
            if close is not None:
                close()
        finally:
            self.finished()


class WatchedAsyncIterator(Watch):
    """An async iterator whose items are seen as they pass."""

    def __aiter__(self) -> "WatchedAsyncIterator":
        return self

    async def __anext__(self) -> Any:
        try:
            with self._recording.active():
                event = await self._inner.__anext__()
        except StopAsyncIteration:
            self.finished()
            raise
        except BaseException as error:
            self.finished(error)
            raise
        self._saw(event)
        return event

    async def aclose(self) -> None:
        """As an async generator's."""
        close = getattr(self._inner, "aclose", None)
        try:
            if close is not None:
                await close()
        finally:
            self.finished()


def watch(iterator: Any, recording: Recording, collector: Collector) -> Watch:
    """Watches an iterator, of either kind."""
    if hasattr(iterator, "__anext__"):
        return WatchedAsyncIterator(iterator, recording, collector)
    return WatchedIterator(iterator, recording, collector)
