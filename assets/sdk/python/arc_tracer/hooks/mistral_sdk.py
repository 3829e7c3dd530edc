"""The mistralai SDK: chat completions, whole and streamed."""

from __future__ import annotations

import inspect
from typing import Any

from ..errors import guarded
from ..recording import NOTHING, Recording
from . import openai_sdk, patching, streaming
from .shapes import get

LAYER = "mistral"


def install() -> None:
    """Since version 2 the client is a package of its own."""
    _install("mistralai.client.chat")


def install_first() -> None:
    """Version 1."""
    _install("mistralai.chat")


def _install(module: str) -> None:
    for name in ("complete", "complete_async"):
        patching.replace(module, f"Chat.{name}", patching.around(_begin, openai_sdk.read_chat))
    for name in ("stream", "stream_async"):
        patching.replace(module, f"Chat.{name}", _streamed)


def _begin(args: Any, kwargs: Any) -> Recording:
    known = {name: value for name, value in kwargs.items() if type(value).__name__ != "Unset"}
    return openai_sdk.begin_chat("mistral_ai", known, LAYER)


class _Collector(openai_sdk.ChatCollector):
    """The chunks of OpenAI's API, each wrapped in an event."""

    def add(self, event: Any) -> None:
        super().add(get(event, "data", event))


def _streamed(original: Any) -> Any:
    def watched(stream: Any, recording: Recording) -> Any:
        if hasattr(stream, "generator"):
            stream.generator = streaming.watch(stream.generator, recording, _Collector())
        else:
            recording.end()
        return stream

    if inspect.iscoroutinefunction(original):

        async def stream_async(*args: Any, **kwargs: Any) -> Any:
            recording = guarded(_begin)(args, kwargs) or NOTHING
            recording.set(streamed=True)
            try:
                with recording.active():
                    stream = await original(*args, **kwargs)
            except BaseException as error:
                recording.fail(error)
                raise
            return watched(stream, recording) if recording else stream

        return stream_async

    def stream(*args: Any, **kwargs: Any) -> Any:
        recording = guarded(_begin)(args, kwargs) or NOTHING
        recording.set(streamed=True)
        try:
            with recording.active():
                made = original(*args, **kwargs)
        except BaseException as error:
            recording.fail(error)
            raise
        return watched(made, recording) if recording else made

    return stream
