"""Semantic Kernel: each request of its chat services, the kernel functions that models call, and its agents."""

from __future__ import annotations

from typing import Any, Dict, List, Optional

from ..recording import NOTHING, Recording, start_model_call, start_tool_call
from . import entry, patching, shapes
from .nesting import fill
from .shapes import get

LAYER = "semantic_kernel"
FRAMEWORK = "semantic-kernel"


def install() -> None:
    patching.replace("semantic_kernel.functions.kernel_function", "KernelFunction.invoke", patching.around(_begin_tool, _end_tool))


def install_services() -> None:
    from semantic_kernel.connectors.ai.chat_completion_client_base import ChatCompletionClientBase

    patching.every_subclass(ChatCompletionClientBase, "_inner_get_chat_message_contents", patching.around(_begin_model, _end_model))
    patching.every_subclass(ChatCompletionClientBase, "_inner_get_streaming_chat_message_contents", patching.around(_begin_streamed))


def install_agents() -> None:
    entry.patch(
        LAYER,
        "semantic_kernel.agents.chat_completion.chat_completion_agent",
        tuple(f"ChatCompletionAgent.{name}" for name in ("get_response", "invoke", "invoke_stream")),
        given=lambda args, kwargs: _text(args[1] if len(args) > 1 else kwargs.get("messages")),
        answer=_answer,
        framework=lambda _: FRAMEWORK,
        each=_item,
    )


def _text(given: Any) -> Any:
    if given is None or isinstance(given, str):
        return given
    return [_text(one) for one in given] if isinstance(given, (list, tuple)) else get(given, "content", str(given))


def _answer(result: Any) -> Optional[str]:
    message = get(result, "message", result)
    return str(get(message, "content", message))


def _item(recording: Recording, item: Any) -> None:
    message = get(item, "message", item)
    # Pieces of a stream are many; only a whole message is an answer.
    if not type(message).__name__.startswith("Streaming"):
        recording.set(output=_answer(item))


def _begin_model(args: Any, kwargs: Any) -> Recording:
    service = args[0]
    history = patching.argument(args, kwargs, 1, "chat_history")
    settings = patching.argument(args, kwargs, 2, "settings")
    return start_model_call(
        layer=LAYER,
        model=shapes.text(get(settings, "ai_model_id")) or shapes.text(get(service, "ai_model_id")),
        messages=[message(one) for one in shapes.items(get(history, "messages"))] or None,
        tools=shapes.tools(get(settings, "tools")),
        detached=True,
    )


def _begin_streamed(args: Any, kwargs: Any) -> Recording:
    recording = _begin_model(args, kwargs)
    recording.set(streamed=True)
    return recording


def message(given: Any) -> Dict[str, Any]:
    """A `ChatMessageContent`: its items are text, calls and results."""
    parts: List[Dict[str, Any]] = []
    for item in shapes.items(get(given, "items")):
        kind = get(item, "content_type")
        if kind == "function_call":
            parts.append(shapes.call_part(get(item, "id"), get(item, "name"), get(item, "arguments")))
        elif kind == "function_result":
            parts.append(shapes.response_part(get(item, "id") or get(item, "call_id"), str(get(item, "result"))))
        elif kind in ("text", "streaming_text"):
            parts.append(shapes.text_part(get(item, "text")))
        else:
            parts.append({"type": str(kind)})
    return {"role": shapes.text(get(given, "role")) or "user", "parts": parts}


def _end_model(recording: Recording, contents: Any) -> None:
    answers = shapes.items(contents)
    reasons = [shapes.text(get(one, "finish_reason")) for one in answers]
    about = get(answers[0], "metadata") if answers else None
    fill(
        recording,
        output_messages=[shapes.answered(message(one), get(one, "finish_reason")) for one in answers] or None,
        finish_reasons=[reason for reason in reasons if reason] or None,
        **shapes.chat_usage(get(about, "usage")),
    )


def _begin_tool(args: Any, kwargs: Any) -> Recording:
    function = args[0]
    if get(function, "is_prompt"):  # asks a model; that is recorded
        return NOTHING
    given = patching.argument(args, kwargs, 2, "arguments")
    return start_tool_call(
        layer=LAYER,
        name=shapes.text(get(function, "fully_qualified_name")) or "function",
        arguments=dict(given) if given is not None else None,
        code=get(function, "method"),
        description=shapes.text(get(function, "description")),
        detached=True,
    )


def _end_tool(recording: Recording, result: Any) -> None:
    recording.set(result=shapes.plain(get(result, "value")))
