"""The openai SDK, also under other frameworks and for the vendors that speak its API: chat completions, responses, completions, embeddings."""

from __future__ import annotations

from typing import Any, Dict, List, Optional

from ..recording import Recording, start_model_call, start_step
from . import shapes, stainless
from .shapes import get

LAYER = "openai"


def install() -> None:
    stainless.install("openai", "openai", ROUTES)


def begin_chat(provider: str, body: Dict[str, Any], layer: str = LAYER) -> Recording:
    """Starts the recording of a chat completions request."""
    return start_model_call(
        layer=layer,
        provider=provider,
        model=shapes.text(body.get("model")),
        messages=shapes.chat_messages(body.get("messages")),
        tools=shapes.tools(body.get("tools") or body.get("functions")),
        temperature=plain_number(body.get("temperature")),
        max_tokens=shapes.number(body.get("max_completion_tokens", body.get("max_tokens"))),
        detached=True,
    )


def plain_number(value: Any) -> Optional[float]:
    """A number of the request, or None for the SDK's "not given"."""
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def read_chat(recording: Recording, answer: Any) -> None:
    """Writes a chat completion on its recording."""
    choices = shapes.items(get(answer, "choices"))
    reasons = [shapes.text(get(choice, "finish_reason")) for choice in choices]
    recording.set(
        response_id=shapes.text(get(answer, "id")),
        response_model=shapes.text(get(answer, "model")),
        finish_reasons=[reason for reason in reasons if reason] or None,
        output_messages=[shapes.answered(shapes.chat_message(get(one, "message") or {"role": "assistant"}), get(one, "finish_reason")) for one in choices]
        or None,
        **shapes.chat_usage(get(answer, "usage")),
    )


class ChatCollector:
    """A chat completion that comes in chunks."""

    def __init__(self) -> None:
        self._choices: Dict[int, Dict[str, Any]] = {}
        self._head: Dict[str, Any] = {}

    def add(self, event: Any) -> None:
        for field in ("id", "model", "usage"):
            value = get(event, field)
            if value:
                self._head[field] = value
        for choice in shapes.items(get(event, "choices")):
            kept = self._choices.setdefault(get(choice, "index", 0), {"content": [], "reasoning": [], "calls": {}, "finish_reason": None, "role": None})
            kept["finish_reason"] = get(choice, "finish_reason") or kept["finish_reason"]
            self._add_delta(kept, get(choice, "delta"))

    def _add_delta(self, kept: Dict[str, Any], delta: Any) -> None:
        kept["role"] = kept["role"] or get(delta, "role")
        for source, target in (("content", "content"), ("reasoning_content", "reasoning"), ("reasoning", "reasoning"), ("refusal", "content")):
            piece = get(delta, source)
            if isinstance(piece, str):
                kept[target].append(piece)
        for call in shapes.items(get(delta, "tool_calls")):
            # Some vendors leave the index out and send each call whole.
            one = kept["calls"].setdefault(get(call, "index", get(call, "id", 0)), {"id": None, "name": "", "arguments": []})
            function = get(call, "function")
            one["id"] = get(call, "id") or one["id"]
            one["name"] = get(function, "name") or one["name"]
            one["arguments"].append(get(function, "arguments") or "")

    def finish(self, recording: Recording) -> None:
        choices: List[Dict[str, Any]] = []
        for kept in self._choices.values():
            calls = [{"id": one["id"], "function": {"name": one["name"], "arguments": "".join(one["arguments"])}} for one in kept["calls"].values()]
            message = {"role": kept["role"] or "assistant", "content": "".join(kept["content"]), "tool_calls": calls, "reasoning": "".join(kept["reasoning"]) or None}
            choices.append({"message": message, "finish_reason": kept["finish_reason"]})
        read_chat(recording, dict(self._head, choices=choices))


def _begin_responses(provider: str, body: Dict[str, Any]) -> Recording:
    instructions = body.get("instructions")
    return start_model_call(
        layer=LAYER,
        provider=provider,
        model=shapes.text(body.get("model")),
        messages=input_messages(body.get("input")),
        system=shapes.content_parts(instructions) or None if isinstance(instructions, str) else None,
        tools=shapes.tools(body.get("tools")),
        temperature=plain_number(body.get("temperature")),
        max_tokens=shapes.number(body.get("max_output_tokens")),
        detached=True,
    )


def input_messages(given: Any) -> Optional[List[Dict[str, Any]]]:
    """The input of a responses request."""
    if isinstance(given, str):
        return [{"role": "user", "parts": [shapes.text_part(given)]}]
    return [_item_message(item) for item in shapes.items(given)] or None


def _item_message(item: Any) -> Dict[str, Any]:
    """One item of the responses API, given or answered."""
    kind = get(item, "type", "message")
    if kind in ("function_call", "custom_tool_call", "mcp_call"):
        arguments = shapes.first((get(item, "arguments"), get(item, "input")))
        return {"role": "assistant", "parts": [shapes.call_part(get(item, "call_id") or get(item, "id"), get(item, "name"), arguments)]}
    if kind in ("function_call_output", "custom_tool_call_output"):
        return {"role": "tool", "parts": [shapes.response_part(get(item, "call_id"), shapes.joined(get(item, "output")))]}
    if kind == "reasoning":
        texts = [get(part, "text", "") for part in shapes.items(get(item, "summary")) + shapes.items(get(item, "content"))]
        return {"role": "assistant", "parts": [{"type": "reasoning", "content": "\n".join(texts)}]}
    if kind == "message":
        return {"role": get(item, "role", "assistant"), "parts": shapes.content_parts(get(item, "content"))}
    # The vendor's own tools (web search, code interpreter …) run on its side.
    return {"role": "assistant", "parts": [{"type": "tool_call", "id": get(item, "id"), "name": str(kind), "arguments": get(item, "action") or {}}]}


def read_response(recording: Recording, answer: Any) -> None:
    """Writes an answer of the responses API on its recording."""
    status = shapes.text(get(answer, "status"))
    reason = shapes.text(get(get(answer, "incomplete_details"), "reason")) or status
    messages: List[Dict[str, Any]] = []
    for item in shapes.items(get(answer, "output")):
        message = _item_message(item)
        if messages and messages[-1]["role"] == message["role"]:
            messages[-1]["parts"] += message["parts"]
        else:
            messages.append(message)
    recording.set(
        response_id=shapes.text(get(answer, "id")),
        response_model=shapes.text(get(answer, "model")),
        finish_reasons=[reason] if reason else None,
        output_messages=[shapes.answered(message, reason) for message in messages] or None,
        **shapes.chat_usage(get(answer, "usage")),
    )
    error = get(answer, "error")
    if status == "failed" and error is not None:
        recording.fail(str(get(error, "message", error)), error_type=shapes.text(get(error, "code")))


class ResponsesCollector:
    """A response that comes in events: the last one carries it whole."""

    def __init__(self) -> None:
        self._answer: Any = None
        self._items: List[Any] = []

    def add(self, event: Any) -> None:
        kind = get(event, "type", "")
        if kind in ("response.created", "response.completed", "response.incomplete", "response.failed"):
            self._answer = get(event, "response")
        elif kind == "response.output_item.done":
            self._items.append(get(event, "item"))

    def finish(self, recording: Recording) -> None:
        if self._answer is None:
            return
        if shapes.items(get(self._answer, "output")) or not self._items:
            read_response(recording, self._answer)
        else:  # stopped reading before the end
            read_response(recording, {"id": get(self._answer, "id"), "model": get(self._answer, "model"), "output": self._items})


def _begin_completions(provider: str, body: Dict[str, Any]) -> Recording:
    prompt = body.get("prompt")
    return start_model_call(
        layer=LAYER,
        provider=provider,
        model=shapes.text(body.get("model")),
        messages=[{"role": "user", "parts": [shapes.text_part(prompt)]}] if isinstance(prompt, str) else None,
        detached=True,
    )


def _read_completions(recording: Recording, answer: Any) -> None:
    choices = [
        {"message": {"role": "assistant", "content": get(one, "text")}, "finish_reason": get(one, "finish_reason")}
        for one in shapes.items(get(answer, "choices"))
    ]
    read_chat(recording, {"id": get(answer, "id"), "model": get(answer, "model"), "usage": get(answer, "usage"), "choices": choices})


class _CompletionsCollector(ChatCollector):
    def _add_delta(self, kept: Dict[str, Any], delta: Any) -> None:
        pass

    def add(self, event: Any) -> None:
        super().add(event)
        for choice in shapes.items(get(event, "choices")):
            self._choices[get(choice, "index", 0)]["content"].append(get(choice, "text", ""))


def begin_embeddings(provider: str, body: Dict[str, Any]) -> Recording:
    """Starts the recording of an embeddings request: a step, since no model answers in words."""
    recording = start_step(layer=LAYER, kind="step", name=f"embeddings {body.get('model', '')}".strip(), input=body.get("input"), detached=True)
    recording.set(**{"gen_ai.operation.name": "embeddings"}, provider=provider, model=shapes.text(body.get("model")))
    return recording


def read_embeddings(recording: Recording, answer: Any) -> None:
    """Writes the usage of an embeddings request; the vectors stay where they are."""
    usage = shapes.chat_usage(get(answer, "usage"))
    recording.set(input_tokens=usage["input_tokens"], response_model=shapes.text(get(answer, "model")))


CHAT = stainless.Route("/chat/completions", begin_chat, read_chat, ChatCollector)
EMBEDDINGS = stainless.Route("/embeddings", begin_embeddings, read_embeddings)
ROUTES = (
    CHAT,
    stainless.Route("/responses", _begin_responses, read_response, ResponsesCollector),
    stainless.Route("/completions", _begin_completions, _read_completions, _CompletionsCollector),
    EMBEDDINGS,
)
