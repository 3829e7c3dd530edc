"""Amazon Bedrock by boto3: the Converse API, whole and streamed. (`InvokeModel` carries each vendor's own format and is not read.)"""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Optional

from ..errors import guarded
from ..recording import NOTHING, Recording, start_model_call
from . import patching, shapes, streaming
from .shapes import get
from .strands import message

LAYER = "bedrock"
_OPERATIONS = frozenset(("Converse", "ConverseStream"))


def install() -> None:
    patching.replace("botocore.client", "BaseClient._make_api_call", _calling)


def _calling(original: Any) -> Any:
    def _make_api_call(self: Any, operation_name: str, api_params: Any, *args: Any, **kwargs: Any) -> Any:
        if operation_name not in _OPERATIONS:
            return original(self, operation_name, api_params, *args, **kwargs)
        recording = guarded(_begin)(operation_name, api_params) or NOTHING
        try:
            with recording.active():
                answer = original(self, operation_name, api_params, *args, **kwargs)
        except BaseException as error:
            recording.fail(error)
            raise
        if recording:
            if operation_name == "ConverseStream" and isinstance(answer, dict) and "stream" in answer:
                answer["stream"] = _Events(answer["stream"], recording)
            else:
                guarded(read)(recording, answer)
                recording.end()
        return answer

    return _make_api_call


def _begin(operation: str, params: Any) -> Recording:
    settings = get(params, "inferenceConfig")
    return start_model_call(
        layer=LAYER,
        provider="aws.bedrock",
        model=shapes.text(get(params, "modelId")),
        messages=[message(one) for one in shapes.items(get(params, "messages"))] or None,
        system=message({"content": shapes.items(get(params, "system"))})["parts"] or None,
        tools=shapes.tools(get(get(params, "toolConfig"), "tools")),
        temperature=get(settings, "temperature"),
        max_tokens=shapes.number(get(settings, "maxTokens")),
        streamed=operation == "ConverseStream" or None,
        detached=True,
    )


def read(recording: Recording, answer: Any) -> None:
    """Writes an answer on its recording. What came from the cache stands beside the input, so it is added."""
    usage = get(answer, "usage")
    given = shapes.number(get(usage, "inputTokens"))
    read_tokens, written = shapes.number(get(usage, "cacheReadInputTokens")), shapes.number(get(usage, "cacheWriteInputTokens"))
    reason = shapes.text(get(answer, "stopReason"))
    output = get(get(answer, "output"), "message")
    recording.set(
        response_id=shapes.text(get(get(answer, "ResponseMetadata"), "RequestId")),
        finish_reasons=[reason] if reason else None,
        output_messages=[shapes.answered(message(output), reason)] if output is not None else None,
        input_tokens=None if given is None else given + (read_tokens or 0) + (written or 0),
        output_tokens=shapes.number(get(usage, "outputTokens")),
        cached_tokens=read_tokens,
        cache_write_tokens=written,
    )


class _Events:
    """A stream of events: the same one, watched while it is read."""

    def __init__(self, stream: Any, recording: Recording) -> None:
        self._stream = stream
        self._recording = recording

    def __iter__(self) -> Iterator[Any]:
        return streaming.WatchedIterator(iter(self._stream), self._recording, _Collector())

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


class _Collector:
    """An answer that comes block by block."""

    def __init__(self) -> None:
        self._blocks: Dict[int, Dict[str, Any]] = {}
        self._answer: Dict[str, Any] = {}

    def add(self, event: Any) -> None:
        start, delta = get(event, "contentBlockStart"), get(event, "contentBlockDelta")
        if start is not None:
            self._block(start).update(get(start, "start") or {})
        if delta is not None:
            block, piece = self._block(delta), get(delta, "delta")
            for field in ("text",):
                if get(piece, field) is not None:
                    block[field] = block.get(field, "") + get(piece, field)
            if get(piece, "toolUse") is not None:
                use = block.setdefault("toolUse", {})
                use["input"] = use.get("input", "") + get(get(piece, "toolUse"), "input", "")
        stopped, about = get(event, "messageStop"), get(event, "metadata")
        if stopped is not None:
            self._answer["stopReason"] = get(stopped, "stopReason")
        if about is not None:
            self._answer["usage"] = get(about, "usage")

    def _block(self, place: Any) -> Dict[str, Any]:
        return self._blocks.setdefault(get(place, "contentBlockIndex", 0), {})

    def finish(self, recording: Recording) -> None:
        content: Optional[List[Dict[str, Any]]] = list(self._blocks.values())
        read(recording, dict(self._answer, output={"message": {"role": "assistant", "content": content}}))
