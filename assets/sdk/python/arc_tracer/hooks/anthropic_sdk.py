"""The anthropic SDK: messages, plain, parsed, streamed or beta, also through its Bedrock and Vertex clients."""

from __future__ import annotations

import json
from typing import Any, Dict, List, Optional

from ..recording import Recording, start_model_call
from . import shapes, stainless
from .openai_sdk import plain_number
from .shapes import get

LAYER = "anthropic"


def install() -> None:
    stainless.install("anthropic", "anthropic", (stainless.Route("/messages", _begin, read, Collector),))


def _begin(provider: str, body: Dict[str, Any]) -> Recording:
    return start_model_call(
        layer=LAYER,
        provider=provider,
        model=shapes.text(body.get("model")),
        messages=[message(one) for one in shapes.items(body.get("messages"))] or None,
        system=shapes.content_parts(body.get("system")) or None,
        tools=shapes.tools(body.get("tools")),
        temperature=plain_number(body.get("temperature")),
        max_tokens=shapes.number(body.get("max_tokens")),
        detached=True,
    )


def message(given: Any) -> Dict[str, Any]:
    """A message; one that only brings tool results is a tool's, as everywhere else."""
    parts = shapes.content_parts(get(given, "content"))
    role = get(given, "role", "user")
    if parts and all(part["type"] == "tool_call_response" for part in parts):
        role = "tool"
    return {"role": role, "parts": parts}


def read(recording: Recording, answer: Any) -> None:
    """Writes an answer on its recording."""
    reason = shapes.text(get(answer, "stop_reason"))
    parts = shapes.content_parts(get(answer, "content"))
    recording.set(
        response_id=shapes.text(get(answer, "id")),
        response_model=shapes.text(get(answer, "model")),
        finish_reasons=[reason] if reason else None,
        output_messages=[shapes.answered({"role": get(answer, "role", "assistant"), "parts": parts}, reason)],
        **shapes.beside_usage(get(answer, "usage")),
    )


class Collector:
    """An answer that comes in events, block by block."""

    def __init__(self) -> None:
        self._answer: Dict[str, Any] = {}
        self._usage: Dict[str, Any] = {}
        self._blocks: Dict[int, Dict[str, Any]] = {}

    def add(self, event: Any) -> None:
        kind = get(event, "type")
        if kind == "message_start":
            begun = get(event, "message")
            self._answer = {field: get(begun, field) for field in ("id", "model", "role")}
            self._count(get(begun, "usage"))
        elif kind == "content_block_start":
            block = get(event, "content_block")
            fields = ("type", "id", "name", "text", "thinking")
            self._blocks[get(event, "index", 0)] = {**{field: get(block, field) for field in fields}, "pieces": []}
        elif kind == "content_block_delta":
            delta = get(event, "delta")
            piece = shapes.first((get(delta, "text"), get(delta, "partial_json"), get(delta, "thinking")))
            block_so_far = self._blocks.get(get(event, "index", 0))
            if block_so_far is not None and isinstance(piece, str):
                block_so_far["pieces"].append(piece)
        elif kind == "message_delta":
            self._answer["stop_reason"] = get(get(event, "delta"), "stop_reason")
            self._count(get(event, "usage"))

    def _count(self, usage: Any) -> None:
        for field in ("input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens"):
            value = shapes.number(get(usage, field))
            if value is not None:
                self._usage[field] = value

    def finish(self, recording: Recording) -> None:
        blocks: List[Optional[Dict[str, Any]]] = [_whole(block) for block in self._blocks.values()]
        read(recording, dict(self._answer, content=blocks, usage=self._usage))


def _whole(block: Dict[str, Any]) -> Dict[str, Any]:
    pieces = "".join(block["pieces"])
    if block["type"] in ("tool_use", "server_tool_use"):
        try:
            arguments = json.loads(pieces) if pieces else {}
        except ValueError:  # cut off
            arguments = pieces
        return {"type": "tool_use", "id": block["id"], "name": block["name"], "input": arguments}
    field = "thinking" if block["type"] == "thinking" else "text"
    return {"type": block["type"], field: (block[field] or "") + pieces}
