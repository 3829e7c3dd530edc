"""The SDKs that share one generated client (OpenAI's, Anthropic's, Groq's): every request, however it was asked for, goes through
`_base_client.SyncAPIClient.request` or its async twin, so that is where calls are seen."""

from __future__ import annotations

import functools
import importlib
import json
from typing import Any, Callable, Dict, NamedTuple, Optional, Sequence

from .. import errors
from ..recording import NOTHING, Recording
from . import patching, streaming


class Route(NamedTuple):
    """One kind of request: how its path ends, how to start its recording, how to read its answer, whole or in a stream."""

    ending: str
    begin: Callable[[str, Dict[str, Any]], Recording]
    read: Callable[[Recording, Any], None]
    collector: Optional[Callable[[], streaming.Collector]] = None


def install(package: str, provider: str, routes: Sequence[Route]) -> None:
    """Records the requests of an SDK. `provider` is who answers when the base URL does not say otherwise."""
    base = importlib.import_module(f"{package}._base_client")
    streams = importlib.import_module(f"{package}._streaming")
    begin = functools.partial(_begin, provider, routes)

    def make_sync(original: Any) -> Any:
        def request(self: Any, cast_to: Any, options: Any, *args: Any, **kwargs: Any) -> Any:
            started = begin(self, options, kwargs)
            if not started.recording:
                return original(self, cast_to, options, *args, **kwargs)
            try:
                with started.recording.active():
                    result = original(self, cast_to, options, *args, **kwargs)
            except BaseException as error:
                started.recording.fail(error)
                raise
            return started.answered(result)

        return request

    def make_async(original: Any) -> Any:
        async def request(self: Any, cast_to: Any, options: Any, *args: Any, **kwargs: Any) -> Any:
            started = begin(self, options, kwargs)
            if not started.recording:
                return await original(self, cast_to, options, *args, **kwargs)
            try:
                with started.recording.active():
                    result = await original(self, cast_to, options, *args, **kwargs)
            except BaseException as error:
                started.recording.fail(error)
                raise
            return started.answered(result)

        return request

    patching.replace_in(base.SyncAPIClient, "request", make_sync)
    patching.replace_in(base.AsyncAPIClient, "request", make_async)
    patching.replace_in(streams.Stream, "close", _closing)
    patching.replace_in(streams.AsyncStream, "close", _async_closing)


class _Started:
    """A request under way."""

    __slots__ = ("recording", "route")

    def __init__(self, recording: Recording, route: Optional[Route]) -> None:
        self.recording = recording
        self.route = route

    def answered(self, result: Any) -> Any:
        """Records the answer, at once or when its stream has been read; gives back the same object."""
        try:
            self._take(result)
        except Exception as error:
            errors.swallow("answer of a model", error)
            self.recording.end()
        return result

    def _take(self, result: Any) -> None:
        route, recording = self.route, self.recording
        if route is None:
            recording.end()
        elif hasattr(result, "http_response") and hasattr(result, "parse"):
            self._take_raw(result)
        elif hasattr(result, "__stream__") and route.collector is not None:
            if not isinstance(getattr(result, "_iterator", None), streaming.Watch):
                result._iterator = streaming.watch(result._iterator, recording, route.collector())
        else:
            route.read(recording, result)
            recording.end()

    def _take_raw(self, raw: Any) -> None:
        """A raw response: its body if it has been read, else what the program parses it to."""
        streamed = getattr(raw, "_is_sse_stream", getattr(raw, "_stream", False))
        try:
            body = None if streamed else json.loads(raw.http_response.content)
        except Exception:  # not read yet (a streaming response), or no JSON
            body = None
        if body is not None and self.route is not None:
            self.route.read(self.recording, body)
            self.recording.end()
            return
        parse = raw.parse

        @functools.wraps(parse)
        def parsing(*args: Any, **kwargs: Any) -> Any:
            result = parse(*args, **kwargs)
            if hasattr(result, "__await__"):
                return self._parsed_later(result)
            return self.answered(result)

        raw.parse = parsing

    async def _parsed_later(self, result: Any) -> Any:
        return self.answered(await result)


def _begin(provider: str, routes: Sequence[Route], client: Any, options: Any, kwargs: Dict[str, Any]) -> _Started:
    try:
        path = str(options.url).split("?")[0]
        body = options.json_data
        if str(options.method).lower() == "post" and isinstance(body, dict):
            for route in routes:
                if path.endswith(route.ending):
                    recording = route.begin(provider_at(client, provider), body)
                    if kwargs.get("stream"):
                        recording.set(streamed=True)
                    return _Started(recording, route)
    except Exception as error:
        errors.swallow("request to a model", error)
    return _Started(NOTHING, None)


#: Who answers at a host, for the many vendors that speak another's API; by the end of the host's name.
HOSTS = (
    ("api.openai.com", "openai"),
    (".azure.com", "azure.ai.openai"),
    ("api.anthropic.com", "anthropic"),
    ("api.groq.com", "groq"),
    ("api.deepseek.com", "deepseek"),
    ("api.mistral.ai", "mistral_ai"),
    ("api.x.ai", "x_ai"),
    ("api.perplexity.ai", "perplexity"),
    ("api.together.xyz", "together_ai"),
    ("api.fireworks.ai", "fireworks_ai"),
    ("openrouter.ai", "openrouter"),
    ("generativelanguage.googleapis.com", "gcp.gemini"),
    (".amazonaws.com", "aws.bedrock"),
)


def provider_at(client: Any, default: str) -> str:
    """Who answers this client's calls, by its host; the SDK's own vendor where the host is not known (a proxy, a test)."""
    host = getattr(getattr(client, "base_url", None), "host", None)
    if isinstance(host, str):
        for ending, provider in HOSTS:
            if host.endswith(ending):
                return provider
    return default


def _finished(stream: Any) -> None:
    watched = vars(stream).get("_iterator")
    if isinstance(watched, streaming.Watch):
        watched.finished()


def _closing(original: Any) -> Any:
    def close(self: Any) -> Any:
        try:
            return original(self)
        finally:
            _finished(self)

    return close


def _async_closing(original: Any) -> Any:
    async def close(self: Any) -> Any:
        try:
            return await original(self)
        finally:
            _finished(self)

    return close
