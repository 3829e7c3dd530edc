"""A generated SDK as OpenAI's and Anthropic's are built, small enough to read: one `request` for everything, and streams over it."""

import json
import types


class Options:
    def __init__(self, url, body, method="post"):
        self.url, self.json_data, self.method = url, body, method


class Response:
    """What the HTTP layer gives."""

    def __init__(self, body):
        self.content = json.dumps(body).encode()
        self.closed = False


class Raw:
    """What `with_raw_response` gives: parsed when asked."""

    def __init__(self, client, body, stream):
        self.http_response = Response(body)
        self._is_sse_stream = stream
        self._client = client

    def parse(self):
        return self._client.parsed(json.loads(self.http_response.content), self._is_sse_stream)


class Stream:
    def __init__(self, events):
        self._events = events
        self._iterator = self.__stream__()
        self.closed = False

    def __stream__(self):
        for event in self._events:
            if isinstance(event, Exception):
                raise event
            yield event

    def __iter__(self):
        yield from self._iterator

    def close(self):
        self.closed = True


class AsyncStream(Stream):
    async def __stream__(self):
        for event in self._events:
            yield event

    def __aiter__(self):
        return self._iterator

    async def close(self):
        self.closed = True


class SyncAPIClient:
    stream_class = Stream

    def __init__(self, answer, raw=False, base_url=None):
        self._answer, self._raw, self.base_url = answer, raw, base_url

    def parsed(self, answer, stream):
        return self.stream_class(answer) if stream else answer

    def request(self, cast_to, options, *, stream=False, stream_cls=None):
        """Sends a request."""
        if isinstance(self._answer, Exception):
            raise self._answer
        return Raw(self, self._answer, stream) if self._raw else self.parsed(self._answer, stream)


class AsyncAPIClient(SyncAPIClient):
    stream_class = AsyncStream

    async def request(self, cast_to, options, *, stream=False, stream_cls=None):
        return SyncAPIClient.request(self, cast_to, options, stream=stream)


def modules(package):
    """Fresh modules of a package that is built so: each with classes of its own, to be patched once."""
    stream, async_stream = type("Stream", (Stream,), {}), type("AsyncStream", (AsyncStream,), {})
    for cls, base in ((stream, Stream), (async_stream, AsyncStream)):
        cls.close = types.FunctionType(base.close.__code__, base.close.__globals__, "close")
    sync, asynchronous = type("SyncAPIClient", (SyncAPIClient,), {}), type("AsyncAPIClient", (AsyncAPIClient,), {})
    sync.stream_class, asynchronous.stream_class = stream, async_stream
    for cls, base in ((sync, SyncAPIClient), (asynchronous, AsyncAPIClient)):
        made = types.FunctionType(base.request.__code__, base.request.__globals__, "request")
        made.__kwdefaults__ = dict(base.request.__kwdefaults__)
        cls.request = made
    top, client, streaming = (types.ModuleType(name) for name in (package, f"{package}._base_client", f"{package}._streaming"))
    client.SyncAPIClient, client.AsyncAPIClient = sync, asynchronous
    streaming.Stream, streaming.AsyncStream = stream, async_stream
    return {package: top, client.__name__: client, streaming.__name__: streaming}
